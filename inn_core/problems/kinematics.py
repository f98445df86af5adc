"""A robot arm on a rail: four unknowns, two observed numbers, and a posterior that is a surface."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import pi

import numpy as np

from inn_core.problems import fibre
from inn_core.problems.base import Problem
from inn_core.problems.cells import Cells
from inn_core.results import FloatArray as Array

#: How often the grid of cells may be narrowed to the posterior; two rounds are usual.
MOST_ROUNDS = 6


@dataclass(frozen=True, eq=False, kw_only=True)
class Kinematics(Problem):
    """Where does the hand end? x1 = height on the rail, x2, x3, x4 = angles of the three joints.

        y1 =      l1 cos a1 + l2 cos a2 + l3 cos a3        a1 = x2, a2 = x2 + x3,
        y2 = x1 + l1 sin a1 + l2 sin a2 + l3 sin a3        a3 = x2 + x3 + x4

    with l = (1/2, 1/2, 1) and x ~ N(0, diag(1/4, 1/2, 1/2, 1/2)^2): the problem and the signs of
    Kruse, Ardizzone, Rother & Köthe 2021 (arXiv 2101.10763). (Others swap the axes, or measure the
    angles from each other with other signs.) The observation has no noise, so the posterior lives
    on the surface f(x) = y; :mod:`inn_core.problems.fibre` says how it is drawn and integrated.
    Lengths are in units of the last link, angles in radians.
    """

    def draw_prior(self, n: int, rng: np.random.Generator) -> Array:
        """Four independent normals."""
        return self.prior_sd * rng.standard_normal((n, 4))

    def log_prior(self, x: Array) -> Array:
        """Four normal log-densities."""
        return fibre.log_prior(x)

    def forward(self, x: Array) -> Array:
        """The position of the hand."""
        return self.joints(x)[:, -1]

    def joints(self, x: Array) -> Array:
        """Where the arm bends, x (n, 4): rail, first joint, second joint, hand, (n, 4, 2)."""
        angles = np.cumsum(x[:, 1:], axis=1)
        links = np.stack([np.cos(angles), np.sin(angles)], axis=-1) * fibre.LENGTHS[:, None]
        start = np.stack([np.zeros(len(x)), x[:, 0]], axis=1)
        return np.cumsum(np.concatenate([start[:, None], links], axis=1), axis=1)

    def draw_posterior(self, y: Array, n: int, rng: np.random.Generator) -> Array:
        """Exact draws: cells over the chart (elbow, phase) of the surface."""
        cells = _cells(float(self._inside(y)[0]), float(y[1]))
        return fibre.unwrap(cells.sample(n, rng), self._inside(y), rng)

    def moments(self, y: Array) -> tuple[Array, Array]:
        """Quadrature over another chart: the rail, and the direction of the last link."""
        x, log_mass = fibre.wrist_quadrature(self._inside(y))
        mass = np.exp(log_mass - log_mass.max())
        mass /= mass.sum()
        mean = mass @ x
        return mean, np.sqrt(mass @ (x - mean) ** 2)

    def density(self, y: Array) -> float:
        """p(y) by the same quadrature; 0 beyond |y1| = 2."""
        if abs(y[0]) >= fibre.REACH:
            return 0.0
        return float(np.exp(fibre.wrist_quadrature(y)[1]).sum())

    def closest(self, y: Array) -> Array:
        """The rail lets y2 be anything; the arm is 2 long, so y1 lies in [-2, 2]."""
        return np.array([np.clip(y[0], -fibre.REACH, fibre.REACH), y[1]])

    def predictive(self) -> tuple[Array, Array]:
        """In closed form, with V_ij = Cov(a_i, a_j).

        E cos a_i = exp(-V_ii / 2), E sin a_i = 0, and for the products
        E cos a_i cos a_j = (exp(-Var(a_i - a_j) / 2) + exp(-Var(a_i + a_j) / 2)) / 2, sin: minus.
        """
        variance = np.cumsum(self.prior_sd[1:] ** 2)
        together = np.minimum.outer(variance, variance)
        plus = np.exp(-np.add.outer(variance, variance) / 2)
        apart, joined = plus * np.exp(together), plus * np.exp(-together)
        pairs = np.outer(fibre.LENGTHS, fibre.LENGTHS)
        mean = float(fibre.LENGTHS @ np.exp(-variance / 2))
        first = float((pairs * (apart + joined)).sum() / 2) - mean**2
        second = float(self.prior_sd[0] ** 2 + (pairs * (apart - joined)).sum() / 2)
        return np.array([mean, 0.0]), np.sqrt([first, second])

    def _inside(self, y: Array) -> Array:
        """y, moved off the very end of the arm's reach, where the surface is one point."""
        if abs(y[0]) > fibre.REACH:
            raise ValueError(
                f"y1 is {y[0]:g}; the arm reaches -2 to 2. The nearest is {self.closest(y)[0]:g}."
            )
        edge = fibre.REACH - 1e-9
        return np.array([np.clip(y[0], -edge, edge), y[1]])


@lru_cache(maxsize=256)
def _cells(y1: float, y2: float) -> Cells:
    """Cells over the phase chart, narrowed to where the posterior of this y has its mass."""
    y = np.array([y1, y2])

    def log_density(points: Array) -> Array:
        return fibre.log_phase_density(points, y)

    # Even steps in s with x3 = X sin s: at both ends the surface closes like a sphere at its poles.
    s, t = np.linspace(-pi / 2, pi / 2, 33), np.linspace(0, 2 * pi, 65)
    cells = Cells(log_density, (np.sin(s), t))
    peak = t[np.unravel_index(np.argmax(cells.bound), cells.bound.shape)[1]]
    t = np.linspace(peak - pi, peak + pi, 65)
    for _ in range(MOST_ROUNDS):
        cells = Cells(log_density, (np.sin(s), t))
        (s_low, s_high), (t_low, t_high) = cells.window()
        if (s_high - s_low) * (t_high - t_low) > 0.5 * cells.mass.size and len(s) > 33:
            break
        s = np.linspace(s[s_low], s[s_high], 49)
        t = np.linspace(t[t_low], t[t_high], 73)
    return cells


#: The arm with Kruse's lengths and prior; slack 0.05 is what makes a small network answer best.
KINEMATICS = Kinematics(
    name="kinematics",
    x_names=("x₁", "x₂", "x₃", "x₄"),
    y_names=("y₁", "y₂"),
    x_view=((-1.0, 1.0), (-2.0, 2.0), (-2.0, 2.0), (-2.0, 2.0)),
    y_view=((-0.35, 2.25), (-1.3, 1.3)),
    prior_mean=np.zeros(4),
    prior_sd=fibre.PRIOR_SD,
    slack=0.05,
    references=np.array([[1.7, 0.1], [1.0, 1.0], [1.2, -0.6], [1.9, 0.0], [0.5, 0.0]]),
)
