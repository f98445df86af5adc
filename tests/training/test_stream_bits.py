"""The same spec and seed give the same bits, whoever watches, pauses, saves or resumes."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file

from inn_core import registry
from inn_core.specs import RunSpec, SpecError
from inn_core.training.batches import CHUNK, BatchStream
from inn_core.training.checkpoint import CheckpointError
from inn_core.training.heldout import FINAL_KEY, HELD_OUT_KEY, INITIAL_KEY, HeldOut
from inn_core.training.loop import Trainer
from inn_core.training.stream import train

SPEC = RunSpec(target="correlated").with_(layers=3, hidden=(8,), batch=64)
SPECS = [
    SPEC,
    SPEC.with_(coupling="spline", bins=4, linear="lu", actnorm=True, base="student"),
    SPEC.with_(coupling="additive", linear="rotation", members=2),
]


def same(a: Trainer, b: Trainer) -> bool:
    """Whether everything that the future of a run depends on is equal."""
    p, q = a.stepper.tensors(), b.stepper.tensors()
    return p.keys() == q.keys() and all(torch.equal(p[name], q[name]) for name in p)


@pytest.mark.parametrize("spec", SPECS)
def test_snapshots_pauses_and_checks_change_no_bit(spec: RunSpec, tmp_path: Path) -> None:
    quiet, watched = Trainer(spec), Trainer(spec)
    quiet.steps(12)
    for n in (1, 2, 0, 4, 5):
        watched.snapshot(weights=True)
        watched.steps(n)
        watched.save(tmp_path / "c")
        watched.snapshot(maps=False)
    assert watched.step == 12
    assert same(quiet, watched)
    torch.rand(3)  # nor does anybody else's use of the global generator
    quiet.steps(1)
    watched.steps(1)
    assert same(quiet, watched)


def test_slices_by_time_run_the_same_steps() -> None:
    by_time, by_steps = Trainer(SPEC), Trainer(SPEC)
    while by_time.step < 20:
        by_time.run_for(0.002)
    by_steps.steps(by_time.step)
    assert same(by_time, by_steps)


def test_another_seed_is_another_run() -> None:
    a, b = Trainer(SPEC), Trainer(SPEC.with_(seed=1))
    a.steps(3)
    b.steps(3)
    assert not torch.equal(a.stepper.weights, b.stepper.weights)


@pytest.mark.parametrize("spec", SPECS)
def test_a_loaded_checkpoint_continues_bit_by_bit(spec: RunSpec, tmp_path: Path) -> None:
    through, stopped = Trainer(spec), Trainer(spec)
    for trainer in (through, stopped):
        trainer.steps(5)
        trainer.set(lr=1e-2, batch=100, clip=0.5)
        trainer.steps(3)
    stopped.save(tmp_path / "run" / "c.safetensors")
    resumed = Trainer.load(tmp_path / "run" / "c.safetensors")
    assert same(through, resumed)
    assert resumed.seconds == stopped.seconds and resumed.seq == stopped.seq
    for trainer in (through, resumed):
        trainer.steps(7)
    assert same(through, resumed)
    assert through.snapshot().nll == resumed.snapshot().nll
    assert [p.name for p in (tmp_path / "run").iterdir()] == ["c.safetensors"]


def test_a_checkpoint_of_a_fresh_run_works(tmp_path: Path) -> None:
    fresh = Trainer(SPEC)
    fresh.save(tmp_path / "c")
    resumed = Trainer.load(tmp_path / "c")
    for trainer in (fresh, resumed):
        trainer.steps(2)
    assert same(fresh, resumed)


def test_what_is_no_checkpoint_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="There is no checkpoint"):
        Trainer.load(tmp_path / "none")
    (tmp_path / "text").write_text("hello")
    with pytest.raises(CheckpointError, match="no checkpoint of this lab"):
        Trainer.load(tmp_path / "text")
    save_file({"weights": torch.zeros(1)}, tmp_path / "other")
    with pytest.raises(CheckpointError, match="no checkpoint of this lab"):
        Trainer.load(tmp_path / "other")
    Trainer(SPEC).save(tmp_path / "c")
    data = (tmp_path / "c").read_bytes()
    (tmp_path / "half").write_bytes(data[: len(data) // 2])
    with pytest.raises(CheckpointError, match="damaged"):
        Trainer.load(tmp_path / "half")
    (tmp_path / "foreign").write_bytes(data.replace(b'\\"layers\\": 3', b'\\"layers\\": 4'))
    with pytest.raises(CheckpointError, match="another version"):
        Trainer.load(tmp_path / "foreign")


def test_the_stream_does_not_depend_on_batch_sizes() -> None:
    target = registry.TARGETS["correlated"].load()
    one, many = BatchStream(target, 3), BatchStream(target, 3)
    whole = one.take(2 * CHUNK + 77)
    sizes = (16, 4096, CHUNK, 1, CHUNK - 4036)
    parts = torch.cat([many.take(n) for n in sizes])
    assert torch.equal(whole, parts)
    later = BatchStream(target, 3)
    later.restore(many.state())
    assert torch.equal(later.take(1000), many.take(1000))
    assert not torch.equal(whole[:CHUNK], whole[CHUNK : 2 * CHUNK])


class Normal:
    """The standard normal in the plane, as a target."""

    entropy, scale, centre = math.log(2 * math.pi * math.e), 1.0, np.zeros(2)

    def sample(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        return rng.standard_normal((n, 2))

    def log_prob(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(-0.5 * (x**2).sum(1) - math.log(2 * math.pi))


def test_held_out_and_fresh_points_are_not_the_training_points() -> None:
    law = Normal()  # point i is the i-th draw, so that equal streams could not hide
    streams = [BatchStream(law, 0).take(500)]
    streams += [HeldOut(law, 500, 0, key).x for key in (HELD_OUT_KEY, FINAL_KEY, INITIAL_KEY)]
    points = torch.cat(streams).tolist()
    assert len({tuple(point) for point in points}) == len(points)
    assert torch.equal(HeldOut(law, 500, 0).x, streams[1])


def test_the_train_generator_ends_with_fresh_numbers_and_obeys_its_budget() -> None:
    snapshots = list(train(SPEC, steps=30, every=0.01))
    assert [s.seq for s in snapshots] == list(range(len(snapshots)))
    assert {s.status for s in snapshots[:-1]} == {"training"}
    last = snapshots[-1]
    assert (last.status, last.step) == ("done", 30)
    assert last.nll == pytest.approx(last.entropy + last.gap)
    assert last.gap_error < snapshots[-2].gap_error / 3  # 50,000 points against 512
    sparse = list(train(SPEC, steps=30, every=10.0))
    assert last.weights is not None and sparse[-1].weights is not None
    for name, value in last.weights.items():
        assert np.array_equal(value, sparse[-1].weights[name]), name
    timed = list(train(SPEC, seconds=0.1, every=0.02, weights=False, maps=False))
    assert timed[-1].status == "done" and 0.1 <= timed[-1].seconds < 0.3
    assert timed[-1].maps is None and timed[-1].weights is None


def test_live_changes_are_checked_and_a_finished_run_can_be_extended() -> None:
    trainer = Trainer(SPEC.with_(steps=2))
    trainer.steps(10)
    assert (trainer.step, trainer.status) == (2, "done")
    trainer.extend(steps=3)
    assert trainer.status == "training"
    trainer.steps(10)
    assert (trainer.step, trainer.status) == (5, "done")
    before = (trainer.lr, trainer.batch, trainer.clip)
    for wrong in ({"lr": -1.0}, {"batch": 10**6}, {"clip": float("nan")}, {"lr": "fast"}):
        with pytest.raises(SpecError, match="between"):
            trainer.set(**{"batch": 32, **wrong})  # type: ignore[arg-type]
    with pytest.raises(SpecError, match="loss term"):
        trainer.set(weights={"prior": 1.0})
    assert (trainer.lr, trainer.batch, trainer.clip) == before
    with pytest.raises(SpecError, match="RunSpec"):
        train("moons")  # type: ignore[arg-type]
    with pytest.raises(SpecError, match="every"):
        next(train(SPEC, every=0))
