"""What five seeds of a row of VINA's figure 4 are worth side by side, against five single runs."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
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


def warm(spec: InverseSpec) -> InverseTrainer:
    """A trainer whose first steps, which record, are over."""
    trainer = InverseTrainer(spec)
    trainer.steps(3)
    return trainer


def rate(trainer: InverseTrainer, steps: int) -> float:
    """Member-steps a second of own computing, on one thread."""
    begin = time.thread_time()
    trainer.steps(steps)
    return len(trainer.spec.own) * steps / (time.thread_time() - begin)


@pytest.mark.parametrize(
    ("hidden", "batch", "least", "steps"), [(32, 256, 2.5, 12), (128, 512, 1.0, 4)]
)
def test_the_grid_with_five_seeds_side_by_side(
    hidden: int, batch: int, least: float, steps: int
) -> None:
    """All rows together gain ``least``, and none of them loses.

    In turns, so that whatever else the machine does meets both; the middle of three rounds.
    """
    torch.set_num_threads(1)
    pairs = [[warm(sized(row, many, hidden, batch)) for many in (1, race.SEEDS)] for row in ROWS]
    # Seconds of a network's step: (rounds, rows, alone or beside others).
    taken = np.array(
        [
            [[1 / rate(alone, 2 * steps), 1 / rate(beside, steps)] for alone, beside in pairs]
            for _ in range(3)
        ]
    )
    one, five = taken[..., 0], taken[..., 1]
    rows = dict(zip((row.key for row in ROWS), np.median(one / five, 0), strict=True))
    grid = np.median(one.sum(1) / five.sum(1))
    rounded = {key: round(float(ratio), 2) for key, ratio in rows.items()}
    print(f"{hidden}-{hidden}, batch {batch}: {grid:.2f} times; {rounded}")
    assert grid >= least and min(rows.values()) >= 1.0


def test_rows_that_gain_little_are_split_over_both_workers() -> None:
    """Side by side on one worker where that is worth more; every part has the same data."""
    small, wide = (sized(ROWS[0], race.SEEDS, *size) for size in ((32, 256), (128, 512)))
    assert parts.count(small, 2) == 1 and parts.count(wide, 2) == 2
    split = [parts.of(wide, part, 2) for part in range(2)]
    owned = [list(spec.own) for spec in split if isinstance(spec, InverseSpec)]
    assert owned == [[0, 2, 4], [1, 3]]
