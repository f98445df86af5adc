"""The arithmetic of the speed table: ratios that drift does not reach, targets as they say."""

from __future__ import annotations

import argparse

import numpy as np
import pytest

from tests.benchmarks import mixtures
from tests.benchmarks.__main__ import keys
from tests.benchmarks.growth import exponent
from tests.benchmarks.lines import LINES
from tests.benchmarks.slices import fastest, paired_ratio, rounds
from tests.benchmarks.table import Part


def test_a_machine_that_slows_down_keeps_the_ratio() -> None:
    speed = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    ours = 300 * speed
    ours[:2] *= 3  # two rounds went astray: the ratio of the medians would say 4
    found = {"ours": list(ours), "near": list(100 * speed), "far": list(50 * speed)}
    assert fastest(found, "ours") == "near"
    assert paired_ratio(found, "ours", "near") == pytest.approx(3.0)


def test_rounds_go_there_and_back() -> None:
    assert list(rounds("abc", 3)) == [list("abc"), list("cba"), list("abc")]


@pytest.mark.parametrize("seed", range(5))
def test_a_random_mixture_has_its_entropy(seed: int) -> None:
    mixture = mixtures.draw(seed)
    log_p = mixture.log_prob(mixture.sample(100_000, np.random.default_rng(seed)))
    error = log_p.std() / np.sqrt(len(log_p))
    assert abs(log_p.mean() + mixture.entropy) < 5 * error
    assert np.array_equal(mixture.means, mixtures.draw(seed).means)


def test_an_exponent_is_the_slope_of_logarithms() -> None:
    assert exponent({n: 0.3 * n**0.8 for n in (1, 2, 4, 8)}) == pytest.approx(0.8)


def test_goals_are_at_least_or_at_most() -> None:
    assert Part(2.5, 2.5).holds and not Part(2.4, 2.5).holds
    assert Part(21.0, 22.0, "ms", most=True).holds and not Part(23.0, 22.0, "ms", most=True).holds


def test_lines_are_chosen_by_key_and_a_wrong_one_is_named() -> None:
    assert keys("") == [line.key for line in LINES]
    with pytest.raises(argparse.ArgumentTypeError, match="afine is no line; the lines are affine"):
        keys("afine")
