"""Drawing data by hand on the stage: brush, eraser, stamps, undo, and nothing lost."""

from __future__ import annotations

import base64
import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.stagelab import MOUNT, Lab, until

KEPT = "localStorage.getItem('pushforward.drawing')"


@pytest.fixture
def lab(new_page: NewPage, assets_url: str) -> Lab:
    return Lab(new_page, assets_url)


def take_up(page: Page) -> dict[str, float]:
    """The draw tool in hand; the middle of the data room."""
    page.locator("[data-tool=draw]").click()
    expect(page.locator(".pf-draw-bar")).to_be_visible()
    box: Any = page.locator("[data-room=data] .pf-box").bounding_box()
    return {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2, **box_size(box)}


def box_size(box: Any) -> dict[str, float]:
    return {"width": box["width"], "height": box["height"]}


def ring(page: Page, middle: dict[str, float], radius: float = 110) -> None:
    page.mouse.move(middle["x"] + radius, middle["y"])
    page.mouse.down()
    for i in range(1, 61):
        angle = 2 * math.pi * i / 60
        page.mouse.move(
            middle["x"] + radius * math.cos(angle), middle["y"] - radius * math.sin(angle)
        )
    page.mouse.up()


def points(page: Page) -> NDArray[np.float32]:
    packed = page.evaluate(KEPT) or ""
    return np.frombuffer(base64.b64decode(packed), "<f4").reshape(-1, 2)


def count(page: Page) -> int:
    text = page.locator(".pf-draw-count").inner_text()
    return int(text.split()[0].replace(",", ""))


def test_a_ring_is_drawn_erased_and_taken_back(lab: Lab) -> None:
    page = lab.recorded()
    middle = take_up(page)
    expect(page.locator(".pf-draw-hint")).to_be_visible()
    ring(page, middle)
    expect(page.locator(".pf-draw-hint")).to_be_hidden()
    drawn = points(page)
    assert count(page) == len(drawn) > 250
    # The hand went around the middle of the room: its window's middle in data units.
    centre = page.evaluate(
        "() => document.querySelector('.pf') && window.pushforward.stages[0].points"
    )
    assert centre == 4000
    spread = drawn - drawn.mean(0)
    radii = np.hypot(*spread.T)
    assert radii.std() < 0.15 * radii.mean()
    angles = np.sort(np.arctan2(spread[:, 1], spread[:, 0]))
    assert np.diff(angles).max() < 0.35, "no piece of the ring is missing"

    page.locator("[data-mode=eraser]").click()
    page.mouse.move(middle["x"] + 110, middle["y"])
    page.mouse.down()
    page.mouse.move(middle["x"] + 112, middle["y"] + 2)
    page.mouse.up()
    left = points(page)
    assert 0 < len(drawn) - len(left) < 0.4 * len(drawn)
    gone = {tuple(p) for p in drawn} - {tuple(p) for p in left}
    right = np.array(sorted(gone))
    assert (right[:, 0] > drawn.mean(0)[0]).all()

    page.keyboard.press("Control+z")
    assert count(page) == len(drawn)
    page.keyboard.press("Control+z")
    assert count(page) == 0
    page.keyboard.press("Control+Shift+z")
    np.testing.assert_array_equal(points(page), drawn)
    page.locator("[data-draw=clear]").click()
    assert count(page) == 0
    page.locator("[data-draw=undo]").click()
    assert count(page) == len(drawn)


def test_the_drawing_outlives_a_reload_and_the_tool(lab: Lab) -> None:
    page = lab.recorded()
    ring(page, take_up(page))
    drawn = points(page)
    page.keyboard.press("Escape")
    expect(page.locator(".pf-draw-bar")).to_be_hidden()
    expect(page.locator("[data-layer=points]")).to_have_attribute("aria-pressed", "true")
    page.reload()
    page.evaluate(MOUNT, {"pretrained": "pretrained/test.run"})
    until(page, "s.points === 4000")
    take_up(page)
    assert count(page) == len(drawn)


@pytest.mark.parametrize("stamp", ["disc", "ring", "square", "blob", "moon"])
def test_a_stamp_is_set_where_the_hand_is_and_sized_by_dragging(lab: Lab, stamp: str) -> None:
    page = lab.recorded()
    middle = take_up(page)
    page.locator(f"[data-mode={stamp}]").click()
    page.mouse.click(middle["x"] - 120, middle["y"] - 60)
    small = points(page)
    page.mouse.move(middle["x"] + 60, middle["y"])
    page.mouse.down()
    page.mouse.move(middle["x"] + 160, middle["y"], steps=5)
    page.mouse.up()
    large = points(page)[len(small) :]
    assert len(large) > len(small) > 100
    assert large.std(0).mean() > 1.5 * small.std(0).mean()
    assert large.mean(0)[0] > small.mean(0)[0] and large.mean(0)[1] < small.mean(0)[1]


def test_the_points_are_handed_over_once_there_are_enough(lab: Lab) -> None:
    page = lab.recorded()
    middle = take_up(page)
    page.mouse.click(middle["x"], middle["y"])
    assert 0 < count(page) < 20
    page.locator("[data-draw=train]").click()
    expect(page.locator(".pf-draw-sentence")).to_contain_text("too few")
    assert page.evaluate("window.said") == []
    ring(page, middle)
    expect(page.locator(".pf-draw-sentence")).not_to_contain_text("too few")
    page.keyboard.press("Enter")
    page.wait_for_function("() => window.said.length === 1")
    name, value = page.evaluate("window.said")[0]
    assert name == "drawn" and value["count"] == len(points(page))
    sent = np.frombuffer(base64.b64decode(value["points"]), "<f4").reshape(-1, 2)
    np.testing.assert_array_equal(sent, points(page))
    # The page answers that the points are taken: the tool is put down.
    answer(page, value["at"])
    expect(page.locator(".pf-draw-bar")).to_be_hidden()
    assert len(points(page)) == value["count"]
    page.locator("[data-tool=draw]").click()
    answer(page, value["at"])  # the page runs again for another reason
    expect(page.locator(".pf-draw-bar")).to_be_visible()


def answer(page: Page, at: int, refused: bool = False) -> None:
    """The page says what became of the drawing that was sent ``at``."""
    options = {"taken": at, "refused": refused}
    page.evaluate(MOUNT, {"pretrained": "pretrained/test.run", "options": options})


def test_a_drawing_that_the_lab_refuses_stays_in_the_hand(lab: Lab) -> None:
    page = lab.recorded()
    ring(page, take_up(page))
    page.locator("[data-draw=train]").click()
    expect(page.locator(".pf-draw-sentence")).to_contain_text("on their way")
    page.wait_for_function("() => window.said.length === 1")
    value = page.evaluate("window.said")[0][1]
    answer(page, value["at"], refused=True)
    expect(page.locator(".pf-draw-sentence")).to_be_empty()
    expect(page.locator(".pf-draw-bar")).to_be_visible()
    assert count(page) == value["count"] == len(points(page))


def test_drawing_by_keys_and_the_data_as_a_start(lab: Lab) -> None:
    page = lab.recorded()
    take_up(page)
    page.locator("[data-draw=copy]").click()
    before = count(page)
    assert before > 1000
    page.locator("[data-room=data] .pf-box").focus()
    for key in ("ArrowLeft", "ArrowLeft", "ArrowUp", " ", "ArrowUp", " "):
        page.keyboard.press(key)
    assert count(page) == before + 28
    until(page, "!s.playing")


def test_frames_keep_coming_while_the_hand_draws_and_no_message_leaves(lab: Lab) -> None:
    page = lab.live()
    for seq in range(3, 6):
        lab.send(seq)
    until(page, "s.seq === 5")
    middle = take_up(page)
    for mode in ("blob", "brush"):
        page.locator(f"[data-mode={mode}]").click()
        if mode == "blob":
            for i in range(20):
                page.mouse.click(middle["x"] - 100 + 10 * i, middle["y"])
    heard = len(lab.server.heard)
    page.evaluate(
        """() => { window.times = []; let last = performance.now();
          const look = (now) => { window.times.push(now - last); last = now;
            requestAnimationFrame(look); };
          requestAnimationFrame(look); }"""
    )
    ring(page, middle)
    ring(page, middle, 60)
    times = np.array(page.evaluate("window.times"))[2:]
    assert len(times) > 10 and np.median(times) < 1000 / 50
    assert len(lab.server.heard) == heard
    assert page.evaluate("window.said") == []
