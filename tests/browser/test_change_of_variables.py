"""The 1-D part of "change of variables" in a browser: what a reader drags, presses and sees."""

from __future__ import annotations

import math
import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPage
from tests.browser.lessonpage import DESK, FIELDS, Lesson, number


@pytest.fixture
def lesson(new_page: NewPage, assets_url: str) -> Lesson:
    return Lesson(new_page(viewport=DESK, reduced_motion="reduce"), assets_url).at_rest()


def test_it_lists_itself_like_every_stage(lesson: Lesson) -> None:
    stages = lesson.page.evaluate("window.pushforward.stages.map((stage) => ({ ...stage }))")
    assert len(stages) == 1 and set(stages[0]) == FIELDS
    told = stages[0]
    assert (told["id"], told["run"], told["status"]) == ("change_of_variables", None, "idle")
    assert told["points"] == 40 and told["frames"] > 0
    assert lesson.get("[data-stage=change_of_variables]").count() == 1
    lesson.page.evaluate("void window.again({})")
    assert lesson.get("[data-stage]").count() == 1, "mounting again updates"
    lesson.page.evaluate("window.away()")
    assert lesson.page.evaluate("window.pushforward.stages.length") == 0
    assert lesson.get("[data-stage]").count() == 0


def test_it_breathes_and_calls_until_the_first_touch(new_page: NewPage, assets_url: str) -> None:
    lesson = Lesson(new_page(viewport=DESK), assets_url).at_rest()
    expect(lesson.get(".cv-handle.calls")).to_have_count(1)
    seen = []
    for _ in range(20):
        seen.append([y for _, y in lesson.knots()])
        lesson.page.wait_for_timeout(150)
    moved = [max(ys) - min(ys) for ys in zip(*seen, strict=True)]
    assert min(moved) > 3 and moved.index(max(moved)) == 3, "the one that calls moves most"
    x, y = lesson.knots()[1]
    lesson.drag((x, y), (0, -4))
    lesson.page.mouse.up()
    expect(lesson.get(".cv-handle.calls")).to_have_count(0)
    before = lesson.knots()
    lesson.page.wait_for_timeout(300)
    assert lesson.knots() == before


def test_less_motion_means_none_but_still_a_call(lesson: Lesson) -> None:
    expect(lesson.get(".cv-handle.calls")).to_have_count(1)
    before = lesson.knots()
    lesson.page.wait_for_timeout(500)
    assert lesson.knots() == before


def test_a_drag_changes_the_density_and_not_the_area(lesson: Lesson) -> None:
    area, before = number(lesson.text(".cv-total")), lesson.text("[data-value=px]")
    assert area == 1
    x, y = lesson.knots()[2]
    lesson.drag((x, y), (6, 25))
    nx, ny = lesson.knots()[2]
    assert (nx - x, ny - y) == pytest.approx((6, 25), abs=1)
    assert number(lesson.text(".cv-total")) == 1
    assert lesson.text("[data-value=px]") != before
    lesson.page.mouse.up()
    p, z, slope = (number(lesson.text(f"[data-value={name}]")) for name in ("px", "pz", "slope"))
    assert p == pytest.approx(z * slope, abs=2e-3)
    expect(lesson.get(".pf-said")).to_contain_text("area under the pushed density is 1.000")


def test_the_curve_and_the_slices_can_be_dragged_as_well(lesson: Lesson) -> None:
    (x0, y0), (x1, y1) = lesson.knots()[3:5]
    lesson.drag(((x0 + x1) / 2, (y0 + y1) / 2 + 2), (0, -12))
    lesson.page.mouse.up()
    moved = [b[1] - a[1] for a, b in zip([(x0, y0), (x1, y1)], lesson.knots()[3:5], strict=True)]
    assert min(moved) == pytest.approx(-12, abs=1) and max(moved) == pytest.approx(0, abs=1)
    before = lesson.knots()
    box = lesson.get(".cv-box").bounding_box()
    assert box
    axis = lesson.get(".cv-ray").bounding_box()
    assert axis
    lesson.drag((axis["x"] - 12, before[1][1]), (0, 10))
    lesson.page.mouse.up()
    assert lesson.knots()[1][1] - before[1][1] == pytest.approx(10, abs=1)


def test_forgetting_the_derivative_shows_the_mean_slope(lesson: Lesson) -> None:
    lesson.get(".cv-switch").click()
    lesson.settle()
    lesson.page.wait_for_timeout(300)  # the panel measures a few times a second
    total = lesson.text(".cv-total")
    assert "≠ 1" in total
    assert number(total) == pytest.approx(float(lesson.check(2)), abs=1e-3)
    assert lesson.check(1) == lesson.check(2)
    assert abs(number(total) - 1) > 0.1
    lesson.key("x")
    assert number(lesson.text(".cv-total")) == 1
    expect(lesson.get(".cv-switch")).to_have_attribute("aria-checked", "false")


def test_a_curve_that_turns_back_is_refused(new_page: NewPage, assets_url: str) -> None:
    lesson = Lesson(new_page(viewport=DESK), assets_url).at_rest()
    x, y = lesson.knots()[3]
    lesson.drag((x, y), (0, -10))
    home = lesson.knots()
    lesson.page.mouse.move(x, y - 190, steps=6)
    lesson.settle()
    expect(lesson.get(".cv-notice")).to_contain_text("An invertible map never turns round")
    expect(lesson.get(".cv-clash")).to_have_attribute("visibility", "visible")
    dots = [dot.bounding_box() for dot in lesson.get(".cv-clash circle").all()[:2]]
    assert dots[0] and dots[1]
    assert dots[0]["y"] == pytest.approx(dots[1]["y"]), "both z lie at one x"
    assert dots[1]["x"] - dots[0]["x"] > 20
    assert number(lesson.text(".cv-total")) == 1
    lesson.page.mouse.up()
    lesson.page.wait_for_timeout(1000)
    places = zip(lesson.knots(), home, strict=True)
    # What was accepted last on the way counts: at most one mouse step beyond the first stop.
    assert all(abs(a[1] - b[1]) < 45 for a, b in places)
    expect(lesson.get(".cv-clash")).to_have_attribute("visibility", "hidden")
    expect(lesson.get(".cv-notice")).to_be_visible()


def test_keys_move_control_points_and_the_probe(lesson: Lesson) -> None:
    handle = lesson.get(".cv-handle").nth(2)
    handle.focus()
    before = number(handle.get_attribute("aria-valuenow") or "")
    lesson.key("ArrowUp")
    assert number(handle.get_attribute("aria-valuenow") or "") == pytest.approx(before + 0.05)
    for _ in range(12):
        lesson.key("Shift+ArrowUp")
    expect(lesson.get(".cv-notice")).to_be_visible()
    assert number(handle.get_attribute("aria-valuenow") or "") < 3.3
    marker = lesson.get(".cv-marker")
    marker.focus()
    before = number(marker.get_attribute("aria-valuenow") or "")
    lesson.key("ArrowRight")
    assert number(marker.get_attribute("aria-valuenow") or "") == pytest.approx(before + 0.05)
    lesson.key("b")
    expect(lesson.get("[data-base=uniform]")).to_have_attribute("aria-checked", "true")
    lesson.key("r")
    expect(lesson.get("[data-base=normal]")).to_have_attribute("aria-checked", "true")


@pytest.mark.parametrize("base", ["normal", "uniform", "logistic", "student"])
def test_every_base_keeps_its_area(lesson: Lesson, base: str) -> None:
    lesson.get(f"[data-base={base}]").click()
    lesson.settle()
    assert number(lesson.text(".cv-total")) == 1
    lesson.key("3")
    told = lesson.text("[data-value=tail]")
    if base == "student":
        assert "before −4.00, after −4.00" in told


def test_a_stack_multiplies_slopes_and_piles_up_logarithms(lesson: Lesson) -> None:
    lesson.key("2")
    assert lesson.get("button.cv-column").count() == 3
    lesson.key("+")
    lesson.key("+")
    assert lesson.get("button.cv-column").count() == 5
    expect(lesson.get("[data-do=more]")).to_be_disabled()
    *slopes, whole = [number(b) for b in lesson.get(".cv-column > b").all_inner_texts()]
    *logs, total = [number(b) for b in lesson.get(".cv-column > span").all_inner_texts()]
    signs = [t[0] == "−" for t in lesson.get(".cv-column > span").all_inner_texts()]
    logs = [-abs(v) if minus else v for v, minus in zip(logs, signs, strict=False)]
    total = -abs(total) if signs[-1] else total
    assert math.prod(slopes) == pytest.approx(whole, rel=0.03)
    assert sum(logs) == pytest.approx(total, abs=0.04)
    assert total == pytest.approx(math.log(whole), abs=0.02)
    lesson.get("button.cv-column").nth(1).click()
    lesson.settle()
    assert number(lesson.text(".cv-total")) == 1
    x, y = lesson.knots()[2]
    lesson.drag((x, y), (0, 12))
    lesson.page.mouse.up()
    assert number(lesson.text(".cv-total")) == 1


def test_prediction_then_reveal(lesson: Lesson) -> None:
    before = lesson.knots()
    lesson.get("[data-task=open]").click()
    expect(lesson.get("[data-value=px]").first).to_have_text("?")
    lesson.key("ArrowLeft")
    guess = number(lesson.get(".cv-bar").get_attribute("aria-valuenow") or "")
    assert guess == pytest.approx(0.40, abs=0.011)
    lesson.key("Enter")
    told = lesson.text(".cv-task p")
    assert "You said 0.40; it is 0.77" in told and "×2.00" in told
    lesson.get("[data-task=next]").click()
    lesson.get("[data-task=skip]").click()
    assert "You said" not in lesson.text(".cv-task p")
    lesson.get("[data-task=done]").click()
    lesson.settle()
    assert lesson.knots() == before


def test_symbols_and_marks_light_each_other(lesson: Lesson) -> None:
    lesson.get(".cv-symbol[data-mark=slope]").first.hover()
    expect(lesson.get(".cv-triangle")).to_have_class(re.compile("lit"))
    box = lesson.get(".cv-box").bounding_box()
    assert box
    lesson.page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] - 40)
    expect(lesson.get(".cv-symbol[data-mark=pz]").first).to_have_class(re.compile("lit"))
    expect(lesson.get(".cv-triangle")).not_to_have_class(re.compile("lit"))
