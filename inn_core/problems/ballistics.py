"""A thrown ball with drag: four unknowns, and only the place where it lands is seen."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import pi

import numpy as np
from scipy import stats

from inn_core.problems.base import Problem
from inn_core.results import FloatArray as Array
from inn_core.targets.numerics import gauss_legendre

GRAVITY, DRAG, MASS = 9.81, 0.25, 0.2
#: Terminal speed, and the time in which the ball's speed settles towards it.
TERMINAL, SETTLING = GRAVITY * MASS / DRAG, MASS / DRAG
ANGLES = (9 * pi / 180, 81 * pi / 180)
PLACE_SD, HEIGHT, HEIGHT_SD, SPEED = 0.5, 1.5, 0.5, 15.0
#: Halvings of the interval that holds the landing time: 2^-60 of some seconds.
HALVINGS = 60
#: Speeds of the Poisson prior that weigh anything, and nodes of the quadrature.
SPEEDS, HEIGHTS, DIRECTIONS = np.arange(51), 40, 80


@dataclass(frozen=True, eq=False, kw_only=True)
class Ballistics(Problem):
    """Where does it land? x = (x0, y0, alpha, v0): place, height, angle and speed of the throw.

        x(t) = x0 - (vx m / k) (e^(-kt/m) - 1),      vx = v0 cos(alpha),  vy = v0 sin(alpha)
        y(t) = y0 - (m / k^2) ((g m + vy k) (e^(-kt/m) - 1) + g t k)

    seen at the last zero of y. Priors: x0 ~ N(0, 0.5^2), y0 = max(N(1.5, 0.5^2), 0),
    alpha ~ U(9 deg, 81 deg), v0 ~ Poisson(15) (Kruse et al. 2021, arXiv 2101.10763; metres and
    seconds; g = 9.81, k = 0.25, m = 0.2). The place x0 only shifts where it lands, so
    p(x | y) = p(y0, alpha, v0) p(x0 = y - landing of the rest) / p(y): exact draws by rejection.
    """

    def draw_prior(self, n: int, rng: np.random.Generator) -> Array:
        """Independent draws of the four."""
        columns = (
            PLACE_SD * rng.standard_normal(n),
            np.maximum(HEIGHT + HEIGHT_SD * rng.standard_normal(n), 0.0),
            rng.uniform(*ANGLES, n),
            rng.poisson(SPEED, n).astype(float),
        )
        return np.stack(columns, axis=1)

    def forward(self, x: Array) -> Array:
        """The place of landing."""
        return np.asarray(self.path(x, landing_time(x))[:, :1])

    def path(self, x: Array, t: Array) -> Array:
        """Where the ball is at times t (n,): (n, 2)."""
        vx, vy = x[:, 3] * np.cos(x[:, 2]), x[:, 3] * np.sin(x[:, 2])
        fade = np.expm1(-t / SETTLING)
        return np.stack([x[:, 0] - vx * SETTLING * fade, height(x[:, 1], vy, t)], axis=1)

    def draw_posterior(self, y: Array, n: int, rng: np.random.Generator) -> Array:
        """Exact: throws from the prior, kept by how likely the place is that they ask for."""
        parts: list[Array] = [np.empty((0, 4))]
        missing, tried = n, 0
        while missing > 0:
            if tried > 200_000_000:
                raise ValueError(f"y is {y[0]:g}; no throw of the prior lands near it.")
            x = self.draw_prior(max(20_000, 20 * missing), rng)
            tried += len(x)
            x[:, 0] = 0.0
            x[:, 0] = y[0] - self.forward(x)[:, 0]
            kept = x[-rng.standard_exponential(len(x)) < -0.5 * (x[:, 0] / PLACE_SD) ** 2]
            parts.append(kept[:missing])
            missing -= len(parts[-1])
        return np.concatenate(parts)

    def moments(self, y: Array) -> tuple[Array, Array]:
        """Quadrature over height, angle and speed."""
        x, share = _throws()
        place = y[0] - x[:, 0]
        weight = share * stats.norm.pdf(place, scale=PLACE_SD)
        nodes = np.column_stack([place, x[:, 1:]])
        mean = weight @ nodes / weight.sum()
        return mean, np.sqrt(weight @ (nodes - mean) ** 2 / weight.sum())

    def density(self, y: Array) -> float:
        """p(y) by the same quadrature."""
        x, share = _throws()
        return float(share @ stats.norm.pdf(y[0] - x[:, 0], scale=PLACE_SD))

    def closest(self, y: Array) -> Array:
        """The place of the throw may be anything, so every landing can be explained."""
        return y

    def predictive(self) -> tuple[Array, Array]:
        """Mean and sd of the landing, by quadrature."""
        x, share = _throws()
        mean = share @ x[:, 0]
        spread = share @ (x[:, 0] - mean) ** 2 + PLACE_SD**2
        return np.array([mean]), np.array([np.sqrt(spread)])


def height(y0: Array, vy: Array, t: Array) -> Array:
    """Height after a time t."""
    fade = np.expm1(-t / SETTLING)
    return np.asarray(y0 - SETTLING * (TERMINAL + vy) * fade - TERMINAL * t)


def landing_time(x: Array) -> Array:
    """The last zero of the height, by bisection: after the peak it only falls.

    From the peak, of height H, the ball has landed after at most H / terminal speed + m / k.
    """
    y0, vy = x[:, 1], x[:, 3] * np.sin(x[:, 2])
    low = SETTLING * np.log1p(vy / TERMINAL)
    high = low + height(y0, vy, low) / TERMINAL + SETTLING
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        up = height(y0, vy, middle) > 0
        low, high = np.where(up, middle, low), np.where(up, high, middle)
    return np.asarray(0.5 * (low + high))


@lru_cache(maxsize=1)
def _throws() -> tuple[Array, Array]:
    """Nodes (N, 4) with the landing of a throw from 0 in column 0, and their shares (N,)."""
    y0, dy = gauss_legendre(0.0, HEIGHT + 8 * HEIGHT_SD, HEIGHTS)
    dy = dy * stats.norm.pdf(y0, HEIGHT, HEIGHT_SD)
    y0, dy = np.append(y0, 0.0), np.append(dy, stats.norm.cdf(0.0, HEIGHT, HEIGHT_SD))
    angle, da = gauss_legendre(*ANGLES, DIRECTIONS)
    da = da / (ANGLES[1] - ANGLES[0])
    speed, dv = SPEEDS.astype(float), stats.poisson.pmf(SPEEDS, SPEED)
    parts = np.meshgrid(np.zeros(1), y0, angle, speed, indexing="ij")
    x = np.stack([part.ravel() for part in parts], axis=1)
    share = np.multiply.outer(np.multiply.outer(dy, da), dv).ravel()
    x[:, 0] = BALLISTICS.forward(x)[:, 0]
    return x, share


BALLISTICS = Ballistics(
    name="ballistics",
    x_names=("x₀", "y₀", "α", "v₀"),
    y_names=("landing",),
    x_view=((-1.5, 1.5), (0.0, 3.0), ANGLES, (0.0, 30.0)),
    y_view=((0.0, 15.0),),
    prior_mean=np.array([0.0, HEIGHT, pi / 4, SPEED]),
    prior_sd=np.array([PLACE_SD, HEIGHT_SD, (ANGLES[1] - ANGLES[0]) / 12**0.5, SPEED**0.5]),
    slack=0.1,
    references=np.array([[7.0], [4.0], [10.0]]),
)
