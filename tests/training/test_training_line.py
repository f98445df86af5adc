"""INNs on the line, with and without the prior loss: trained posteriors against closed forms."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from inn_core.problems.base import find
from inn_core.problems.linear_gaussian import fitted_variance
from inn_core.problems.sweeps import LINE_WEIGHTS, line_sweep, single
from inn_core.specs import SpecError
from inn_core.specs_inverse import InverseSpec
from inn_core.training import inverse
from inn_core.training.inverse import InverseTrainer


def assert_on_the_line(problem: Any, sampler: Any, weight: float, draws: int = 20_000) -> None:
    """Mean and sd of x within four Monte-Carlo errors of what theory leaves of the posterior.

    The slack makes T_y a little too steep, by slack^2 / P: that is part of the theory.
    """
    steep = 1 + problem.slack**2 / problem.predictive_covariance()[0, 0]
    rng = np.random.default_rng(8)
    for y in (-1.4, 0.0, 0.9):
        mean, sd = (moment[0] for moment in problem.posterior_moments([y]))
        sd *= fitted_variance(weight, 1.0, 1.0) ** 0.5
        x = sampler(np.array([y]), draws, rng)[:, 0]
        assert abs(x.mean() - mean / steep) <= 4 * sd / draws**0.5
        assert abs(x.std() - sd) <= 4 * sd / (2 * draws) ** 0.5


def test_the_bounds_of_the_line_can_fail() -> None:
    problem = find("line")
    assert_on_the_line(problem, problem.posterior, 0.0)
    with pytest.raises(AssertionError):
        assert_on_the_line(problem, problem.posterior, 0.1)
    with pytest.raises(AssertionError):
        assert_on_the_line(problem, lambda y, n, rng: problem.posterior(y + 0.05, n, rng), 0.0)


@pytest.mark.parametrize(("spread", "noise"), [(1.0, 0.5), (0.6, 0.9)])
def test_the_prior_loss_shrinks_a_trained_posterior_as_derived(spread: float, noise: float) -> None:
    """Without it the INN has Bayes' posterior; with it the sd falls by the closed form's root."""
    spec = line_sweep(spread, noise, LINE_WEIGHTS, seed=3)
    trainer = InverseTrainer(spec)
    trainer.steps(spec.training.steps)
    for member, weight in enumerate(LINE_WEIGHTS):
        assert_on_the_line(trainer.problem, trainer.sampler(member), weight)


def test_the_shipped_line_has_the_closed_form() -> None:
    spec, flow, layout = inverse.load(inverse.FOLDER / f"line{inverse.ENDING}")
    own = single("line")
    assert (spec.flow, spec.setting) == (own.flow, own.setting)
    assert spec.prior_weight == own.prior_weight == LINE_WEIGHTS
    for member, weight in enumerate(LINE_WEIGHTS):
        assert_on_the_line(
            layout.problem,
            lambda y, n, rng, e=member: inverse.draw(flow, layout, y, n, rng, e),
            weight,
        )


def test_a_run_may_set_its_problem_up() -> None:
    spec = line_sweep(0.6, 0.9, (0.0, 1.0), seed=0)
    assert InverseSpec.from_json(json.loads(json.dumps(spec.to_json()))) == spec
    trainer = InverseTrainer(spec)
    np.testing.assert_allclose(trainer.problem.prior_sd, [0.6, 1.0])
    wrongs: list[tuple[Any, str]] = [
        ({"noise": 0.0}, "noise is 0.0"), ({"slope": 1.0}, "slope is"),
        (3, "setting is 3"), (("ab", 1), "setting is"),
    ]  # fmt: skip
    for wrong, says in wrongs:
        with pytest.raises(SpecError, match=says):
            InverseSpec(problem="line", setting=wrong)
