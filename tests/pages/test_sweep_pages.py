"""Pages of the sweeps: what is typed, what the address says, and the closed form."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, optimize

from inn_core.problems.base import find
from inn_core.problems.sweeps import LATENT_DIMENSION, SIZES, SWEEPS, latent_sweep, size_of, sized
from inn_core.runs import parts
from inn_core.specs import SpecError
from inn_core.specs_inverse import InverseSpec
from pages.shell import riddle
from pages.shell.shrinking import fitted_variance
from pages.shell.sweep import numbers_of, text_of


@pytest.mark.parametrize(
    ("text", "values"),
    [("0, 1, 100", (0, 1, 100)), ("14;2", (2, 14)), ("1、3", (1, 3)), (" 0.5 ,", (0.5,))],
)
def test_values_are_read_as_people_write_them(text: str, values: tuple[float, ...]) -> None:
    assert numbers_of(text) == values
    assert numbers_of(text_of(values)) == values


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "0 values"), ("1,2,3,4,5,6,7,8,9", "9 values"), ("1, two", "'two' is no number"),
        ("nan", "no number"), ("inf", "no number"), ("1, 1", "comes twice"),
    ],
)  # fmt: skip
def test_other_text_gets_a_sentence(text: str, says: str) -> None:
    with pytest.raises(SpecError, match=says):
        numbers_of(text)


@pytest.mark.parametrize("weight", [0.0, 0.1, 1.0, 100.0])
def test_the_fitted_variance_is_the_minimum(weight: float) -> None:
    """By minimising the loss itself, its expectations by quadrature."""
    noise, spread, mean = 0.7, 0.4, 0.3

    def loss(log_variance: float) -> float:
        variance = np.exp(log_variance)

        def at(x: float) -> float:
            exact = np.exp(-0.5 * ((x - mean) / spread) ** 2) / (spread * np.sqrt(2 * np.pi))
            nll = 0.5 * log_variance + 0.5 * (x - mean) ** 2 / variance
            paired = 0.5 * ((x - mean) ** 2 + variance) / noise**2
            return float(exact * (nll + weight * paired))

        return float(integrate.quad(at, mean - 8 * spread, mean + 8 * spread)[0])

    best = optimize.minimize_scalar(loss, bounds=(-12, 2), method="bounded").x
    assert fitted_variance(weight, noise, spread) == pytest.approx(np.exp(best), rel=2e-3)


def test_what_the_tasks_reveal_is_measured() -> None:
    problem = find("kinematics")
    y = problem.references[0]
    mean, _ = problem.posterior_moments(y)
    miss = float(np.linalg.norm(problem.simulate(mean) - y))
    assert float(riddle.mean_pose()["miss"]) == pytest.approx(miss, abs=0.03)
    told = riddle.missing()
    assert (told["rank"], told["left"]) == (2, 2)
    assert riddle.shrunk() == {"one": "91 %", "hundred": "43 %"}
    assert {right in answers for answers, right, _ in riddle.RIDDLES.values()} == {True}


def test_sizes_of_networks() -> None:
    for spec in (*SWEEPS.values(), InverseSpec()):
        assert sized(spec, size_of(spec)).flow == spec.flow
    wide = sized(LATENT_DIMENSION, "wide")
    assert (wide.flow.layers, wide.flow.hidden, wide.training.batch) == (4, (128, 128), 512)
    assert parts.count(wide, 2) == 2 and parts.count(sized(wide, "small"), 2) == 1
    assert set(SIZES) == {"small", "middle", "wide"}


def test_every_size_of_z_comes_from_two_seeds() -> None:
    spec = latent_sweep((1, 2), 2)
    assert spec.latent == (1, 2, 1, 2) * 2 and spec.members == 8
    assert spec.loss == ("nll",) * 4 + ("sinkhorn",) * 4
