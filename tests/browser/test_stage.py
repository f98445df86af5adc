"""The stage in a page of its own: recorded runs, a pretended live socket, depth, time, probe, keys."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, Request, Route, WebSocketRoute, expect

from inn_core.maps import codec, evaluate, runfile
from inn_core.results import FlowMaps, LayerMap, Snapshot
from inn_core.specs import RunSpec
from tests.browser.conftest import NewPage

LAYERS = 4
MOUNT = """
async (data) => {
  const { mount, unmount } = await import('/stage/stage.js');
  window.host ??= document.body.appendChild(document.createElement('div'));
  window.said ??= [];
  window.unmount = () => unmount(window.host);
  mount(window.host, { id: 'test', words: {}, lang: 'en', options: { intro: false }, ...data },
    (name, value) => window.said.push([name, value]));
}
"""
READ = "() => ({ ...window.pushforward.stages[0] })"


def flow(strength: float) -> FlowMaps:
    """Four affine layers, waves whose height grows with ``strength``."""
    u = np.arange(-7, 7.25, 0.25)
    layers = []
    for k in range(LAYERS):
        rows = strength * np.stack([0.4 * np.sin(u + k), 0.8 * np.cos(0.9 * u + 2 * k)])
        layers.append(LayerMap("curves", "affine", k % 2, u, rows, (3.0,)))
    return FlowMaps(tuple(layers), (0.1, -0.2), 1.4)


def snapshot(seq: int, **changes: Any) -> Snapshot:
    nll = 2.5 + math.exp(-seq / 8)
    facts: dict[str, Any] = {
        "seq": seq, "step": 10 * seq, "seconds": seq / 20, "nll": nll, "train_nll": nll,
        "entropy": 2.4, "gap": nll - 2.4, "gap_error": 0.004, "lr": 1e-3, "batch": 256,
        "steps_per_s": 200.0, "round_trip": 3e-6, "nlls": (nll,), "maps": flow(1 - 0.9**seq),
    }  # fmt: skip
    return Snapshot(**(facts | changes))


def frame(seq: int, **changes: Any) -> bytes:
    return codec.encode_frame(snapshot(seq, **changes), when=time.time())


def row(seq: int) -> list[float]:
    one = snapshot(seq)
    return [seq, one.step, one.seconds, one.nll, one.nll, one.nll]


def state(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(READ)
    return found


def until(page: Page, condition: str) -> None:
    """Wait for a condition on ``s``, the published state."""
    page.wait_for_function(
        f"() => {{ const s = window.pushforward?.stages[0]; return s && ({condition}); }}",
        timeout=20_000,
    )


Recorded = Callable[..., Page]


@pytest.fixture
def recorded(new_page: NewPage, assets_url: str) -> Recorded:
    """Open a page with a recorded run of 30 frames."""
    head = runfile.hello(RunSpec()) | {"history": [row(seq) for seq in range(30)]}
    run = runfile.dump(head, [frame(seq) for seq in range(30)])

    def open_page(**options: Any) -> Page:
        page = new_page(**{"viewport": {"width": 1200, "height": 900}, **options})
        page.route("**/pretrained/test.run", lambda route: route.fulfill(body=run))
        page.goto(assets_url)
        page.evaluate(MOUNT, {"run": None, "owner": None, "pretrained": "pretrained/test.run"})
        until(page, "s.points === 4000")
        return page

    return open_page


@dataclass
class Server:
    """A pretended live socket."""

    sockets: list[WebSocketRoute] = field(default_factory=list)
    heard: list[dict[str, Any]] = field(default_factory=list)
    owner: str = "secret"
    status: str = "training"

    def open(self, socket: WebSocketRoute) -> None:
        self.sockets.append(socket)
        socket.on_message(lambda text: self.hear(socket, json.loads(text)))
        hello = runfile.hello(RunSpec()) | {"history": [row(0)], "check": None, "seq": 0}
        about = {"run": socket.url.rsplit("/", 1)[1], "role": "viewer"}
        self.tell(hello | about | {"type": "run", "status": self.status, "message": ""})

    def hear(self, socket: WebSocketRoute, message: dict[str, Any]) -> None:
        self.heard.append(message)
        if message["type"] == "hello" and message["owner"] == self.owner:
            self.tell({"type": "role", "role": "owner"})
        if message["type"] == "backfill":
            self.tell({"type": "backfill", "frames": 3})
            for seq in (0, 1, 2):
                socket.send(frame(seq))

    def tell(self, message: dict[str, Any]) -> None:
        self.sockets[-1].send(json.dumps(message))

    def types(self) -> list[str]:
        return [message["type"] for message in self.heard]


@pytest.fixture
def server() -> Server:
    return Server()


Live = Callable[..., Page]


@pytest.fixture
def live(new_page: NewPage, assets_url: str, server: Server) -> Live:
    """Open a page that follows the pretended run."""

    def open_page(owner: str | None = "secret", run: str = "run-one", **options: Any) -> Page:
        page = new_page(**{"viewport": {"width": 1200, "height": 900}, **options})
        page.route_web_socket("**/live/*", server.open)
        page.goto(assets_url)
        page.evaluate(MOUNT, {"run": run, "owner": owner, "pretrained": None})
        until(page, "s.run !== null")
        return page

    return open_page


def pixels(page: Page, room: str) -> np.ndarray:
    """The canvas of a room, (height, width, 3)."""
    flat, width = page.evaluate(
        """(room) => {
          const canvas = document.querySelector(`[data-room=${room}] canvas`);
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          return [[...data], canvas.width];
        }""",
        room,
    )
    return np.reshape(flat, (-1, width, 4))[..., :3]


# -- a recorded run ---------------------------------------------------------------------------


def test_recorded_run_is_shown_at_its_end_and_keeps_ticking(recorded: Recorded) -> None:
    page = recorded()
    before = state(page)
    assert before["id"] == "test" and before["run"] is None and before["status"] == "idle"
    assert (before["seq"], before["step"], before["layerPosition"]) == (29, 290, LAYERS)
    assert before["latencyMs"] is None and before["updates"] == 1
    until(page, f"s.frames > {before['frames'] + 5}")
    assert page.locator("[data-stage=test]").count() == 1
    assert len(np.unique(pixels(page, "data").reshape(-1, 3), axis=0)) > 300  # no empty plot
    assert page.get_by_role("button", name="Train").count() == 0  # that one is the page's own
    with pytest.raises(Exception, match="read only|getter|not extensible"):
        page.evaluate("() => { 'use strict'; window.pushforward.stages[0].run = 'x'; }")


def test_first_sight_plays_the_layers_from_z_to_x(new_page: NewPage, assets_url: str) -> None:
    head = runfile.hello(RunSpec()) | {"history": []}
    run = runfile.dump(head, [frame(9)])
    page = new_page()
    page.route("**/pretrained/test.run", lambda route: route.fulfill(body=run))
    page.goto(assets_url)
    page.evaluate(MOUNT, {"pretrained": "pretrained/test.run", "options": {}})
    until(page, "s.points === 4000 && s.layerPosition < 0.5 && s.playing")
    until(page, "s.layerPosition > 1.1 && s.layerPosition < 1.9")  # inside a layer
    until(page, f"s.layerPosition === {LAYERS} && !s.playing")


def test_readers_without_motion_see_no_opening(new_page: NewPage, assets_url: str) -> None:
    head = runfile.hello(RunSpec()) | {"history": []}
    page = new_page(reduced_motion="reduce")
    run = runfile.dump(head, [frame(9)])
    page.route("**/pretrained/test.run", lambda route: route.fulfill(body=run))
    page.goto(assets_url)
    page.evaluate(MOUNT, {"pretrained": "pretrained/test.run", "options": {}})
    until(page, "s.points === 4000")
    assert state(page)["layerPosition"] == LAYERS and not state(page)["playing"]


def test_replay_runs_through_the_frames_and_ends_at_the_end(recorded: Recorded) -> None:
    page = recorded()
    page.wait_for_timeout(600)  # the frames of the past are decoded after the first picture
    page.get_by_role("button", name="Replay").click()
    until(page, "s.playing && s.step < 120")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    until(page, "!s.playing && s.step === 290")


def test_a_broken_run_file_is_explained(new_page: NewPage, assets_url: str) -> None:
    page = new_page()
    page.route("**/pretrained/*", lambda route: route.fulfill(body=b"PFRUN1\n\0" + b"\xff" * 40))
    page.goto(assets_url)
    page.evaluate(MOUNT, {"pretrained": "pretrained/test.run"})
    expect(page.locator(".pf-notice")).to_contain_text("cut off")


# -- depth ------------------------------------------------------------------------------------


def test_the_filmstrip_stops_anywhere_inside_a_layer(recorded: Recorded) -> None:
    page = recorded()
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


def test_at_depth_zero_the_data_room_is_the_latent_room(recorded: Recorded) -> None:
    page = recorded()
    page.keyboard.press("3")  # the densities have their own colours
    page.get_by_role("slider", name="Depth").press("Home")
    page.wait_for_timeout(300)
    at_z = np.abs(pixels(page, "latent") - pixels(page, "data")).mean()
    page.get_by_role("slider", name="Depth").press("End")
    page.wait_for_timeout(300)
    at_x = np.abs(pixels(page, "latent") - pixels(page, "data")).mean()
    assert at_z < 0.05 * at_x


# -- time -------------------------------------------------------------------------------------


def test_frames_move_the_picture_and_rewinding_holds_it(live: Live, server: Server) -> None:
    page = live()
    for seq in range(3, 20):
        server.sockets[0].send(frame(seq))
        page.wait_for_timeout(30)
    until(page, "s.seq === 19 && s.status === 'training' && s.playing")
    assert state(page)["updates"] >= 5 and state(page)["run"] == "run-one"
    assert state(page)["latencyMs"] is not None
    curve = page.get_by_role("slider", name="Held-out loss")
    box = curve.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 0.3 * box["width"], box["y"] + 40)
    until(page, "s.seq < 12")
    rewound = state(page)["seq"]
    for seq in range(20, 26):
        server.sockets[0].send(frame(seq))
    page.wait_for_timeout(400)
    assert state(page)["seq"] == rewound  # the picture stays
    curve.press("ArrowRight")
    until(page, f"s.seq === {rewound + 1}")
    page.keyboard.press(",")
    until(page, f"s.seq === {rewound}")
    page.get_by_role("button", name="Back to live").click()
    until(page, "s.seq === 25")  # what came meanwhile was kept
    assert 0 in [message["owner"] is None for message in server.heard if "owner" in message]


def test_a_new_run_keeps_the_old_curve_as_a_ghost(live: Live, server: Server) -> None:
    page = live()
    for seq in range(3, 9):
        server.sockets[0].send(frame(seq))
    until(page, "s.seq === 8")
    ghost = page.locator(".pf-ghost")
    assert not ghost.get_attribute("d")
    seen = state(page)["updates"]
    page.evaluate(MOUNT, {"run": "run-two", "owner": "secret"})
    until(page, "s.run === 'run-two'")
    assert state(page)["points"] == 4000  # the old picture stays until the new one comes
    server.sockets[1].send(frame(3))
    until(page, f"s.updates > {seen}")
    expect(ghost).to_have_attribute("d", re.compile("^M"))
    expect(page.locator(".pf-floor-name")).to_contain_text("2.394 nats")  # moons' own entropy


# -- owner and viewers ------------------------------------------------------------------------


def test_the_owner_steers(live: Live, server: Server) -> None:
    page = live()
    server.sockets[0].send(frame(4))
    until(page, "s.seq === 4")
    page.get_by_role("button", name="Pause").click()
    server.tell({"type": "status", "status": "paused", "message": "", "paused": True})
    until(page, "s.status === 'paused' && !s.playing")
    page.keyboard.press(".")
    page.keyboard.press("[")
    page.get_by_role("button", name="Measure now").click()
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_timeout(100)
    told = [message for message in server.heard if message["type"] not in ("hello", "backfill")]
    assert told == [
        {"type": "pause"}, {"type": "step"}, {"type": "speed", "value": 100}, {"type": "check"},
        {"type": "play"},
    ]  # fmt: skip
    report = {"nll": 2.5, "entropy": 2.4, "gap": 0.1, "gap_error": 0.002, "points": 50_000}
    report |= {"round_trip": 1e-6, "mass": 0.99997, "w1": 0.05, "w1_floor": 0.04}
    server.tell({"type": "check", "report": report})
    expect(page.locator(".pf-checks")).to_contain_text("1.0000")
    expect(page.locator(".pf-checks p")).to_have_text("measured on 50,000 fresh points at step 40")
    assert page.evaluate("localStorage['pushforward.owner.run-one']") == "secret"
    assert "secret" not in page.url and page.evaluate("window.said") == []


def test_a_returning_owner_is_known_and_a_viewer_can_change_nothing(
    live: Live, server: Server
) -> None:
    page = live(owner=None)
    server.sockets[0].send(frame(4))
    until(page, "s.seq === 4")
    for name in ("Pause", "One step", "100 steps/s"):
        locator = page.get_by_role("button", name=name).or_(page.get_by_role("radio", name=name))
        if name == "One step":
            locator = page.get_by_role("button", name=name, exact=True)
        expect(locator).to_be_disabled()
        expect(locator).to_have_attribute("title", re.compile("owner"))
    for key in (" ", ".", "["):
        page.keyboard.press(key)
    page.wait_for_timeout(100)
    assert server.types() == ["hello", "backfill"] and server.heard[0]["owner"] is None
    page.evaluate("() => { window.unmount(); localStorage['pushforward.owner.run-one'] = 'secret'; }")
    page.evaluate(MOUNT, {"run": "run-one", "owner": None})
    expect(page.get_by_role("button", name="Pause")).to_be_enabled()
    assert page.evaluate("window.said") == [["owner", {"run": "run-one", "owner": "secret"}]]


def test_a_lost_connection_is_said_and_taken_up_again(live: Live, server: Server) -> None:
    page = live()
    server.sockets[0].send(frame(7))
    until(page, "s.seq === 7")
    server.sockets[0].close()
    until(page, "s.status === 'disconnected' && s.points === 4000")
    until(page, "s.status === 'training'")
    server.sockets[1].send(frame(8))
    until(page, "s.seq === 8")
    assert server.types().count("hello") == 2


def test_the_queue_is_said_over_the_picture(live: Live, server: Server) -> None:
    server.status = "queued"
    page = live()
    server.tell({"type": "status", "status": "queued", "message": "", "place": 3, "wait_s": 41.2})
    expect(page.locator(".pf-notice")).to_have_text(
        "Your run is number 3 in the queue and starts in about 42 s."
    )
    assert len(np.unique(pixels(page, "latent").reshape(-1, 3), axis=0)) > 300
    server.sockets[0].send(frame(4))
    expect(page.locator(".pf-notice")).to_be_hidden()


def test_messages_are_text_and_never_markup(live: Live, server: Server) -> None:
    page = live()
    sentence = "The loss <img src=x onerror=\"window.hurt = 1\"> grew."
    server.sockets[0].send(frame(4, status="stopped", message=sentence))
    expect(page.locator(".pf-notice")).to_have_text(sentence)
    assert page.locator(".pf-notice img").count() == 0 and not page.evaluate("window.hurt")
    assert state(page)["status"] == "stopped"


# -- probe, layers, keys ------------------------------------------------------------------------


@pytest.mark.parametrize("room", ["latent", "data"])
def test_the_probe_tells_the_flow_s_own_area(recorded: Recorded, room: str) -> None:
    page = recorded()
    box = page.locator(f"[data-room={room}] .pf-box").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.45 * box["width"], box["y"] + 0.55 * box["height"])
    other = {"latent": "data", "data": "latent"}[room]
    readout = page.locator(f"[data-room={other}] .pf-readout")
    expect(readout).to_be_visible()
    text = readout.inner_text()
    # Where the circle lies, in units: read from the drawing by the ticks.
    z = page.evaluate(
        """(room) => {
          const at = document.querySelector(`[data-room=${room}] .pf-probe`).getAttribute('transform');
          const [, , , , x, y] = at.match(/-?[0-9.]+/g).map(Number);
          const ticks = [...document.querySelectorAll(`[data-room=${room}] .pf-ticks g`)].map((g) => [
            Number(g.querySelector('text').textContent.replace('\\u2212', '-')),
            Number(g.querySelector('line').getAttribute('x1')),
            Number(g.querySelector('line').getAttribute('y1')),
            g.querySelector('text').getAttribute('text-anchor') === 'middle',
          ]);
          const along = (list, k, at) => {
            const [a, b] = [list[0], list[list.length - 1]];
            return a[0] + ((at - a[k]) / (b[k] - a[k])) * (b[0] - a[0]);
          };
          return [along(ticks.filter((t) => t[3]), 1, x), along(ticks.filter((t) => !t[3]), 2, y)];
        }""",
        room,
    )
    maps = flow(1 - 0.9**29)
    if room == "latent":
        area = math.exp(float(evaluate.decode(maps, np.array([z]))[1][0]))
    else:
        area = math.exp(float(evaluate.encode(maps, np.array([z]))[1][0]))
    found = re.fullmatch(r"area ×([\d.]+) → density ×([\d.]+)", text)
    assert found is not None, text
    assert float(found[1]) == pytest.approx(area, rel=0.07)  # two digits, pixels
    assert float(found[1]) * float(found[2]) == pytest.approx(1, rel=0.11)


def test_a_click_pins_the_probe_and_escape_lets_go(recorded: Recorded) -> None:
    page = recorded()
    box = page.locator("[data-room=latent] .pf-box").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 150, box["y"] + 150)
    page.mouse.move(5, 5)
    expect(page.locator("[data-room=data] .pf-readout.pinned")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-room=data] .pf-readout")).to_be_hidden()


def test_keys_switch_layers_but_not_while_somebody_types(recorded: Recorded) -> None:
    page = recorded()
    chip = page.get_by_role("button", name="Density")
    expect(chip).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(500)
    before = pixels(page, "data")
    page.keyboard.press("3")
    expect(chip).to_have_attribute("aria-pressed", "false")
    page.wait_for_timeout(200)
    assert (before != pixels(page, "data")).any()
    page.evaluate("document.body.append(Object.assign(document.createElement('input'), {id: 'i'}))")
    page.locator("#i").press("3")
    expect(chip).to_have_attribute("aria-pressed", "false")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


# -- the page around it -------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1440, 700, 400, 320])
def test_nothing_overflows_or_overlaps(recorded: Recorded, width: int) -> None:
    page = recorded(viewport={"width": width, "height": 900})
    page.wait_for_timeout(200)
    faults = page.evaluate(
        """() => {
          const faults = [];
          const root = document.querySelector('.pf');
          if (document.documentElement.scrollWidth > innerWidth) faults.push('the page scrolls');
          const parts = ['.pf-bar', '.pf-rooms', '.pf-film', '.pf-bottom'].map((s) => root.querySelector(s));
          for (let i = 1; i < parts.length; i++) {
            const [a, b] = [parts[i - 1].getBoundingClientRect(), parts[i].getBoundingClientRect()];
            if (b.top < a.bottom) faults.push(`${parts[i].className} lies over what is above it`);
          }
          for (const node of root.querySelectorAll('button, figcaption b, th, td, .pf-status b')) {
            const box = node.getBoundingClientRect();
            if (box.width && (box.left < 0 || box.right > innerWidth + 0.5)) faults.push(node.outerHTML);
            if (node.scrollWidth > node.clientWidth + 1 && node.clientWidth) faults.push(`cut: ${node.outerHTML}`);
          }
          return faults;
        }"""
    )
    assert faults == []


def test_dark_pages_have_dark_rooms(recorded: Recorded) -> None:
    light = recorded(color_scheme="light")
    dark = recorded(color_scheme="dark")
    assert np.median(pixels(light, "data")) > 200
    assert np.median(pixels(dark, "data")) < 60


def test_words_come_from_the_page(recorded: Recorded) -> None:
    page = recorded()
    words = {"latent_room": "潜在空間", "grid": "<b>格子</b>"}
    page.evaluate(MOUNT, {"pretrained": "pretrained/test.run", "words": words, "lang": "ja"})
    expect(page.locator("[data-room=latent] figcaption b")).to_have_text("潜在空間")
    expect(page.get_by_role("button", name="<b>格子</b>")).to_be_visible()
    assert state(page)["updates"] == 1  # mounting again showed no frame anew


def test_unmounting_leaves_nothing_behind(live: Live, server: Server) -> None:
    page = live()
    closed: list[int] = []
    server.sockets[0].on_close(lambda *_: closed.append(1))
    page.evaluate("window.unmount()")
    assert page.evaluate("window.host.childElementCount") == 0
    assert page.evaluate("window.pushforward.stages.length") == 0
    page.wait_for_timeout(700)
    assert closed and len(server.sockets) == 1  # it does not connect again
    page.keyboard.press("1")


def test_it_lives_in_a_shadow_root_and_asks_nobody_outside(
    new_page: NewPage, assets_url: str
) -> None:
    page = new_page()
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    page.on("request", note)
    run = runfile.dump(runfile.hello(RunSpec()) | {"history": []}, [frame(9)])

    def answer(route: Route) -> None:
        route.fulfill(body=run)

    page.route("**/pretrained/test.run", answer)
    page.goto(assets_url)
    page.evaluate(
        "() => { window.host = document.body.appendChild(document.createElement('div'))"
        ".attachShadow({ mode: 'open' }); }"
    )
    page.evaluate(MOUNT, {"pretrained": "pretrained/test.run"})
    until(page, "s.points === 4000")
    assert page.evaluate("!!window.host.querySelector('[data-stage=test]')")
    style = "getComputedStyle(window.host.querySelector('.pf-rooms')).display"
    assert page.evaluate(style) == "grid"
    assert [url for url in asked if not url.startswith((assets_url, "data:", "blob:"))] == []
