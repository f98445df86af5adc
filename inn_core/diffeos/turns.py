"""Twist and swirl: each circle around the origin turns by an angle that depends on its radius.

    f(x) = R(α(|x|²)) x        Df = R(α) + 2 α' (Q R(α) x) xᵀ,  Q a quarter turn

Such a map keeps every circle, so det Df = 1; its inverse turns back.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import ClassVar, Self

import numpy as np

from inn_core.diffeos.base import Array, Diffeo

#: Radii at which the least slope of a twist is looked for.
RADII = 20_001


class Turn(Diffeo):
    """f(x) = R(α(s)) x with s = |x|²; a kind says what α and dα/ds are."""

    @abstractmethod
    def angle(self, s: Array) -> Array:
        """α, in radians."""

    @abstractmethod
    def slope(self, s: Array) -> Array:
        """dα/ds."""

    def forward(self, x: Array) -> Array:
        """See Diffeo."""
        return turned(x, self.angle((x * x).sum(-1)))

    def inverse(self, y: Array) -> Array:
        """See Diffeo: |x| = |y|, so the angle is known."""
        return turned(y, -self.angle((y * y).sum(-1)))

    def jacobian(self, x: Array) -> Array:
        """See Diffeo."""
        s = (x * x).sum(-1)
        angle, moved = self.angle(s), self.forward(x)
        c, sn = np.cos(angle), np.sin(angle)
        rotation = np.stack([np.stack([c, -sn], -1), np.stack([sn, c], -1)], -2)
        quarter = np.stack([-moved[:, 1], moved[:, 0]], -1)
        return np.asarray(
            rotation + 2 * self.slope(s)[:, None, None] * quarter[:, :, None] * x[:, None]
        )

    def root(self, n: int) -> Self:
        """The map whose n-fold composition is this one."""
        return replace(self, amplitude=self.amplitude / n)


class Twist(Turn):
    """Bump twist: α = A exp(1 - 1/(1 - s)) for s < 1, else 0; the identity outside the disc."""

    default: ClassVar[float] = np.pi
    allowed: ClassVar[tuple[float, float]] = (-2 * np.pi, 2 * np.pi)

    def angle(self, s: Array) -> Array:
        """See Turn."""
        inside = s < 1
        rest = np.where(inside, 1 - s, 1.0)
        return np.where(inside, self.amplitude * np.exp(1 - 1 / rest), 0.0)

    def slope(self, s: Array) -> Array:
        """See Turn."""
        rest = np.where(s < 1, 1 - s, 1.0)
        return -self.angle(s) / rest**2


class Swirl(Turn):
    """α = A s: the farther out, the more it turns."""

    default: ClassVar[float] = np.pi / 2
    allowed: ClassVar[tuple[float, float]] = (-np.pi, np.pi)

    def angle(self, s: Array) -> Array:
        """See Turn."""
        return self.amplitude * s

    def slope(self, s: Array) -> Array:
        """See Turn."""
        return np.full_like(s, self.amplitude)


def turned(x: Array, angle: Array) -> Array:
    """Points (N, 2), each turned by its own angle (N,)."""
    c, s = np.cos(angle), np.sin(angle)
    return np.stack([c * x[:, 0] - s * x[:, 1], s * x[:, 0] + c * x[:, 1]], -1)


def least_slope(amplitude: float, n: int = 1) -> float:
    """Least ∂₁g₁ over the plane of g, the n-th root of the twist with this amplitude.

    min over r of cos α - r |α'| (1 - sin |α|) / 2 with α = (A/n) exp(1 - 1/(1 - r²)): at radius r
    the derivative is cos α - (r α'/2)(sin α + sin(α + 2φ)) in the direction φ.
    """
    r = np.linspace(0, 1, RADII)[:-1]
    alpha = abs(amplitude) / n * np.exp(1 - 1 / (1 - r * r))
    steepness = alpha * 2 * r * r / (1 - r * r) ** 2  # r |α'|
    return float((np.cos(alpha) - steepness * (1 - np.sin(alpha)) / 2).min())


def steps_needed(amplitude: float) -> int:
    """The smallest n whose n-th root g has ∂₁g₁ > 0: it then splits into one-coordinate maps."""
    n = 1
    while least_slope(amplitude, n) <= 0:
        n += 1
    return n
