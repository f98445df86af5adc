"""Which registered target looks most like given data: its trained flow is a good place to start."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from inn_core import registry
from inn_core.diagnose.distance import energy
from inn_core.targets.base import Target

#: Sample size; the distance costs its square.
POINTS = 500

Array = NDArray[np.float64]


def nearest(target: Target) -> str:
    """The key of the registered target at the smallest energy distance, both standardised."""
    points = standardised(target)
    distances = {name: energy(points, _of(name)) for name in registry.TARGETS}
    return min(distances, key=lambda name: distances[name])


def standardised(target: Target) -> Array:
    """POINTS points of a target as its flow reads them: (x - centre) / scale."""
    points = target.sample(POINTS, np.random.default_rng(12))
    return np.asarray((points - target.centre) / target.scale)


@cache
def _of(name: str) -> Array:
    return standardised(registry.TARGETS[name].load())
