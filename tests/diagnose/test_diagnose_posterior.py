"""The measure of a sampler: the exact one passes, a wrong one is found out."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from inn_core.diagnose.posterior import rank_p, ranks, report
from inn_core.problems.base import find


def shrunk(problem: Any, factor: float) -> Any:
    """A sampler whose spread is too small, or too large, by a factor."""

    def sample(y: Any, n: int, rng: np.random.Generator) -> Any:
        x = problem.posterior(y, n, rng)
        mean, _ = problem.posterior_moments(y)
        return mean + factor * (x - mean)

    return sample


def test_exact_draws_are_calibrated_and_others_are_not() -> None:
    problem = find("linear-gaussian")
    p = [rank_p(ranks(problem, problem.posterior, np.random.default_rng(s))) for s in range(20)]
    assert min(p) > 1e-3 and np.median(p) > 0.1
    for factor in (0.8, 1.25):
        rng = np.random.default_rng(1)
        assert rank_p(ranks(problem, shrunk(problem, factor), rng)) < 1e-3


@pytest.mark.parametrize(
    ("name", "y"), [("kinematics", [1.7, 0.1]), ("strip", [1.2]), ("linear-gaussian", [0.8, -0.5])]
)
def test_the_report_of_the_exact_sampler(name: str, y: list[float]) -> None:
    problem = find(name)

    def few(seen: Any, n: int, rng: np.random.Generator) -> Any:
        return problem.posterior(seen, n, rng)

    if name == "kinematics":  # its cells are cut anew for every y: not 500 times in a unit test
        found = ranks(problem, few, np.random.default_rng(0), observations=60)
        assert rank_p(found) > 1e-3
        return
    told = report(problem, few, y)
    assert told.l2 == pytest.approx(told.l2_floor, rel=0.1, abs=1e-9)
    np.testing.assert_allclose(told.sd, told.exact_sd, rtol=0.06)
    assert told.rank_p > 1e-3
    json.dumps(told.numbers(), allow_nan=False)
