"""Volume-preserving flows as the lesson "universality" trains and ships them. No torch."""

from __future__ import annotations

from dataclasses import replace

from inn_core.specs import FlowSpec, RunSpec, TrainSpec

#: Additive couplings with rotations between: |det J| is that of the one free scale, everywhere.
KEEPING = FlowSpec(coupling="additive", layers=16, linear="rotation")
#: Targets that are shown against the bound of targets/volume.py.
TARGETS = ("moons", "two_sizes", "checkerboard")
STEPS = 4000


def volume(target: str = TARGETS[0], seed: int = 0) -> RunSpec:
    """A volume-preserving flow of a target: a minute or two on one core."""
    return RunSpec(
        target=target, flow=KEEPING, training=TrainSpec(steps=STEPS, seconds=180.0), seed=seed
    )


def fits(spec: object) -> bool:
    """Whether a run can be shown against the bound of volume-preserving flows."""
    return isinstance(spec, RunSpec) and spec.flow.coupling == "additive" and spec.target in TARGETS


def lasting(spec: RunSpec) -> RunSpec:
    """The same however long its steps take: any machine makes the same flow."""
    return replace(spec, training=replace(spec.training, seconds=3600.0))


#: Files of assets/pretrained, without their ending, and what they hold.
SHIPPED: dict[str, RunSpec] = {f"volume-{name}": lasting(volume(name)) for name in TARGETS}
