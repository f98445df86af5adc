"""Every problem: simulator, prior and posterior against each other and against other means."""

from __future__ import annotations

from math import cos, exp, log, pi, sin
from typing import Any

import numpy as np
import pytest
from scipy import integrate, optimize, stats

from inn_core import registry
from inn_core.problems import eight_modes, linear_gaussian
from inn_core.problems.base import Problem, find

NAMES = list(registry.PROBLEMS)
#: Observations at which everything is compared; some are unlikely, none is impossible.
PLACES: dict[str, list[list[float]]] = {
    "kinematics": [[1.7, 0.1], [1.0, 1.0], [0.5, 0.0], [1.95, 0.0], [-0.5, 0.3], [1.3, -0.9]],
    "ballistics": [[7.0], [11.0], [2.5]],
    "eight-modes": [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1]],
    "strip": [[1.2], [1.9], [-0.6]],
    "linear-gaussian": [[0.8, -0.5], [-1.5, 1.0]],
    "line": [[1.1], [-0.4]],
}
CASES = [(name, y) for name, places in PLACES.items() for y in places]


@pytest.mark.parametrize(("name", "y"), CASES)
def test_draws_have_the_moments_of_the_quadrature(name: str, y: list[float]) -> None:
    problem, n = find(name), 40_000
    x = problem.posterior(y, n, np.random.default_rng(1))
    mean, sd = problem.posterior_moments(y)
    np.testing.assert_array_less(np.abs(x.mean(0) - mean), 4.5 * sd / np.sqrt(n) + 1e-12)
    np.testing.assert_allclose(x.std(0), sd, rtol=0.035)


@pytest.mark.parametrize(("name", "y"), CASES)
def test_what_is_drawn_explains_the_observation(name: str, y: list[float]) -> None:
    problem = find(name)
    x = problem.posterior(y, 2_000, np.random.default_rng(2))
    off = np.linalg.norm(problem.simulate(x) - y, axis=1)
    assert off.max() < 1e-9 + 7 * problem.noise * len(y)
    assert x.shape == (2_000, problem.dim_x) and np.isfinite(x).all()


@pytest.mark.parametrize("name", [n for n in NAMES if n != "eight-modes"])
def test_the_evidence_is_the_density_of_what_the_prior_makes(name: str) -> None:
    problem, rng = find(name), np.random.default_rng(3)
    seen = problem.observe(problem.prior_sample(2_000_000, rng), rng)
    mean, sd = problem.predictive()
    np.testing.assert_allclose(seen.mean(0), mean, atol=5 * sd.max() / 1400)
    np.testing.assert_allclose(seen.std(0), sd, rtol=0.01)
    for y in PLACES[name]:
        density = problem.evidence(y)
        if density < 0.01:
            continue
        half = 0.04
        near = (np.abs(seen - y) < half).all(1).mean() / (2 * half) ** len(y)
        error = np.sqrt(density / (2 * half) ** len(y) / len(seen))
        assert near == pytest.approx(density, abs=5 * error + 0.03 * density)


@pytest.mark.parametrize("name", NAMES)
def test_the_prior_density_is_that_of_its_draws(name: str) -> None:
    problem = find(name)
    x = problem.prior_sample(100_000, np.random.default_rng(4))
    if name == "ballistics":  # part of its prior is not a density
        with pytest.raises(NotImplementedError, match="prior density"):
            problem.prior_log_prob(x)
    elif problem.dim_x == 2:
        axes = [np.linspace(low - 2, high + 2, 500) for low, high in problem.x_view]
        grid = np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, 2)
        area = np.prod([axis[1] - axis[0] for axis in axes])
        density = np.exp(problem.prior_log_prob(grid))
        assert density.sum() * area == pytest.approx(1, abs=2e-3)
        mean = density @ grid * area
        np.testing.assert_allclose(mean, x.mean(0), atol=0.02)
        np.testing.assert_allclose(problem.prior_sd, x.std(0), rtol=0.01)
    else:
        normal = stats.multivariate_normal(problem.prior_mean, np.diag(problem.prior_sd**2))
        np.testing.assert_allclose(problem.prior_log_prob(x[:50]), normal.logpdf(x[:50]))


# ── one by one ───────────────────────────────────────────────────────────────────────────────


def hand(x: Any) -> tuple[float, float]:
    """Kruse's arm, written out."""
    first, second, third = x[1], x[1] + x[2], x[1] + x[2] + x[3]
    return (
        0.5 * cos(first) + 0.5 * cos(second) + cos(third),
        x[0] + 0.5 * sin(first) + 0.5 * sin(second) + sin(third),
    )


def test_the_arm_is_that_of_the_literature() -> None:
    arm = find("kinematics")
    np.testing.assert_allclose(arm.simulate([0.0] * 4), [2, 0])
    np.testing.assert_allclose(arm.simulate([0.1, 0.2, -0.3, 0.4]), [1.9428718607, 0.4449381637])
    x = arm.prior_sample(200, np.random.default_rng(5))
    np.testing.assert_allclose(arm.simulate(x), [hand(row) for row in x])
    joints = arm.joints(x)  # type: ignore[attr-defined]
    np.testing.assert_allclose(
        np.linalg.norm(np.diff(joints, axis=1), axis=2), np.tile([0.5, 0.5, 1], (200, 1))
    )
    mean, sd = arm.predictive()
    np.testing.assert_allclose(mean, [0.5 * exp(-1 / 8) + 0.5 * exp(-1 / 4) + exp(-3 / 8), 0])
    np.testing.assert_allclose(sd**2, [0.262828, 1.098082], atol=1e-6)


def test_the_arms_posterior_is_what_rejection_finds() -> None:
    arm, rng = find("kinematics"), np.random.default_rng(6)
    x = arm.prior_sample(3_000_000, rng)
    off = np.linalg.norm(arm.simulate(x) - [1.7, 0.1], axis=1)
    near = x[off < 0.05]
    assert len(near) / len(x) == pytest.approx(9.7e-4, rel=0.06)
    mean, sd = arm.posterior_moments([1.7, 0.1])
    np.testing.assert_array_less(np.abs(near.mean(0) - mean), 4.5 * sd / np.sqrt(len(near)))
    np.testing.assert_allclose(near.std(0), sd, rtol=0.05)
    np.testing.assert_allclose(mean, [-0.069, -0.023, 0.087, 0.105], atol=6e-4)
    np.testing.assert_allclose(sd, [0.321, 0.615, 0.600, 0.876], atol=6e-4)
    assert arm.evidence([1.7, 0.1]) == pytest.approx(0.116, abs=5e-4)


def test_what_the_arm_cannot_reach() -> None:
    arm = find("kinematics")
    assert not arm.reachable([2.3, 0.4]) and arm.reachable([1.0, 9.0])
    np.testing.assert_array_equal(arm.nearest([2.3, 0.4]), [2.0, 0.4])
    assert arm.evidence([2.3, 0.4]) == 0
    assert arm.plausible([1.7, 0.1]) and not arm.plausible([1.0, 9.0])
    with pytest.raises(ValueError, match="reaches -2 to 2"):
        arm.posterior([2.3, 0.4], 5, np.random.default_rng(0))


def test_a_thrown_ball_lands_where_its_equation_says() -> None:
    ball = find("ballistics")
    assert ball.simulate([0, 1.5, pi / 4, 15])[0] == pytest.approx(7.69267868, abs=1e-8)
    g, k, m = 9.81, 0.25, 0.2
    for x0, y0, angle, speed in ball.prior_sample(60, np.random.default_rng(7)):
        vx, vy = speed * cos(angle), speed * sin(angle)

        def fall(t: float, _: Any, v: tuple[float, float] = (vx, vy)) -> list[float]:
            return [0.0, 0.0] if t < 0 else [v[0], v[1]]

        assert fall(1.0, None) == [vx, vy]
        if y0 <= 0 and speed == 0:
            continue
        path = integrate.solve_ivp(
            lambda t, s: [s[2], s[3], -k / m * s[2], -g - k / m * s[3]],
            (0, 12), [x0, y0, vx, vy], rtol=1e-10, atol=1e-10, dense_output=True,
        )  # fmt: skip
        peak = m / k * log(1 + vy * k / (g * m))
        t = optimize.brentq(lambda t, path=path: path.sol(t)[1], peak, 12)
        landed = ball.simulate([x0, y0, angle, speed])[0]
        assert landed == pytest.approx(path.sol(t)[0], abs=1e-6)


@pytest.mark.parametrize(
    ("labels", "modes"), [("all", [1] * 8), ("some", [4, 2, 1, 1]), ("none", [8])]
)
def test_labels_hide_as_many_modes_as_they_should(labels: str, modes: list[int]) -> None:
    problem = find("eight-modes", labels=labels)
    assert problem.dim_y == len(modes)
    for label, count in enumerate(modes):
        y = np.eye(len(modes))[label]
        x = problem.posterior(y, 4_000, np.random.default_rng(8))
        nearest = np.linalg.norm(x[:, None] - eight_modes.CENTRES, axis=2).argmin(1)
        clusters, sizes = np.unique(nearest, return_counts=True)
        assert len(clusters) == count
        np.testing.assert_allclose(sizes, 4_000 / count, rtol=0.15)
        assert problem.evidence(y) == count / 8
    with pytest.raises(ValueError, match="all, some, none"):
        find("eight-modes", labels="few")


def test_the_mean_of_the_strip_stands_in_the_gap() -> None:
    problem = find("strip")
    x = problem.posterior([1.2], 4_000, np.random.default_rng(9))
    mean, _ = problem.posterior_moments([1.2])
    left, right = (x[:, 0] < -0.8).mean(), (x[:, 0] > 0.8).mean()
    assert left == pytest.approx(0.5, abs=0.05) and left + right > 0.99
    typical = np.median(problem.prior_log_prob(x))
    assert problem.prior_log_prob(mean[None])[0] < typical - 8
    with pytest.raises(ValueError, match="noise"):
        find("strip", noise=-1)


def test_the_linear_answer_is_the_textbooks() -> None:
    problem = linear_gaussian.LINEAR_GAUSSIAN
    y = np.array([0.8, -0.5])
    joint = np.block(
        [
            [np.diag(problem.prior_sd**2), (problem.a * problem.prior_sd**2).T],
            [problem.a * problem.prior_sd**2, problem.predictive_covariance()],
        ]
    )
    gain = joint[:3, 3:] @ np.linalg.inv(joint[3:, 3:])
    np.testing.assert_allclose(problem.mean(y), gain @ y)
    np.testing.assert_allclose(problem.covariance(), joint[:3, :3] - gain @ joint[3:, :3])
    normal = stats.multivariate_normal(np.zeros(2), problem.predictive_covariance())
    assert problem.evidence(y) == pytest.approx(normal.pdf(y))


@pytest.mark.parametrize(("spread", "noise"), [(1.0, 0.5), (0.4, 1.7), (2.0, 0.1)])
def test_on_the_line_unknown_and_noise_are_one_number(spread: float, noise: float) -> None:
    problem: Any = find("line", spread=spread, noise=noise)
    y = np.array([0.7])
    share = spread**2 / (spread**2 + noise**2)
    mean, sd = problem.posterior_moments(y)
    assert mean[0] == pytest.approx(share * 0.7)
    assert sd[0] ** 2 == pytest.approx((1 - share) * spread**2)
    assert mean[1] == pytest.approx((0.7 - mean[0]) / noise), "what x leaves is the noise"
    scaled = problem.covariance() / np.outer(problem.prior_sd, problem.prior_sd)
    spreads = np.linalg.eigvalsh(scaled)
    np.testing.assert_allclose(spreads, [0, 1], atol=1e-12)
    with pytest.raises(ValueError, match="spread and noise"):
        find("line", noise=0.0)


@pytest.mark.parametrize("weight", [0.0, 1e-9, 0.3, 1.0, 100.0, 1e6])
def test_the_paired_prior_loss_shrinks_a_posterior_as_derived(weight: float) -> None:
    variance, scale = 0.37, 0.8

    def loss(u: float) -> float:
        paired = weight * (variance + u) / (2 * scale**2)
        return float(variance / (2 * u) + 0.5 * np.log(u) + paired)

    best = optimize.minimize_scalar(
        loss, bounds=(1e-7, 2), method="bounded", options={"xatol": 1e-10}
    )
    fitted = linear_gaussian.fitted_variance(weight, variance, scale)
    assert fitted == pytest.approx(best.x, rel=1e-4)
    # As the mean over pairs of draws says it: E (x - x')² = v + s².
    rng = np.random.default_rng(0)
    x = variance**0.5 * rng.standard_normal(400_000)
    drawn = fitted**0.5 * rng.standard_normal(400_000)
    assert ((x - drawn) ** 2).mean() == pytest.approx(variance + fitted, rel=0.01)


@pytest.mark.parametrize("y", [[1.0], [1.0, np.nan], "ab", [[1.0, 2.0]]])
def test_what_is_no_observation_gets_a_sentence(y: Any) -> None:
    with pytest.raises(ValueError, match=r"numbers"):
        find("kinematics").posterior(y, 3, np.random.default_rng(0))


def test_bad_arguments_get_a_sentence() -> None:
    problem: Problem = find("strip")
    with pytest.raises(ValueError, match="problem"):
        find("nothing")
    with pytest.raises(ValueError, match="whole number"):
        problem.prior_sample(-1, np.random.default_rng(0))
    with pytest.raises(ValueError, match="no options"):
        find("kinematics", labels="all")
    assert np.isnan(problem.simulate([[np.nan, 1.0], [0.0, 1.0]])).tolist() == [[True], [False]]
    assert find("kinematics").describe()["dim_x"] == 4
