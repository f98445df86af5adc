"""Slow motion in a page: its five phases, the one step that it takes, and how it fits."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from inn_core.maps import evaluate, runfile
from pages.shell.words import Words
from tests.browser.conftest import NewPage
from tests.browser.stagelab import LAYERS, MOUNT, Lab, flow, recording, state, until

STAGE = "window.pushforward.stages[0]"


@pytest.fixture
def lab(new_page: NewPage, assets_url: str) -> Lab:
    return Lab(new_page, assets_url)


#: What does not fit into the panel, or lies outside the window.
FAULTS = """
() => {
  const root = document.querySelector('.pf-slow');
  const faults = document.documentElement.scrollWidth > innerWidth ? ['the page scrolls'] : [];
  for (const node of root.querySelectorAll('p:not(.pf-slow-said), b, small, dt, button, dd')) {
    const { left, right, width } = node.getBoundingClientRect();
    if (width && (left < 0 || right > innerWidth + 0.5)) faults.push(`outside: ${node.outerHTML}`);
  }
  const values = [...root.querySelectorAll('dl > div')].map((n) => n.getBoundingClientRect());
  for (let i = 1; i < values.length; i++) {
    const [a, b] = [values[i - 1], values[i]];
    if (b.left < a.right && b.top < a.bottom - 1) faults.push(`number ${i} lies over another`);
  }
  return faults;
}
"""


def at_phase(page: Page, number: int) -> None:
    """Wait for a phase, and for its marks to have come to rest."""
    now = page.locator(".pf-slow [aria-current=step] b")
    expect(now).to_have_text(str(number), timeout=20_000)


def number(page: Page, mark: str) -> float:
    """A number of the panel, once the marks stand still."""
    part = page.locator(f".pf-slow [data-mark={mark}] .pf-slow-value b")
    return float(part.inner_text().replace("−", "-").replace(",", ""))


def rewound(lab: Lab, frames: int = 6) -> tuple[Page, int]:
    """A recorded run, some frames before its end."""
    page = lab.recorded(reduced_motion="reduce")  # states only: nothing to wait for
    page.get_by_role("slider", name="Held-out loss").focus()
    for back in range(frames):
        page.keyboard.press("ArrowLeft")
        until(page, f"s.seq === {28 - back}")
    return page, 29 - frames


def test_a_recorded_run_is_told_in_five_phases(lab: Lab) -> None:
    page, seq = rewound(lab)
    page.locator(".pf-slow-button").click()
    at_phase(page, 1)
    expect(page.locator(".pf-slow [data-mark=layers] b")).to_have_text("4")
    assert number(page, "points") == 64 and state(page)["layerPosition"] == 0
    page.keyboard.press("ArrowRight")
    at_phase(page, 2)
    distance = number(page, "distance")
    expect(page.locator(".pf-slow-value small").first).to_contain_text("2.838")
    assert state(page)["layerPosition"] == LAYERS
    page.keyboard.press(" ")
    at_phase(page, 3)
    loss = number(page, "nll")
    assert loss == pytest.approx(distance + number(page, "areas"), abs=0.0015)
    bars = page.evaluate(
        "[...document.querySelectorAll('.pf-slow-bar i')].map((n) => n.getBoundingClientRect())"
        ".map(({ left, right }) => [left, right])"
    )
    (zero, first), second, (start, last) = bars
    assert start == pytest.approx(zero, abs=1)
    assert sorted(second) == pytest.approx(sorted((first, last)), abs=2.5)  # they add up
    page.keyboard.press("ArrowRight")
    at_phase(page, 4)
    pull, push, left = (number(page, mark) for mark in ("pull", "push", "unbalanced"))
    assert abs(pull - push) - 0.02 <= left <= pull + push + 0.02  # three sides of a triangle
    expect(page.locator(".pf-slow-words small")).to_contain_text("1,500")
    page.locator(".pf-slow li button").nth(4).click()
    at_phase(page, 5)
    until(page, f"s.seq === {seq + 1}")
    expect(page.locator(".pf-slow [data-mark=step] b")).to_have_text("+10")
    assert number(page, "before") == pytest.approx(loss, abs=0.001)
    wanted = -evaluate.log_prob(flow(1 - 0.9 ** (seq + 1)), batch(page)).mean()
    assert number(page, "after") == pytest.approx(wanted, abs=2e-3)
    page.locator(".pf-slow li button").first.click()
    at_phase(page, 1)
    page.keyboard.press("Escape")
    expect(page.locator(".pf-slow")).to_be_hidden()
    expect(page.locator(".pf-bottom")).to_be_visible()
    expect(page.locator("[data-layer=points]")).to_have_attribute("aria-pressed", "true")
    assert page.locator(".pf-slow-dots[d^=M]").count() == 0
    assert state(page)["layerPosition"] == LAYERS


def batch(page: Page) -> np.ndarray:
    """The 64 points that the stage takes of the recorded run's data."""
    hello = runfile.load(recording(2))[0]
    data = runfile.unpack_points(hello["data"], hello["target"]["view"])
    return np.asarray(data[(np.arange(64) * len(data)) // 64])


def test_it_comes_by_itself_and_the_last_picture_says_so(lab: Lab) -> None:
    page = lab.recorded()
    page.keyboard.press("m")
    at_phase(page, 1)
    until(page, "s.layerPosition < 3.9 && s.layerPosition > 0.1")  # it travels from x to z
    at_phase(page, 2)
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".pf-slow-words")).to_contain_text("last stored picture")
    expect(page.get_by_role("button", name="Another step")).to_be_disabled()
    assert state(page)["seq"] == 29
    page.keyboard.press("ArrowLeft")
    at_phase(page, 4)


def test_our_own_run_pauses_takes_one_step_and_goes_on(lab: Lab) -> None:
    page = lab.live(reduced_motion="reduce")
    lab.send(3, 4)
    until(page, "s.seq === 4 && s.status === 'training'")
    page.keyboard.press("m")
    until(page, "s.status === 'paused'")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    at_phase(page, 5)
    assert "step" not in lab.server.types()  # the worker has not yet said where it stands
    lab.send(5, status="paused")
    page.wait_for_function(f"() => {STAGE}.seq === 5")
    expect(page.locator(".pf-slow [data-mark=after] b")).to_have_text("…")
    page.wait_for_function("() => new Promise((go) => requestAnimationFrame(() => go(true)))")
    lab.send(6, status="paused", step=50)  # the same step once more is no answer
    until(page, "s.seq === 6")
    lab.send(7, status="paused", step=51)
    expect(page.locator(".pf-slow [data-mark=step] b")).to_have_text("+1")
    expect(page.locator(".pf-slow [data-mark=step] small")).to_have_text("50 → 51")
    types = lab.server.types()
    assert types.count("step") == 1 and types.count("pause") == 1 and "play" not in types
    page.get_by_role("button", name="Leave").click()
    expect(page.locator(".pf-slow")).to_be_hidden()
    lab.send(8)
    until(page, "s.seq === 8 && s.status === 'training'")
    types = lab.server.types()
    assert types.count("play") == 1 and types.count("step") == 1


def test_a_viewer_sees_the_next_picture_and_asks_for_nothing(lab: Lab) -> None:
    page = lab.live(owner=None, reduced_motion="reduce")
    lab.send(3, 4)
    until(page, "s.seq === 4 && s.status === 'training'")
    page.keyboard.press("m")
    at_phase(page, 1)
    lab.send(5, 6, 7)
    page.locator(".pf-slow li button").nth(3).click()
    at_phase(page, 4)
    assert state(page)["seq"] == 4  # what comes meanwhile waits
    page.locator(".pf-slow li button").nth(4).click()
    until(page, "s.seq === 5")
    expect(page.locator(".pf-slow [data-mark=step] b")).to_have_text("+10")
    page.keyboard.press("Escape")
    until(page, "s.seq === 7")
    assert set(lab.server.types()) == {"hello", "backfill"}


def test_play_lets_go_and_a_new_run_ends_it(lab: Lab) -> None:
    page = lab.live(reduced_motion="reduce")
    lab.send(3)
    until(page, "s.seq === 3")
    page.keyboard.press("m")
    until(page, "s.status === 'paused'")
    page.get_by_role("button", name="Play", exact=True).first.click()
    lab.send(4)
    expect(page.locator(".pf-slow")).to_be_hidden()
    assert lab.server.types().count("play") == 1
    page.keyboard.press("m")
    expect(page.locator(".pf-slow")).to_be_visible()
    page.evaluate(MOUNT, {"run": "run-two", "owner": "secret"})
    expect(page.locator(".pf-slow")).to_be_hidden()


@pytest.mark.parametrize("width", [1440, 700, 400])
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_phase_fits_its_panel(lab: Lab, width: int, lang: str) -> None:
    page = lab.blank(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    words = Words(lang).section("stage")
    page.evaluate(MOUNT, {"pretrained": "pretrained/test.run", "words": words, "lang": lang})
    until(page, "s.points === 4000")
    page.locator(".pf-curve").focus()
    page.keyboard.press("ArrowLeft")
    until(page, "s.seq === 28")
    page.keyboard.press("m")
    for phase in range(1, 6):
        at_phase(page, phase)
        assert page.evaluate(FAULTS) == [], phase
        page.keyboard.press("ArrowRight")
