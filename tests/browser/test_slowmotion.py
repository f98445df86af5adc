"""Slow motion: the numbers of its five phases against numpy, and the one step that it takes."""

from __future__ import annotations

import base64
import math
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from inn_core.maps import codec, evaluate, runfile
from pages.shell import pretrained
from tests.browser.conftest import NewPage
from tests.browser.stagelab import Lab, state, until

STEP = """
async ({ frame, points }) => {
  const { decodeFrame } = await import('/stage/codec.js');
  const { StageFlow } = await import('/stage/flow.js');
  const { Step } = await import('/stage/slowstep.js');
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
  const { forcesOn } = await import('/stage/phases.js');
  const z = Float64Array.from(at.flat());
  const found = forcesOn(['normal'], z, Float64Array.from(points.flat()));
  return { pull: [...found.pull], push: [...found.push], sum: [...found.sum] };
}
"""
BASES = """
async ({ bases }) => {
  const { baseEntropy } = await import('/stage/phases.js');
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


def test_the_distance_of_a_perfect_flow_is_the_entropy_of_its_base(page: Page) -> None:
    from scipy import stats

    bases = [["normal"], ["student", 2.5], ["student", 7]]
    exact = [2 * stats.norm.entropy(), 2 * stats.t.entropy(2.5), 2 * stats.t.entropy(7)]
    np.testing.assert_allclose(page.evaluate(BASES, {"bases": bases}), exact, atol=1e-5)


# -- the sequence ------------------------------------------------------------------------------


def phase(page: Page) -> Locator:
    return page.locator(".pf-slow [aria-current=step]")


def test_a_recorded_run_is_told_in_five_phases(new_page: NewPage, assets_url: str) -> None:
    lab = Lab(new_page, assets_url)
    page = lab.recorded()
    page.get_by_role("slider", name="Held-out loss").focus()
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
    until(page, "s.seq < 29")
    page.wait_for_timeout(400)  # what was pressed is decoded and shown
    before = state(page)["seq"]
    page.locator(".pf-slow-button").click()
    expect(phase(page)).to_have_text("1")
    expect(page.locator(".pf-slow dl")).to_contain_text("64")
    for number in "2345":
        page.keyboard.press("ArrowRight")
        expect(phase(page)).to_have_text(number)
    until(page, f"s.seq === {before + 1}")
    expect(page.locator(".pf-slow dl")).to_contain_text(f"{10 * before} → {10 * before + 10}")
    page.locator(".pf-slow ol button").first.click()
    expect(phase(page)).to_have_text("1")
    page.keyboard.press("Escape")
    expect(page.locator(".pf-slow")).to_be_hidden()
    expect(page.locator("[data-layer=points]")).to_have_attribute("aria-pressed", "true")
    assert page.locator(".pf-slow-dots[d^=M]").count() == 0
    assert state(page)["layerPosition"] == 4


def test_it_comes_by_itself_and_the_last_snapshot_says_so(
    new_page: NewPage, assets_url: str
) -> None:
    page = Lab(new_page, assets_url).recorded(reduced_motion="reduce")
    page.keyboard.press("m")
    page.wait_for_function(
        "document.querySelector('.pf-slow [aria-current=step]').textContent === '2'", timeout=9000
    )
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".pf-slow")).to_contain_text("last snapshot")


def test_our_own_run_pauses_takes_one_step_and_goes_on(new_page: NewPage, assets_url: str) -> None:
    lab = Lab(new_page, assets_url)
    page = lab.live()
    lab.send(3, 4)
    until(page, "s.seq === 4 && s.status === 'training'")
    page.keyboard.press("m")
    until(page, "s.status === 'paused'")
    lab.send(5, status="paused")
    until(page, "s.seq === 5")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.pf-slow dl').textContent.includes('…')")
    types = lab.server.types()
    assert types.count("step") == 1 and types.count("pause") == 1 and "play" not in types
    lab.send(6, status="paused")
    expect(page.locator(".pf-slow dl")).to_contain_text("50 → 60")
    values: list[Any] = page.locator(".pf-slow dd").all_inner_texts()
    assert values[0] != values[1]
    page.locator("[data-slow-do=stop]").click()
    page.wait_for_timeout(50)
    assert lab.server.types().count("play") == 1 and lab.server.types().count("step") == 1
