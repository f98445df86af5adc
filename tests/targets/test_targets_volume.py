"""The volume-preserving gap against closed forms and the values of the design's science card."""

from __future__ import annotations

from dataclasses import replace
from math import log, pi, sqrt

import numpy as np
import pytest

import inn_core as inn
from inn_core.registry import TARGETS
from inn_core.targets.base import Target, square
from inn_core.targets.mixtures import GaussianMixture, isotropic
from inn_core.targets.volume import (
    VOLUME_PRESERVING_GAPS,
    separated_gaussians_gap,
    volume_preserving_gap,
)

KNOWN = {
    "eight_gaussians": 0.0008,
    "moons": 0.0358,
    "swiss_roll": 0.0278,
    "two_spirals": 0.0455,
    "checkerboard": 1 - log(2),
    "eight_modes": 0.0,
    "correlated": 0.0,
    # A Gaussian whose x2 was moved by a function of x1, which keeps areas.
    "banana": 0.0,
    # E V = pi E|x|^2 = 6 pi, because the density falls with |x| and each variance is 3.
    "student": 1 + log(6 * pi) - log(2 * pi) - 5 / 3,
    "two_gaussians": separated_gaussians_gap([0.5, 0.5], [1.0, 0.1]),
}


def mixture(means: list[list[float]], sds: list[float]) -> GaussianMixture:
    """Round Gaussians of equal weight, with the entropy that quadrature finds."""
    raw = GaussianMixture(
        name="test",
        view=square(9),
        entropy=0.0,
        support=square(9),
        detail=min(sds),
        **isotropic(np.array(means), np.array(sds)),
    )
    grid = raw.quadrature(2)
    log_p = raw.log_prob(grid.points)
    return replace(raw, entropy=-float((np.exp(log_p) * log_p) @ grid.areas))


def test_quadrature_finds_the_recorded_gap(target: Target, refine: int) -> None:
    gap = volume_preserving_gap(target, refine)
    assert gap == pytest.approx(VOLUME_PRESERVING_GAPS[target.name], abs=2e-4)


def test_every_target_has_a_recorded_gap() -> None:
    assert set(VOLUME_PRESERVING_GAPS) == set(TARGETS)


@pytest.mark.parametrize("name", KNOWN)
def test_recorded_gaps_are_the_known_ones(name: str) -> None:
    assert VOLUME_PRESERVING_GAPS[name] == pytest.approx(KNOWN[name], abs=6e-5)


@pytest.mark.parametrize(("sd", "gap"), [(1.0, 0.0), (0.5, 0.0472), (0.25, 0.3081)])
def test_two_separated_gaussians(sd: float, gap: float) -> None:
    assert separated_gaussians_gap([0.5, 0.5], [1.0, sd]) == pytest.approx(gap, abs=6e-5)
    apart = mixture([[-4.0, 0.0], [4.0, 0.0]], [1.0, sd])
    assert volume_preserving_gap(apart, 4) == pytest.approx(gap, abs=4e-4)


def test_overlapping_gaussians_of_draxler_et_al() -> None:
    close = mixture([[-0.5, -0.5], [0.5, 0.5]], [sqrt(0.2), sqrt(0.1)])
    close = replace(close, support=square(4))
    assert close.entropy == pytest.approx(1.4937, abs=6e-5)
    assert volume_preserving_gap(close, 8) == pytest.approx(0.0070, abs=2e-4)


def test_gap_is_free_of_units() -> None:
    """Scaling the plane changes entropy and volume alike."""
    once = separated_gaussians_gap([0.3, 0.7], [1.0, 0.4])
    assert separated_gaussians_gap([0.3, 0.7], [10.0, 4.0]) == pytest.approx(once, abs=1e-12)


def test_checkerboard_is_the_gap_of_any_flat_density() -> None:
    assert inn.target("checkerboard").entropy == pytest.approx(log(32))
    assert volume_preserving_gap(inn.target("checkerboard"), 1) == pytest.approx(1 - log(2))
