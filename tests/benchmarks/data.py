"""The points that all contenders of a comparison train on and are measured on, as one file."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from inn_core.targets import library
from tests.benchmarks import mixtures

#: Points to train on (peers; ours draws its own) and to measure on (all).
TRAIN, HELD_OUT = 100_000, 50_000
MIXTURE = "mixture-"


def target_of(name: str) -> Any:
    """A registered target, or ``mixture-SEED``."""
    if name.startswith(MIXTURE):
        return mixtures.draw(int(name.removeprefix(MIXTURE)))
    return library.find(name)


@cache
def file_of(name: str, folder: Path, seed: int) -> Path:
    """Write the points of a target once and return where.

    train, held_out : standardised, (N, 2) float32, for peers; floor : what the exact density
    itself scores on ``held_out``, nats, so that sampling error cancels in the gap
    points, log_p : the same held-out points in data units, for ours
    """
    target = target_of(name)
    rng = np.random.default_rng([seed, 0xBE7C])
    train, points = target.sample(TRAIN, rng), target.sample(HELD_OUT, rng)
    log_p = target.log_prob(points)
    path = folder / f"{name}.npz"
    np.savez(
        path,
        train=((train - target.centre) / target.scale).astype(np.float32),
        held_out=((points - target.centre) / target.scale).astype(np.float32),
        floor=-log_p.mean() - 2 * np.log(target.scale),
        points=points.astype(np.float32),
        log_p=log_p,
    )
    return path
