"""Members of an ensemble do not know of each other, and the guard keeps it so."""

from __future__ import annotations

import pytest
import torch

from inn_core.specs import RunSpec
from inn_core.training import guard
from inn_core.training.batches import BatchStream
from inn_core.training.loop import Trainer

SPEC = RunSpec(target="correlated", members=3).with_(layers=3, hidden=(8,), batch=64)
STEPS = 15


def trained(spec: RunSpec, steps: int = STEPS) -> Trainer:
    trainer = Trainer(spec)
    trainer.steps(steps)
    return trainer


@pytest.mark.parametrize("coupling", ["affine", "spline"])
def test_a_member_equals_the_same_run_alone(coupling: str) -> None:
    """To rounding: members share the batches, and a member's seed sets its weights."""
    together = trained(SPEC.with_(coupling=coupling, clip=0.5))
    for e in range(3):
        alone = Trainer(SPEC.with_(coupling=coupling, clip=0.5, members=1, seed=e))
        alone.batches = BatchStream(alone.target, SPEC.seed)  # own weights, the ensemble's data
        alone.steps(STEPS)
        assert torch.allclose(
            alone.stepper.weights[0], together.stepper.weights[e], rtol=1e-3, atol=1e-5
        )
        assert torch.allclose(
            alone.stepper.average[0], together.stepper.average[e], rtol=1e-3, atol=1e-5
        )


def test_permuting_members_permutes_results() -> None:
    plain, turned = Trainer(SPEC), Trainer(SPEC)
    order = [2, 0, 1]
    for matrix in (turned.stepper.weights, turned.stepper.average):
        matrix.copy_(matrix[order].clone())
    plain.steps(STEPS)
    turned.steps(STEPS)
    # To rounding: a place in memory decides whether a number goes through a vector instruction.
    assert torch.allclose(turned.stepper.weights, plain.stepper.weights[order], atol=1e-5)
    assert not torch.allclose(turned.stepper.weights, plain.stepper.weights, atol=1e-2)
    nlls = plain.snapshot().nlls
    assert turned.snapshot().nlls == pytest.approx([nlls[e] for e in order], abs=1e-4)


@pytest.mark.parametrize("poison", [float("nan"), float("inf"), 1e20])
@pytest.mark.parametrize("victim", [0, 2])
def test_a_sick_member_changes_no_other_bit(victim: int, poison: float) -> None:
    healthy, sick = trained(SPEC, 5), trained(SPEC, 5)
    sick.stepper.weights[victim, 3] = poison
    healthy.steps(STEPS + 30)
    sick.steps(STEPS + 30)
    others = [e for e in range(3) if e != victim]
    for name in ("weights", "average"):
        a, b = getattr(healthy.stepper, name), getattr(sick.stepper, name)
        assert torch.equal(a[others], b[others]), name
        assert torch.isfinite(b).all(), name
    adam = [t.stepper.tensors() for t in (healthy, sick)]
    for name in ("adam.mean", "adam.square", "guard.sound"):
        assert torch.equal(adam[0][name][others], adam[1][name][others]), name
        assert torch.isfinite(adam[1][name]).all(), name
    assert list(sick.frozen) == [victim] and sick.status == "training"
    assert sick.message.startswith(f"Member {victim} stopped at step")
    snapshot = sick.snapshot()
    assert set(snapshot.frozen) == {victim} and all(abs(v) < 1e3 for v in snapshot.nlls)


def test_a_frozen_member_keeps_its_last_sound_weights() -> None:
    trainer = trained(SPEC, guard.KEEP_EVERY + 1)
    sound = trainer.stepper.guard.sound[1].clone()
    trainer.stepper.weights[1] = float("nan")
    trainer.steps(20)
    assert torch.equal(trainer.stepper.weights[1], sound)
    assert torch.equal(trainer.stepper.average[1], sound)


@pytest.mark.parametrize("coupling", ["additive", "affine", "spline"])
def test_an_absurd_learning_rate_ends_in_an_explained_stop(coupling: str) -> None:
    spec = RunSpec().with_(coupling=coupling, layers=4, hidden=(16, 16), lr=1e3, steps=300)
    trainer = Trainer(spec)
    trainer.steps(300)
    assert trainer.status == "stopped"
    assert trainer.message.startswith("The run stopped at step ")
    assert trainer.message.endswith("Lower the learning rate (now 1000) and reset.")
    assert trainer.steps(5) == 0
    snapshot = trainer.snapshot()
    assert snapshot.status == "stopped" and snapshot.message == trainer.message
    assert 0 < snapshot.nll < 10 and snapshot.round_trip < 1e-3


def test_a_learning_rate_raised_live_keeps_what_was_learnt() -> None:
    trainer = Trainer(RunSpec(target="correlated").with_(layers=4, hidden=(16, 16)))
    trainer.steps(200)
    before = trainer.snapshot().gap
    trainer.set(lr=1e3)
    trainer.steps(200)
    assert trainer.status == "stopped"
    assert trainer.snapshot().gap < before + 0.05


@pytest.mark.parametrize(
    ("loss", "norm", "words"),
    [
        (float("nan"), 1.0, "not a number"),
        (float("inf"), 1.0, "became infinite"),
        (1.0, float("nan"), "gradient became infinite"),
        (1e9, 1.0, "rose to 1e+09 nats"),
    ],
)
def test_reasons_are_sentences(loss: float, norm: float, words: str) -> None:
    text = guard.reason(4, 8, 14, loss, norm, 0.5)
    assert text.startswith("Member 4 stopped at step 14: ") and words in text


@pytest.mark.parametrize(("rise", "patience"), guard.ABSURD)
def test_bad_batches_are_forgiven_and_a_run_of_them_is_not(rise: float, patience: int) -> None:
    weights = torch.ones(2, 3)
    watch = guard.Guard(weights)
    calm, storm = torch.tensor([1.0, 1.0]), torch.tensor([1.0, 1.1 + rise])
    step = 0
    for losses in [calm, *[storm] * (patience - 1), calm, *[storm] * (patience - 1)]:
        watch.before_step(losses, weights, torch.ones(2, 3), step, 1.0, 1e-3)
        step += 1
    assert not watch.frozen
    watch.before_step(storm, weights, torch.ones(2, 3), step, 1.0, 1e-3)
    assert list(watch.frozen) == [1]


def test_clipping_is_per_member_and_exact() -> None:
    weights = torch.zeros(3, 4)
    grad = torch.tensor([[3.0, 4.0, 0.0, 0.0], [0.3, 0.4, 0.0, 0.0], [0.0] * 4])
    guard.Guard(weights).before_step(torch.ones(3), weights, grad, 0, 1.0, 1e-3)
    assert torch.allclose(grad[0], torch.tensor([0.6, 0.8, 0.0, 0.0]))
    assert torch.equal(grad[1], torch.tensor([0.3, 0.4, 0.0, 0.0]))
    assert torch.equal(grad[2], torch.zeros(4))
