"""Each fast density against a slow, plain one that shares none of its code."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import cos, erf, exp, log, pi, sin, sqrt

import numpy as np
import pytest
from scipy import integrate, optimize

import inn_core as inn
from inn_core.targets.base import Array, Target
from inn_core.targets.numerics import find_roots, log_sum_exp
from inn_core.targets.student import StudentT

rng = np.random.default_rng(11)


def within(window: tuple[tuple[float, float], tuple[float, float]], n: int) -> Array:
    """Uniform points of a window."""
    low, high = np.transpose(window)
    return rng.uniform(low, high, (n, 2))


@pytest.mark.parametrize("name", ["moons", "swiss_roll", "two_spirals"])
def test_three_times_the_knots_change_nothing_in_view(name: str) -> None:
    target = inn.target(name)
    more = {"reach": 1.6} if name == "two_spirals" else {}
    finer = replace(target, knots=3 * target.knots, **more)
    for x in (target.sample(250, rng), within(target.view, 250)):
        assert np.abs(target.log_prob(x) - finer.log_prob(x)).max() < 1e-6


@pytest.mark.parametrize("name", ["circles", "rings"])
def test_rings_are_the_mean_over_the_angle(name: str) -> None:
    target = inn.target(name)
    x = np.concatenate([target.sample(200, rng), within(target.view, 200)])
    angle = 2 * pi * np.arange(4000) / 4000
    unit = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    distance2 = np.stack(
        [((x[:, None] - radius * unit) ** 2).sum(axis=-1) for radius in target.radii], axis=1
    )
    logs = -distance2.reshape(len(x), -1) / (2 * target.sd**2)
    mean = log_sum_exp(logs) - log(logs.shape[1]) - log(2 * pi * target.sd**2)
    assert target.log_prob(x) == pytest.approx(mean, abs=1e-9)


def moon_point(t: float, lower: bool) -> tuple[float, float]:
    """The FFJORD moons, written again."""
    x, y = (1 - cos(t), 1 - sin(t) - 0.5) if lower else (cos(t), sin(t))
    return 2 * x - 1, 2 * y - 0.2


def spiral_kernel(offset: float, width: float = 0.5 / 3, sd: float = 0.1) -> float:
    """Density of U(0, width) + N(0, sd^2) at offset."""

    def cdf(t: float) -> float:
        return 0.5 * (1 + erf(t / sqrt(2)))

    return (cdf(offset / sd) - cdf((offset - width) / sd)) / width


def slow_density(name: str, x: float, y: float) -> float:
    """The density by adaptive quadrature over the curve's parameter."""

    def moons(t: float) -> float:
        total = 0.0
        for lower in (False, True):
            cx, cy = moon_point(t, lower)
            total += exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * 0.2**2))
        return total / (2 * pi * 0.2**2) / (2 * pi)

    def swiss_roll(t: float) -> float:
        square = (x - t * cos(t) / 5) ** 2 + (y - t * sin(t) / 5) ** 2
        return exp(-square / (2 * 0.2**2)) / (2 * pi * 0.2**2) / (3 * pi)

    def two_spirals(a: float) -> float:
        total = 0.0
        for sign in (1, -1):
            dx, dy = sign * x + cos(a) * a / 3, sign * y - sin(a) * a / 3
            total += 0.5 * spiral_kernel(dx) * spiral_kernel(dy)
        return total * 2 * a / (3 * pi) ** 2

    function, low, high = {
        "moons": (moons, 0.0, pi),
        "swiss_roll": (swiss_roll, 1.5 * pi, 4.5 * pi),
        "two_spirals": (two_spirals, 0.0, 3 * pi),
    }[name]
    pieces = np.linspace(low, high, 31)
    return sum(
        integrate.quad(function, a, b, epsabs=1e-13, epsrel=1e-10)[0] for a, b in pairwise(pieces)
    )


@pytest.mark.parametrize("name", ["moons", "swiss_roll", "two_spirals"])
def test_curves_are_the_mean_over_the_parameter(name: str) -> None:
    points = inn.target(name).sample(12, rng)
    slow = [slow_density(name, x, y) for x, y in points]
    assert inn.target(name).log_prob(points) == pytest.approx(np.log(slow), abs=1e-6)


def pinwheel_density(x: float, y: float) -> float:
    """Sum over arms and over all sign changes in f0 of the equation f0 = (R x / 2)_0."""
    total = 0.0
    for arm in range(5):

        def features(f0: float, arm: int = arm) -> tuple[float, float]:
            angle = 2 * pi * arm / 5 + 0.25 * exp(f0)
            return (
                (x * cos(angle) - y * sin(angle)) / 2,
                (x * sin(angle) + y * cos(angle)) / 2,
            )

        def miss(f0: float, features: object = features) -> float:
            return f0 - features(f0)[0]  # type: ignore[operator]

        r = sqrt(x * x + y * y) / 2 + 1e-9
        knots = np.linspace(-r, r, 4001)
        values = [miss(f) for f in knots]
        for k in np.flatnonzero(np.diff(np.sign(values)) != 0):
            f0 = optimize.brentq(miss, knots[k], knots[k + 1], xtol=1e-14)
            f1 = features(f0)[1]
            density = exp(-(((f0 - 1) / 0.3) ** 2) / 2 - (f1 / 0.1) ** 2 / 2)
            total += density / abs(1 + 0.25 * exp(f0) * f1)
    return total / (2 * pi * 0.3 * 0.1) / 5 / 4


def test_pinwheel_is_the_sum_over_preimages() -> None:
    target = inn.target("pinwheel")
    # The last rows lie beyond a fold, where a point has more preimages than arms.
    points = np.concatenate([target.sample(12, rng), within(target.view, 6), [[-4.6, 1.5], [5, 1]]])
    slow = [pinwheel_density(x, y) for x, y in points]
    assert target.log_prob(points) == pytest.approx(np.log(slow), abs=1e-6)


def test_pinwheel_far_out_is_the_mean_over_the_circle() -> None:
    target = inn.target("pinwheel")
    angle = np.linspace(-0.6, 0.6, 20001)
    r = 4.2
    f0, f1 = r * np.cos(angle), r * np.sin(angle)
    density = np.exp(-(((f0 - 1) / 0.3) ** 2) / 2 - (f1 / 0.1) ** 2 / 2) / (2 * pi * 0.03)
    mean = density.sum() * (angle[1] - angle[0]) / (2 * pi) / 4
    far = target.log_prob(2 * r * np.array([[1.0, 0.0], [0.0, 1.0], [-0.6, 0.8]]))
    assert far == pytest.approx(np.full(3, log(mean)), abs=1e-3)


def checkerboard_by_definition(n: int) -> Array:
    """FFJORD's recipe: a column, then a row of the same parity."""
    x1 = rng.random(n) * 4 - 2
    x2 = rng.random(n) - rng.integers(0, 2, n) * 2 + np.floor(x1) % 2
    return 2 * np.stack([x1, x2], axis=1)


def test_checkerboard_squares() -> None:
    target = inn.target("checkerboard")
    assert target.log_prob(checkerboard_by_definition(5000)) == pytest.approx(-log(32))
    x = within(((-5, 5), (-5, 5)), 20000)
    share = np.isfinite(target.log_prob(x)).mean()
    assert share == pytest.approx(0.32, abs=4 * sqrt(0.32 * 0.68 / 20000))


def test_checkerboard_keeps_samples_that_were_rounded() -> None:
    target = inn.target("checkerboard")
    tiny = 1e-9
    corners = [(2, 2), (0, 0), (4, 0), (0, 4), (-2, -2)]
    for x in ([(a - tiny, b - tiny) for a, b in corners], [(tiny - 4, tiny - 4)]):
        assert np.isfinite(target.log_prob(x)).all()
        assert np.isfinite(target.log_prob(np.array(x, np.float32))).all()
    beside = [[1, 3], [-1, 1], [-3, -1], [4, -3], [-4, -1], [1, 4], [5, 1], [-5, -1]]
    assert np.isneginf(target.log_prob(beside)).all()


def test_student_has_mass_one_over_the_whole_plane_by_tangents() -> None:
    """With x = tan u the plane becomes a square, and dx = du / cos^2 u."""
    count = 1000
    u = pi * ((np.arange(count) + 0.5) / count - 0.5)
    x, weight = np.tan(u), pi / count / np.cos(u) ** 2
    points = np.stack(np.meshgrid(x, x), axis=-1).reshape(-1, 2)
    density = np.exp(inn.target("student").log_prob(points))
    assert density @ np.outer(weight, weight).ravel() == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("nu", [2.0, 0.0, -3.0, float("nan")])
def test_student_without_variance_is_refused(nu: float) -> None:
    with pytest.raises(ValueError, match=r"nu is .*; it must be above 2"):
        replace(inn.target("student"), nu=nu)


def test_mixture_weights_must_be_probabilities() -> None:
    with pytest.raises(ValueError, match="they must be 0 or more and sum to 1"):
        replace(inn.target("two_gaussians"), weights=np.array([0.5, 0.6]))


def test_a_replaced_field_counts() -> None:
    """Cached moments belong to one object, not to its copies."""
    narrow: StudentT = inn.target("student")
    assert isinstance(narrow, Target)
    assert replace(narrow, nu=4.0).scale == pytest.approx(sqrt(2))
    assert narrow.scale == pytest.approx(sqrt(3))


def test_roots_of_steep_flat_and_double_zeros() -> None:
    """x^3 - c has a flat root at c = 0, where Newton's method alone only creeps."""
    c = np.array([-8.0, 0.0, 1e-12, 27.0, 1e6])
    root = find_roots(lambda x: (x**3 - c, 3 * x**2), np.full(5, -300.0), np.full(5, 200.0))
    assert root == pytest.approx(np.cbrt(c), abs=1e-12)
    falling = find_roots(lambda x: (c - x**3, -3 * x**2), np.full(5, -300.0), np.full(5, 200.0))
    assert falling == pytest.approx(np.cbrt(c), abs=1e-12)
    # Newton's method jumps from x to -x on the signed root, for ever.
    signed_root = find_roots(
        lambda x: (np.sign(x) * np.sqrt(np.abs(x)), 0.5 / np.sqrt(np.abs(x) + 1e-300)),
        np.array([-1.0]),
        np.array([1.3]),
    )
    assert signed_root == pytest.approx([0], abs=1e-12)
    ends = find_roots(lambda x: (x, np.ones_like(x)), np.array([0.0, -1.0]), np.array([1.0, 0.0]))
    assert ends == pytest.approx([0, 0], abs=1e-15)
