"""What is trained where losses are compared: hills by four losses, tails by two bases. No torch."""

from __future__ import annotations

from dataclasses import replace

from inn_core.specs import TrainSpec
from inn_core.specs_critic import CriticSpec
from inn_core.specs_divergence import FLOW, DivergenceSpec

#: The losses of scene 1 and the depths of its flows; depth 0 is a Gaussian, which needs no network.
LOSSES, DEPTHS = ("nll", "energy", "js", "sinkhorn"), (1, 2, 4, 8)
#: Pareto's α and the laws of z.
ALPHAS, BASES = (1.0, 2.0, 3.0, 5.0, 10.0), ("normal", "student")
#: A critic has to be quicker than the model that it judges, or its bound says nothing: with half
#: the units and three updates a step the deepest flow by JS stayed 1.5 to 10 nats too high.
CRITIC = CriticSpec(hidden=(64, 64), lr=2e-3, steps=5, clamp=10.0)


def contest(
    losses: tuple[str, ...] = LOSSES, depths: tuple[int, ...] = DEPTHS, shape: float | None = None
) -> DivergenceSpec:
    """Every loss at every depth, on two hills, from one start."""
    cells = [(loss, depth) for loss in losses for depth in depths]
    return DivergenceSpec(
        target="hills",
        shape=shape,
        flow=replace(FLOW, layers=max(depths)),
        loss=tuple(loss for loss, _ in cells),
        depth=tuple(depth for _, depth in cells),
        critic=CRITIC,
        training=TrainSpec(lr=5e-4, batch=256, seconds=300.0),
        members=len(cells),
    )


def tails(alpha: float, base: str) -> DivergenceSpec:
    """One affine flow of 4 layers on Pareto tails, by maximum likelihood."""
    return DivergenceSpec(
        target="pareto",
        shape=alpha,
        flow=replace(FLOW, layers=4, base=base),
        training=TrainSpec(lr=3e-3, batch=512),
    )


def lasting(spec: DivergenceSpec, steps: int) -> DivergenceSpec:
    """The same for a number of steps, however long they take: any machine makes the same flows."""
    return replace(spec, training=replace(spec.training, steps=steps, seconds=3600.0))


#: Files of assets/pretrained, without their ending, and what they hold.
SHIPPED: dict[str, DivergenceSpec] = {"hills-losses": lasting(contest(), 2_000)}
TAILS: dict[tuple[float, str], DivergenceSpec] = {
    (alpha, base): lasting(tails(alpha, base), 2_000) for alpha in ALPHAS for base in BASES
}
