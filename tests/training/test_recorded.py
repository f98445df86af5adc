"""Recorded operations give the very bits of their function, or are not used."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import Tensor

from inn_core import registry
from inn_core.bijections.base import Bijection
from inn_core.bijections.coupling import Coupling
from inn_core.specs import RunSpec
from inn_core.training import recorded
from inn_core.training.loop import Trainer
from inn_core.training.recorded import Recorded

SMALL = {"layers": 3, "hidden": (8, 8), "batch": 32, "bins": 4}


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorded, "PATIENCE", 3)


def trained(spec: RunSpec) -> Trainer:
    trainer = Trainer(spec)
    trainer.steps(8)
    trainer.set(batch=48)
    trainer.steps(8)
    return trainer


PARTS = [
    *({"coupling": name} for name in registry.COUPLINGS),
    *({"linear": name} for name in registry.LINEARS if name != "none"),
    *({"base": name} for name in registry.BASES if name != "normal"),
    {"actnorm": True},
]


@pytest.mark.parametrize("members", [1, 3])
@pytest.mark.parametrize("part", PARTS)
def test_training_from_a_recording_changes_no_bit(
    part: dict[str, str | bool], members: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = RunSpec(members=members).with_(**SMALL, **part)
    replayed = trained(spec)
    assert replayed.stepper.likelihood.trusted
    monkeypatch.setattr(recorded, "record", lambda function, x: None)
    plain = trained(spec)
    assert not plain.stepper.likelihood.trusted
    assert torch.equal(plain.stepper.weights, replayed.stepper.weights)


def test_what_autograd_differentiates_is_not_replayed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Coupling, "vjp", Bijection.vjp)
    assert not trained(RunSpec().with_(**SMALL)).stepper.likelihood.trusted


def test_a_function_that_changes_its_mind_is_called_as_before() -> None:
    count = itertools.count()
    mind = Recorded(lambda x: (x + next(count),))
    assert [float(mind(torch.zeros(1))[0]) for _ in range(9)] == [0, 1, 2, 4, 5, 6, 7, 8, 9]
    assert not mind.trusted


def test_a_recording_reads_the_numbers_of_now() -> None:
    weight = torch.ones(2)
    calls = []

    def product(x: Tensor) -> tuple[Tensor]:
        calls.append(x)
        return (weight * x,)

    double, x = Recorded(product), torch.tensor([3.0, 5.0])
    for _ in range(6):
        double(x)
    assert double.trusted
    called = len(calls)
    weight.fill_(2.0)
    assert double(x)[0].tolist() == [6.0, 10.0]
    assert len(calls) == called
    assert double(torch.tensor([1.0]))[0].tolist() == [2.0, 2.0], "another shape is recorded anew"
    assert len(calls) == called + 1


def test_without_a_recorder_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(torch._C, "_create_graph_by_tracing", broken)
    square = Recorded(lambda x: (x * x,))
    assert [float(square(torch.tensor(float(n)))[0]) for n in range(8)] == [n * n for n in range(8)]
    assert not square.trusted
