"""Two hills and Pareto tails, for several of their numbers, against samples and integrals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from inn_core import registry
from inn_core.targets.families import Pareto, find

SHAPES = [("hills", 0.0), ("hills", 2.0), ("hills", 4.0)]
SHAPES += [("pareto", a) for a in (0.5, 1.0, 2.0, 3.0, 10.0)]


@pytest.mark.parametrize(("name", "shape"), SHAPES)
def test_mass_and_entropy(name: str, shape: float) -> None:
    target = find(name, shape)
    grid = target.quadrature(2)
    log_p = target.log_prob(grid.points)
    inside = grid.areas * np.exp(log_p)
    assert inside.sum() == pytest.approx(1.0, abs=1e-6)
    assert -(inside * log_p).sum() == pytest.approx(target.entropy, abs=1e-6)


@pytest.mark.parametrize(("name", "shape"), SHAPES)
def test_samples_have_the_density(name: str, shape: float) -> None:
    target = find(name, shape)
    x = target.sample(200_000, np.random.default_rng(0))
    surprise = -target.log_prob(x)
    error = surprise.std() / len(x) ** 0.5
    assert abs(surprise.mean() - target.entropy) < 4 * error
    if isinstance(target, Pareto):
        for axis in x.T:
            fit = stats.kstest(np.abs(axis), lambda t: 1 - target.survival(t))
            assert fit.pvalue > 1e-3
            assert abs((axis < 0).mean() - 0.5) < 4 * 0.5 / len(x) ** 0.5
        ranks = stats.rankdata(np.abs(x), axis=0)
        assert abs(stats.pearsonr(ranks[:, 0], ranks[:, 1]).statistic) < 0.01
        assert (np.abs(x) < target.scale).mean() == pytest.approx(target.SHARE, abs=0.003)


def test_moments_where_they_are_finite() -> None:
    x = find("pareto", 10.0).sample(400_000, np.random.default_rng(1))
    assert x.var(0) == pytest.approx(np.diag(find("pareto", 10.0).moments()[1]), rel=0.03)
    assert np.isinf(find("pareto", 2.0).moments()[1][0, 0])
    hills = find("hills", 2.0)
    y = hills.sample(400_000, np.random.default_rng(2))
    mean, covariance = hills.moments()
    assert y.mean(0) == pytest.approx(mean, abs=0.01)
    assert np.cov(y.T) == pytest.approx(covariance, abs=0.02)


def test_families_are_in_no_other_menu() -> None:
    assert not set(registry.FAMILIES) & set(registry.TARGETS)
