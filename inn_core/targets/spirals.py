"""The density of FFJORD's two spirals: an arm, uniform jitter in each coordinate, noise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import pi, sqrt

import numpy as np
from scipy.special import erfcx

from inn_core.targets.base import Array, Target
from inn_core.targets.numerics import gauss_legendre

#: The arm's parameter, an angle in radians, ends at one and a half turns.
TURNS = 3 * pi


@dataclass(frozen=True, eq=False, kw_only=True)
class TwoSpirals(Target):
    """x = ±(c(a) + jitter) / 3 + noise, c(a) = a (-cos a, sin a), a = 3 pi sqrt(U).

    jitter is uniform on [0, 0.5] in each coordinate, noise N(0, 0.1^2 I), both signs equally likely
    (Grathwohl et al. 2019, arXiv 1810.01367, their generator). Given a, each coordinate is uniform
    plus Gaussian, whose density is a difference of two normal distribution functions; the mean over
    a, of density 2 a / (3 pi)^2, is taken by Gauss-Legendre quadrature with ``knots`` nodes.
    """

    knots: int = 448
    sd: float = 0.1
    #: Half the width of the jitter, after division by 3.
    half: float = 0.5 / 3 / 2
    #: Knots farther from x than the nearest one by this add less than exp(-23) of the density.
    reach: float = 0.8

    def draw(self, n: int, rng: np.random.Generator) -> Array:
        """Parameter, jitter, sign, noise."""
        a = TURNS * np.sqrt(rng.random(n))
        arm = np.stack([-np.cos(a) * a, np.sin(a) * a], axis=1) + 0.5 * rng.random((n, 2))
        sign = rng.choice((-1.0, 1.0), size=(n, 1))
        return sign * arm / 3 + self.sd * rng.standard_normal((n, 2))

    @cached_property
    def _quadrature(self) -> tuple[Array, Array]:
        """Centres of the jittered squares on both arms (2 knots, 2) and weights that sum to 1."""
        a, weights = gauss_legendre(0, TURNS, self.knots)
        arm = np.stack([-np.cos(a) * a, np.sin(a) * a], axis=1) / 3 + self.half
        density = weights * a / TURNS**2
        return np.concatenate([arm, -arm]), np.concatenate([density, density])

    def _blur(self, offset: Array) -> tuple[Array, Array]:
        """(exponent, factor): exp(exponent) factor is the density of jitter plus noise at offset.

        It is (Phi(b) - Phi(a)) / 2 half with a, b = (-|offset| ∓ half) / sd. In terms of
        erfcx(t) = exp(t^2) erfc(t), Phi(b) = exp(-b^2 / 2) erfcx(-b / sqrt 2) / 2: the exponent
        comes out, and neither underflow nor cancellation is left, however large the offset.
        """
        a, b = (-np.abs(offset) - self.half) / self.sd, (-np.abs(offset) + self.half) / self.sd
        # e^((b^2 - a^2) / 2); b - a is written out because rounding would lose it far away.
        shrink = np.exp(self.half / self.sd * (a + b))
        factor = erfcx(-b / sqrt(2)) - shrink * erfcx(-a / sqrt(2))
        return -(b**2) / 2, factor / (4 * self.half)

    def log_density(self, x: Array) -> Array:
        """Log of sum_k w_k f(x_1 - c_k1) f(x_2 - c_k2), over the knots near each x only."""
        centres, weights = self._quadrature
        distance2 = (x[:, :1] - centres[:, 0]) ** 2 + (x[:, 1:] - centres[:, 1]) ** 2
        nearest2 = distance2.min(axis=1, keepdims=True)
        slack = self.reach * (2 * np.sqrt(nearest2) + self.reach)
        point, knot = np.nonzero(distance2 <= nearest2 + slack)
        (e1, f1), (e2, f2) = (self._blur(x[point, i] - centres[knot, i]) for i in (0, 1))
        # Each point has at least its nearest knot, so its terms are one non-empty run.
        starts = np.searchsorted(point, np.arange(len(x)))
        largest = np.maximum.reduceat(e1 + e2, starts)
        terms = weights[knot] * f1 * f2 * np.exp(e1 + e2 - largest[point])
        return largest + np.log(np.add.reduceat(terms, starts))

    def moments(self) -> tuple[Array, Array]:
        """Mean 0; covariance of the squares' centres plus (half^2 / 3 + sd^2) I."""
        centres, weights = self._quadrature
        own = self.half**2 / 3 + self.sd**2
        return np.zeros(2), centres.T @ (weights[:, None] * centres) + own * np.eye(2)
