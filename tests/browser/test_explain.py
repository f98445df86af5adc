"""Hold E: every mark has its sentence, none covers another, symbols and marks light each other."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.stagelab import Lab, until


@pytest.fixture
def lab(new_page: NewPage, assets_url: str) -> Lab:
    return Lab(new_page, assets_url)


def notes(page: Page) -> list[str]:
    marks = page.locator(".pf-notes li[data-mark]")
    return [str(marks.nth(i).get_attribute("data-mark")) for i in range(marks.count())]


@pytest.mark.parametrize("width", [1440, 800, 400])
def test_every_mark_has_a_sentence_and_no_two_cover_each_other(lab: Lab, width: int) -> None:
    page = lab.recorded(viewport={"width": width, "height": 1100})
    expect(page.locator(".pf-floor-name")).not_to_be_empty()
    page.keyboard.down("e")
    page.wait_for_timeout(500)
    shown = notes(page)
    wanted = {"transport", "points", "grid", "encoded", "density", "samples", "data"}
    assert wanted | {"film", "loss", "floor", "checks"} <= set(shown)
    boxes: list[Any] = page.evaluate(
        """[...document.querySelectorAll('.pf-notes :is(p, li)')].map((node) => {
          const { left, top, right, bottom } = node.getBoundingClientRect();
          return { left, top, right, bottom, words: node.textContent.length };
        })"""
    )
    assert len(boxes) == len(shown) + 1 and all(box["words"] > 20 for box in boxes)
    for a, b in combinations(boxes, 2):
        apart = (
            a["right"] <= b["left"] or b["right"] <= a["left"]
            or a["bottom"] <= b["top"] or b["bottom"] <= a["top"]
        )  # fmt: skip
        assert apart, (a, b)
    edge: Any = page.locator(".pf").bounding_box()
    for box in boxes:
        assert box["left"] >= edge["x"] - 1 and box["right"] <= edge["x"] + edge["width"] + 1
    page.keyboard.up("e")
    expect(page.locator(".pf-notes")).to_be_hidden()


def test_asked_for_further_down_the_formula_covers_no_note_where_it_rests(lab: Lab) -> None:
    page = lab.recorded(viewport={"width": 400, "height": 500})
    expect(page.locator(".pf-floor-name")).not_to_be_empty()
    page.evaluate("scrollTo(0, 500)")
    page.keyboard.press("e")
    expect(page.locator(".pf-notes .pf-formula")).to_be_visible()
    page.wait_for_timeout(500)  # a late style sheet places them again
    page.evaluate("scrollTo(0, 0)")
    covered = page.evaluate(
        """() => { const box = (node) => node.getBoundingClientRect();
          const formula = box(document.querySelector('.pf-notes .pf-formula'));
          return [...document.querySelectorAll('.pf-notes li')].filter((note) =>
            box(note).top < formula.bottom && box(note).bottom > formula.top
            && box(note).left < formula.right && box(note).right > formula.left).length; }"""
    )
    assert covered == 0


def test_a_layer_that_is_off_and_a_tap_that_stays(lab: Lab) -> None:
    page = lab.recorded()
    page.locator("[data-layer=grid]").click()
    page.keyboard.press("e")
    expect(page.locator(".pf-notes")).to_be_visible()
    assert "grid" not in notes(page) and "points" in notes(page)
    page.keyboard.press("e")
    expect(page.locator(".pf-notes")).to_be_hidden()
    page.get_by_role("button", name="Explain every mark").click()
    expect(page.locator(".pf-notes")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".pf-notes")).to_be_hidden()


def test_symbols_and_marks_light_each_other(lab: Lab) -> None:
    page = lab.recorded()
    page.keyboard.press("e")
    page.locator(".pf-symbol[data-symbol=T]").first.hover()
    lit = page.locator(".pf-notes li.lit")
    assert {str(node.get_attribute("data-mark")) for node in lit.all()} == {"grid", "film"}
    page.locator(".pf-notes li[data-mark=density]").hover()
    symbols = page.locator(".pf-symbol.lit")
    assert {str(node.get_attribute("data-symbol")) for node in symbols.all()} == {"q", "det"}


def test_the_picture_stands_still_while_it_is_explained(lab: Lab) -> None:
    page = lab.live()
    lab.send(3, 4)
    until(page, "s.seq === 4 && s.extras")
    page.wait_for_timeout(400)
    page.keyboard.down("e")  # a press that takes long on a busy machine is no tap
    expect(page.locator(".pf-notes")).to_be_visible()
    updates = page.evaluate("window.pushforward.stages[0].updates")
    for seq in range(5, 9):
        lab.send(seq)
    until(page, "s.seq === 8")
    page.wait_for_timeout(400)
    assert page.evaluate("window.pushforward.stages[0].updates") == updates
    page.keyboard.up("e")
    until(page, f"s.updates > {updates}")
