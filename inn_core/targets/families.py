"""Densities with one number to set: two hills and their distance, Pareto tails and their weight.

They stand in ``registry.FAMILIES``: what the variational losses are compared on, and not among the
targets of every menu.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from math import log
from typing import ClassVar

import numpy as np

from inn_core import registry
from inn_core.targets.base import Array, Grid, Target, square, tensor_grid
from inn_core.targets.mixtures import GaussianMixture, isotropic
from inn_core.targets.numerics import gauss_legendre


@dataclass(frozen=True, eq=False, kw_only=True)
class Hills(GaussianMixture):
    """Two round Gaussians: sd 0.7 and weight 0.55 at (-d, 0), sd 0.9 and 0.45 at (d, 0)."""

    default: ClassVar[float] = 2.6
    allowed: ClassVar[tuple[float, float]] = (0.0, 4.0)

    @classmethod
    def of(cls, shape: float) -> Hills:
        """The hills at (∓shape, 0); their entropy is a sum over a grid."""
        sds = np.array([0.7, 0.9])
        parts = isotropic(shape * np.array([[-1.0, 0.0], [1.0, 0.0]]), sds)
        parts["weights"] = np.array([0.55, 0.45])
        hills = cls(
            name="hills", view=square(shape + 2.0), entropy=0.0, support=square(shape + 6.5),
            detail=float(sds.min()), **parts,
        )  # fmt: skip
        grid = hills.quadrature(2)
        log_p = hills.log_prob(grid.points)
        return replace(hills, entropy=float(-(grid.areas * np.exp(log_p) * log_p).sum()))


@dataclass(frozen=True, eq=False, kw_only=True)
class Pareto(Target):
    """Independent coordinates with Pareto tails on both sides: P(|x| > t) = (1 + t)^-α.

    p(x) = α/2 (1 + |x|)^(-α - 1): Pareto's second law (Lomax 1954), mirrored, so that the plane is
    its support. ln(1 + |x|) is exponential with mean 1/α; moments of order α and more are infinite.
    """

    alpha: float

    default: ClassVar[float] = 3.0
    allowed: ClassVar[tuple[float, float]] = (0.5, 20.0)
    #: The unit of the data is where |x| has this much of its mass, as a normal has within its sd:
    #: the variance may be infinite.
    SHARE: ClassVar[float] = 0.6827

    @classmethod
    def of(cls, shape: float) -> Pareto:
        """The law with α = ``shape``."""
        alpha = float(shape)
        return cls(
            name="pareto", view=square(_quantile(alpha, 0.97)),
            entropy=2 * (log(2 / alpha) + (alpha + 1) / alpha),
            support=square(_quantile(alpha, 1 - 1e-10)), detail=_quantile(alpha, 0.1), alpha=alpha,
        )  # fmt: skip

    def draw(self, n: int, rng: np.random.Generator) -> Array:
        """By the inverse of P(|x| > t), with a random sign."""
        size = np.expm1(rng.standard_exponential((n, 2)) / self.alpha)
        return np.where(rng.random((n, 2)) < 0.5, -size, size)

    def log_density(self, x: Array) -> Array:
        """The closed form."""
        one = log(self.alpha / 2) - (self.alpha + 1) * np.log1p(np.abs(x))
        return np.asarray(one.sum(1))

    def survival(self, t: Array) -> Array:
        """P(|x_1| > t) for t >= 0."""
        return np.asarray((1 + t) ** -self.alpha)

    def moments(self) -> tuple[Array, Array]:
        """Mean 0 by symmetry; variance 2 / (α - 1)(α - 2), infinite for α <= 2."""
        a = self.alpha
        variance = 2 / ((a - 1) * (a - 2)) if a > 2 else np.inf
        return np.zeros(2), np.diag([variance, variance])

    @property
    def scale(self) -> float:
        """Where |x| has SHARE of its mass."""
        return _quantile(self.alpha, self.SHARE)

    def quadrature(self, refine: int = 1) -> Grid:
        """The whole plane: |x| = e^(w / α) - 1, by Gauss and Legendre in w up to 40."""
        w, weight = gauss_legendre(0.0, 40.0, 60 * refine)
        side, width = np.expm1(w / self.alpha), weight * np.exp(w / self.alpha) / self.alpha
        axis = np.concatenate([-side[::-1], side]), np.concatenate([width[::-1], width])
        return tensor_grid(axis, axis)


def _quantile(alpha: float, share: float) -> float:
    """The t with P(|x| <= t) = share."""
    return float((1 - share) ** (-1 / alpha) - 1)


@lru_cache(maxsize=64)
def find(name: str, shape: float) -> Target:
    """The member of a family that ``shape`` names."""
    target: Target = registry.FAMILIES[name].load().of(shape)
    return target
