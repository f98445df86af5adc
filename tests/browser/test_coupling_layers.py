"""The lesson "coupling layers" in a browser: drawn by real pointers, asked again in Python."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from inn_core import registry
from inn_core.maps import evaluate, handmade
from pages.shell import drawn
from pages.shell.words import Words
from tests.browser.conftest import NewPage

WORDS = Words("en")
STAGE = "window.pushforward.stages[0]"
ENGLISH = WORDS.section("coupling_layers.stage")

MOUNT = """async ({data}) => {
  window.told = [];
  const host = document.createElement('div');
  document.body.append(host);
  const { mount } = await import('/stage/lessons/coupling_layers.js');
  mount(host, data, (name, value) => told.push([name, value]));
}"""

#: The drawing's flow at points, by the modules that the page itself uses.
ASK = """async ({token, target, points}) => {
  const { fromToken } = await import('/stage/lessons/coupling_layers/drawing.js');
  const { logProb, encode } = await import('/stage/maps.js');
  const { tileAreas } = await import('/stage/lessons/coupling_layers/measure.js');
  const drawing = fromToken(token);
  const flow = drawing.flow(target);
  const x = Float64Array.from(points.flat());
  return { again: drawing.token, logProb: [...logProb(flow, x)], z: [...encode(flow, x)],
    areas: [...tileAreas(flow.layers[0], 1), ...tileAreas(flow.layers[0], 0.4)] };
}"""


def options(target: str, **more: Any) -> dict[str, Any]:
    return {
        "target": drawn.target_of(target, WORDS),
        "heldout": drawn.heldout(target),
        "kinds": drawn.kinds(target, WORDS),
        "best": None,
        "task": drawn.TASKS.get(target, drawn.FREE),
        "drawing": None,
        "saved": None,
        "view": None,
        **more,
    }


def open_lesson(page: Page, url: str, target: str, **more: Any) -> None:
    page.goto(f"{url}/")
    data = {"id": "coupling_layers", "run": None, "owner": None, "words": ENGLISH, "lang": "en"}
    page.evaluate(MOUNT, {"data": {**data, "options": options(target, **more)}})
    page.wait_for_function(f"() => {STAGE}?.frames > 3")


def parabola(page: Page, steps: int = 60, pause: float = 0) -> None:
    """Press on the lane of t, follow -0.6 (u^2 - 1) from u = -2.6 to 2.6, release."""
    lane = page.locator(".pl-below [data-curve=t]").bounding_box()
    assert lane is not None

    def place(u: float) -> tuple[float, float]:
        half = lane["height"] / 2
        x = lane["x"] + lane["width"] * (0.5 + u / (2 * handmade.EDGE))
        return x, lane["y"] + half + 0.6 * (u**2 - 1) / 4 * (half - 5)

    page.mouse.move(*place(-2.6))
    page.mouse.down()
    for u in np.linspace(-2.6, 2.6, steps + 1)[1:]:
        page.mouse.move(*place(float(u)))
        if pause:
            page.wait_for_timeout(pause)
    page.mouse.up()


def ask(page: Page, token: str, target: str, points: Any) -> dict[str, Any]:
    units = drawn.target_of(target, WORDS)
    told: dict[str, Any] = page.evaluate(
        ASK, {"token": token, "target": units, "points": points.tolist()}
    )
    return told


@pytest.fixture
def page(new_page: NewPage) -> Page:
    return new_page(viewport={"width": 1440, "height": 1000}, reduced_motion="reduce")


def test_a_parabola_drawn_by_hand_is_the_same_flow_in_python(page: Page, assets_url: str) -> None:
    open_lesson(page, assets_url, "banana", view="draw")
    start = page.evaluate(f"{STAGE}.gap")
    parabola(page)
    page.wait_for_timeout(200)
    token, gap = page.evaluate(f"[{STAGE}.drawing, {STAGE}.gap]")
    assert start > 0.5
    assert gap < 0.03, "the banana is a parabola in t, and a final scale"

    drawing = handmade.from_token(token)
    (layer,) = drawing.layers
    assert (layer.active, layer.s) == (1, None)
    u = np.linspace(-handmade.EDGE, handmade.EDGE, handmade.KNOTS)
    inside = np.abs(u) < 2.4
    np.testing.assert_allclose(layer.t[inside], -0.6 * (u[inside] ** 2 - 1), atol=0.15)

    target = registry.TARGETS["banana"].load()
    wild = np.random.default_rng(4).normal(size=(500, 2)) * 4
    points = np.concatenate([target.sample(1500, np.random.default_rng(3)), wild])
    told = ask(page, token, "banana", points)
    maps = handmade.maps_of(drawing, "banana")
    assert told["again"] == token
    assert np.abs(evaluate.log_prob(maps, points) - told["logProb"]).max() < 1e-3
    np.testing.assert_allclose(evaluate.encode(maps, points)[0].ravel(), told["z"], atol=1e-6)
    assert max(abs(area - 1) for area in told["areas"]) < 1e-12, "an additive layer keeps areas"
    engine, error = handmade.gap(maps, "banana")
    assert abs(engine - gap) < 4 * error + 0.02


def test_saving_tells_python_and_drawing_alone_does_not(page: Page, assets_url: str) -> None:
    open_lesson(page, assets_url, "banana", view="draw")
    calls: list[str] = []
    page.on("request", lambda request: calls.append(request.url))
    page.on("websocket", lambda socket: calls.append(socket.url))
    page.evaluate("told.length = 0")
    parabola(page)
    assert (page.evaluate("told"), calls) == ([], [])
    page.click("[data-do=save]")
    ((name, value),) = page.evaluate("told")
    assert (name, value["target"]) == ("drawing", "banana")
    assert value["token"] == page.evaluate(f"{STAGE}.drawing")


def test_a_drag_is_smooth(page: Page, assets_url: str) -> None:
    open_lesson(page, assets_url, "moons", view="draw")
    page.wait_for_timeout(400)
    page.evaluate("""() => {
      window.gaps = [];
      let last = performance.now();
      const note = (now) => {
        gaps.push(now - last);
        last = now;
        if (!window.over) requestAnimationFrame(note);
      };
      requestAnimationFrame(note);
    }""")
    parabola(page, steps=90, pause=12)
    gaps = np.sort(page.evaluate("(window.over = true, gaps.slice(1))"))
    slow = gaps[int(0.95 * len(gaps))]
    print(f"{1000 / gaps.mean():.1f} frames/s, median {np.median(gaps):.1f} ms, 95 % {slow:.1f} ms")
    # 55 and more on an idle machine; here other tests may share the processor.
    assert np.median(gaps) < 25


def test_undo_flip_layers_and_kinds(page: Page, assets_url: str) -> None:
    open_lesson(page, assets_url, "banana", view="draw")
    flat = page.evaluate(f"{STAGE}.drawing")
    parabola(page)
    bent = page.evaluate(f"{STAGE}.drawing")
    page.keyboard.press("Control+z")
    page.wait_for_timeout(100)
    assert page.evaluate(f"{STAGE}.drawing") == flat
    page.click("[data-do=redo]")
    page.click("[data-do=more]")
    page.click(".pl-drawn [data-choice=affine]")
    page.wait_for_timeout(100)
    drawing = handmade.from_token(page.evaluate(f"{STAGE}.drawing"))
    assert [layer.active for layer in drawing.layers] == [1, 0]
    assert drawing.coupling == "affine"
    assert drawing.final is None
    np.testing.assert_allclose(drawing.layers[0].t, handmade.from_token(bent).layers[0].t)
    page.click("[data-do=flip]")
    page.click("[data-do=clear]")
    page.wait_for_timeout(100)
    drawing = handmade.from_token(page.evaluate(f"{STAGE}.drawing"))
    assert [layer.active for layer in drawing.layers] == [1, 1]
    assert not any(layer.t.any() for layer in drawing.layers)
    setups = [value for name, value in page.evaluate("told") if name == "setup"]
    assert setups[-1] == {"layers": 2, "kind": "affine", "target": "banana"}


def test_handles_columns_and_keys_draw_too(page: Page, assets_url: str) -> None:
    open_lesson(page, assets_url, "moons", view="draw")
    lane = page.locator(".pl-below [data-curve=s]").bounding_box()
    room = page.locator(".pl-box").bounding_box()
    assert lane is not None
    assert room is not None
    page.mouse.move(lane["x"] + lane["width"] / 2, lane["y"] + lane["height"] / 2)
    page.mouse.down()
    page.mouse.move(lane["x"] + lane["width"] / 2, lane["y"] + lane["height"] / 2 - 12, steps=4)
    page.mouse.up()
    page.mouse.move(room["x"] + room["width"] * 0.7, room["y"] + room["height"] / 2)
    page.mouse.down()
    page.mouse.move(room["x"] + room["width"] * 0.7, room["y"] + room["height"] * 0.4, steps=4)
    page.mouse.up()
    page.locator(".pl-side [data-curve=t]").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(100)
    first, second = handmade.from_token(page.evaluate(f"{STAGE}.drawing")).layers
    middle = handmade.KNOTS // 2
    assert first.s is not None
    assert first.s[middle] > 0.3
    assert first.s[middle + 8] == 0
    assert first.t.max() == pytest.approx(0.1 * 2 * handmade.EDGE, abs=0.05)
    assert second.t[middle] == pytest.approx(0.05)


def test_the_film_goes_there_and_back_with_the_same_curves(
    new_page: NewPage, assets_url: str
) -> None:
    page = new_page(viewport={"width": 1440, "height": 1000})
    open_lesson(page, assets_url, "moons", kinds=[])  # no run file: two invented layers
    page.wait_for_function(f"() => {STAGE}.playing", timeout=5000)
    page.wait_for_function(f"() => {STAGE}.layerPosition < 1.8", timeout=8000)
    page.click(".pl-head")  # whoever takes hold ends the endless film
    page.keyboard.press("Space")
    page.wait_for_timeout(100)
    page.click("[data-do=to_z]")
    page.wait_for_function(f"() => {STAGE}.layerPosition === 0", timeout=15000)
    assert page.inner_text("[data-say=way]") == ENGLISH["way_there"]
    page.click("[data-do=to_x]")
    page.wait_for_function(f"() => !{STAGE}.playing", timeout=15000)
    assert page.evaluate(f"{STAGE}.layerPosition") == page.evaluate(f"{STAGE}.layerPosition") > 0
    assert page.inner_text("[data-say=way]") == ENGLISH["way_back"]
    zero = page.locator(".pl-matrix .zero")
    assert zero.inner_text() == "0"


def test_it_tells_what_every_stage_tells(page: Page, assets_url: str) -> None:
    open_lesson(page, assets_url, "moons")
    told = page.evaluate(f"({{...{STAGE}}})")
    fields = {"id", "run", "seq", "step", "status", "frames", "updates", "latencyMs"}
    fields |= {"points", "layerPosition", "playing"}
    assert fields <= set(told)
    assert (told["id"], told["status"]) == ("coupling_layers", "idle")
    assert told["frames"] > 0
    assert told["points"] > 1000


def test_predict_then_reveal(page: Page, assets_url: str) -> None:
    open_lesson(page, assets_url, "moons")
    page.click("[data-riddle=ask]")
    room = page.locator(".pl-box").bounding_box()
    assert room is not None
    page.mouse.click(room["x"] + room["width"] * 0.5, room["y"] + room["height"] * 0.98)
    assert page.locator(".pl-guess").get_attribute("visibility") == "visible"
    assert page.locator("[data-riddle=ask]").inner_text() == ENGLISH["riddle_again"]
    page.keyboard.press("Escape")
    assert page.locator(".pl-guess").get_attribute("visibility") == "hidden"


def test_best_layers_and_forgetting_to_alternate(page: Page, assets_url: str) -> None:
    open_lesson(page, assets_url, "eight_gaussians", best=drawn.best("eight_gaussians"))
    page.click("[data-view=best]")
    rows = page.locator(".pl-gains tbody tr")
    rows.nth(6).wait_for()
    assert rows.nth(1).locator("td").first.inner_text() == "0.1930"
    page.click("[data-do=same]")
    page.wait_for_function("() => document.querySelectorAll('.pl-gains tbody tr').length === 4")
    assert float(rows.nth(2).locator("td").nth(1).inner_text().split()[0].replace("−", "-")) < 0.01


def test_a_link_brings_the_drawing_and_every_size_fits(page: Page, assets_url: str) -> None:
    token = handmade.to_token(
        handmade.Drawing(
            (handmade.DrawnLayer(1, np.linspace(-1, 1, handmade.KNOTS)),), (0.1, 0.0, 0.0, 0.0)
        )
    )
    open_lesson(page, assets_url, "banana", view="draw", drawing=token)
    page.wait_for_timeout(100)
    drawing = handmade.from_token(page.evaluate(f"{STAGE}.drawing"))
    np.testing.assert_allclose(
        drawing.layers[0].t, handmade.from_token(token).layers[0].t, atol=1e-9
    )
    for width in (400, 760, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(150)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"the page is {wide} wide at {width}"
