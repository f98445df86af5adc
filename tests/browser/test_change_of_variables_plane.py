"""The plane of "change of variables", and how the lesson looks, speaks and keeps its pace."""

from __future__ import annotations

import math
from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPage
from tests.browser.lessonpage import DESK, PHONE, Lesson, number, words


@pytest.fixture
def lesson(new_page: NewPage, assets_url: str) -> Lesson:
    return Lesson(new_page(viewport=DESK, reduced_motion="reduce"), assets_url).at_rest()


def test_holding_e_explains_every_mark(lesson: Lesson) -> None:
    notes = lesson.get(".cv-box .cv-notes")
    lesson.page.keyboard.down("e")
    expect(notes).to_be_visible()
    expect(notes.locator(".cv-note")).to_have_count(7)
    lesson.page.keyboard.up("e")
    expect(notes).to_be_hidden()
    for kind, count in (("linear", 4), ("bent", 3), ("matrix", 3)):
        lesson.plane(kind)
        lesson.page.keyboard.down("e")
        expect(lesson.get(".cv-plane .cv-note:visible")).to_have_count(count)
        lesson.page.keyboard.up("e")


def test_on_a_phone_marks_bear_numbers_and_the_notes_stand_below(
    new_page: NewPage, assets_url: str
) -> None:
    lesson = Lesson(new_page(viewport=PHONE, reduced_motion="reduce"), assets_url).at_rest()
    for shown in (".cv-box", ".cv-rooms"):
        if shown == ".cv-rooms":
            lesson.plane("linear")
        lesson.page.keyboard.down("e")
        notes = lesson.get(f"{shown} .cv-note")
        expect(notes.first).to_be_visible()
        count = notes.count()
        picture, first = lesson.get(shown).bounding_box(), notes.first.bounding_box()
        assert picture and first and first["y"] >= picture["y"] + picture["height"]
        numbers = lesson.get(f"{shown} .cv-notes text")
        expect(numbers).to_have_text([str(i + 1) for i in range(count)])
        places = [box for box in (one.bounding_box() for one in numbers.all()) if box]
        for a, b in combinations(places, 2):
            assert math.hypot(a["x"] - b["x"], a["y"] - b["y"]) > 12, "two numbers on one place"
        lesson.page.keyboard.up("e")


def test_in_the_plane_areas_follow_the_determinant(lesson: Lesson) -> None:
    lesson.plane()
    tip = lesson.get(".cv-column-one")
    box = tip.locator(".cv-knob").bounding_box()
    assert box
    assert number(lesson.text(".cv-plane-side .cv-det output")) > 0
    start = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    lesson.drag(start, (-60, -110), (-60, -20))
    lesson.page.mouse.up()
    a, b, c, d = (number(lesson.text(f".cv-matrix [data-entry={name}]")) for name in "abcd")
    assert number(lesson.text(".cv-plane-side .cv-det output")) == pytest.approx(
        a * d - b * c, abs=0.03
    )
    assert a * d - b * c < 0
    expect(lesson.get(".cv-gauge")).to_have_attribute("data-sign", "minus")
    assert "turned over" in lesson.text("[data-of=sentence]")


def test_closer_the_bent_map_is_its_jacobian(lesson: Lesson) -> None:
    lesson.plane("bent")
    off = []
    for zoom in (0, 3, 6):
        lesson.get(".cv-plane-side input").evaluate(
            "(node, value) => { node.value = value; node.dispatchEvent(new Event('input')); }", zoom
        )
        lesson.settle()
        off.append(number(lesson.get(".cv-plane-side td").nth(2).inner_text()))
    assert off[0] > off[1] > off[2] and off[2] < 0.01
    lesson.get("[data-bend=swirl]").click()
    lesson.settle()
    assert lesson.get(".cv-plane-side td").nth(1).inner_text() == "1.0000"


def test_a_triangular_determinant_cares_for_its_diagonal_only(lesson: Lesson) -> None:
    lesson.plane("matrix")
    dets = lesson.get(".cv-jacobian output")

    def drag(entry: str) -> list[bool]:
        before = dets.all_inner_texts()
        box = lesson.get(f"[data-jacobian=triangular] [data-at='{entry}']").bounding_box()
        assert box
        lesson.drag((box["x"] + box["width"] / 2, box["y"] + box["height"] / 2), (0, -40))
        lesson.page.mouse.up()
        return [a != b for a, b in zip(before, dets.all_inner_texts(), strict=True)]

    assert drag("1 0") == [False, True]
    assert drag("2 2") == [True, True]
    assert lesson.get(".cv-cost b").all_inner_texts() == ["2", "10"]


def test_fingers_drag_control_points_and_scroll_elsewhere(
    new_page: NewPage, assets_url: str
) -> None:
    page = new_page(viewport=PHONE, has_touch=True)
    lesson = Lesson(page, assets_url).at_rest()
    page.evaluate("document.body.style.paddingBottom = '600px'")
    session = page.context.new_cdp_session(page)

    def swipe(x: float, y: float, dy: float) -> None:
        def touch(kind: str, *points: dict[str, float]) -> None:
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

        touch("touchStart", {"x": x, "y": y})
        for step in range(1, 9):
            touch("touchMove", {"x": x, "y": y + dy * step / 8})
            page.wait_for_timeout(16)
        touch("touchEnd")
        lesson.settle()

    before = lesson.knots()
    swipe(*before[2], 14)
    assert lesson.knots()[2][1] - before[2][1] == pytest.approx(14, abs=6)
    assert page.evaluate("scrollY") == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    swipe(60, before[0][1] + 60, -160)
    page.wait_for_timeout(300)
    assert page.evaluate("scrollY") > 20, "beside the curve a finger scrolls the page"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_slices_have_colours_on_every_paper(
    new_page: NewPage, assets_url: str, scheme: Any
) -> None:
    page = new_page(viewport=DESK, color_scheme=scheme, reduced_motion="reduce")
    lesson = Lesson(page, assets_url).at_rest()
    hues = page.evaluate(
        """() => {
          const root = [...document.querySelectorAll('main')][0].shadowRoot;
          const canvas = root.querySelector('.cv-box canvas');
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          const seen = new Set();
          for (let i = 0; i < data.length; i += 4) {
            if (Math.max(data[i], data[i + 1], data[i + 2]) - Math.min(data[i], data[i + 1], data[i + 2]) > 60) {
              seen.add((data[i] >> 4) * 256 + (data[i + 1] >> 4) * 16 + (data[i + 2] >> 4));
            }
          }
          return seen.size;
        }"""  # noqa: E501
    )
    assert hues > 25
    paper = lesson.get(".pf").evaluate("(node) => getComputedStyle(node).backgroundColor")
    assert (number(paper[3:].lstrip("(a")) > 128) is (scheme == "light")


def test_japanese_words_take_the_place_of_english_ones(lesson: Lesson) -> None:
    lesson.page.evaluate("(words) => void window.again({ words, lang: 'ja' })", words("ja"))
    lesson.settle()
    assert lesson.text("[data-tab=tails]") == "裾"
    assert "面積" in lesson.text(".cv-total")
