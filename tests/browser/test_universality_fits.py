"""Scene 2 of the lesson "universality": fits to maps, recorded and live, a warp under the hand."""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from inn_core.diffeos.base import find, grid
from inn_core.diffeos.presets import SHIPPED
from inn_core.diffeos.warp import NUMBERS
from inn_core.maps import fitted, runfile
from inn_core.maps.codec import decode_frame, encode_frame
from inn_core.runs.views import checked
from inn_core.specs import FlowSpec, TrainSpec
from inn_core.specs_map import MapSpec
from inn_core.training.mapfit import MapTrainer
from pages.shell import fitting
from pages.shell.pretrained import FOLDER
from pages.shell.words import Words
from tests.browser.conftest import NewPage

STAGE = "window.pushforward.stages[0]"
RECORDED = {
    "sweep": "pretrained/twist-sweep.map",
    "affine": "pretrained/twist-affine.map",
    "spline": "pretrained/twist-spline.map",
    "reflection": "pretrained/reflection-affine.map",
}
MOUNT = """async (data) => {
  window.told = [];
  window.host ??= document.body.appendChild(document.createElement('div'));
  const { mount } = await import('/stage/lessons/universality.js');
  const say = (name, value) => told.push([name, value]);
  window.again = (more) => mount(host, { ...data, ...more }, say);
  window.again({});
}"""
WARP = MapSpec(diffeo="warp", flow=FlowSpec(layers=2, hidden=(8,)))


@pytest.fixture
def page(new_page: NewPage, assets_url: str) -> Page:
    page = new_page(viewport={"width": 1300, "height": 900}, reduced_motion="reduce")
    page.goto(f"{assets_url}/")
    return page


def open_scene(page: Page, hello: Any = None, **more: Any) -> None:
    fit = {"recorded": RECORDED, "hello": hello, "kinds": fitting.kinds(Words("en"))}
    words = {**Words("en").section("universality.stage"), **Words("en").section("fits.stage")}
    data = {
        "id": "fits",
        "words": words,
        "lang": "en",
        "run": None,
        "options": {"fit": fit, "scene": "fit"},
    }
    page.evaluate(MOUNT, data | more)


def state(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(f"({{ ...{STAGE} }})")
    return found


def wait(page: Page, condition: str) -> None:
    page.wait_for_function(f"() => {{ const s = {STAGE}; return s && ({condition}); }}")


def last(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    hello, frames = runfile.read(FOLDER / name)
    return hello, decode_frame(frames[-1])[1]


def test_recorded_fits_show_what_was_measured(page: Page) -> None:
    open_scene(page)
    wait(page, "s.still && s.recorded === 'sweep' && s.mean !== null")
    hello, numbers = last("twist-sweep.map")
    seen = state(page)
    assert seen["mean"] == numbers["nlls"][seen["chosen"]]
    spec = MapSpec.from_json(hello["spec"])
    assert (spec.depth[seen["chosen"]], spec.width[seen["chosen"]]) == (16, 32)
    beads = page.locator("circle.fits-bead")
    assert beads.count() == 2 * spec.members
    sentence = page.locator(".fits-sentence")
    expect(sentence).to_contain_text("from 2 to 16 layers: the mean falls")
    page.locator(".fits-plot svg").focus()
    page.keyboard.press("ArrowRight")
    wait(page, f"s.chosen === {(seen['chosen'] + 1) % spec.members} && s.still")
    page.locator(".fits-check summary").click()
    expect(page.locator(".fits-check tr")).to_have_count(spec.members + 1)

    page.locator("[data-recorded=affine]").click()
    wait(page, "s.recorded === 'affine' && s.still && s.mean !== null")
    _, numbers = last("twist-affine.map")
    assert state(page)["max"] == numbers["measures"]["max"][0]
    assert state(page)["step"] == SHIPPED["twist-affine"].training.steps
    expect(sentence).to_contain_text("Affine, 16 layers of 32: mean error 0.00")
    page.locator(".fits-plot svg").focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    wait(page, f"s.step < {numbers['step']} && s.still")

    page.locator("[data-recorded=reflection]").click()
    wait(page, "s.recorded === 'reflection' && s.still && s.max >= 1")
    expect(sentence).to_contain_text("f has det −1")
    expect(page.locator(".fits-floor")).to_have_count(1)


def test_a_link_names_the_fit_the_member_and_the_step(page: Page) -> None:
    open_scene(page)
    wait(page, "s.still && s.mean !== null")
    view = {"recorded": "affine", "chosen": None, "step": 300}
    page.evaluate(
        """async (view) => {
          const { lookOf } = await import('/stage/lessons/universality.js');
          window.look = lookOf(window.host);
          await look.apply(view);
        }""",
        view,
    )
    wait(page, "s.recorded === 'affine' && s.still")
    kept = page.evaluate("look.read()")
    assert (
        kept["scene"] == "fit"
        and kept["recorded"] == "affine"
        and kept["chosen"] is None
        and kept["step"] >= 300
    )
    page.evaluate("look.apply({ recorded: 'knot', chosen: 1e9, step: 'x' })")
    wait(page, "s.still")
    found = page.evaluate("look.read()")
    assert {key: found[key] for key in view} == {"recorded": "affine", "chosen": None, "step": None}


def test_a_live_sweep_comes_in_frame_by_frame(page: Page) -> None:
    spec = MapSpec(
        flow=FlowSpec(layers=2, hidden=(8,)), training=TrainSpec(batch=64), members=3,
        coupling=("affine", "spline", "affine"), depth=(1, 2, 2), width=(8, 8, 4),
    )  # fmt: skip
    trainer = MapTrainer(spec)
    sockets: list[WebSocketRoute] = []
    views: list[dict[str, Any]] = []

    def hear(text: str | bytes) -> None:
        message = json.loads(text)
        if message["type"] == "view":
            views.append(checked(message["view"]))
        if message["type"] == "hello":
            sockets[-1].send('{"type": "role", "role": "owner"}')

    def serve(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        about = {"type": "run", "run": "r", "role": "viewer", "status": "training", "message": ""}
        socket.send(json.dumps(fitted.hello(spec) | about | {"seq": -1}))
        socket.on_message(hear)

    page.route_web_socket("**/live/*", serve)
    open_scene(page, run="r", owner="r.secret")
    wait(page, "s.run === 'r' && s.still && s.mean === null")
    expect(page.locator(".fits-sentence")).to_contain_text("Before training g is the identity")
    for _ in range(2):
        snapshot = trainer.snapshot()
        sockets[-1].send(encode_frame(snapshot, when=time.time()))
        wait(page, f"s.shown === {snapshot.seq} && s.still")
        trainer.steps(20)
    seen = state(page)
    assert seen["max"] == snapshot.measures["max"][seen["chosen"]]
    expect(page.locator(".fits-play")).to_have_text("Pause")
    page.locator(".fits-plot svg").focus()
    page.keyboard.press("ArrowLeft")
    other = (seen["chosen"] - 1) % spec.members
    wait(page, f"s.chosen === {other} && s.still")
    for _ in range(600):  # frames: what is shown goes to viewers a moment later
        if views and views[-1] == {"chosen": other}:
            break
        page.evaluate("() => new Promise((done) => requestAnimationFrame(done))")
    assert views[-1] == {"chosen": other}
    sockets[-1].send(encode_frame(trainer.snapshot(), when=time.time())[:-9])  # cut off
    page.evaluate("() => { window.again({ run: null, owner: null }); }")
    wait(page, "s.run === null && s.recorded === 'sweep' && s.mean !== null && s.still")


def test_a_warp_under_the_hand_is_the_engines(page: Page) -> None:
    open_scene(page, hello=fitted.hello(WARP))
    wait(page, "s.still")
    rng = np.random.default_rng(1)
    moved = tuple(float(v) for v in rng.uniform(-0.12, 0.12, NUMBERS))
    ends, area = page.evaluate(
        """async ([points, numbers]) => {
          const { warped, leastArea } = await import('/stage/lessons/universality/fits/warp.js');
          return [[...warped(points, numbers)], leastArea(numbers)];
        }""",
        [grid(21).ravel().tolist(), moved],
    )
    f = find("warp", 1.0, moved)
    assert np.abs(np.reshape(ends, (-1, 2)) - f.forward(grid(21))).max() < 1e-12
    exact = np.linalg.det(f.jacobian(grid(33)))
    assert area["area"] == pytest.approx(exact.min(), abs=1e-12)

    box = page.locator("[data-room=f] canvas").bounding_box()
    assert box is not None
    view = fitted.hello(WARP)["target"]["view"]
    scale = box["width"] / (view[0][1] - view[0][0])
    corner = (box["x"] + scale * (-1 - view[0][0]), box["y"] + scale * (view[1][1] - 1))
    page.mouse.move(*corner)
    page.mouse.down()
    page.mouse.move(corner[0] + 0.2 * scale, corner[1] + 0.1 * scale, steps=4)
    page.mouse.up()
    page.wait_for_function("told.some(([name]) => name === 'warp')")
    numbers = page.evaluate("told.find(([name]) => name === 'warp')[1].numbers")
    assert len(numbers) == NUMBERS
    assert numbers[40:42] == [pytest.approx(0.2, abs=0.02), pytest.approx(-0.1, abs=0.02)]
    assert MapSpec(diffeo="warp", warp=tuple(numbers)).warp == tuple(numbers)

    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    held = (middle[0] + 0.25 * scale, middle[1] - 0.15 * scale)
    page.mouse.move(*held)
    page.mouse.down()
    page.mouse.move(held[0] + 0.7 * scale, held[1], steps=4)
    page.mouse.up()
    wait(page, "s.fold !== null")
    expect(page.locator(".fits-sentence")).to_contain_text("There the warp folds")
    assert page.evaluate("told.filter(([name]) => name === 'warp').length") == 1
