"""Target diffeomorphisms: Jacobian, inverse, orientation, and what each kind promises."""

from __future__ import annotations

import numpy as np
import pytest

from inn_core.diffeos.base import HALF, edge, find, grid
from inn_core.diffeos.turns import least_slope, steps_needed
from inn_core.diffeos.warp import NODES, NUMBERS, START, Warp, crosses
from inn_core.registry import DIFFEOS

X = np.random.default_rng(0).uniform(-HALF, HALF, (400, 2))


def amplitudes(name: str) -> list[float]:
    kind = DIFFEOS[name].load()
    return sorted({kind.default, kind.allowed[1]})


CASES = [(name, a) for name in DIFFEOS for a in amplitudes(name)]


@pytest.mark.parametrize(("name", "amplitude"), CASES)
def test_the_jacobian_is_the_derivative(name: str, amplitude: float) -> None:
    f, step = find(name, amplitude), 1e-5
    columns = [(f.forward(X + step * e) - f.forward(X - step * e)) / (2 * step) for e in np.eye(2)]
    assert np.abs(np.stack(columns, -1) - f.jacobian(X)).max() < 1e-7


@pytest.mark.parametrize(("name", "amplitude"), CASES)
def test_the_sign_of_the_determinant_is_the_kinds_own_on_all_of_k(
    name: str, amplitude: float
) -> None:
    f = find(name, amplitude)
    assert (f.sign * np.linalg.det(f.jacobian(grid(101)))).min() > 0
    assert f.sign == (-1 if name == "reflection" else 1)


@pytest.mark.parametrize(("name", "amplitude"), CASES)
def test_the_inverse_undoes_the_map(name: str, amplitude: float) -> None:
    f = find(name, amplitude)
    if f.invertible:
        assert np.abs(f.inverse(f.forward(X)) - X).max() < 1e-12
        assert np.abs(f.forward(f.inverse(f.forward(X))) - f.forward(X)).max() < 1e-12
    else:
        with pytest.raises(ValueError, match="no inverse in closed form"):
            f.inverse(X)


@pytest.mark.parametrize("name", DIFFEOS)
def test_the_view_holds_k_and_its_image(name: str) -> None:
    f = find(name)
    low, high = np.array(f.view).T
    seen = np.concatenate([grid(101), f.forward(grid(101))])
    assert ((seen > low) & (seen < high)).all()
    assert np.isclose(*(high - low))


def test_a_twist_keeps_area_and_is_the_identity_outside_the_disc() -> None:
    f = find("twist")
    assert np.allclose(np.linalg.det(f.jacobian(X)), 1)
    outside = X[(X**2).sum(1) >= 1]
    assert len(outside) and np.array_equal(f.forward(outside), outside)
    assert np.allclose(f.forward(np.array([[1e-9, 0.0]])), [[-1e-9, 0.0]])  # π in the middle


@pytest.mark.parametrize("n", [2, 3, 7])
def test_a_twist_is_its_nth_root_n_times(n: int) -> None:
    f = find("twist")
    root, x = f.root(n), X  # type: ignore[attr-defined]
    for _ in range(n):
        x = root.forward(x)
    assert np.abs(x - f.forward(X)).max() < 1e-12


@pytest.mark.parametrize(
    ("amplitude", "n", "least"),
    [
        (np.pi / 2, 1, -0.031),
        (np.pi, 1, -1.182),
        (np.pi, 2, -0.031),
        (np.pi, 3, 0.259),
    ],
)
def test_the_closed_form_of_the_least_slope(amplitude: float, n: int, least: float) -> None:
    assert least_slope(amplitude, n) == pytest.approx(least, abs=5e-4)
    on_grid = find("twist", amplitude / n).jacobian(grid(401))[:, 0, 0].min()
    assert least_slope(amplitude, n) == pytest.approx(on_grid, abs=2e-3)


@pytest.mark.parametrize(("amplitude", "n"), [(0.0, 1), (np.pi / 2, 2), (np.pi, 3), (-np.pi, 3)])
def test_the_smallest_number_of_steps(amplitude: float, n: int) -> None:
    assert steps_needed(amplitude) == n


def test_a_warp_goes_through_its_control_points() -> None:
    f = find("warp")
    assert np.allclose(f.forward(grid(NODES)), grid(NODES) + START.reshape(-1, 2))
    still = find("warp", warp=(0.0,) * NUMBERS)
    assert np.abs(still.forward(X) - X).max() < 1e-15


def test_a_warp_has_no_kink_at_its_grid_lines() -> None:
    f, e = find("warp"), 1e-9
    line = np.stack([np.full(50, 0.5), np.linspace(-0.99, 0.99, 50)], -1)
    left, right = (f.jacobian(line + np.array([side * e, 0])) for side in (-1, 1))
    assert np.abs(left - right).max() < 1e-6


def test_a_warp_that_folds_is_refused_with_the_place() -> None:
    moved = np.zeros((NODES, NODES, 2))
    moved[2, 2] = [0.9, 0.0]
    with pytest.raises(ValueError, match=r"folds near \(0\.\d\d, .*area factor.*at least 0.05"):
        Warp(1.0, tuple(moved.ravel()))


def test_what_lies_over_itself_without_a_fold_is_seen_by_its_edge() -> None:
    """A strip bent round to a ring: it meets itself beyond a full turn, and folds nowhere."""
    x = edge(65)
    for turn, meets in ((0.95, False), (1.05, True)):
        angle, radius = turn * np.pi * x[:, 0], 1 + 0.3 * x[:, 1]
        ring = np.stack([-radius * np.cos(angle), radius * np.sin(angle)], -1)
        assert crosses(ring) == meets


def test_no_orientation_preserving_map_is_near_the_reflection_and_squeezing_comes_near_it() -> None:
    f = find("reflection")
    assert f.floor == 1
    edge = grid(201)[np.abs(grid(201)).max(1) == HALF]
    assert np.abs(np.linalg.norm(f.forward(edge), axis=1)).min() >= 1  # the proof's premise
    squeezed = grid(201) * [1e-3, 1.0]
    assert np.linalg.norm(squeezed - f.forward(grid(201)), axis=1).max() < 1.0011
