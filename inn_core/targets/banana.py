"""A banana: the simplest density that one coupling layer makes exactly."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, pi

import numpy as np

from inn_core.targets.base import Array, Target


@dataclass(frozen=True, eq=False, kw_only=True)
class Banana(Target):
    """x1 ~ N(0, 1), x2 | x1 ~ N(bend x1^2, sd^2).

    A parabola in t and a flat s straighten it: z2 = (x2 - bend x1^2) / sd is normal and does not
    depend on x1. Hence H = ln(2 pi e) + ln sd. (A two-dimensional case of Haario, Saksman &
    Tamminen 1999, whose "banana" tests samplers.)
    """

    bend: float
    sd: float

    def draw(self, n: int, rng: np.random.Generator) -> Array:
        """The two coordinates in turn."""
        first, noise = rng.standard_normal((2, n))
        return np.stack([first, self.bend * first**2 + self.sd * noise], axis=1)

    def log_density(self, x: Array) -> Array:
        """Two normal densities."""
        rest = (x[:, 1] - self.bend * x[:, 0] ** 2) / self.sd
        return -0.5 * (x[:, 0] ** 2 + rest**2) - log(2 * pi * self.sd)

    def moments(self) -> tuple[Array, Array]:
        """E x1^2 = 1 and Var x1^2 = 2; x1 and x1^2 are uncorrelated."""
        return np.array([0.0, self.bend]), np.diag([1.0, 2 * self.bend**2 + self.sd**2])


#: 2 bend^2 + sd^2 = 1: both coordinates have variance 1, so that the units of a flow change nothing
#: but the centre, and one layer that moves x2 is enough.
BANANA = Banana(
    name="banana",
    view=((-4.0, 4.0), (-2.4, 5.6)),
    entropy=log(2 * pi) + 1 + 0.5 * log(0.28),
    support=((-8.0, 8.0), (-4.5, 44.0)),
    detail=0.28**0.5,
    bend=0.6,
    sd=0.28**0.5,
)
