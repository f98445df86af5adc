"""The checkerboard: flat on eight squares, zero elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np

from inn_core.targets.base import Array, Target, square


@dataclass(frozen=True, eq=False, kw_only=True)
class Checkerboard(Target):
    """Density 1/32 on the squares [2i, 2i + 2] x [2j, 2j + 2] of [-4, 4]^2 with i + j even.

    The checkerboard of FFJORD (Grathwohl et al. 2019, arXiv 1810.01367). H = ln 32.
    """

    def draw(self, n: int, rng: np.random.Generator) -> Array:
        """A column i of four, one of its two squares, a uniform point of it."""
        column = rng.integers(-2, 2, size=n)
        row = 2 * rng.integers(-1, 1, size=n) + column % 2
        return 2 * (np.stack([column, row], axis=1) + rng.random((n, 2)))

    def log_density(self, x: Array) -> Array:
        """-ln 32 on the even squares, -inf elsewhere.

        Edges belong to the squares: rounding a sample to float32 may move it onto an edge, never
        across one, and one -inf would spoil the mean of 50,000 points.
        """
        inside = (np.abs(x) <= 4).all(axis=1)
        even = np.clip(np.floor(x / 2), -2, 1).sum(axis=1) % 2 == 0
        inner_edge = ((x % 2 == 0) & (np.abs(x) < 4)).any(axis=1)
        return np.where(inside & (even | inner_edge), -log(32), -np.inf)

    def moments(self) -> tuple[Array, Array]:
        """Mean 0; each coordinate alone is uniform on [-4, 4]; their covariance is 1."""
        return np.zeros(2), np.array([[16 / 3, 1.0], [1.0, 16 / 3]])


CHECKERBOARD = Checkerboard(
    name="checkerboard", view=square(5.0), entropy=log(32), support=square(4.0), detail=0.1
)
