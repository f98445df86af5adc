"""The contract of a target diffeomorphism f, and the compact set K on which flows are fitted to it.

K is the square [-1, 1]² for all of them, so that errors can be compared. Points are (N, 2) float64.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from inn_core import registry

Array = NDArray[np.float64]

#: K = [-HALF, HALF]².
HALF = 1.0
#: Points a side of the grid that bounds the image of K.
BOUNDING = 41


@dataclass(frozen=True)
class Diffeo(ABC):
    """A diffeomorphism f of a neighbourhood of K onto its image.

    amplitude : how far it is from the identity; ``default`` and ``allowed`` are its kind's
    warp : displacements of control points (drawn warps only)
    """

    amplitude: float
    warp: tuple[float, ...] = ()

    default: ClassVar[float] = 1.0
    allowed: ClassVar[tuple[float, float]] = (0.0, 1.0)
    #: Sign of det Df: -1 turns the plane over.
    sign: ClassVar[int] = 1
    #: No map with det > 0 comes closer to f in sup on K than this; 0 where nothing forbids it.
    floor: ClassVar[float] = 0.0
    #: Whether :meth:`inverse` is there, in closed form.
    invertible: ClassVar[bool] = True

    @abstractmethod
    def forward(self, x: Array) -> Array:
        """f(x), (N, 2)."""

    @abstractmethod
    def jacobian(self, x: Array) -> Array:
        """Df(x), (N, 2, 2), rows the coordinates of f."""

    def inverse(self, y: Array) -> Array:
        """The x with f(x) = y; ValueError where there is no closed form."""
        raise ValueError(f"{type(self).__name__} has no inverse in closed form.")

    def sample(self, n: int, rng: np.random.Generator) -> Array:
        """Draw n points of K, uniformly."""
        return rng.uniform(-HALF, HALF, (n, 2))

    @property
    def view(self) -> list[list[float]]:
        """A square around K and f(K): [[x low, x high], [y low, y high]]."""
        points = np.concatenate([grid(BOUNDING), self.forward(grid(BOUNDING))])
        low, high = points.min(0), points.max(0)
        half = 0.54 * float((high - low).max())
        return [[float(c - half), float(c + half)] for c in (low + high) / 2]


def grid(n: int) -> Array:
    """Points of K, (n², 2), corners included; the first coordinate runs fastest."""
    side = np.linspace(-HALF, HALF, n)
    return np.stack([np.tile(side, n), np.repeat(side, n)], -1)


def edge(n: int) -> Array:
    """The edge of K as a closed polygon, (4 (n - 1), 2), n points a side."""
    side = np.linspace(-HALF, HALF, n)[:-1]
    end = np.full_like(side, HALF)
    sides = [(side, -end), (end, side), (-side, end), (-end, -side)]
    return np.concatenate([np.stack(pair, -1) for pair in sides])


def find(name: str, amplitude: float | None = None, warp: tuple[float, ...] = ()) -> Diffeo:
    """The diffeomorphism that ``registry.DIFFEOS`` names; ValueError if a warp folds."""
    kind: type[Diffeo] = registry.DIFFEOS[name].load()
    return kind(kind.default if amplitude is None else float(amplitude), tuple(warp))
