"""What a target is: a 2-D density that can be sampled and evaluated exactly. Numpy only.

A new kind of target (drawn, uploaded, an image) is one subclass of :class:`Target` with three
methods: how to draw, the log-density, the first two moments. Checks, chunks, standardisation and
quadrature come from here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from inn_core.results import FloatArray as Array

Window = tuple[tuple[float, float], tuple[float, float]]

#: Points evaluated at once: a chunk times a few hundred knots stays in the processor's cache.
CHUNK = 1024

#: Beyond this squares leave float64; the log-density of such a point is given as -inf.
FARTHEST = 1e100


def square(radius: float, centre: tuple[float, float] = (0.0, 0.0)) -> Window:
    """The window ((x_lo, x_hi), (y_lo, y_hi)) that reaches ``radius`` from ``centre``."""
    (x, y), r = centre, radius
    return (x - r, x + r), (y - r, y + r)


@dataclass(frozen=True)
class Grid:
    """Quadrature nodes of the plane: points (N, 2) and the area (N,) that each stands for."""

    points: Array
    areas: Array


@dataclass(frozen=True, eq=False, kw_only=True)
class Target(ABC):
    """A probability density p on the plane.

    name : key of ``registry.TARGETS`` (or any word, for a target that a user made)
    view : the window that a plot shows
    entropy : H = -E[log p] in nats, the lowest loss a model can reach
    support : a box that holds all but 1e-9 of the mass; quadrature runs over it
    detail : the smallest length over which p changes, usually the sd of its noise
    known : whether p is known; of a sample alone it is not (targets/pointset.py)
    """

    name: str
    view: Window
    entropy: float
    support: Window
    detail: float
    known: ClassVar[bool] = True

    @abstractmethod
    def draw(self, n: int, rng: np.random.Generator) -> Array:
        """Draw n points, shape (n, 2); called by :meth:`sample` after its checks."""

    @abstractmethod
    def log_density(self, x: Array) -> Array:
        """Log-density in nats at finite points (n, 2), n <= CHUNK; called by :meth:`log_prob`."""

    @abstractmethod
    def moments(self) -> tuple[Array, Array]:
        """Mean (2,) and covariance (2, 2) of p."""

    @cached_property
    def centre(self) -> Array:
        """The mean of p, shape (2,); a flow reads (x - centre) / scale."""
        mean = np.array(self.moments()[0], dtype=np.float64)
        mean.flags.writeable = False
        return mean

    @cached_property
    def scale(self) -> float:
        """Root of the mean variance of the coordinates: one number, so that circles stay round."""
        return float(np.sqrt(np.trace(self.moments()[1]) / 2))

    def sample(self, n: int, rng: np.random.Generator) -> Array:
        """Draw n independent points.

        n : a whole number >= 0; rng : the only source of randomness
        Returns (n, 2) float64. Raises ValueError for any other n or rng.
        """
        if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 0:
            raise ValueError(f"n is {n!r}; it must be a whole number of points, 0 or more.")
        if not isinstance(rng, np.random.Generator):
            raise ValueError(
                f"rng is {type(rng).__name__}; pass a numpy Generator, np.random.default_rng(seed)."
            )
        return self.draw(int(n), rng)

    def fresh(self, n: int, rng: np.random.Generator) -> Array:
        """Points (n, 2) that training never sees; a sample alone may have fewer than n."""
        return self.sample(n, rng)

    def plotted(self, n: int, rng: np.random.Generator) -> Array:
        """Points (n, 2) that a plot shows as the data; a sample alone may have fewer than n."""
        return self.sample(n, rng)

    def log_prob(self, x: Any) -> Array:
        """Log-density at each point.

        x : (n, 2) in data units, any real dtype
        Returns (n,) float64 in nats: -inf where p is 0 and at infinity, nan at a nan.
        Raises ValueError for another shape or for what is no array of numbers.
        """
        points = as_points(x)
        result = np.full(len(points), -np.inf)
        result[np.isnan(points).any(axis=1)] = np.nan
        usable = np.flatnonzero((np.abs(points) < FARTHEST).all(axis=1))
        for start in range(0, len(usable), CHUNK):
            rows = usable[start : start + CHUNK]
            result[rows] = self.log_density(points[rows])
        return result

    def quadrature(self, refine: int = 1) -> Grid:
        """Midpoints of equal cells over ``support``, about two (times ``refine``) per ``detail``.

        For a density that was blurred by a Gaussian of sd s this rule with spacing h errs by about
        exp(-2 (pi s / h)^2): at h = s / 2 nothing is left but rounding.
        """
        axes = []
        for low, high in self.support:
            count = int(np.ceil((high - low) / self.detail)) * 2 * refine
            step = (high - low) / count
            axes.append((low + step * (np.arange(count) + 0.5), np.full(count, step)))
        return tensor_grid(*axes)


def tensor_grid(x_axis: tuple[Array, Array], y_axis: tuple[Array, Array]) -> Grid:
    """The product of two one-dimensional rules, each given as (nodes, weights)."""
    (x, width), (y, height) = x_axis, y_axis
    points = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)
    return Grid(points, np.multiply.outer(width, height).ravel())


def as_points(x: Any) -> Array:
    """``x`` as a float64 array of shape (n, 2); raises ValueError with a sentence."""
    try:
        points = np.asarray(x, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"x is no array of numbers ({error}); pass points of shape (n, 2)."
        ) from error
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"x has shape {points.shape}; pass points of shape (n, 2).")
    return points
