"""From a FlowSpec to a Flow."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from inn_core import registry
from inn_core.bijections.base import Bijection, Chain
from inn_core.bijections.coupling import Coupling
from inn_core.bijections.linear import ActNorm
from inn_core.flows.flow import Flow
from inn_core.specs import FlowSpec


def build_flow(
    spec: FlowSpec,
    seeds: Sequence[int] = (0,),
    dtype: torch.dtype = torch.float32,
    dim: int = 2,
    condition_dim: int = 0,
) -> Flow:
    """Build ``len(seeds)`` flows side by side; each member draws its weights from its own seed.

    Couplings alternate the active coordinate, beginning with the last. A volume-preserving
    coupling gets one free scale a coordinate at the end, as NICE has it (Dinh et al. 2014).
    Residual layers stand in the place of couplings; they read no condition (ValueError).
    """
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    linear = registry.LINEARS[spec.linear].load()
    layers: list[Bijection] = []
    for k in range(spec.layers):
        if spec.actnorm:
            layers.append(ActNorm(dim, generators))
        layers.append(_layer(spec, 1 - k % 2, generators, dim, condition_dim))
        after = linear(dim, generators)
        if after is not None:
            layers.append(after)
    if spec.coupling == "additive":
        layers.append(ActNorm(dim, generators))
    base = registry.BASES[spec.base].load()(len(seeds), dim)
    return Flow(Chain(layers, dim), base).to(dtype)


def _layer(
    spec: FlowSpec, active: int, generators: list[torch.Generator], dim: int, condition_dim: int
) -> Bijection:
    entry = registry.COUPLINGS[spec.coupling]
    if entry.structure == "coupling":
        univariate = entry.load()(bins=spec.bins)
        return Coupling(univariate, active, spec.hidden, generators, dim, condition_dim)
    if condition_dim:
        raise ValueError(f"A {spec.coupling} layer reads no condition; take a coupling.")
    layer: Bijection = entry.load()(spec.hidden, generators, dim)
    return layer
