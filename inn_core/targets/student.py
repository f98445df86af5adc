"""The bivariate Student-t distribution: tails that no Lipschitz map of a Gaussian has."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, pi

import numpy as np

from inn_core.targets.base import Array, Grid, Target, square, tensor_grid


@dataclass(frozen=True, eq=False, kw_only=True)
class StudentT(Target):
    """p(x) = (1 + |x|^2 / nu)^(-(nu + 2) / 2) / (2 pi), nu > 2 degrees of freedom.

    H = ln(2 pi) + (nu + 2) / nu, because ln(1 + |x|^2 / nu) is exponential with mean 2 / nu.
    """

    nu: float

    def __post_init__(self) -> None:
        """Raise ValueError where the variance, and with it the scale, is infinite."""
        if not self.nu > 2:
            raise ValueError(
                f"nu is {self.nu!r}; it must be above 2, where the variance is finite."
            )

    def draw(self, n: int, rng: np.random.Generator) -> Array:
        """A standard normal over the root of a chi-square per degree of freedom."""
        shrink = np.sqrt(rng.chisquare(self.nu, size=(n, 1)) / self.nu)
        return rng.standard_normal((n, 2)) / shrink

    def log_density(self, x: Array) -> Array:
        """The closed form."""
        return -(self.nu + 2) / 2 * np.log1p((x**2).sum(axis=1) / self.nu) - log(2 * pi)

    def moments(self) -> tuple[Array, Array]:
        """Mean 0, covariance nu / (nu - 2) I."""
        return np.zeros(2), self.nu / (self.nu - 2) * np.eye(2)

    def quadrature(self, refine: int = 1) -> Grid:
        """The whole plane: x = sinh u in each coordinate, midpoints in u, area cosh u du.

        |u| <= 20 reaches to 2e8, because the second moment of nu = 3 converges like 1 / |x|.
        """
        count = 400 * refine
        u = 20 * (2 * (np.arange(count) + 0.5) / count - 1)
        axis = np.sinh(u), 40 / count * np.cosh(u)
        return tensor_grid(axis, axis)


STUDENT = StudentT(
    name="student",
    view=square(8.0),
    entropy=log(2 * pi) + 5 / 3,
    support=square(2e8),
    detail=1.0,
    nu=3.0,
)
