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
#: Largest gradient norm of a member.
CLIP = TrainSpec().clip


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


def spec_of(
    one: Row,
    seed: int = 0,
    critic: CriticSpec = CRITIC,
    lr: float | None = None,
    clip: float = CLIP,
) -> InverseSpec:
    """The run of a row; the learning rate is that of the recorded ones unless it is given."""
    usual = LR if one.loss in DIRECT else LR_AGAINST
    return InverseSpec(
        flow=replace(FLOW, coupling=one.architecture),
        loss=(one.loss,),
        direction=(one.direction or DIRECTIONS[-1],),
        critic=critic,
        training=TrainSpec(
            lr=usual if lr is None else lr, batch=BATCH, clip=clip, seconds=1_800.0, steps=STEPS
        ),
        seed=seed,
        members=SEEDS,
    )


def row_of(spec: InverseSpec) -> Row | None:
    """The row of a run, whatever its seed, critic and rates; None for other runs."""
    if spec.flow.coupling not in ARCHITECTURES or len(spec.loss) > 1 or len(spec.direction) > 1:
        return None
    one = row(spec.flow.coupling, spec.loss[0], spec.direction[0])
    alike = replace(spec_of(one, spec.seed, spec.critic), training=spec.training)
    return one if spec == alike else None
