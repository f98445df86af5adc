"""One number measured of a crescent: a strip across the plane, two overlaps, a mean in the gap."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import cos, exp, pi, sin
from typing import Any

import numpy as np

from inn_core.problems.base import Problem
from inn_core.results import FloatArray as Array
from inn_core.specs import SpecError, shown

RADIUS, THICKNESS, MIDDLE, SPREAD = 2.0, 0.15, pi / 2, 0.75
#: Rays of the quadrature, over 8 sds of the angle to either side.
RAYS = 20_001
#: A measurement that fewer points of the prior explain than this share is refused.
RAREST = 1e-6


@dataclass(frozen=True, eq=False, kw_only=True)
class Strip(Problem):
    """Where is x on the crescent, if a . x was measured? y = a . x + noise e.

    The prior in polar coordinates: r ~ N(2, 0.15^2), angle ~ N(pi / 2, 0.75^2), an arch over the
    origin; its density is p(r) p(angle) / r, angles counted modulo 2 pi.

    direction : angle of a, in radians; pi / 2 measures the height
    """

    direction: float = pi / 2

    def vary(self, **options: Any) -> Problem:
        """The same crescent, measured in another ``direction`` or with another ``noise``."""
        known = {"direction": (-2 * pi, 2 * pi), "noise": (0.01, 2.0)}
        for name, value in options.items():
            low, high = known.get(name, (1.0, -1.0))
            if not isinstance(value, (int, float)) or not low <= value <= high:
                raise SpecError(
                    f"{name} is {shown(value)}; the strip has direction (radians, within one turn) "
                    "and noise between 0.01 and 2."
                )
        return replace(self, **options)

    @property
    def a(self) -> Array:
        """The direction that is measured, (2,), of length 1."""
        return np.array([cos(self.direction), sin(self.direction)])

    def draw_prior(self, n: int, rng: np.random.Generator) -> Array:
        """Radius and angle, then the point."""
        r = RADIUS + THICKNESS * rng.standard_normal(n)
        angle = MIDDLE + SPREAD * rng.standard_normal(n)
        return np.stack([r * np.cos(angle), r * np.sin(angle)], axis=1)

    def log_prior(self, x: Array) -> Array:
        """Log p(r) + log p(angle) - log r, the angle summed over turns."""
        r = np.maximum(np.hypot(*x.T), 1e-300)
        angle = np.arctan2(x[:, 1], x[:, 0])[:, None] + 2 * pi * np.arange(-2, 3)
        turned = np.logaddexp.reduce(-0.5 * ((angle - MIDDLE) / SPREAD) ** 2, axis=1)
        norm = np.log(2 * pi * THICKNESS * SPREAD)
        return np.asarray(-0.5 * ((r - RADIUS) / THICKNESS) ** 2 + turned - norm - np.log(r))

    def forward(self, x: Array) -> Array:
        """The projection on a."""
        return np.asarray((x @ self.a)[:, None])

    def draw_posterior(self, y: Array, n: int, rng: np.random.Generator) -> Array:
        """Exact: points of the prior, kept by how likely the measurement is."""
        parts: list[Array] = [np.empty((0, 2))]
        missing, tried = n, 0
        while missing > 0:
            if tried > 100_000_000:
                raise ValueError(f"y is {y[0]:g}; the strip lies beyond the crescent.")
            x = self.draw_prior(max(20_000, 10 * missing), rng)
            tried += len(x)
            off = (y[0] - x @ self.a) / self.noise
            kept = x[-rng.standard_exponential(len(x)) < -0.5 * off**2]
            parts.append(kept[:missing])
            missing -= len(parts[-1])
        return np.concatenate(parts)

    def moments(self, y: Array) -> tuple[Array, Array]:
        """Quadrature over the angle; along each ray everything is normal."""
        ray, weight, centre, variance = self._rays(y)
        share = weight / weight.sum()
        mean = share @ (centre[:, None] * ray)
        square = share @ ((centre**2 + variance)[:, None] * ray**2)
        return mean, np.sqrt(square - mean**2)

    def density(self, y: Array) -> float:
        """p(y) by the same quadrature."""
        return float(self._rays(y)[1].sum())

    def _rays(self, y: Array) -> tuple[Array, Array, Array, Array]:
        """Rays (N, 2) from the origin, p(ray, y) (N,), mean and variance of r given ray and y.

        On a ray at an angle with c = cos(angle - direction) the measurement is y = c r + noise e,
        so y ~ N(c R, v) with v = c^2 T^2 + noise^2, and r | y has the mean R + c T^2 (y - c R) / v
        and the variance T^2 noise^2 / v (R, T: RADIUS and THICKNESS).
        """
        angle = MIDDLE + SPREAD * np.linspace(-8, 8, RAYS)
        c = np.cos(angle - self.direction)
        v = c**2 * THICKNESS**2 + self.noise**2
        off = y[0] - c * RADIUS
        prior = np.exp(-0.5 * ((angle - MIDDLE) / SPREAD) ** 2) * 16 / RAYS / (2 * pi) ** 0.5
        weight = prior * np.exp(-0.5 * off**2 / v) / np.sqrt(2 * pi * v)
        ray = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        return ray, weight, RADIUS + c * THICKNESS**2 * off / v, THICKNESS**2 * self.noise**2 / v

    def closest(self, y: Array) -> Array:
        """With noise, every number can be measured."""
        return y

    def predictive(self) -> tuple[Array, Array]:
        """In closed form: E cos and E sin of a normal angle, r independent of it."""
        fade, twice = exp(-(SPREAD**2) / 2), exp(-2 * SPREAD**2)
        shift = self.direction - MIDDLE
        mean = RADIUS * fade * cos(shift)
        square = (RADIUS**2 + THICKNESS**2) * (1 + twice * cos(2 * shift)) / 2
        return np.array([mean]), np.array([(square - mean**2 + self.noise**2) ** 0.5])


STRIP = Strip(
    name="strip",
    x_names=("x₁", "x₂"),
    y_names=("a · x",),
    x_view=((-2.8, 2.8), (-1.6, 2.8)),
    y_view=((-2.5, 2.8),),
    prior_mean=np.array([0.0, RADIUS * exp(-(SPREAD**2) / 2)]),
    prior_sd=np.array([1.165, 0.618]),
    slack=0.1,
    noise=0.1,
    references=np.array([[1.2], [1.9], [0.5]]),
)
