"""The numbers of slow motion against numpy: distance, log-areas, their sum, and the forces."""

from __future__ import annotations

import base64
import math

import numpy as np
import pytest
from playwright.sync_api import Page

from inn_core.maps import codec, evaluate, runfile
from pages.shell import pretrained
from tests.browser.conftest import NewPage

STEP = """
async ({ frame, points }) => {
  const { decodeFrame } = await import('/stage/codec.js');
  const { StageFlow } = await import('/stage/flow.js');
  const { Step } = await import('/stage/extras/slowstep.js');
  const bytes = Uint8Array.from(atob(frame), (letter) => letter.charCodeAt(0));
  const { header, flow } = await decodeFrame(bytes);
  const step = new Step(new StageFlow(flow), header, Float64Array.from(points.flat()));
  const { before, forces } = step;
  return {
    x: [...step.x], z: [...before.z], distance: [...before.distance], logDet: [...before.logDet],
    nll: step.nll, mean: step.distance, logs: step.logs, expected: step.expected,
    matrix: [...before.matrices.at(-1)], forces: forces.lengths, floor: forces.floor,
  };
}
"""
FORCES = """
async ({ points, at }) => {
  const { forcesOn } = await import('/stage/extras/phases.js');
  const z = Float64Array.from(at.flat());
  const found = forcesOn(['normal'], z, Float64Array.from(points.flat()));
  return { pull: [...found.pull], push: [...found.push], sum: [...found.sum] };
}
"""
KERNEL = """
async ({ points, at }) => {
  const { kernelOf, pushOf } = await import('/stage/extras/phases.js');
  const kernel = kernelOf(Float64Array.from(points.flat()));
  const push = pushOf(kernel, Float64Array.from(at.flat()));
  return { ...kernel, points: [...kernel.points], push: [...push] };
}
"""
BASES = """
async ({ bases }) => {
  const { baseEntropy } = await import('/stage/extras/phases.js');
  return bases.map(baseEntropy);
}
"""


@pytest.fixture
def page(new_page: NewPage, assets_url: str) -> Page:
    page = new_page()
    page.goto(assets_url)
    return page


@pytest.mark.parametrize(
    "name", ["moons-affine", "checkerboard-spline", "pinwheel-additive", "student-affine"]
)
def test_the_numbers_of_a_batch_add_up_to_its_loss(page: Page, name: str) -> None:
    hello, frames = runfile.read(pretrained.FOLDER / f"{name}.run")
    data = runfile.unpack_points(hello["data"], hello["target"]["view"])
    frame = base64.b64encode(frames[-1]).decode()
    found = page.evaluate(STEP, {"frame": frame, "points": data.tolist()})
    maps = codec.decode_frame(frames[-1])[2]
    assert maps is not None
    x = np.reshape(found["x"], (-1, 2))
    assert len(x) == 64 and {tuple(p) for p in x} <= {tuple(p) for p in data}
    z, log_det = evaluate.encode(maps, x)
    np.testing.assert_allclose(np.reshape(found["z"], (-1, 2)), z, atol=1e-9)
    np.testing.assert_allclose(found["distance"], -evaluate.base_log_prob(maps.base, z), atol=1e-9)
    np.testing.assert_allclose(found["logDet"], log_det, atol=1e-9)
    assert found["nll"] == pytest.approx(-evaluate.log_prob(maps, x).mean(), abs=1e-9)
    assert found["nll"] == pytest.approx(found["mean"] - found["logs"][-1], abs=1e-9)
    # The Jacobians after the last layer: their determinant, with the units, is the log-area.
    a, b, c, d = np.reshape(found["matrix"], (-1, 4)).T
    units = 2 * math.log(maps.scale)
    np.testing.assert_allclose(np.log(np.abs(a * d - b * c)) - units, log_det, atol=1e-6)
    assert found["forces"][2] < 2.5 * found["floor"] + 0.2, "a trained flow is nearly in balance"


def test_forces_of_a_gaussian_crowd_are_those_of_the_closed_form(page: Page) -> None:
    rng = np.random.default_rng(0)
    mean, sd = np.array([0.5, -0.3]), np.array([0.6, 1.4])
    crowd = rng.normal(mean, sd, (3000, 2))
    at = rng.normal(mean, 0.7 * sd, (40, 2))
    found = page.evaluate(FORCES, {"points": crowd.tolist(), "at": at.tolist()})
    push = np.reshape(found["push"], (-1, 2))
    np.testing.assert_allclose(np.reshape(found["pull"], (-1, 2)), -at, atol=1e-12)
    exact = (at - mean) / sd**2  # -grad log r of a normal crowd
    error = np.linalg.norm(push - exact, axis=1).mean() / np.linalg.norm(exact, axis=1).mean()
    assert error < 0.2
    np.testing.assert_allclose(found["sum"], np.add(found["pull"], found["push"]), atol=1e-12)


def test_the_forces_are_the_slope_of_the_loss(page: Page) -> None:
    """Move a normal crowd N(0, S) by z -> z + e B z: the loss is known, and so is its slope in e.

    L(e) = tr(A S A')/2 - log det A with A = I + e B; by forces, L'(0) = -E[(pull + push) . B z].
    """
    rng = np.random.default_rng(1)
    spread = np.array([[0.9, 0.3], [0.1, 0.6]])
    crowd = rng.standard_normal((4000, 2)) @ spread.T
    crowd -= crowd.mean(0)
    covariance = crowd.T @ crowd / len(crowd)
    at = crowd[::4]
    found = page.evaluate(FORCES, {"points": crowd.tolist(), "at": at.tolist()})
    force = np.reshape(found["sum"], (-1, 2))

    def loss(move: np.ndarray) -> float:
        a = np.eye(2) + move
        return float(np.trace(a @ covariance @ a.T) / 2 - np.log(np.linalg.det(a)))

    step = 1e-5
    for move in (np.eye(2), np.diag([1.0, -1.0]), np.array([[0.0, 1.0], [1.0, 0.0]])):
        slope = (loss(step * move) - loss(-step * move)) / (2 * step)
        by_forces = -(force * (at @ move.T)).sum(1).mean()
        assert by_forces == pytest.approx(slope, abs=0.09), (move, slope, by_forces)


def test_a_push_is_the_slope_of_its_own_kernel_density(page: Page) -> None:
    """Against central differences of the kernel density that the push says it comes from."""
    rng = np.random.default_rng(2)
    crowd = rng.standard_normal((300, 2)) @ [[1.0, 0.5], [0.0, 0.4]] + [1.0, 0.0]
    at = np.concatenate([crowd[:20], [[3.0, 2.0], [-4.0, 0.5]]])
    found = page.evaluate(KERNEL, {"points": crowd.tolist(), "at": at.tolist()})
    a, b, c = found["root"]
    root = np.array([[a, 0], [b, c]])
    np.testing.assert_allclose(root @ root.T, np.cov(crowd.T, bias=True), rtol=1e-9)
    centres, width = np.reshape(found["points"], (-1, 2)), np.array(found["width"])
    # Silverman's rule for a gradient in the plane; blurring keeps the variance.
    np.testing.assert_allclose(centres.var(0) + width**2, 1, rtol=1e-9)
    assert (width < (4 / 6) ** (1 / 8) * 300 ** (-1 / 8)).all() and (width > 0.25).all()

    def log_density(z: np.ndarray) -> np.ndarray:
        white = (z - crowd.mean(0)) @ np.linalg.inv(root).T
        away = ((white[:, None] - centres) / width) ** 2
        return np.asarray(np.log(np.exp(-away.sum(-1) / 2).sum(1)))

    h = 1e-5
    slopes = [log_density(at + h * e) - log_density(at - h * e) for e in np.eye(2)]
    push = np.reshape(found["push"], (-1, 2))
    np.testing.assert_allclose(push, -np.stack(slopes, 1) / (2 * h), rtol=1e-6, atol=1e-6)


def test_the_distance_of_a_perfect_flow_is_the_entropy_of_its_base(page: Page) -> None:
    from scipy import stats

    bases = [["normal"], ["student", 2.5], ["student", 7]]
    exact = [2 * stats.norm.entropy(), 2 * stats.t.entropy(2.5), 2 * stats.t.entropy(7)]
    np.testing.assert_allclose(page.evaluate(BASES, {"bases": bases}), exact, atol=1e-5)
