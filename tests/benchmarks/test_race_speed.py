"""What five seeds of a row of VINA's figure 4 are worth side by side, against five single runs."""

from __future__ import annotations

import time
from dataclasses import replace
from statistics import median

import pytest
import torch

from inn_core.problems import race
from inn_core.runs import parts
from inn_core.specs_inverse import DIRECTIONS, InverseSpec
from inn_core.training.inverse import InverseTrainer

ROWS = [
    *(race.row(one, "kl", way) for one in race.ARCHITECTURES for way in DIRECTIONS),
    *(race.row(one, "nll", "") for one in race.ARCHITECTURES),
]


def sized(one: race.Row, members: int, hidden: int, batch: int) -> InverseSpec:
    spec = race.spec_of(one)
    flow = replace(spec.flow, hidden=(hidden, hidden))
    return replace(spec, members=members, flow=flow, training=replace(spec.training, batch=batch))


def rate(spec: InverseSpec, steps: int) -> float:
    """Member-steps a second of own computing, on one thread."""
    trainer = InverseTrainer(spec)
    trainer.steps(3)
    begin = time.thread_time()
    trainer.steps(steps)
    return len(spec.own) * steps / (time.thread_time() - begin)


@pytest.mark.parametrize("one", ROWS, ids=lambda one: one.key)
@pytest.mark.parametrize(
    ("hidden", "batch", "least", "steps"), [(32, 256, 2.5, 12), (128, 512, 1.0, 2)]
)
def test_five_seeds_side_by_side(
    one: race.Row, hidden: int, batch: int, least: float, steps: int
) -> None:
    """In turns, so that whatever else the machine does meets both; the middle of three."""
    torch.set_num_threads(1)
    ratios = [
        rate(sized(one, race.SEEDS, hidden, batch), steps)
        / rate(sized(one, 1, hidden, batch), 2 * steps)
        for _ in range(3)
    ]
    print(f"{one.key}, {hidden}-{hidden}, batch {batch}: {median(ratios):.2f} times")
    assert median(ratios) >= least


def test_rows_that_gain_little_are_split_over_both_workers() -> None:
    """Side by side on one worker where that is worth more; every part has the same data."""
    small, wide = (sized(ROWS[0], race.SEEDS, *size) for size in ((32, 256), (128, 512)))
    assert parts.count(small, 2) == 1 and parts.count(wide, 2) == 2
    split = [parts.of(wide, part, 2) for part in range(2)]
    owned = [list(spec.own) for spec in split if isinstance(spec, InverseSpec)]
    assert owned == [[0, 2, 4], [1, 3]]
