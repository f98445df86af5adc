"""Each target's mass, entropy, mean, scale and windows by quadrature; what log_prob accepts."""

from __future__ import annotations

from math import log, pi
from typing import Any

import numpy as np
import pytest

import inn_core as inn
from inn_core.registry import TARGETS
from inn_core.targets.base import CHUNK, Target

#: Entropies in nats that the design's science card or a closed form gives.
KNOWN_ENTROPY = {
    "eight_gaussians": 2.8319,
    "moons": 2.3939,
    "swiss_roll": 2.6696,
    "two_spirals": 2.6455,
    "checkerboard": 3.465736,
    "eight_modes": 1.698443,
    "two_gaussians": log(2) + 1 + log(2 * pi) + log(0.1),
    "correlated": 1 + log(2 * pi) + 0.5 * log(0.19),
    "student": log(2 * pi) + 5 / 3,
}


def test_mass_is_one(target: Target, on_grid: Any) -> None:
    assert on_grid.mass.sum() == pytest.approx(1, abs=1e-8)


def test_entropy_is_the_recorded_constant(target: Target, on_grid: Any) -> None:
    inside = on_grid.mass > 0
    entropy = -(on_grid.mass[inside] @ on_grid.log_p[inside])
    assert target.entropy == pytest.approx(entropy, abs=3e-6)


@pytest.mark.parametrize("name", KNOWN_ENTROPY)
def test_entropy_is_the_published_one(name: str) -> None:
    assert inn.target(name).entropy == pytest.approx(KNOWN_ENTROPY[name], abs=6e-5)


def test_unscaled_moons_have_the_entropy_that_others_report() -> None:
    assert inn.target("moons").entropy - 2 * log(2) == pytest.approx(1.0076, abs=6e-5)


def test_centre_and_scale_are_mean_and_rms_sd(target: Target, on_grid: Any) -> None:
    mean = on_grid.mass @ on_grid.points
    deviation = on_grid.points - mean
    covariance = (on_grid.mass[:, None] * deviation).T @ deviation
    assert target.centre == pytest.approx(mean, abs=1e-6)
    # Midpoint cells of the flat checkerboard lack h^2 / 12 of variance: 5e-5 at h = 0.025.
    assert target.moments()[1] == pytest.approx(covariance, abs=6e-5)
    assert target.scale == pytest.approx(np.sqrt(np.trace(covariance) / 2), abs=2e-5)


def test_windows(target: Target, on_grid: Any) -> None:
    (x_low, x_high), (y_low, y_high) = target.view
    assert x_high - x_low == y_high - y_low, "circles must look round"
    x, y = on_grid.points.T
    shown = (x > x_low) & (x < x_high) & (y > y_low) & (y < y_high)
    least = 0.95 if target.name == "student" else 0.99
    assert on_grid.mass[shown].sum() > least


def test_names_are_the_registry_keys() -> None:
    for name in TARGETS:
        assert inn.target(name).name == name


def test_log_prob_takes_any_number_of_points_of_any_real_dtype(target: Target) -> None:
    x = target.sample(CHUNK + 3, np.random.default_rng(1)).astype(np.float32)
    whole = target.log_prob(x)
    assert whole.shape == (len(x),)
    assert whole.dtype == np.float64
    alone = [target.log_prob(x[i : i + 1])[0] for i in (0, 7, CHUNK - 1, CHUNK, CHUNK + 2)]
    assert whole[[0, 7, CHUNK - 1, CHUNK, CHUNK + 2]] == pytest.approx(alone, abs=1e-11)
    assert target.log_prob(np.zeros((0, 2))).shape == (0,)
    assert target.log_prob([[0, 0]]).shape == (1,)


def test_far_away_is_finite_and_falls(target: Target) -> None:
    radius = np.array([20.0, 1e2, 1e4, 1e8, 3e38])
    for angle in (0.0, 0.7, 2.0, 4.0):
        ray = np.outer(radius, [np.cos(angle), np.sin(angle)])
        log_p = target.log_prob(ray)
        if target.name == "checkerboard":
            assert np.isneginf(log_p).all()
        else:
            assert np.isfinite(log_p).all()
            assert (np.diff(log_p) < 0).all()


def test_points_that_are_no_points(target: Target) -> None:
    odd = np.array([[np.inf, 0.0], [0.0, -np.inf], [1e200, 0.0], [np.nan, 0.0], [np.inf, np.nan]])
    log_p = target.log_prob(odd)
    assert np.isneginf(log_p[:3]).all()
    assert np.isnan(log_p[3:]).all()


@pytest.mark.parametrize("x", [np.zeros(2), np.zeros((3, 3)), np.zeros((1, 3, 2)), 0.0])
def test_wrong_shapes_are_refused(x: Any) -> None:
    with pytest.raises(ValueError, match=r"x has shape .*; pass points of shape \(n, 2\)"):
        inn.target("moons").log_prob(x)


@pytest.mark.parametrize("x", ["moons", [["a", "b"]], [[1.0], [1.0, 2.0]], {}])
def test_what_is_no_array_is_refused(x: Any) -> None:
    with pytest.raises(ValueError, match=r"pass points of shape \(n, 2\)"):
        inn.target("moons").log_prob(x)
