"""What is trained on a map: one flow, or a sweep over couplings, depths and widths. No torch."""

from __future__ import annotations

from dataclasses import replace

from inn_core import registry
from inn_core.specs import TrainSpec
from inn_core.specs_map import FLOW, MapSpec

#: The couplings that a sweep compares, in this order, as far as the lab has them.
COMPARED = ("affine", "sum_of_squares", "sigmoidal", "spline")
DEPTHS, WIDTHS = (2, 4, 8, 16), (8, 32)


def single(diffeo: str = "twist", coupling: str = "affine") -> MapSpec:
    """One flow of 16 layers of a coupling."""
    return MapSpec(diffeo=diffeo, flow=replace(FLOW, coupling=coupling))


def sweep(
    diffeo: str = "twist",
    couplings: tuple[str, ...] = COMPARED,
    depths: tuple[int, ...] = DEPTHS,
    widths: tuple[int, ...] = WIDTHS,
) -> MapSpec:
    """Every depth at every width of every coupling, as one run."""
    known = [name for name in couplings if name in registry.COUPLINGS]
    cells = [(c, d, w) for c in known for w in widths for d in depths]
    return MapSpec(
        diffeo=diffeo,
        flow=replace(FLOW, layers=max(depths), hidden=(max(widths), max(widths))),
        coupling=tuple(c for c, _, _ in cells),
        depth=tuple(d for _, d, _ in cells),
        width=tuple(w for _, _, w in cells),
        training=TrainSpec(lr=5e-3, seconds=300.0),
        members=len(cells),
    )


SWEEPS: dict[str, MapSpec] = {"twist-sweep": sweep()}


def lasting(spec: MapSpec, steps: int) -> MapSpec:
    """The same for a number of steps, however long they take: any machine makes the same flow."""
    return replace(spec, training=replace(spec.training, steps=steps, seconds=3600.0))


#: Files of assets/pretrained, without their ending, and what they hold.
SHIPPED: dict[str, MapSpec] = {
    "twist-affine": lasting(single(), 20_000),
    "twist-spline": lasting(single(coupling="spline"), 8_000),
    "reflection-affine": lasting(single("reflection"), 4_000),
    "twist-sweep": lasting(SWEEPS["twist-sweep"], 6_000),
}
