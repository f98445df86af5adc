"""Series and estimators of ln det(I + J) against the exact value and known figures."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from inn_core.bijections import series


def contractions(n: int, norm: float = 0.9, dim: int = 2, seed: int = 0) -> series.Array:
    slopes = np.random.default_rng(seed).standard_normal((n, dim, dim))
    return np.asarray(norm * slopes / np.linalg.norm(slopes, 2, axis=(1, 2))[:, None, None])


def exact(slopes: series.Array) -> series.Array:
    return np.asarray(np.linalg.slogdet(np.eye(slopes.shape[-1]) + slopes)[1])


@pytest.mark.parametrize(("terms", "bound"), [(5, 0.945), (10, 0.368), (20, 0.078), (50, 0.0016)])
def test_the_series_is_within_its_bound_and_may_reach_it(terms: int, bound: float) -> None:
    slopes = contractions(200)
    off = np.abs(series.power_series(slopes, terms) - exact(slopes))
    assert off.max() <= series.truncation_bound(2, 0.9, terms)
    assert series.truncation_bound(2, 0.9, terms) == pytest.approx(bound, rel=0.02)
    worst = -0.9 * np.eye(2)
    reached = abs(float(series.power_series(worst, terms) - exact(worst)))
    assert reached == pytest.approx(series.truncation_bound(2, 0.9, terms), abs=1e-9)


def test_the_series_converges_to_the_log_det() -> None:
    slopes = contractions(50, dim=4)
    np.testing.assert_allclose(series.power_series(slopes, 400), exact(slopes), atol=1e-12)


@pytest.mark.parametrize("power", [1, 3])
def test_hutchinson_over_all_signs_is_the_trace(power: int) -> None:
    (slopes,) = contractions(1, dim=4)
    signs = np.array(list(itertools.product([-1.0, 1.0], repeat=4)))
    trace = np.trace(np.linalg.matrix_power(slopes, power))
    assert series.hutchinson(slopes, signs, power).mean() == pytest.approx(trace)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_roulette_is_unbiased_and_the_cut_series_is_not(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A symmetric J of slow decay: what the cut leaves out is far more than the error of a mean."""
    turn = np.linalg.qr(contractions(1, seed=seed)[0])[0]
    slopes = turn @ np.diag([-0.7, -0.5]) @ turn.T
    many = np.broadcast_to(slopes, (400_000, 2, 2))
    draws = series.roulette(many, np.random.default_rng(seed))
    error = draws.std() / np.sqrt(len(draws))
    assert abs(draws.mean() - float(exact(slopes))) < 3 * error
    monkeypatch.setattr(series, "chance", lambda k: 1.0)  # the weights forgotten
    biased = series.roulette(many, np.random.default_rng(seed))
    assert abs(biased.mean() - float(exact(slopes))) > 20 * error


@pytest.mark.parametrize(("lipschitz", "count"), [(0.5, 21), (0.7, 43), (0.9, 153), (0.97, 569)])
def test_the_number_of_fixed_point_steps(lipschitz: float, count: int) -> None:
    assert series.iterations(lipschitz) == count
    assert series.fixed_point_bound(lipschitz, count, 1.0) < 1e-6
    assert series.fixed_point_bound(lipschitz, count - 1, 1.0) >= 1e-6


def test_the_fixed_point_keeps_its_bound() -> None:
    """g(x) = A sin(x): distances to the end after n steps."""
    (a,) = contractions(1)
    z = np.array([2.0, -1.0])
    steps = [z]
    for _ in range(400):
        steps.append(z - a @ np.sin(steps[-1]))
    first = float(np.linalg.norm(steps[1] - steps[0]))
    for n in (1, 5, 20, 60):
        off = float(np.linalg.norm(steps[n] - steps[-1]))
        assert off <= series.fixed_point_bound(0.9, n, first)
