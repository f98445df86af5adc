"""Training INNs against critics: members by themselves, no bit lost, every combination sound."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from inn_core.specs import FlowSpec, SpecError, TrainSpec
from inn_core.specs_critic import CriticSpec
from inn_core.specs_inverse import DIRECTIONS, InverseSpec
from inn_core.training.adversarial import CriticStepper
from inn_core.training.inverse import InverseTrainer

NAMES = ("kl", "js", "reverse_kl")
FLOW = FlowSpec(layers=2, hidden=(8,), linear="lu")


def tiny(**options: Any) -> InverseSpec:
    given: dict[str, Any] = {
        "flow": FLOW, "training": TrainSpec(lr=1e-3, batch=32, seconds=600),
        "critic": CriticSpec(hidden=(8,), lr=2e-3), "loss": "kl",
    }  # fmt: skip
    return InverseSpec(**given | options)


def weights(trainer: InverseTrainer) -> dict[str, Any]:
    found = {k: v for k, v in trainer.state().items() if not k.startswith("units.")}
    assert isinstance(trainer.stepper, CriticStepper)
    return found | {"critic": trainer.stepper.critic.numpy().copy()}


# ── the spec ─────────────────────────────────────────────────────────────────────────────────


def test_a_spec_survives_json_and_an_older_one_has_no_critic() -> None:
    spec = tiny(members=2, loss=("kl", "gan"), direction=DIRECTIONS)
    values = json.loads(json.dumps(spec.to_json()))
    assert InverseSpec.from_json(values) == spec
    old = {k: v for k, v in InverseSpec().to_json().items() if k not in ("critic", "direction")}
    assert InverseSpec.from_json(old) == InverseSpec()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"loss": "wasserstein"}, "sinkhorn, kl, reverse_kl"), ({"direction": "up"}, "backward"),
        ({"loss": ("nll", "kl"), "members": 2}, "a run of their own"), ({"critic": 3}, "critic is"),
        ({"loss": "kl", "network": "conditional"}, "maximum likelihood alone"),
    ],
)  # fmt: skip
def test_a_wrong_spec_is_refused_in_a_sentence(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(SpecError, match=says):
        tiny(**wrong)


# ── members ──────────────────────────────────────────────────────────────────────────────────


def test_a_member_of_a_mixed_sweep_is_what_its_part_trains() -> None:
    """Directions and divergences differ; every part sees the same batches and the same critics."""
    spec = tiny(
        members=4, loss=("kl", "js", "reverse_kl", "gan"), direction=DIRECTIONS * 2, latent=2
    )
    whole = InverseTrainer(spec)
    whole.steps(6)
    for member in range(4):
        alone = InverseTrainer(replace(spec, part=(member, 4)))
        alone.steps(6)
        for name, value in weights(alone).items():
            np.testing.assert_allclose(weights(whole)[name][[member]], value, rtol=2e-3, atol=2e-5)


def test_members_in_another_order_are_the_same_members() -> None:
    losses = ("kl", "js", "pearson")
    one, other = (
        InverseTrainer(tiny(members=3, loss=order))
        for order in (losses, losses[:1] + losses[:0:-1])
    )
    one.steps(4), other.steps(4)
    for name, value in weights(one).items():  # the first has the same seed, place and loss in both
        np.testing.assert_allclose(weights(other)[name][0], value[0], rtol=2e-3, atol=2e-5)


def test_a_member_that_turns_nan_is_frozen_and_the_others_go_on() -> None:
    spec = tiny(members=3, loss=NAMES, direction=("forward", "backward", "backward"))
    clean, hurt = InverseTrainer(spec), InverseTrainer(spec)
    clean.steps(3), hurt.steps(3)
    with torch.no_grad():
        hurt.stepper.weights[1] = torch.nan
    clean.steps(5), hurt.steps(5)
    assert set(hurt.frozen) == {1} and "1 stopped" in hurt.snapshot().message
    for name, value in weights(clean).items():
        np.testing.assert_array_equal(value[[0, 2]], weights(hurt)[name][[0, 2]])


def test_pause_snapshots_and_checkpoints_change_no_bit(tmp_path: Path) -> None:
    spec = tiny(members=2, loss=("kl", "js"), direction=DIRECTIONS)
    whole = InverseTrainer(spec)
    whole.steps(12)
    part = InverseTrainer(spec)
    part.steps(5)
    part.snapshot()
    part.save(tmp_path / "c")
    again = InverseTrainer.load(tmp_path / "c")
    again.steps(7)
    for name, value in weights(whole).items():
        np.testing.assert_array_equal(value, weights(again)[name])


# ── every combination ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("coupling", ["affine", "residual"])
def test_every_combination_learns_something(coupling: str, direction: str) -> None:
    """Three divergences side by side, the first steps; the whole 3,000 are in the recorded race."""
    flow = FlowSpec(coupling=coupling, layers=2, hidden=(12,), linear="lu")
    spec = tiny(members=3, loss=NAMES, direction=direction, flow=flow)
    trainer = InverseTrainer(spec)
    before = trainer.state()
    trainer.steps(60)
    snapshot = trainer.snapshot()
    assert not trainer.frozen and trainer.step == 60
    assert np.isfinite(snapshot.measures["l2"]).all() and max(snapshot.measures["l2"]) < 5
    assert np.isfinite(snapshot.measures["divergence"]).all()
    for name, value in trainer.state().items():
        if "weights" in name:  # every member moves, by its own divergence
            moved = np.abs(value - before[name]).reshape(3, -1).max(1)
            assert (moved > 0).all() and len(set(moved.tolist())) == 3
