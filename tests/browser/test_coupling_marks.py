"""Trained curves pulled by hand, and every mark of "coupling layers" explained."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.test_coupling_layers import ENGLISH, STAGE, open_lesson


@pytest.fixture
def page(new_page: NewPage) -> Page:
    return new_page(viewport={"width": 1440, "height": 1000}, reduced_motion="reduce")


def test_a_trained_curve_is_pulled_and_springs_back(page: Page, assets_url: str) -> None:
    """All downstream follows the dent, nothing is asked for, and what training found comes back."""
    open_lesson(page, assets_url, "moons")
    page.wait_for_function("() => document.querySelector('.pl').classList.contains('inviting')")
    page.keyboard.press("l")
    numbers = ".pl-below [data-curve=t]"
    lane = page.locator(numbers).bounding_box()
    assert lane is not None
    x, y = lane["x"] + lane["width"] * 0.4, lane["y"] + lane["height"] / 2
    page.mouse.move(x, y)
    said, picture = ".pl-formula-card [data-say=reading]", "[data-room=data] canvas"
    draw = f"document.querySelector('{picture}').toDataURL()"
    page.wait_for_timeout(600)
    before, trained = page.inner_text(said), page.evaluate(draw)
    calls: list[str] = []
    page.on("request", lambda request: calls.append(request.url))
    page.evaluate("told.length = 0")
    page.mouse.down()
    page.mouse.move(x, y - 30, steps=8)
    page.wait_for_timeout(100)
    bent = page.evaluate(f"{STAGE}.bent")
    height = page.evaluate(f"document.querySelector('{numbers}').clientHeight / 2 - 5")
    assert bent in [pytest.approx(30 / height * r, rel=0.02) for r in (1.5, 3, 4.5, 6, 9)]
    assert page.inner_text(said) != before
    assert page.evaluate(draw) != trained
    page.mouse.up()
    page.wait_for_function(f"() => {STAGE}.bent === 0")
    page.wait_for_timeout(900)  # the density is made fine again
    assert page.inner_text(said) == before
    assert page.evaluate(draw) == trained
    assert (page.evaluate("told"), calls) == ([], [])
    assert not page.evaluate("document.querySelector('.pl').classList.contains('inviting')")


def test_a_trained_curve_is_pulled_by_keys_for_as_long_as_they_are_down(
    page: Page, assets_url: str
) -> None:
    open_lesson(page, assets_url, "moons")
    page.wait_for_function("() => document.querySelector('.pl').classList.contains('inviting')")
    page.keyboard.press("l")
    page.wait_for_timeout(600)
    said = ".pl-formula-card [data-say=reading]"
    before = page.inner_text(said)
    page.locator(".pl-below [data-curve=t]").focus()
    page.keyboard.down("ArrowUp")
    page.wait_for_function(f"() => Math.abs({STAGE}.bent - 0.1) < 1e-6")
    page.keyboard.down("ArrowUp")
    page.wait_for_function(f"() => Math.abs({STAGE}.bent - 0.2) < 1e-6")
    page.wait_for_function(f"() => document.querySelector('{said}').innerText !== {before!r}")
    page.keyboard.up("ArrowUp")
    page.wait_for_function(f"() => {STAGE}.bent === 0")
    page.wait_for_function(f"() => document.querySelector('{said}').innerText === {before!r}")


def test_a_dent_changes_nothing_beside_it(page: Page, assets_url: str) -> None:
    page.goto(f"{assets_url}/")
    worst, most = page.evaluate("""async () => {
      const { dented } = await import('/stage/lessons/coupling_layers/bend.js');
      const { curvesAt, makeLayer } = await import('/stage/layers.js');
      const knots = [-4, -1, 0.3, 2, 5];
      const table = [3, -2, 0.4, 4, 6, 1, 2, -1, 0, 3]; // raw s far into its bound, then t
      const layer = makeLayer(
        { kind: 'curves', formula: 'affine', active: 1, knots, rows: 2, table, numbers: [2] });
      const u = Float64Array.from({ length: 401 }, (_, i) => -10 + i / 20);
      let [worst, most] = [0, 0];
      for (const curve of ['s', 't']) {
        for (const at of [-8, 0.3, 4.9]) {
          const bent = dented(layer, curve, at, 1.1, 0.7);
          const [a, b] = [curvesAt(layer, u), curvesAt(bent, u)];
          for (const name of ['s', 't']) u.forEach((place, i) => {
            const off = Math.abs(a[name][i] - b[name][i]);
            if (Math.abs(place - at) >= 1.1 || name !== curve) worst = Math.max(worst, off);
            else if (curve === 't') most = Math.max(most, off);
          });
        }
      }
      return [worst, most];
    }""")
    assert worst < 1e-9
    assert most == pytest.approx(0.7, abs=0.01)


@pytest.mark.parametrize("view", ["watch", "best", "draw"])
def test_while_e_is_held_every_mark_says_what_it_is(page: Page, assets_url: str, view: str) -> None:
    open_lesson(page, assets_url, "banana", best=None)
    page.click(f"[data-view={view}]")
    page.wait_for_timeout(300)
    page.keyboard.down("e")
    notes = page.locator(".pl-notes p")
    expect(notes.first).to_be_visible()
    told = notes.all_inner_texts()
    wanted = ["rails", "column", "t", "latent", "data", "formula", "jacobian", "film"]
    wanted += ["score"] if view == "draw" else ["s"]
    assert {ENGLISH[f"mark_{mark}"] for mark in wanted} <= set(told)
    if view == "watch":
        assert ENGLISH["mark_bar"] not in told, "no bar is on the screen"
    boxes = [box for note in notes.all() if (box := note.bounding_box())]
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            beside = a["x"] + a["width"] <= b["x"] + 1 or b["x"] + b["width"] <= a["x"] + 1
            above = a["y"] + a["height"] <= b["y"] + 1 or b["y"] + b["height"] <= a["y"] + 1
            assert beside or above, (a, b)
    page.keyboard.up("e")
    expect(page.locator(".pl-notes")).to_be_hidden()


def test_symbols_and_marks_light_each_other(page: Page, assets_url: str) -> None:
    open_lesson(page, assets_url, "moons")
    page.keyboard.press("l")
    lane = page.locator(".pl-below [data-curve=t]")
    symbol = page.locator(".pl-formula:visible .pl-symbol[data-mark=t]")
    lit = re.compile("lit")
    symbol.hover()
    expect(lane).to_have_class(lit)
    page.locator(".pl-below [data-curve=s]").hover()
    expect(lane).not_to_have_class(lit)
    expect(page.locator(".pl-formula:visible .pl-symbol[data-mark=s]")).to_have_class(lit)
    lane.hover()
    expect(symbol).to_have_class(lit)
