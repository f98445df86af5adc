"""Random layers and flows off the identity, for every entry of the registry."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from inn_core import registry
from inn_core.bijections.base import Bijection
from inn_core.bijections.coupling import Coupling
from inn_core.bijections.linear import ActNorm
from inn_core.flows.build import build_flow
from inn_core.flows.flow import Flow
from inn_core.specs import FlowSpec

UNIVARIATES = [name for name, e in registry.COUPLINGS.items() if e.structure == "coupling"]
LAYERS = [f"{e.structure}:{name}" for name, e in registry.COUPLINGS.items()]
LAYERS += [f"linear:{name}" for name in registry.LINEARS if name != "none"]
LAYERS += ["actnorm"]


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def perturb(module: nn.Module, scale: float, seed: int) -> None:
    """Add noise to every parameter: a fresh layer is the identity, and 0 = -0 hides mistakes."""
    g = generator(seed)
    with torch.no_grad():
        for p in module.parameters():
            p.add_(scale * torch.randn(p.shape, generator=g, dtype=p.dtype))


def layer(
    name: str,
    *,
    scale: float = 0.5,
    seed: int = 0,
    members: int = 2,
    dim: int = 2,
    dtype: torch.dtype = torch.float64,
    active: int = 1,
) -> Bijection:
    kind, _, key = name.partition(":")
    generators = [generator(seed + e) for e in range(members)]
    made: Bijection
    if kind == "coupling":
        univariate = registry.COUPLINGS[key].load()(bins=5)
        made = Coupling(univariate, active, (16, 16), generators, dim)
    elif kind == "residual":
        made = registry.COUPLINGS[key].load()((16, 16), generators, dim)
    elif kind == "linear":
        made = registry.LINEARS[key].load()(dim, generators)
    else:
        made = ActNorm(dim, generators)
    made = made.to(dtype)
    perturb(made, scale, seed)
    return made


def flow(
    spec: FlowSpec,
    *,
    scale: float = 0.3,
    seed: int = 0,
    members: int = 1,
    dtype: torch.dtype = torch.float64,
) -> Flow:
    made = build_flow(spec, list(range(seed, seed + members)), dtype)
    made.standardise((0.3, -0.2), 1.5)
    made.initialise(points(256, seed=seed, scale=1.5, dtype=dtype))
    perturb(made, scale, seed)
    return made


def points(
    n: int, *, seed: int = 0, scale: float = 2.0, dim: int = 2, dtype: torch.dtype = torch.float64
) -> Tensor:
    """Normal points with a few far outside, at zero, tied, and on the spline's edge."""
    x = scale * torch.randn(n, dim, generator=generator(seed + 99), dtype=dtype)
    special = torch.tensor([0.0, 4.0, -4.0, 4.0 + 1e-7, 30.0, -30.0, 1e-12], dtype=dtype)
    x[: len(special), 0] = special
    x[: len(special), 1] = special.flip(0)
    return x


def jacobians(function, x: Tensor) -> Tensor:
    """Jacobians (N, D, D) of a map (N, D) -> (N, D) that treats points one by one."""
    return torch.stack(
        [torch.autograd.functional.jacobian(lambda p: function(p[None])[0], point) for point in x]
    )
