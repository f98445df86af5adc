"""A picture as a density: dark is dense. Constant on every pixel, so everything is exact."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inn_core.results import FloatArray as Array
from inn_core.targets.base import Grid, Target

#: The longer side of the picture on the plane.
SIDE = 8.0


@dataclass(frozen=True, eq=False, kw_only=True)
class Picture(Target):
    """Density proportional to the darkness of a picture.

    weights : probability (h, w) of each pixel, row 0 on top; they sum to 1
    pixel : side of a pixel on the plane
    """

    weights: Array
    pixel: float

    @property
    def _corner(self) -> tuple[float, float]:
        """Left and lower edge of the picture, whose middle is the origin."""
        height, width = self.weights.shape
        return -self.pixel * width / 2, -self.pixel * height / 2

    def draw(self, n: int, rng: np.random.Generator) -> Array:
        """Pixels by their weight, then evenly inside the pixel."""
        height, width = self.weights.shape
        total = np.cumsum(self.weights.ravel())
        cell = np.searchsorted(total, rng.random(n) * total[-1], side="right")
        cell = np.minimum(cell, len(total) - 1)
        place = np.stack([cell % width, height - 1 - cell // width], axis=1)
        return np.asarray(self._corner + self.pixel * (place + rng.random((n, 2))))

    def log_density(self, x: Array) -> Array:
        """Log of a pixel's weight over its area; -inf on white and outside."""
        height, width = self.weights.shape
        place = np.floor((x - self._corner) / self.pixel).astype(np.int64)
        inside = (place >= 0).all(1) & (place[:, 0] < width) & (place[:, 1] < height)
        column, row = place[inside, 0], height - 1 - place[inside, 1]
        density = np.zeros(len(x))
        density[inside] = self.weights[row, column] / self.pixel**2
        with np.errstate(divide="ignore"):
            return np.log(density)

    def moments(self) -> tuple[Array, Array]:
        """Mean and covariance: those of the pixels' middles, plus a pixel's own variance."""
        grid = self.quadrature()
        mass = self.weights[::-1].T.ravel()
        mean = mass @ grid.points
        away = grid.points - mean
        return mean, (away.T * mass) @ away + np.eye(2) * self.pixel**2 / 12

    def quadrature(self, refine: int = 1) -> Grid:
        """The middles of all pixels, each cut into ``refine``² squares: exact for this density."""
        height, width = self.weights.shape
        left, low = self._corner
        step = self.pixel / refine
        x = left + step * (np.arange(width * refine) + 0.5)
        y = low + step * (np.arange(height * refine) + 0.5)
        points = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)
        return Grid(points, np.full(len(points), step**2))


def picture(name: str, darkness: Array) -> Picture:
    """The density of a picture; darkness (h, w) >= 0 with a positive sum, row 0 on top."""
    weights = darkness / darkness.sum()
    height, width = weights.shape
    pixel = SIDE / max(height, width)
    ink = weights[weights > 0]
    entropy = float(-(ink * np.log(ink / pixel**2)).sum())
    half_x, half_y = pixel * width / 2, pixel * height / 2
    support = (-half_x, half_x), (-half_y, half_y)
    view = (-1.08 * half_x, 1.08 * half_x), (-1.08 * half_y, 1.08 * half_y)
    return Picture(
        name=name, view=view, entropy=entropy, support=support, detail=pixel,
        weights=weights, pixel=pixel,
    )  # fmt: skip
