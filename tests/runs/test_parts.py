"""A sweep in parts is the sweep: same members, same numbers, whoever trains them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from inn_core.runs import parts
from inn_core.runs.admission import Admission
from inn_core.specs import FlowSpec, RunSpec, SpecError, TrainSpec
from inn_core.specs_inverse import InverseSpec
from inn_core.training.inverse import InverseTrainer

SWEEP = InverseSpec(
    members=5, latent=(1, 2, 4, 1, 2), loss=("nll", "nll", "nll", "sinkhorn", "sinkhorn"),
    prior_weight=(0.0, 1.0, 0.0, 0.0, 3.0), seed=7,
    flow=FlowSpec(layers=4, hidden=(16,), linear="rotation"),
    training=TrainSpec(lr=2e-3, batch=128, seconds=600.0),
)  # fmt: skip


def wide(width: int, batch: int, members: int = 6) -> InverseSpec:
    flow = FlowSpec(layers=4, hidden=(width, width), linear="rotation")
    return InverseSpec(members=members, flow=flow, training=TrainSpec(batch=batch))


@pytest.mark.parametrize(
    ("spec", "workers", "count"),
    [
        (wide(128, 512), 2, 2), (wide(128, 512), 1, 1), (wide(128, 512, 1), 2, 1),
        (wide(32, 256), 2, 1), (wide(128, 512), 9, 4), (RunSpec(), 2, 1),
    ],
)  # fmt: skip
def test_wide_networks_go_to_several_workers(
    spec: RunSpec | InverseSpec, workers: int, count: int
) -> None:
    assert parts.count(spec, workers) == count


def test_parts_joined_are_the_whole() -> None:
    whole = InverseTrainer(SWEEP)
    trainers = [InverseTrainer(replace(SWEEP, part=(i, 2))) for i in range(2)]
    for trainer in (whole, *trainers):
        trainer.steps(6)
    one, joined = whole.snapshot(), parts.join([trainer.snapshot() for trainer in trainers])
    assert joined.net and one.net and joined.net.keys() == one.net.keys()
    for name, values in one.net.items():
        np.testing.assert_allclose(joined.net[name], values, rtol=2e-3, atol=2e-4, err_msg=name)
    np.testing.assert_allclose(joined.nlls, one.nlls, rtol=1e-3, atol=1e-3)
    assert joined.measures.keys() == one.measures.keys() and joined.step == 6
    for name, numbers in one.measures.items():
        np.testing.assert_allclose(joined.measures[name], numbers, rtol=0.02, atol=0.02)


def test_a_dead_member_keeps_its_number(tmp_path: Path) -> None:
    trainers = [InverseTrainer(replace(SWEEP, part=(i, 2))) for i in range(2)]
    with torch.no_grad():
        trainers[1].stepper.weights[1] = torch.nan  # member 3 of the sweep
    for trainer in trainers:
        trainer.steps(2)
    parts.leave(tmp_path, 1, trainers[1].snapshot())
    others = parts.Others(tmp_path, 0, 2, lambda part: trainers[part])
    joined = others.join(trainers[0].snapshot())
    assert set(joined.frozen) == {3} and joined.frozen[3].startswith("Member 3 stopped")
    assert joined.message == joined.frozen[3] and others.training
    state = others.weights(trainers[0].state())
    assert all(len(v) == 5 for k, v in state.items() if not k.startswith("units."))
    parts.file_of(tmp_path, 1).write_bytes(b"half a file")
    assert set(others.join(trainers[0].snapshot()).frozen) == {3}, "the last one that was read"


def test_before_another_desk_has_begun_its_part_is_shown_at_the_start(tmp_path: Path) -> None:
    others = parts.Others(tmp_path, 0, 2, lambda i: InverseTrainer(replace(SWEEP, part=(i, 2))))
    joined = others.join(InverseTrainer(replace(SWEEP, part=(0, 2))).snapshot())
    assert joined.step == 0 and len(joined.nlls) == 5


@pytest.mark.parametrize("part", [(2, 2), (-1, 2), (0, 9), (0,), "ab", (0.0, 2), None])
def test_a_wrong_part_is_refused_in_a_sentence(part: object) -> None:
    with pytest.raises(SpecError, match="part is"):
        replace(SWEEP, part=part)  # type: ignore[arg-type]


def test_further_parts_sit_apart_while_they_can() -> None:
    admission = Admission(12, 4)
    admission.enqueue("a")
    [(_, first)] = admission.seat({"v", "w"})
    [second] = admission.help("a", {"v", "w"}, 2)
    assert {first, second} == {"v", "w"}
    assert admission.at("v") == admission.at("w") == ["a"]
    assert sum(admission.taken().values()) == 2
    admission.leave("a")
    assert not admission.taken()
    admission.enqueue("b")
    admission.seat({"v"})
    assert admission.help("b", {"v"}, 2) == ["v"], "one worker is left: they share it"
