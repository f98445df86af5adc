"""How good a posterior sampler is: re-simulation, spread against the exact one, calibration.

A sampler is a function (y, n, rng) -> (n, dim_x); the exact one of a problem is
``problem.posterior``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from inn_core.problems.base import Problem

Array = NDArray[np.floating[Any]]
Sampler = Callable[[Array, int, np.random.Generator], Array]

#: Draws behind the moments and the re-simulation error.
DRAWS = 4_000
#: Observations and draws each behind the ranks; the ranks 0..100 fall into RANK_BINS bins.
OBSERVATIONS, RANK_DRAWS, RANK_BINS = 500, 100, 20


@dataclass(frozen=True)
class PosteriorReport:
    """One sampler at one observation, and its calibration over many.

    l2 : mean |f(x) - y| over draws x at y; l2_floor : the same of exact draws
    mean, sd, exact_mean, exact_sd : of each coordinate of x
    rank_p : see :func:`rank_p`
    """

    y: tuple[float, ...]
    l2: float
    l2_floor: float
    mean: tuple[float, ...]
    sd: tuple[float, ...]
    exact_mean: tuple[float, ...]
    exact_sd: tuple[float, ...]
    rank_p: float

    def numbers(self) -> dict[str, Any]:
        """All fields as a dict of JSON types."""
        plain = self.__dict__.items()
        return {name: list(v) if isinstance(v, tuple) else v for name, v in plain}


def report(
    problem: Problem, sampler: Sampler, y: Any, seed: int = 0, draws: int = DRAWS
) -> PosteriorReport:
    """Measure a sampler at y (dim_y,) and, for its calibration, at observations of the prior."""
    rng = np.random.default_rng(seed)
    observation = np.asarray(y, float)
    mean, sd = problem.posterior_moments(observation)
    x = sampler(observation, draws, rng)
    exact = problem.posterior(observation, min(draws, 1000), rng)
    return PosteriorReport(
        y=numbers(observation),
        l2=resimulation(problem, x, observation),
        l2_floor=resimulation(problem, exact, observation),
        mean=numbers(x.mean(0)),
        sd=numbers(x.std(0)),
        exact_mean=numbers(mean),
        exact_sd=numbers(sd),
        rank_p=rank_p(ranks(problem, sampler, rng)),
    )


def resimulation(problem: Problem, x: Array, y: Array) -> float:
    """Mean |f(x) - y| over draws x (n, dim_x): how well they explain y."""
    return float(np.linalg.norm(problem.simulate(x) - y, axis=1).mean())


def ranks(
    problem: Problem, sampler: Sampler, rng: np.random.Generator,
    observations: int = OBSERVATIONS, draws: int = RANK_DRAWS,
) -> NDArray[np.intp]:  # fmt: skip
    """Rank of the true x among posterior draws, coordinate by coordinate: (observations, dim_x).

    x ~ p(x), y ~ p(y | x), then draws from p(x | y): if they are right, each rank is uniform on
    0..draws (simulation-based calibration: Talts et al. 2018, arXiv 1804.06788).
    """
    truth = problem.prior_sample(observations, rng)
    seen = problem.observe(truth, rng)
    found = [(sampler(y, draws, rng) < x).sum(0) for x, y in zip(truth, seen, strict=True)]
    return np.array(found, dtype=np.intp)


def rank_p(found: NDArray[np.intp], draws: int = RANK_DRAWS) -> float:
    """Probability of ranks so uneven if the sampler were right.

    A chi-square test over RANK_BINS bins for each coordinate; the smallest p-value times the number
    of coordinates (Bonferroni), at most 1.
    """
    edges = np.linspace(-0.5, draws + 0.5, RANK_BINS + 1)
    whole = np.arange(draws + 1)
    expected = np.histogram(whole, edges)[0] / len(whole) * len(found)
    smallest = min(
        float(stats.chisquare(np.histogram(column, edges)[0], expected).pvalue)
        for column in found.T
    )
    return min(1.0, smallest * found.shape[1])


def numbers(values: Array) -> tuple[float, ...]:
    """Plain floats."""
    return tuple(float(v) for v in values)
