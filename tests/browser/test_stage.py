"""The stage in a page of its own: recorded runs, depth, probe, keys, size, theme, words."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from inn_core.maps import evaluate
from tests.browser.conftest import NewPage
from tests.browser.stagelab import LAYERS, MOUNT, Lab, flow, pixels, state, until


@pytest.fixture
def lab(new_page: NewPage, assets_url: str) -> Lab:
    return Lab(new_page, assets_url)


# -- a recorded run ----------------------------------------------------------------------------


def test_recorded_run_is_shown_at_its_end_and_keeps_ticking(lab: Lab) -> None:
    page = lab.recorded()
    before = state(page)
    assert before["id"] == "test" and before["run"] is None and before["status"] == "idle"
    assert (before["seq"], before["step"], before["layerPosition"]) == (29, 290, LAYERS)
    assert before["latencyMs"] is None and before["updates"] == 1
    until(page, f"s.frames > {before['frames'] + 5}")
    assert page.locator("[data-stage=test]").count() == 1
    assert len(np.unique(pixels(page, "data").reshape(-1, 3), axis=0)) > 300  # no empty plot
    assert page.get_by_role("button", name="Train").count() == 0  # that one is the page's own
    with pytest.raises(Exception, match=r"read only|getter|not extensible"):
        page.evaluate("() => { 'use strict'; window.pushforward.stages[0].run = 'x'; }")


def test_first_sight_plays_the_layers_from_z_to_x(lab: Lab) -> None:
    page = lab.blank()
    page.evaluate(MOUNT, {"pretrained": "pretrained/test.run", "options": {}})
    until(page, "s.points === 4000 && s.layerPosition < 0.5 && s.playing")
    until(page, "s.layerPosition > 1.1 && s.layerPosition < 1.9")  # inside a layer
    until(page, f"s.layerPosition === {LAYERS} && !s.playing")


def test_readers_without_motion_see_no_opening(lab: Lab) -> None:
    page = lab.blank(reduced_motion="reduce")
    page.evaluate(MOUNT, {"pretrained": "pretrained/test.run", "options": {}})
    until(page, "s.points === 4000")
    assert state(page)["layerPosition"] == LAYERS and not state(page)["playing"]


def test_replay_runs_through_the_frames_and_ends_at_the_end(lab: Lab) -> None:
    page = lab.recorded()
    page.wait_for_timeout(600)  # the frames of the past are decoded after the first picture
    page.get_by_role("button", name="Replay").click()
    until(page, "s.playing && s.step < 120")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    until(page, "!s.playing && s.step === 290")


def test_a_broken_run_file_is_explained(lab: Lab) -> None:
    page = lab.blank()
    broken = b"PFRUN1\n\0" + b"\xff" * 40
    page.route("**/pretrained/broken.run", lambda route: route.fulfill(body=broken))
    page.evaluate(MOUNT, {"pretrained": "pretrained/broken.run"})
    expect(page.locator(".pf-notice")).to_contain_text("cut off")


# -- depth -------------------------------------------------------------------------------------


def test_the_handle_calls_until_a_hand_has_come(lab: Lab) -> None:
    calls = (
        """() => getComputedStyle(document.querySelector('.pf-handle'), '::after').animationName"""
    )
    for hand in ("mouse", "keys"):
        page = lab.recorded()
        assert page.evaluate(calls) == "pf-call"
        if hand == "mouse":
            page.locator(".pf-strip").click()
        else:
            page.locator(".pf-strip").press("ArrowLeft")
        assert page.evaluate(calls) == "none"


def test_the_filmstrip_stops_anywhere_inside_a_layer(lab: Lab) -> None:
    page = lab.recorded()
    strip = page.get_by_role("slider", name="Depth")
    box = strip.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.62 * box["width"], box["y"] + 20, steps=4)
    page.mouse.up()
    depth = state(page)["layerPosition"]
    assert 2 < depth < 3
    percent = round(100 * (depth - 2))
    where = page.locator("[data-room=data] .pf-where")
    expect(where).to_have_text(f"layer 3 of 4, {percent} % in")
    expect(strip).to_have_attribute("aria-valuetext", f"layer 3 of 4, {percent} % in")
    strip.focus()
    page.keyboard.press("Home")
    expect(where).to_have_text("before the first layer")
    page.keyboard.press("PageUp")
    expect(where).to_have_text("after layer 1 of 4")
    page.keyboard.press("l")  # plays one layer
    until(page, "s.layerPosition === 2 && !s.playing")


def test_at_depth_zero_the_data_room_is_the_latent_room(lab: Lab) -> None:
    page = lab.recorded()
    page.keyboard.press("3")  # the densities have their own colours
    page.get_by_role("slider", name="Depth").press("Home")
    page.wait_for_timeout(800)
    at_z = np.abs(pixels(page, "latent") - pixels(page, "data")).mean()
    page.get_by_role("slider", name="Depth").press("End")
    page.wait_for_timeout(800)
    at_x = np.abs(pixels(page, "latent") - pixels(page, "data")).mean()
    assert at_z < 0.001 < 1 < at_x


# -- probe, layers, keys -----------------------------------------------------------------------

#: Where the probe's circle lies, in units: read from the drawing by its ticks.
CIRCLE = """
(room) => {
  const find = (part) => document.querySelector(`[data-room=${room}] ${part}`);
  const matrix = find('.pf-probe').getAttribute('transform').match(/-?[0-9.]+/g).map(Number);
  const [x, y] = matrix.slice(4);
  const ticks = [...find('.pf-ticks').children].map((g) => {
    const [mark, text] = g.children;
    const value = Number(text.textContent.replace('\\u2212', '-'));
    const below = text.getAttribute('text-anchor') === 'middle';
    return { value, below, at: Number(mark.getAttribute(below ? 'x1' : 'y1')) };
  });
  return [[true, x], [false, y]].map(([below, at]) => {
    const marks = ticks.filter((tick) => tick.below === below);
    const [a, b] = [marks[0], marks[marks.length - 1]];
    return a.value + ((at - a.at) / (b.at - a.at)) * (b.value - a.value);
  });
}
"""


@pytest.mark.parametrize("room", ["latent", "data"])
def test_the_probe_tells_the_flow_s_own_area(lab: Lab, room: str) -> None:
    page = lab.recorded()
    box = page.locator(f"[data-room={room}] .pf-box").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.45 * box["width"], box["y"] + 0.55 * box["height"])
    other = {"latent": "data", "data": "latent"}[room]
    readout = page.locator(f"[data-room={other}] .pf-readout")
    expect(readout).to_be_visible()
    text = readout.inner_text()
    place = page.evaluate(CIRCLE, room)
    maps = flow(1 - 0.9**29)
    if room == "latent":
        area = math.exp(float(evaluate.decode(maps, np.array([place]))[1][0]))
    else:
        area = math.exp(float(evaluate.encode(maps, np.array([place]))[1][0]))
    found = re.fullmatch(r"area ×([\d.]+) → density ×([\d.]+)", text)
    assert found is not None, text
    assert float(found[1]) == pytest.approx(area, rel=0.07)  # two digits, pixels
    assert float(found[1]) * float(found[2]) == pytest.approx(1, rel=0.11)


def test_a_click_pins_the_probe_and_escape_lets_go(lab: Lab) -> None:
    page = lab.recorded()
    box = page.locator("[data-room=latent] .pf-box").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 150, box["y"] + 150)
    page.mouse.move(5, 5)
    expect(page.locator("[data-room=data] .pf-readout.pinned")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-room=data] .pf-readout")).to_be_hidden()


def test_keys_switch_layers_but_not_while_somebody_types(lab: Lab) -> None:
    page = lab.recorded()
    chip = page.get_by_role("button", name="Density")
    expect(chip).to_have_attribute("aria-pressed", "true")
    until(page, "s.still")  # the density is there
    before = pixels(page, "data")
    frames = state(page)["frames"]
    page.keyboard.press("3")
    expect(chip).to_have_attribute("aria-pressed", "false")
    until(page, f"s.still && s.frames > {frames + 2}")
    assert (before != pixels(page, "data")).any()
    page.evaluate("document.body.append(document.createElement('input'))")
    page.locator("input").press("3")
    expect(chip).to_have_attribute("aria-pressed", "false")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


# -- the page around it ------------------------------------------------------------------------

FAULTS = """
() => {
  const faults = [];
  const root = document.querySelector('.pf');
  if (document.documentElement.scrollWidth > innerWidth) faults.push('the page scrolls');
  const parts = [...root.children].filter((part) => part.getClientRects().length
    && part.matches('div:not(.pf-said, .pf-notes)'));
  // Phones have another order.
  parts.sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top);
  for (let i = 1; i < parts.length; i++) {
    const [a, b] = [parts[i - 1].getBoundingClientRect(), parts[i].getBoundingClientRect()];
    if (b.top < a.bottom) faults.push(`${parts[i].className} lies over what is above it`);
  }
  for (const node of root.querySelectorAll('button, figcaption b, th, td, .pf-status b')) {
    const box = node.getBoundingClientRect();
    if (box.width === 0) continue;
    if (box.left < 0 || box.right > innerWidth + 0.5) faults.push(`outside: ${node.outerHTML}`);
    if (node.clientWidth && node.scrollWidth > node.clientWidth + 1) faults.push(node.outerHTML);
  }
  return parts.length === 4 ? faults : ['parts are missing'];
}
"""


@pytest.mark.parametrize("width", [1440, 700, 400, 320])
def test_nothing_overflows_or_overlaps(lab: Lab, width: int) -> None:
    page = lab.recorded(viewport={"width": width, "height": 900})
    page.wait_for_timeout(200)
    faults = page.evaluate(FAULTS)
    assert faults == []


def test_dark_pages_have_dark_rooms(lab: Lab) -> None:
    light = lab.recorded(color_scheme="light")
    dark = lab.recorded(color_scheme="dark")
    assert np.median(pixels(light, "data")) > 200
    assert np.median(pixels(dark, "data")) < 60


def test_words_come_from_the_page(lab: Lab) -> None:
    page = lab.recorded()
    words = {"latent_room": "潜在空間", "grid": "<b>格子</b>"}
    page.evaluate(MOUNT, {"pretrained": "pretrained/test.run", "words": words, "lang": "ja"})
    expect(page.locator("[data-room=latent] figcaption b")).to_have_text("潜在空間")
    expect(page.get_by_role("button", name="<b>格子</b>")).to_be_visible()
    assert state(page)["updates"] == 1  # mounting again showed no frame anew


def test_unmounting_leaves_nothing_behind(lab: Lab) -> None:
    page = lab.live()
    closed: list[int] = []
    lab.server.sockets[0].on_close(lambda *_: closed.append(1))
    page.evaluate("window.unmount()")
    assert page.evaluate("window.host.childElementCount") == 0
    assert page.evaluate("window.pushforward.stages.length") == 0
    page.wait_for_timeout(700)
    assert closed and len(lab.server.sockets) == 1  # it does not connect again
    page.keyboard.press("1")


def test_it_lives_in_a_shadow_root_and_asks_nobody_outside(lab: Lab) -> None:
    page = lab.blank()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate(
        "() => { window.host = document.body.appendChild(document.createElement('div'))"
        ".attachShadow({ mode: 'open' }); }"
    )
    page.evaluate(MOUNT, {"pretrained": "pretrained/test.run"})
    until(page, "s.points === 4000")
    assert page.evaluate("!!window.host.querySelector('[data-stage=test]')")
    style = "getComputedStyle(window.host.querySelector('.pf-rooms')).display"
    assert page.evaluate(style) == "grid"
    assert asked and all(url.startswith((lab.url, "data:", "blob:")) for url in asked)


def test_the_probe_moves_by_keys(lab: Lab) -> None:
    page = lab.recorded()
    room = page.locator("[data-room=latent] .pf-box")
    room.focus()
    page.keyboard.press("ArrowRight")
    readout = page.locator("[data-room=data] .pf-readout")
    expect(readout).to_have_attribute("aria-live", "polite")
    before = page.locator("[data-room=latent] .pf-probe").get_attribute("transform")
    page.keyboard.press("Shift+ArrowUp")
    page.wait_for_timeout(200)
    assert page.locator("[data-room=latent] .pf-probe").get_attribute("transform") != before
    page.keyboard.press("Enter")
    expect(page.locator("[data-room=data] .pf-readout.pinned")).to_be_visible()
