"""The problem whose answer is known in closed form: y = A x + noise, everything normal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from inn_core.problems.base import Problem
from inn_core.results import FloatArray as Array


@dataclass(frozen=True, eq=False, kw_only=True)
class LinearGaussian(Problem):
    """What was x? x ~ N(0, diag(prior_sd)^2), y = A x + noise e.

    With S the prior's covariance, P = A S A^T + noise^2 I that of y and the gain K = S A^T P^-1 the
    posterior is N(K y, S - K A S), which is (S^-1 + A^T A / noise^2)^-1 where there is noise.

    a : the matrix A, (dim_y, dim_x)
    """

    a: Array

    def draw_prior(self, n: int, rng: np.random.Generator) -> Array:
        """Independent normals."""
        return self.prior_sd * rng.standard_normal((n, self.dim_x))

    def log_prior(self, x: Array) -> Array:
        """Independent normals."""
        norm = np.log(self.prior_sd).sum() + self.dim_x / 2 * np.log(2 * np.pi)
        return np.asarray(-0.5 * ((x / self.prior_sd) ** 2).sum(1) - norm)

    def forward(self, x: Array) -> Array:
        """A x."""
        return np.asarray(x @ self.a.T)

    def gain(self) -> Array:
        """K, (dim_x, dim_y)."""
        across = (self.a * self.prior_sd**2).T
        return np.asarray(np.linalg.solve(self.predictive_covariance(), across.T).T)

    def covariance(self) -> Array:
        """S - K A S, the same for every y: (dim_x, dim_x)."""
        return np.asarray(np.diag(self.prior_sd**2) - self.gain() @ (self.a * self.prior_sd**2))

    def mean(self, y: Array) -> Array:
        """K y, (dim_x,)."""
        return np.asarray(self.gain() @ y)

    def draw_posterior(self, y: Array, n: int, rng: np.random.Generator) -> Array:
        """From the posterior; without noise it lies on a line or a plane."""
        spread, axes = np.linalg.eigh(self.covariance())
        root = axes * np.sqrt(np.maximum(spread, 0.0))
        return self.mean(y) + rng.standard_normal((n, self.dim_x)) @ root.T

    def moments(self, y: Array) -> tuple[Array, Array]:
        """The closed form."""
        return self.mean(y), np.sqrt(np.diag(self.covariance()))

    def predictive_covariance(self) -> Array:
        """Covariance of y: A S A^T + noise^2 I."""
        spread = (self.a * self.prior_sd**2) @ self.a.T
        return np.asarray(spread + self.noise**2 * np.eye(self.dim_y))

    def density(self, y: Array) -> float:
        """N(y; 0, A S A^T + noise^2 I)."""
        covariance = self.predictive_covariance()
        square = y @ np.linalg.solve(covariance, y)
        return float(np.exp(-0.5 * square) / np.sqrt(np.linalg.det(2 * np.pi * covariance)))

    def closest(self, y: Array) -> Array:
        """With noise, or rows of A that are independent, everything can be observed."""
        return y

    def predictive(self) -> tuple[Array, Array]:
        """Mean 0 and the root of the diagonal."""
        return np.zeros(self.dim_y), np.sqrt(np.diag(self.predictive_covariance()))


@dataclass(frozen=True, eq=False, kw_only=True)
class Line(LinearGaussian):
    """What was x, seen once as y = x + noise e? The noise is the second unknown: (x, e) <-> (y, z).

    So VINA makes the map of its acoustic case square (arXiv 2602.20480: two parameters and the 70
    noise values against 70 observations). Given y, (x, e) lies on the line x + noise e = y, where z
    says the place. With prior sd s of x the posterior of x is N(g y, (1 - g) s^2), g = s^2 / (s^2 +
    noise^2).

    The slack is small beside y, so that a network's T_y is y itself: it makes T_y about slack^2 / P
    too steep. Given y, unknown and its noise are one number on the line, and its posterior has
    variance 1 in the units of the prior: x's share v / s^2 and e's v / noise^2 add up to 1. So
    what the paired prior loss leaves of the posterior's variance is fitted_variance(weight, 1, 1),
    whatever prior and noise are.
    """

    def vary(self, **options: Any) -> Line:
        """The same with another ``spread`` (prior sd of x) or ``noise``, each in [0.05, 20]."""
        now = {"spread": float(self.prior_sd[0]), "noise": float(self.a[0, 1])}
        for name, value in options.items():
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if name not in now or not number or not 0.05 <= value <= 20:
                raise ValueError(
                    f"{name} is {value!r:.40}; {self.name} has spread and noise, each a number "
                    "between 0.05 and 20."
                )
        return line(**(now | {name: float(value) for name, value in options.items()}))


#: Slack of the line as a share of the sd of y.
SHARP = 0.03


def line(spread: float, noise: float) -> Line:
    """The line with x ~ N(0, spread^2) and e ~ N(0, 1)."""
    seen = float(np.hypot(spread, noise))
    return Line(
        name="line",
        x_names=("x", "e"),
        y_names=("y",),
        x_view=((-3.0 * spread, 3.0 * spread), (-3.0, 3.0)),
        y_view=((-3.0 * seen, 3.0 * seen),),
        prior_mean=np.zeros(2),
        prior_sd=np.array([spread, 1.0]),
        slack=SHARP * seen,
        references=np.array([[seen], [0.0]]),
        a=np.array([[1.0, noise]]),
    )


def fitted_variance(weight: float, posterior_variance: float, scale: float) -> float:
    """The variance that VINA's paired prior loss makes of a normal posterior (one dimension).

    For one y the loss of a model N(m, s^2), with x from the posterior N(m, v) and an independent
    draw x' = m + s z of the model, is

        E (x - m)^2 / 2 s^2 + log s + weight E (x - x')^2 / 2 scale^2
            = v / 2 s^2 + log s + weight (v + s^2) / 2 scale^2.

    Its derivative in u = s^2 vanishes where weight u^2 / scale^2 + u - v = 0:

        u = scale^2 / (2 weight) (sqrt(1 + 4 weight v / scale^2) - 1),

    which is v at weight 0 (Bayes) and shrinks to 0: every posterior becomes its mean.
    """
    if weight == 0:
        return posterior_variance
    ratio = 4 * weight * posterior_variance / scale**2
    # sqrt(1 + r) - 1 = r / (sqrt(1 + r) + 1): no cancellation at small weights.
    return float(scale**2 / (2 * weight) * ratio / (np.sqrt(1 + ratio) + 1))


LINEAR_GAUSSIAN = LinearGaussian(
    name="linear-gaussian",
    x_names=("x₁", "x₂", "x₃"),
    y_names=("y₁", "y₂"),
    x_view=((-3.0, 3.0),) * 3,
    y_view=((-4.0, 4.0),) * 2,
    prior_mean=np.zeros(3),
    prior_sd=np.array([1.0, 0.7, 1.2]),
    slack=0.3,
    noise=0.3,
    references=np.array([[0.8, -0.5], [0.0, 0.0]]),
    a=np.array([[1.0, 0.5, -0.4], [0.2, -1.0, 0.6]]),
)

LINE = line(spread=1.0, noise=0.5)
