"""Samples follow log_prob, have the stated moments, and depend on nothing but rng."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

import inn_core as inn
from inn_core.registry import TARGETS
from inn_core.targets.base import Target

N = 50_000
#: The fourth moment of Student's t with nu = 3 is infinite: its sample variance has no error bar.
LIGHT_TAILS = [name for name in TARGETS if name != "student"]


def sample(target: Target, seed: int = 3) -> np.ndarray[Any, Any]:
    return target.sample(N, np.random.default_rng(seed))


def test_mean_of_minus_log_p_is_the_entropy(target: Target) -> None:
    loss = -target.log_prob(sample(target))
    error = loss.std() / np.sqrt(N)
    assert abs(loss.mean() - target.entropy) <= 4 * error + 1e-12


@pytest.mark.parametrize("target", LIGHT_TAILS, indirect=True)
def test_counts_in_cells_match_the_density(target: Target, on_grid: Any) -> None:
    """Pearson's chi-square over blocks of quadrature cells."""
    edges = []
    for axis, (low, high) in enumerate(target.support):
        cells = len(np.unique(on_grid.points[:, axis]))
        block = max(cells // 30, 2)
        edges.append(low + (high - low) / cells * np.append(np.arange(0, cells, block), cells))
    expected = N * np.histogramdd(on_grid.points, bins=edges, weights=on_grid.mass)[0].ravel()
    observed = np.histogramdd(sample(target), bins=edges)[0].ravel()
    # Cells that expect fewer than ten points count as one.
    rare = expected < 10
    expected = np.append(expected[~rare], expected[rare].sum())
    observed = np.append(observed[~rare], observed[rare].sum())
    used = expected > 1e-9
    assert observed[~used].sum() == 0
    statistic = ((observed[used] - expected[used]) ** 2 / expected[used]).sum()
    assert used.sum() > 20
    assert 1e-4 < stats.chi2.sf(statistic, used.sum() - 1) < 1 - 1e-4


def test_student_radius_and_angle_follow_their_laws() -> None:
    """P(|x| > r) = (1 + r^2 / nu)^(-nu / 2); the angle is uniform and independent."""
    x, y = sample(inn.target("student")).T
    inside = 1 - (1 + (x**2 + y**2) / 3) ** -1.5
    turn = np.arctan2(y, x) / (2 * np.pi) + 0.5
    assert stats.kstest(inside, "uniform").pvalue > 1e-3
    assert stats.kstest(turn, "uniform").pvalue > 1e-3
    assert abs(stats.spearmanr(inside, turn).statistic) < 4 / np.sqrt(N)


@pytest.mark.parametrize("target", LIGHT_TAILS, indirect=True)
def test_sample_mean_and_rms_sd_are_centre_and_scale(target: Target) -> None:
    deviation = sample(target) - target.centre
    assert (np.abs(deviation.mean(axis=0)) < 4 * deviation.std(axis=0) / np.sqrt(N)).all()
    variance = (deviation**2).mean(axis=1)
    assert abs(variance.mean() - target.scale**2) < 4 * variance.std() / np.sqrt(N)


def test_rng_alone_decides(target: Target) -> None:
    first, again, other = (target.sample(500, np.random.default_rng(s)) for s in (5, 5, 6))
    assert first.shape == (500, 2)
    assert first.dtype == np.float64
    assert np.array_equal(first, again)
    assert not np.isin(first, other).any()
    assert len(np.unique(first, axis=0)) == 500
    assert target.sample(0, np.random.default_rng(5)).shape == (0, 2)


@pytest.mark.parametrize("n", [-1, 2.5, True, "100", None])
def test_a_wrong_number_of_points_is_refused(target: Target, n: Any) -> None:
    with pytest.raises(ValueError, match="it must be a whole number of points"):
        target.sample(n, np.random.default_rng(0))


@pytest.mark.parametrize("rng", [0, None, np.random.RandomState(0)])
def test_anything_but_a_generator_is_refused(rng: Any) -> None:
    with pytest.raises(ValueError, match="pass a numpy Generator"):
        inn.target("moons").sample(10, rng)
