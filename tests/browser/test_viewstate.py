"""The view of a stage: read it, apply it, also before its frames have come, whatever it says."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import NewPage
from tests.browser.stagelab import MOUNT, Lab, state, until

LOOK = """async ([what, view]) => {
  const { lookOf } = await import('/stage/stage.js');
  const look = lookOf(window.host);
  return what === 'read' ? look.read() : look.apply(view);
}"""
PRESENT = {
    "step": None,
    "depth": None,
    "probe": None,
    "zoom": {"latent": [0, 0, 1], "data": [0, 0, 1]},
    "layers": {"points": True, "grid": True, "density": True, "data": True},
}
ELSEWHERE = {
    "step": 120,
    "depth": 2.25,
    "probe": {"room": "latent", "point": [0.5, -0.25], "pinned": True},
    "zoom": {"latent": [0.5, 0, 2], "data": [0, -0.25, 0.75]},
    "layers": {"points": True, "grid": False, "density": True, "data": False},
}


@pytest.fixture
def lab(new_page: NewPage, assets_url: str) -> Lab:
    return Lab(new_page, assets_url)


def read(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(LOOK, ["read", None])
    return found


def test_a_view_that_was_applied_is_the_one_that_is_read(lab: Lab) -> None:
    page = lab.recorded()
    page.wait_for_function("() => document.querySelector('.pf-line').getAttribute('d')")
    assert read(page) == PRESENT
    page.evaluate(LOOK, ["apply", ELSEWHERE])
    until(page, "s.step === 120 && s.layerPosition === 2.25")
    assert read(page) == ELSEWHERE
    page.evaluate(LOOK, ["apply", PRESENT])
    until(page, "s.step === 290 && s.layerPosition === 4")
    assert read(page) == PRESENT


def test_a_view_waits_for_its_frames_and_gives_way_to_the_reader(lab: Lab) -> None:
    page = lab.live()
    page.evaluate(LOOK, ["apply", {"step": 80, "depth": 1.5}])
    lab.send(3, 5, 8, 9)
    until(page, "s.step === 80 && s.layerPosition === 1.5")
    page.evaluate(LOOK, ["apply", {"step": 200}])
    lab.send(10)
    page.keyboard.press("l")  # the reader plays a layer instead
    page.locator("[data-do=live]").click()
    lab.send(20, 21)
    until(page, "s.step === 210")


def test_a_step_that_was_not_kept_is_the_nearest_one_once_all_is_there(lab: Lab) -> None:
    page = lab.blank()
    lab.server.status = "done"
    page.evaluate(MOUNT, {"run": "run-one", "owner": None})
    page.evaluate(LOOK, ["apply", {"step": 14, "depth": None}])
    until(page, "s.step === 10")


@pytest.mark.parametrize(
    "wrong",
    [
        None, 3, "view", [], {"step": "5", "depth": -1}, {"step": 1e300, "depth": float("nan")},
        {"probe": 5}, {"probe": {"room": "__proto__", "point": [1, 2], "pinned": 1}},
        {"probe": {"room": "data", "point": [1]}}, {"zoom": {"latent": [0, 0, 0]}},
        {"zoom": {"data": [None, 0, 1]}}, {"zoom": 7}, {"layers": {"grid": "no", "toString": True}},
        {"layers": None},
    ],
)  # fmt: skip
def test_what_a_view_says_wrong_is_left_out(shared: Page, wrong: Any) -> None:
    page = shared
    page.evaluate(LOOK, ["apply", wrong])
    page.evaluate("() => new Promise((done) => requestAnimationFrame(done))")
    assert read(page) == PRESENT
    assert state(page)["step"] == 290


@pytest.fixture(scope="module")
def shared(chromium: Any, assets_url: str) -> Any:
    """One recorded stage for all the wrong views, which change nothing."""
    context = chromium.new_context()
    page = Lab(lambda **_: context.new_page(), assets_url).recorded()
    yield page
    context.close()
