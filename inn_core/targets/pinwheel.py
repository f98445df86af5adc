"""FFJORD's pinwheel: a Gaussian blob, twisted and copied to five arms, by change of variables.

Features f = (f0, f1), f0 ~ N(1, 0.3^2), f1 ~ N(0, 0.1^2); x = 2 R f, R the rotation by
-(2 pi k / 5 + e^f0 / 4), arm k of 0..4 with equal chance (Grathwohl et al. 2019, arXiv 1810.01367,
their generator). The angle depends on f0, not on the radius, so the twist is not one-to-one.

The twist keeps |f| = r = |x| / 2. So a preimage of x lies on the circle f = r (cos t, sin t), at a
t that solves  w(t) = t - e^(r cos t) / 4 = angle of x  modulo 2 pi / 5 (all arms at once), and

    p(x) = 1/4 · 1/5 · sum over solutions t of  N(f(t)) / |w'(t)|,
    w'(t) = 1 + r sin t · e^(r cos t) / 4.

w rises, except that on larger circles it falls between two turning points. Each monotone piece is
crossed by a countable number of levels, and each crossing is one bracketed root.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log, pi

import numpy as np

from inn_core.targets.base import Array, Target, square
from inn_core.targets.numerics import find_roots

RADIAL_SD, TANGENTIAL_SD, RATE, ARMS = 0.3, 0.1, 0.25, 5
LEVEL = 2 * pi / ARMS

#: Beyond this r (ten sd out) a circle is wound so often that single solutions mean nothing.
WOUND = 4.0


def winding(t: Array, r: Array) -> tuple[Array, Array]:
    """w(t) and w'(t): the angle at which f = r (cos t, sin t) lands on arm 0."""
    twist = RATE * np.exp(r * np.cos(t))
    return t - twist, 1 + r * np.sin(t) * twist


def winding_slope(t: Array, r: Array) -> tuple[Array, Array]:
    """w'(t) and w''(t)."""
    sin, cos = np.sin(t), np.cos(t)
    twist = RATE * np.exp(r * cos)
    return 1 + r * sin * twist, r * twist * (cos - r * sin**2)


def turning_points(r: Array) -> tuple[Array, Array]:
    """Where w starts and stops falling, both (n,); equal where it never falls.

    On (-pi, 0), w' has one minimum, at cos t = (sqrt(1 + 4 r^2) - 1) / 2 r; if w' is negative
    there, it has one zero on either side of it.
    """
    lowest = -np.arccos((np.sqrt(1 + 4 * r**2) - 1) / np.maximum(2 * r, 1e-300))
    falls = np.flatnonzero(winding_slope(lowest, r)[0] < 0)
    first, last = lowest.copy(), lowest.copy()
    ends = np.full(len(falls), -pi), np.zeros(len(falls))
    first[falls] = find_roots(lambda t: winding_slope(t, r[falls]), ends[0], lowest[falls])
    last[falls] = find_roots(lambda t: winding_slope(t, r[falls]), lowest[falls], ends[1])
    return first, last


def log_features(f0: Array, f1: Array) -> Array:
    """Log-density of the two independent Gaussian features."""
    square_sum = ((f0 - 1) / RADIAL_SD) ** 2 + (f1 / TANGENTIAL_SD) ** 2
    return -0.5 * square_sum - log(2 * pi * RADIAL_SD * TANGENTIAL_SD)


@dataclass(frozen=True, eq=False, kw_only=True)
class Pinwheel(Target):
    """The density described at the top of this file."""

    def draw(self, n: int, rng: np.random.Generator) -> Array:
        """Features, arm, rotation."""
        f0, f1 = (rng.standard_normal((n, 2)) * (RADIAL_SD, TANGENTIAL_SD) + (1, 0)).T
        angle = LEVEL * rng.integers(ARMS, size=n) + RATE * np.exp(f0)
        cos, sin = np.cos(angle), np.sin(angle)
        return 2 * np.stack([f0 * cos + f1 * sin, f1 * cos - f0 * sin], axis=1)

    def log_density(self, x: Array) -> Array:
        """The sum over preimages; far out (|x| > 8) the mean over the circle of radius |x|."""
        r, angle = np.hypot(x[:, 0], x[:, 1]) / 2, np.arctan2(x[:, 1], x[:, 0])
        near = r <= WOUND
        result = np.empty(len(x))
        result[near] = _sum_over_preimages(r[near], angle[near])
        result[~near] = _circle_mean(r[~near])
        return result - log(4)

    def moments(self) -> tuple[Array, Array]:
        """Mean 0 and covariance 2 E|f|^2 I, by the five-fold symmetry."""
        return np.zeros(2), 2 * (1 + RADIAL_SD**2 + TANGENTIAL_SD**2) * np.eye(2)


def _sum_over_preimages(r: Array, angle: Array) -> Array:
    """Log-density of the twisted features at polar coordinates (r, angle), each (n,)."""
    first, last = turning_points(r)
    edges = np.stack([np.full(len(r), -pi), first, last, np.full(len(r), pi)], axis=1)
    level = (winding(edges, r[:, None])[0] - angle[:, None]) / LEVEL
    # Half-open pieces [a, b): neighbours share no crossing, and none is lost where they meet.
    low, high = np.minimum(level[:, :-1], level[:, 1:]), np.maximum(level[:, :-1], level[:, 1:])
    lowest = np.ceil(low).astype(np.int64)
    counts = (np.ceil(high).astype(np.int64) - lowest).ravel()
    piece = np.repeat(np.arange(3 * len(r)), counts)
    rank = np.arange(len(piece)) - np.repeat(np.cumsum(counts) - counts, counts)
    point, side = piece // 3, piece % 3
    wanted = angle[point] + LEVEL * (lowest.ravel()[piece] + rank)

    def excess(t: Array) -> tuple[Array, Array]:
        value, slope = winding(t, r[point])
        return value - wanted, slope

    t = find_roots(excess, edges[point, side], edges[point, side + 1])
    slope = np.abs(winding(t, r[point])[1])
    f0, f1 = r[point] * np.cos(t), r[point] * np.sin(t)
    # On a fold the density is infinite; the floor keeps a point that hits one exactly finite.
    terms = log_features(f0, f1) - np.log(np.maximum(slope, 1e-12)) - log(ARMS)
    starts = np.searchsorted(point, np.arange(len(r)))
    largest = np.maximum.reduceat(terms, starts) if len(r) else terms
    return largest + np.log(np.add.reduceat(np.exp(terms - largest[point]), starts))


def _circle_mean(r: Array) -> Array:
    """Log of the mean feature density on the circle of radius r >> 1, by Laplace's method.

    Rotations move mass along the circle only, so this is the mean of the true density too.
    """
    curvature = r**2 / TANGENTIAL_SD**2 - r * (r - 1) / RADIAL_SD**2
    return log_features(r, np.zeros_like(r)) - 0.5 * np.log(2 * pi * curvature)


#: H = -sum p log p on ``quadrature(2)``; a grid in feature space gives the same six digits.
PINWHEEL = Pinwheel(
    name="pinwheel", view=square(4.5), entropy=2.317788, support=square(6.5), detail=0.1
)
