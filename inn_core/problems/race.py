"""VINA's figure 4 as runs: the robot arm by two architectures, two directions and several losses.

A row is one run of SEEDS members that differ by their seed alone. No torch.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from inn_core import registry
from inn_core.specs import FlowSpec, SpecError, TrainSpec
from inn_core.specs_critic import CriticSpec
from inn_core.specs_inverse import DIRECTIONS, InverseSpec

#: Layers, and what the paper calls them.
ARCHITECTURES = ("affine", "residual")
#: What has a critic is told in which direction; these have none.
DIRECT = ("nll", "sinkhorn")
LOSSES = (*DIRECT, *registry.DIVERGENCES)
#: The recorded rows: VINA's three divergences, and the two that need no critic.
RECORDED = (*DIRECT, "kl", "js", "reverse_kl")
SEEDS, STEPS, BATCH = 5, 3_000, 128
FLOW = FlowSpec(layers=4, hidden=(32, 32), linear="lu")
#: Peak learning rates. Against a critic a network must move more slowly than the critic learns.
LR, LR_AGAINST = 2e-3, 3e-4
CRITIC = CriticSpec(lr=1e-3)


@dataclass(frozen=True)
class Row:
    """One row: an architecture, a loss, and a direction ("" for losses without a critic)."""

    architecture: str
    loss: str
    direction: str = ""

    @property
    def key(self) -> str:
        """Its name, such as "affine-kl-forward"."""
        return "-".join(filter(None, (self.architecture, self.loss, self.direction)))


def row(architecture: str, loss: str, direction: str) -> Row:
    """The row of three choices; raises SpecError."""
    for name, value, allowed in (
        ("architecture", architecture, ARCHITECTURES), ("loss", loss, LOSSES),
        ("direction", direction, (*DIRECTIONS, "")),
    ):  # fmt: skip
        if value not in allowed:
            raise SpecError(f"{name} is {value!r:.40}; it must be one of {', '.join(allowed)}.")
    return Row(architecture, loss, "" if loss in DIRECT else direction or DIRECTIONS[0])


def rows() -> list[Row]:
    """The recorded rows."""
    return [
        Row(architecture, loss, direction)
        for architecture in ARCHITECTURES
        for loss in RECORDED
        for direction in (("",) if loss in DIRECT else DIRECTIONS)
    ]


def spec_of(one: Row, seed: int = 0) -> InverseSpec:
    """The run of a row."""
    alone = one.loss in DIRECT
    return InverseSpec(
        flow=replace(FLOW, coupling=one.architecture),
        loss=(one.loss,),
        direction=(one.direction or DIRECTIONS[-1],),
        critic=CRITIC,
        training=TrainSpec(
            lr=LR if alone else LR_AGAINST, batch=BATCH, seconds=1_800.0, steps=STEPS
        ),
        seed=seed,
        members=SEEDS,
    )


def row_of(spec: InverseSpec) -> Row | None:
    """The row that a run belongs to, whatever its seed; None for other runs."""
    alike = spec.flow.coupling in ARCHITECTURES and len(set(spec.loss + spec.direction)) <= 2
    if not alike:
        return None
    one = row(spec.flow.coupling, spec.loss[0], spec.direction[0])
    known = spec_of(one, spec.seed)
    return one if replace(spec, training=known.training) == known else None
