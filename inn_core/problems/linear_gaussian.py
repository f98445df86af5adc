"""The problem whose answer is known in closed form: y = A x + noise, everything normal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inn_core.problems.base import Problem
from inn_core.results import FloatArray as Array


@dataclass(frozen=True, eq=False, kw_only=True)
class LinearGaussian(Problem):
    """What was x? x ~ N(0, diag(prior_sd)^2), y = A x + noise e.

    The posterior is N(m, C) with C = (S^-1 + A^T A / noise^2)^-1, S the prior's covariance, and
    m = C A^T y / noise^2.

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

    def covariance(self) -> Array:
        """C, the same for every y: (dim_x, dim_x)."""
        precision = np.diag(self.prior_sd**-2.0) + self.a.T @ self.a / self.noise**2
        return np.asarray(np.linalg.inv(precision))

    def mean(self, y: Array) -> Array:
        """m, (dim_x,)."""
        return np.asarray(self.covariance() @ self.a.T @ y / self.noise**2)

    def draw_posterior(self, y: Array, n: int, rng: np.random.Generator) -> Array:
        """From N(m, C)."""
        root = np.linalg.cholesky(self.covariance())
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
        """With noise, everything can be observed."""
        return y

    def predictive(self) -> tuple[Array, Array]:
        """Mean 0 and the root of the diagonal."""
        return np.zeros(self.dim_y), np.sqrt(np.diag(self.predictive_covariance()))


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
