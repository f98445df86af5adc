"""What an inverse problem is: a prior of x, a forward model y = f(x), and the posterior p(x | y).

A new problem is one subclass of :class:`Problem`: how to draw from the prior, f, and as much of the
posterior as is known. Checks, shapes and tables come from here. Numpy only.

    p(x | y) = p(x) p(y | x) / p(y),     y = f(x) + noise * e,  e ~ N(0, I)

With noise 0 the posterior lives on the fibre {x: f(x) = y}, a set of dim_x - dim_y dimensions.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import gamma, pi
from typing import Any

import numpy as np

from inn_core import registry
from inn_core.results import FloatArray as Array
from inn_core.specs import check_name

#: One (low, high) per coordinate: what a plot shows.
Windows = tuple[tuple[float, float], ...]

#: An observation that fewer prior draws than this share come near (within ``slack``) is as good as
#: out of reach: no network that learnt from a million draws has seen its like.
RARE = 1e-6


@dataclass(frozen=True, eq=False, kw_only=True)
class Problem(ABC):
    """A prior, a simulator and what is known of the posterior.

    name : key of ``registry.PROBLEMS``
    x_names, y_names : one short name per coordinate; their numbers are dim_x and dim_y
    x_view, y_view : the window of each coordinate that a plot shows
    prior_mean, prior_sd : of each coordinate of x, (dim_x,); a network reads (x - mean) / sd
    slack : sigma_y of a network's loss |y - f(x)|^2 / (2 slack^2)
    noise : sd of the observation's noise; 0 means that y is f(x) itself
    labels_only : y tells a class and not a place: whole regions of x share it
    references : observations worth showing first, (R, dim_y)
    exact : whether :meth:`posterior` is exact (else it is brute force with a tolerance)
    """

    name: str
    x_names: tuple[str, ...]
    y_names: tuple[str, ...]
    x_view: Windows
    y_view: Windows
    prior_mean: Array
    prior_sd: Array
    slack: float
    noise: float = 0.0
    labels_only: bool = False
    references: Array
    exact: bool = True

    @property
    def dim_x(self) -> int:
        """Number of unknowns."""
        return len(self.x_names)

    @property
    def dim_y(self) -> int:
        """Number of observed numbers."""
        return len(self.y_names)

    # ── what a subclass writes ───────────────────────────────────────────────────────────────

    @abstractmethod
    def draw_prior(self, n: int, rng: np.random.Generator) -> Array:
        """Draw n times from the prior, (n, dim_x)."""

    @abstractmethod
    def forward(self, x: Array) -> Array:
        """The forward model f at finite x (n, dim_x), without noise: (n, dim_y)."""

    def log_prior(self, x: Array) -> Array:
        """Log-density of the prior at finite x (n, dim_x), in nats: (n,)."""
        raise self._lacks("a prior density")

    def draw_posterior(self, y: Array, n: int, rng: np.random.Generator) -> Array:
        """Draw n times from p(x | y), y (dim_y,): (n, dim_x)."""
        raise self._lacks("a posterior sampler")

    def moments(self, y: Array) -> tuple[Array, Array]:
        """Mean and sd of p(x | y), each (dim_x,), by other means than :meth:`draw_posterior`."""
        raise self._lacks("posterior moments")

    def density(self, y: Array) -> float:
        """p(y), the density of the observation (noise included)."""
        raise self._lacks("an evidence")

    def closest(self, y: Array) -> Array:
        """The reachable observation that is closest to y (dim_y,): (dim_y,)."""
        raise self._lacks("a nearest observation")

    def predictive(self) -> tuple[Array, Array]:
        """Mean and sd of the observation under the prior (noise included), each (dim_y,)."""
        raise self._lacks("predictive moments")

    def predictive_covariance(self) -> Array:
        """Covariance of the observation under the prior, (dim_y, dim_y); diagonal unless told."""
        return np.asarray(np.diag(self.predictive()[1] ** 2))

    def vary(self, **options: Any) -> Problem:
        """The same problem with other options; a problem that has none raises ValueError."""
        if options:
            raise ValueError(f"{self.name} has no options; {', '.join(options)} was given.")
        return self

    # ── what everybody calls ─────────────────────────────────────────────────────────────────

    def prior_sample(self, n: int, rng: np.random.Generator) -> Array:
        """Draw n unknowns from the prior, (n, dim_x). Raises ValueError for bad n or rng."""
        return self.draw_prior(*_draws(n, rng))

    def prior_log_prob(self, x: Any) -> Array:
        """Log-density of the prior in nats at x (..., dim_x): (...). nan at what is not finite."""
        return self._at_finite(self.log_prior, x, ())

    def simulate(self, x: Any) -> Array:
        """The forward model without noise, x (..., dim_x) -> (..., dim_y). nan at a nan or inf."""
        return self._at_finite(self.forward, x, (self.dim_y,))

    def observe(self, x: Any, rng: np.random.Generator) -> Array:
        """One noisy observation of each x (..., dim_x): (..., dim_y)."""
        y = self.simulate(x)
        return y + self.noise * rng.standard_normal(y.shape) if self.noise else y

    def posterior(self, y: Any, n: int, rng: np.random.Generator) -> Array:
        """Draw n unknowns that explain y (dim_y,), from p(x | y): (n, dim_x).

        Raises ValueError for a y of another shape, or one that no x can explain.
        """
        return self.draw_posterior(self._observation(y), *_draws(n, rng))

    def posterior_moments(self, y: Any) -> tuple[Array, Array]:
        """Mean and sd of each coordinate of p(x | y), by quadrature or in closed form."""
        return self.moments(self._observation(y))

    def evidence(self, y: Any) -> float:
        """p(y): how often the prior makes this observation, per unit of y; 0 where it cannot."""
        return float(self.density(self._observation(y)))

    def nearest(self, y: Any) -> Array:
        """The reachable observation closest to y, (dim_y,)."""
        return self.closest(self._observation(y))

    def reachable(self, y: Any) -> bool:
        """Whether some x explains y at all."""
        target = self._observation(y)
        return bool(np.array_equal(self.closest(target), target))

    def share(self, y: Any) -> float:
        """About the share of prior draws that come within ``slack`` of y: p(y) times a ball."""
        ball = pi ** (self.dim_y / 2) / gamma(self.dim_y / 2 + 1) * self.slack**self.dim_y
        return self.evidence(y) * ball

    def plausible(self, y: Any) -> bool:
        """Whether the prior ever comes near y: a share of at least ``RARE`` does."""
        return self.share(y) >= RARE

    def describe(self) -> dict[str, Any]:
        """What a plot needs, as JSON types."""
        return {
            "name": self.name,
            "label": registry.PROBLEMS[self.name].label,
            "dim_x": self.dim_x,
            "dim_y": self.dim_y,
            "x_names": list(self.x_names),
            "y_names": list(self.y_names),
            "x_view": [list(window) for window in self.x_view],
            "y_view": [list(window) for window in self.y_view],
            "prior_mean": self.prior_mean.tolist(),
            "prior_sd": self.prior_sd.tolist(),
            "slack": self.slack,
            "noise": self.noise,
            "reference": self.references.tolist(),
            "exact": self.exact,
        }

    # ── checks ───────────────────────────────────────────────────────────────────────────────

    def _lacks(self, what: str) -> NotImplementedError:
        return NotImplementedError(f"{self.name} has no {what}.")

    def _observation(self, y: Any) -> Array:
        point = _numbers("y", y)
        if point.shape != (self.dim_y,) or not np.isfinite(point).all():
            raise ValueError(
                f"y is {point.tolist()!r:.60}; {self.name} observes {self.dim_y} finite numbers."
            )
        return point

    def _at_finite(self, function: Any, x: Any, shape: tuple[int, ...]) -> Array:
        points = _numbers("x", x)
        if points.ndim == 0 or points.shape[-1] != self.dim_x:
            raise ValueError(f"x has shape {points.shape}; pass (..., {self.dim_x}).")
        rows = points.reshape(-1, self.dim_x)
        good = np.isfinite(rows).all(axis=1)
        if good.all():
            result: Array = function(rows)
        else:
            result = np.full((len(rows), *shape), np.nan)
            result[good] = function(rows[good])
        return result.reshape(*points.shape[:-1], *shape)


def find(name: str, **options: Any) -> Problem:
    """The problem of that name, with options such as ``labels="all"``; raises ValueError."""
    problem: Problem = registry.PROBLEMS[check_name("problem", name, registry.PROBLEMS)].load()
    return problem.vary(**options)


def problem_of(spec: Any) -> Problem:
    """The problem of an InverseSpec, set up as the spec says."""
    return find(spec.problem, **dict(spec.setting))


def _numbers(name: str, value: Any) -> Array:
    try:
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} is no array of numbers ({error}).") from error


def _draws(n: int, rng: np.random.Generator) -> tuple[int, np.random.Generator]:
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 0:
        raise ValueError(f"n is {n!r}; it must be a whole number of draws, 0 or more.")
    if not isinstance(rng, np.random.Generator):
        raise ValueError(
            f"rng is {type(rng).__name__}; pass a numpy Generator, np.random.default_rng(seed)."
        )
    return int(n), rng
