"""What a sweep as one batched run is worth against its members one after the other."""

from __future__ import annotations

import time
from statistics import median

import pytest
import torch

from inn_core.specs import FlowSpec, TrainSpec
from inn_core.specs_inverse import InverseSpec
from inn_core.training.inverse import InverseTrainer


def warm(members: int, hidden: int, batch: int) -> InverseTrainer:
    """A trainer whose first steps, which record, are over."""
    flow = FlowSpec(layers=8, hidden=(hidden, hidden), linear="rotation")
    training = TrainSpec(lr=2e-3, batch=batch, seconds=600.0)
    trainer = InverseTrainer(InverseSpec(flow=flow, training=training, members=members))
    trainer.steps(5)
    return trainer


def rate(trainer: InverseTrainer, steps: int) -> float:
    """Member-steps a second of own computing, on one thread."""
    begin = time.thread_time()
    trainer.steps(steps)
    return trainer.spec.members * steps / (time.thread_time() - begin)


@pytest.mark.parametrize(
    ("hidden", "batch", "members", "least", "steps"),
    [(32, 256, 4, 2.0, 60), (32, 256, 8, 2.5, 60), (128, 512, 8, 1.0, 10)],
)
def test_members_side_by_side(
    hidden: int, batch: int, members: int, least: float, steps: int
) -> None:
    torch.set_num_threads(1)
    beside, alone = warm(members, hidden, batch), warm(1, hidden, batch)
    ratios = [rate(beside, steps) / rate(alone, 2 * steps) for _ in range(3)]
    print(f"{members} members of {hidden}-{hidden}, batch {batch}: {median(ratios):.2f} times")
    assert median(ratios) >= least
