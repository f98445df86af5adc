"""Densities of points on curves plus Gaussian noise: rings in closed form, arcs by quadrature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import log, pi

import numpy as np
from scipy.special import i0e

from inn_core.targets.base import Array, Target
from inn_core.targets.numerics import gauss_legendre, log_sum_exp


@dataclass(frozen=True, eq=False, kw_only=True)
class Rings(Target):
    """A ring of radius R_k, chosen with equal chance, a uniform angle, noise N(0, sd^2 I).

    p(x) = mean_k exp(-(r^2 + R_k^2) / 2 sd^2) I0(r R_k / sd^2) / (2 pi sd^2), r = |x|
    (Rice 1945). I0(a) = e^a i0e(a) keeps it finite: -(r - R_k)^2 / 2 sd^2 is left in the exponent.
    """

    radii: tuple[float, ...]
    sd: float

    def draw(self, n: int, rng: np.random.Generator) -> Array:
        """Ring, angle, noise."""
        radius = rng.choice(self.radii, size=n)
        angle = rng.uniform(0, 2 * pi, n)
        on_ring = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        return on_ring + self.sd * rng.standard_normal((n, 2))

    def log_density(self, x: Array) -> Array:
        """The Rice formula, in logs."""
        radii, variance = np.array(self.radii), self.sd**2
        r = np.hypot(x[:, 0], x[:, 1])[:, None]
        terms = np.log(i0e(r * radii / variance)) - (r - radii) ** 2 / (2 * variance)
        return log_sum_exp(terms) - log(2 * pi * variance * len(radii))

    def moments(self) -> tuple[Array, Array]:
        """Mean 0; covariance (mean R^2 / 2 + sd^2) I."""
        return np.zeros(2), (np.mean(np.square(self.radii)) / 2 + self.sd**2) * np.eye(2)


@dataclass(frozen=True)
class Arc:
    """A curve t -> (x, y) with t uniform on [low, high]."""

    point: Callable[[Array], Array]
    low: float
    high: float


@dataclass(frozen=True, eq=False, kw_only=True)
class NoisyArcs(Target):
    """An arc, chosen with equal chance, a uniform parameter t, noise N(0, sd^2 I).

    p(x) = mean over arcs of the mean over t of N(x; c(t), sd^2 I). The mean over t is taken by
    Gauss-Legendre quadrature with ``knots`` nodes an arc: once they lie closer than sd, the error
    falls exponentially (tests compare with three times as many).
    """

    arcs: tuple[Arc, ...]
    sd: float
    knots: int

    def draw(self, n: int, rng: np.random.Generator) -> Array:
        """Arc, parameter, noise."""
        which, u = rng.integers(len(self.arcs), size=n), rng.random(n)
        x = np.empty((n, 2))
        for k, arc in enumerate(self.arcs):
            rows = which == k
            x[rows] = arc.point(arc.low + (arc.high - arc.low) * u[rows])
        return x + self.sd * rng.standard_normal((n, 2))

    @cached_property
    def _quadrature(self) -> tuple[Array, Array]:
        """Centres c (K, 2) on all arcs and their weights (K,), which sum to 1."""
        rules = [gauss_legendre(arc.low, arc.high, self.knots) for arc in self.arcs]
        centres = [arc.point(t) for arc, (t, _) in zip(self.arcs, rules, strict=True)]
        weights = np.concatenate([w for _, w in rules])
        return np.concatenate(centres), weights / weights.sum()

    def log_density(self, x: Array) -> Array:
        """Log of sum_k w_k exp(-|x - c_k|^2 / 2 sd^2) / (2 pi sd^2).

        |x - c|^2 = |x|^2 - 2 x·c + |c|^2, so that only x·c is a (points, knots) table.
        """
        centres, weights = self._quadrature
        variance = self.sd**2
        cx, cy = centres.T
        constant = np.log(weights) - (cx**2 + cy**2) / (2 * variance)
        table = x[:, :1] * (cx / variance) + x[:, 1:] * (cy / variance) + constant
        half_square = (x**2).sum(axis=1) / (2 * variance)
        return log_sum_exp(table) - half_square - log(2 * pi * variance)

    def moments(self) -> tuple[Array, Array]:
        """Mean and covariance of the curve by the same quadrature, plus sd^2 I."""
        centres, weights = self._quadrature
        mean = weights @ centres
        covariance = (centres - mean).T @ (weights[:, None] * (centres - mean))
        return mean, covariance + self.sd**2 * np.eye(2)
