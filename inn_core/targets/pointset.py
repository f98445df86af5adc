"""Points whose density nobody knows: a part is kept back, and the loss is measured on it alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.spatial import cKDTree

from inn_core.results import FloatArray as Array
from inn_core.targets.base import Target

#: Share of the points that training never sees.
HELD_OUT = 0.2
#: Training points are jittered by so much of the median distance to the nearest neighbour.
JITTER = 0.5
#: ... but never by less or more than so many standard deviations.
LEAST, MOST = 0.002, 0.1
SPLIT_KEY = 11


@dataclass(frozen=True, eq=False, kw_only=True)
class PointSet(Target):
    """A sample in place of a density: ``log_prob`` is 0, so that "gap" is the NLL itself.

    The NLL is measured on the held-out points, in nats, and in the units of the plot: those of a
    table are standardised, so it is lower than in the table's own units by ln sd₁ + ln sd₂.

    train, held_out : the points (n, 2) that training sees, and those it does not
    bandwidth : sd of the Gaussian jitter on every training point, in plot units. A flow that sees
        the same few points again and again would put a spike on each; noise of the size of their
        spacing forbids that (Rothfuss et al. 2019, arXiv 1907.08982)
    """

    train: Array
    held_out: Array
    bandwidth: float
    known: ClassVar[bool] = False

    def draw(self, n: int, rng: np.random.Generator) -> Array:
        """Training points, with replacement, jittered."""
        points = self.train[rng.integers(len(self.train), size=n)]
        return np.asarray(points + self.bandwidth * rng.standard_normal((n, 2)))

    def fresh(self, n: int, rng: np.random.Generator) -> Array:
        """Up to n of the points that training never sees, each once, not jittered."""
        return self.held_out[rng.permutation(len(self.held_out))[:n]]

    def plotted(self, n: int, rng: np.random.Generator) -> Array:
        """Up to n of all points, each once and where it is."""
        points = np.concatenate([self.train, self.held_out])
        return points[rng.permutation(len(points))[:n]]

    def log_density(self, x: Array) -> Array:
        """Zero: the density is not known."""
        return np.zeros(len(x))

    def moments(self) -> tuple[Array, Array]:
        """Mean (2,) and covariance (2, 2) of the jittered training points."""
        covariance = np.cov(self.train.T, bias=True) + self.bandwidth**2 * np.eye(2)
        return self.train.mean(0), covariance


def point_set(name: str, points: Array) -> PointSet:
    """Split points (n, 2) into training and held-out ones; the same points, the same split."""
    order = np.random.default_rng(SPLIT_KEY).permutation(len(points))
    kept = max(5, round(HELD_OUT * len(points)))
    held_out, train = points[order[:kept]], points[order[kept:]]
    places = np.unique(train, axis=0)  # the same row many times says nothing of the spacing
    spacing = np.inf  # all that differs was held out
    if len(places) > 1:
        spacing = float(np.median(cKDTree(places).query(places, k=2)[0][:, 1]))
    sd = float(np.sqrt(points.var(0).mean()))
    bandwidth = max(LEAST * sd, min(JITTER * spacing, MOST * sd))
    low, high = points.min(0), points.max(0)
    margin = 0.12 * (high - low) + 4 * bandwidth
    x, y = ((float(a - m), float(b + m)) for a, b, m in zip(low, high, margin, strict=True))
    return PointSet(
        name=name, view=(x, y), entropy=0.0, support=(x, y), detail=max(bandwidth, 0.02 * sd),
        train=train, held_out=held_out, bandwidth=bandwidth,
    )  # fmt: skip
