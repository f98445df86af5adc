"""The lasso lights the same points in both rooms, by index, until it is cleared."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.stagelab import Lab, pixels, state, until


@pytest.fixture
def lab(new_page: NewPage, assets_url: str) -> Lab:
    return Lab(new_page, assets_url)


def loop(page: Page, room: str, x: float, y: float, radius: float, *keys: str) -> None:
    """Draw a circle around a place, given as shares of the room."""
    box: Any = page.locator(f"[data-room={room}] .pf-box").bounding_box()
    cx, cy = box["x"] + x * box["width"], box["y"] + y * box["height"]
    for key in keys:
        page.keyboard.down(key)
    page.mouse.move(cx + radius, cy)
    page.mouse.down()
    for i in range(1, 41):
        angle = 2 * math.pi * i / 40
        page.mouse.move(cx + radius * math.cos(angle), cy + radius * math.sin(angle))
    page.mouse.up()
    for key in keys:
        page.keyboard.up(key)


def test_a_loop_around_the_middle_holds_what_a_disc_of_the_normal_holds(lab: Lab) -> None:
    page = lab.recorded()
    page.locator("[data-tool=lasso]").click()
    box: Any = page.locator("[data-room=latent] .pf-box").bounding_box()
    loop(page, "latent", 0.5, 0.5, 80)
    lit = state(page)["lit"]
    # The latent room shows ±3.4 along its shorter side.
    radius = 80 * 3.4 / (min(box["width"], box["height"]) / 2)
    exact = 1 - math.exp(-(radius**2) / 2)
    assert lit["points"]["of"] == 4000 and lit["data"]["of"] == 1500
    assert lit["points"]["n"] / 4000 == pytest.approx(exact, abs=0.01)
    expect(page.locator("[data-room=data] .pf-lasso-count")).to_contain_text("of 4,000 points")
    expect(page.locator("[data-room=latent] .pf-lasso-count")).to_contain_text("of 4,000 points")


def test_shift_adds_alt_takes_away_and_a_click_clears(lab: Lab) -> None:
    page = lab.recorded()
    page.locator("[data-tool=lasso]").click()

    def n() -> int:
        return int(state(page)["lit"]["points"]["n"])

    loop(page, "latent", 0.45, 0.5, 40)
    first = n()
    loop(page, "latent", 0.55, 0.5, 40, "Shift")
    both = n()
    assert both > first > 50
    loop(page, "latent", 0.45, 0.5, 40, "Alt")
    assert 0 < n() < both
    page.mouse.click(*place(page, "latent", 0.1, 0.1))
    until(page, "s.lit === null")
    expect(page.locator("[data-room=data] .pf-lasso-count")).to_be_hidden()


def place(page: Page, room: str, x: float, y: float) -> tuple[float, float]:
    box: Any = page.locator(f"[data-room={room}] .pf-box").bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def test_the_others_fade_in_both_rooms_and_stay_faded_while_it_trains(lab: Lab) -> None:
    page = lab.live()
    lab.send(3, 4)
    until(page, "s.seq === 4 && s.points === 4000")
    for name in ("grid", "density", "data"):
        page.locator(f"[data-layer={name}]").click()

    def ink(room: str) -> int:
        page.wait_for_timeout(300)  # let points that glide arrive
        picture = pixels(page, room)
        paper = np.median(picture.reshape(-1, 3), axis=0)
        return int((np.abs(picture - paper).max(-1) > 60).sum())

    before = {room: ink(room) for room in ("latent", "data")}
    page.locator("[data-tool=lasso]").click()
    loop(page, "data", 0.5, 0.5, 60)
    assert state(page)["lit"]["points"]["n"] > 20
    for room, count in before.items():
        assert 0 < ink(room) < 0.75 * count
    marked = state(page)["lit"]
    lab.send(10)
    until(page, "s.seq === 10")
    assert state(page)["lit"] == marked
    assert ink("data") < 0.75 * before["data"]
    page.locator("[data-do=reset]").click()
    until(page, "s.lit === null")
