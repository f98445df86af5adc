"""Links in the real app: twenty random states, opened by their address in another browser."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from random import Random
from typing import Any, Literal

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect

from tests.live.support import Lab, lab

STAGE = "window.pushforward?.stages?.[0]"
#: Tall, so that the width alone says how large a picture is: a page opened by a link may have a
#: sentence more above the stage, and windows differ anyway.
WINDOW: ViewportSize = {"width": 1100, "height": 1700}
APPLY = """async (node, view) => {
  const lesson = document.location.pathname.split('/').pop();
  const own = lesson && lesson !== 'pushforward';
  const { lookOf } = await import(own ? `/stage/lessons/${lesson}.js` : '/stage/stage.js');
  await lookOf(node.parentNode).apply(view);
}"""
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
FAILED: list[str] = []  # errors of any page's scripts
LAYERS = ("points", "grid", "density", "data")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with lab(tmp_path_factory.mktemp("links")) as running:
        yield running


def flow_view(random: Random, layers: int) -> dict[str, Any]:
    def point(far: float) -> list[float]:
        return [random.uniform(-far, far), random.uniform(-far, far)]

    room = random.choice(["latent", "data"])
    return {
        "step": random.choice([None, 30, 200, 500, 900]),
        "depth": random.choice([None, 0, round(random.uniform(0, layers), 4)]),
        "probe": random.choice([None, {"room": room, "point": point(1), "pinned": True}]),
        "zoom": {"latent": [0, 0, 1], room: [*point(0.5), random.uniform(0.6, 4)]},
        "layers": {name: random.random() < 0.7 for name in LAYERS},
    }


def arm_view(random: Random, **more: Any) -> dict[str, Any]:
    return {
        "target": [round(random.uniform(0.8, 2), 4), round(random.uniform(-1, 1), 4)],
        "z": [round(random.uniform(-2, 2), 4), round(random.uniform(-2, 2), 4)],
        "switches": {"ghost": random.random() < 0.5, "mean": True, "circle": False},
        **more,
    }


def knots(random: Random, maps: int) -> list[dict[str, list[float]]]:
    places = [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5]
    shifts = [[random.uniform(-0.3, 0.3) for _ in places] for _ in range(maps)]
    return [{"z": places, "x": [a + b for a, b in zip(places, one, strict=True)]} for one in shifts]


def states() -> list[tuple[str, Literal["light", "dark"], list[dict[str, Any]]]]:
    """Twenty of them: address, theme, views."""
    random = Random(20)
    plane = {
        "kind": "bent", "bend": "swirl", "zoom": 3, "spot": [0.4, -0.8], "size": 3,
        "A": [[1.2, -0.4], [0.3, -1.1]],
    }  # fmt: skip
    line = {"shown": 0, "base": "uniform", "forget": False, "probe": 0.31}
    drawn = {"spot": [0.5, -1.25], "shown": {"grid": False}, "who": "hand"}
    return [
        ("", "light", [flow_view(random, 8) for _ in range(3)]),
        ("?target=pinwheel&coupling=spline", "dark", [flow_view(random, 6) for _ in range(3)]),
        ("?target=student&lang=ja", "light", [flow_view(random, 8) for _ in range(2)]),
        ("change_of_variables", "light", [
            line | {"tab": "map", "knots": knots(random, 1), "forget": True},
            line | {"tab": "stack", "knots": knots(random, 3), "shown": 2},
            {"tab": "plane", "plane": plane},
            {"tab": "plane", "plane": plane | {"kind": "linear"}},
        ]),
        ("coupling_layers", "dark", [
            drawn | {"name": "watch", "at": 2.35, "kind": "affine"},
            drawn | {"name": "draw", "at": 0.5, "drawing": drawing()},
        ]),
        ("latent_dimension", "light", [arm_view(random, chosen=3)]),
        ("prior_weight?lang=ja", "dark", [arm_view(random, chosen=e) for e in (1, 4)]),
        ("inverse_problems", "light", [
            arm_view(random, scene="arm"), arm_view(random, scene="arm"),
            {"scene": "strip", "y": [0.25], "switches": {"mean": False}},
        ]),
    ]  # fmt: skip


def drawing() -> str:
    """A drawing of two layers as a token."""
    from inn_core.maps import handmade

    random = np.random.default_rng(3)
    waves = [0.6 * np.sin(np.arange(81) / 12 + random.uniform(0, 6)) for _ in range(4)]
    layers = [handmade.DrawnLayer(k, waves[2 * k], 0.5 * waves[2 * k + 1]) for k in range(2)]
    return handmade.to_token(handmade.Drawing(tuple(layers)))


def new_context(browser: Browser, theme: Literal["light", "dark"] = "light") -> BrowserContext:
    context = browser.new_context(viewport=WINDOW, color_scheme=theme)
    context.set_default_timeout(30_000)
    return context


def open_page(context: BrowserContext, address: str) -> Page:
    """A new tab, with its stage drawn."""
    page = context.new_page()
    page.on("pageerror", lambda error: FAILED.append(str(error)))
    page.goto(address)
    page.wait_for_function(f"{STAGE}?.points > 0")
    return page


def still(page: Page) -> None:
    page.wait_for_function(f"{STAGE}?.still")


def stage(page: Page) -> Locator:
    return page.locator("[data-stage]").first


def pictures(page: Page) -> list[NDArray[np.uint8]]:
    """The pixels of the stage's canvases that are to be seen, rooms and film alike."""
    found = []
    for canvas in stage(page).locator("canvas:visible").all():
        address = canvas.evaluate("node => node.toDataURL()")
        picture = Image.open(io.BytesIO(base64.b64decode(address.split(",")[1])))
        found.append(np.asarray(picture.convert("RGBA")))
    return found


def spoilt(view: dict[str, Any]) -> list[Any]:
    """What a forged link may say instead: each part as something else."""
    wrong: list[Any] = [None, [], {}, "x", -1e9, 1e300, [[]], ["arm"], {"z": 1}, {"0": None}, True]
    return [view | {name: bad} for name in view for bad in wrong] + [{}]


def test_twenty_states_open_with_the_same_pixels(server: Lab, chromium: Browser) -> None:
    groups = states()
    assert sum(len(views) for _, _, views in groups) == 20
    wrong = []
    here = {theme: new_context(chromium, theme) for theme in THEMES}
    elsewhere = new_context(chromium)  # another browser, which likes it light
    for place, theme, views in groups:
        page = open_page(here[theme], f"{server.url}/{place}")
        for view in views:
            stage(page).evaluate(APPLY, view)
            still(page)
            link = page.evaluate(f"{STAGE}.link")
            page.wait_for_function(f"() => location.search.endsWith('view={link}')")
            want = pictures(page)
            copy = open_page(elsewhere, page.url)
            still(copy)
            have = pictures(copy)
            said = copy.evaluate(f"{STAGE}.link")
            shapes = [one.shape for one in want], [one.shape for one in have]
            if said != link:
                wrong.append(f"{place} {view}: opens as {said}")
            elif shapes[0] != shapes[1]:
                wrong.append(f"{place} {view}: {shapes[0]} and {shapes[1]}")
            else:
                off = [int((a != b).any(-1).sum()) for a, b in zip(want, have, strict=True)]
                if any(off):
                    wrong.append(f"{place} {view}: {off} pixels differ")
            copy.close()
        for view in spoilt(views[-1]):
            stage(page).evaluate(APPLY, view)
        still(page)
        page.close()
    for context in (*here.values(), elsewhere):
        context.close()
    assert not wrong, "\n".join(wrong)
    assert not FAILED, "the page's scripts failed:\n" + "\n".join(FAILED)


def test_a_tampered_link_and_a_lost_run_are_told_on_working_pages(
    server: Lab, chromium: Browser
) -> None:
    page = open_page(new_context(chromium), f"{server.url}/?view=1.AAAA")
    page.get_by_text("cannot be read", exact=False).wait_for()
    assert page.evaluate(f"{STAGE}.layerPosition") >= 0
    page.context.close()
    view = "1." + base64.urlsafe_b64encode(b'{"step":40,"depth":1.5}').decode().rstrip("=")
    lost = f"{server.url}/?run=no-such-run&target=banana&layers=3&hidden=16&seed=5&view={view}"
    page = open_page(new_context(chromium), lost)
    page.get_by_text("trained anew", exact=False).wait_for()
    page.wait_for_function(f"() => {STAGE}.still && {STAGE}.layerPosition === 1.5")
    assert 0 < page.evaluate(f"{STAGE}.step") < 80
    page.wait_for_function("() => /run=(?!no-such)/.test(location.search)")
    assert "seed=5" in page.url and "layers=3" in page.url and "owner" not in page.url
    page.context.close()


def test_share_gives_links_that_can_be_copied_scanned_and_framed(
    server: Lab, chromium: Browser
) -> None:
    page = open_page(new_context(chromium), f"{server.url}/?target=pinwheel")
    stage(page).evaluate(APPLY, {"depth": 3.25, "step": 200})
    still(page)
    view = page.evaluate(f"{STAGE}.link")
    # A page of http:// in a network has no clipboard of its own.
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.get_by_role("button", name="Share").click()
    field = page.locator(".sh-link")
    expect(field).to_have_value(re.compile(re.escape(f"view={view}")))
    link = field.input_value()
    page.locator("[data-copy='.sh-link']").click()
    expect(page.locator(".sh output")).to_have_text("Copied")
    code = page.locator(".sh-qr")
    page.wait_for_function("() => document.activeElement !== null")
    assert code.evaluate("node => node.decode().then(() => node.naturalWidth)") > 0
    page.locator(".sh summary").click()
    snippet = page.locator(".sh-frame").input_value()
    assert snippet.startswith("<iframe ") and "embed=true" in snippet

    page.set_content(f"<body style='margin:0'>{snippet}</body>")
    frame = page.frame_locator("iframe")
    frame.locator("[data-room=data] canvas").wait_for()
    inner = page.frames[1]
    inner.wait_for_function(f"{STAGE}?.still && {STAGE}.layerPosition === 3.25")
    expect(frame.get_by_role("button", name="Replay")).to_be_visible()
    assert frame.get_by_role("button", name="Train").count() == 0
    assert frame.locator("h1").count() == 0 and frame.get_by_role("tab").count() == 0
    assert view in link
    page.context.close()
