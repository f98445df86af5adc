"""Stretch-and-fold, a polynomial of the complex plane, and a reflection."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from inn_core.diffeos.base import HALF, Array, Diffeo

#: Area factor of one stretch-and-fold.
SHRINK = 0.8


class Fold(Diffeo):
    """Two turns of a Hénon-like map (Hénon 1976) that keeps orientation.

    f = h ∘ h,   h(x, y) = (y + a (1/3 - x²), -b x),   det Dh = b = 0.8,   a the amplitude.
    """

    default: ClassVar[float] = 0.9
    allowed: ClassVar[tuple[float, float]] = (0.0, 1.2)

    def once(self, x: Array) -> Array:
        """h(x)."""
        bend = self.amplitude * (1 / 3 - x[:, 0] ** 2)
        return np.stack([x[:, 1] + bend, -SHRINK * x[:, 0]], -1)

    def once_jacobian(self, x: Array) -> Array:
        """Dh(x)."""
        one = np.ones(len(x))
        first = np.stack([-2 * self.amplitude * x[:, 0], one], -1)
        return np.stack([first, np.stack([-SHRINK * one, 0 * one], -1)], -2)

    def once_inverse(self, y: Array) -> Array:
        """The x with h(x) = y."""
        x = -y[:, 1] / SHRINK
        return np.stack([x, y[:, 0] - self.amplitude * (1 / 3 - x**2)], -1)

    def forward(self, x: Array) -> Array:
        """See Diffeo."""
        return self.once(self.once(x))

    def inverse(self, y: Array) -> Array:
        """See Diffeo."""
        return self.once_inverse(self.once_inverse(y))

    def jacobian(self, x: Array) -> Array:
        """See Diffeo."""
        return np.asarray(self.once_jacobian(self.once(x)) @ self.once_jacobian(x))


class Square(Diffeo):
    """z ↦ z + a z² of the complex plane; a fold would begin where |2 a z| = 1, outside K.

    Re f' > 0 on the convex K, so f is injective there (Noshiro 1934, Warschawski 1935).
    """

    default: ClassVar[float] = 0.3
    allowed: ClassVar[tuple[float, float]] = (0.0, 0.35)  # 2 a √2 < 1

    def forward(self, x: Array) -> Array:
        """See Diffeo."""
        z = complex_of(x)
        return plane_of(z + self.amplitude * z * z)

    def inverse(self, y: Array) -> Array:
        """See Diffeo: the root with Re sqrt > 0, as 2w / (1 + sqrt(1 + 4 a w))."""
        w = complex_of(y)
        return plane_of(2 * w / (1 + np.sqrt(1 + 4 * self.amplitude * w)))

    def jacobian(self, x: Array) -> Array:
        """See Diffeo: that of a complex derivative."""
        slope = 1 + 2 * self.amplitude * complex_of(x)
        rows = [np.stack([slope.real, -slope.imag], -1), np.stack([slope.imag, slope.real], -1)]
        return np.stack(rows, -2)


class Reflection(Diffeo):
    """(x, y) ↦ (-x, y): det -1, which no chain of layers with det > 0 can be.

    In sup no homeomorphism g with det > 0 comes nearer than 1 on K = [-1, 1]²: if |g - f| < 1 on
    the edge of K, where |f| >= 1, then g and f have the same degree around 0, which is -1 for f and
    0 or 1 for g. Squeezing K towards the line x = 0 comes as near to 1 as one likes.
    """

    allowed: ClassVar[tuple[float, float]] = (1.0, 1.0)
    sign: ClassVar[int] = -1
    floor: ClassVar[float] = HALF

    def forward(self, x: Array) -> Array:
        """See Diffeo."""
        return x * np.array([-1.0, 1.0])

    def inverse(self, y: Array) -> Array:
        """See Diffeo: its own."""
        return self.forward(y)

    def jacobian(self, x: Array) -> Array:
        """See Diffeo."""
        return np.broadcast_to(np.diag([-1.0, 1.0]), (len(x), 2, 2))


def complex_of(x: Array) -> np.ndarray:
    """Points (N, 2) as complex numbers (N,)."""
    return np.asarray(x[:, 0] + 1j * x[:, 1])


def plane_of(z: np.ndarray) -> Array:
    """Complex numbers (N,) as points (N, 2)."""
    return np.stack([z.real, z.imag], -1)
