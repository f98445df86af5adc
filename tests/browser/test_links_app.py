"""Links in the real app: twenty-six random states, opened by their address in another browser."""

from __future__ import annotations

import base64
import io
import re
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect

from tests.browser.linkstates import Theme, flow_view, spoilt, states
from tests.live.support import Lab

STAGE = "window.pushforward?.stages?.[0]"
#: Tall, so that the width alone says how large a picture is: a page opened by a link may have a
#: sentence more above the stage, and windows differ anyway.
WINDOW: ViewportSize = {"width": 860, "height": 1700}
APPLY = """async (node, views) => {
  const lesson = document.location.pathname.split('/').pop();
  const own = lesson && lesson !== 'pushforward';
  const { lookOf } = await import(own ? `/stage/lessons/${lesson}.js` : '/stage/stage.js');
  for (const view of views) await lookOf(node.parentNode).apply(view);
}"""
#: What lies on the picture and is no part of it: a viewer's way back, a sentence of a few seconds.
AWAY = ".pf-follow, .pf-notice { visibility: hidden !important }"
#: Always at the same height of the window, whatever stands above, and all of it drawn anew: a
#: browser smooths edges a little differently elsewhere, and where it has drawn part by part.
ANEW = """async (node) => {
  await document.fonts.ready;
  document.querySelector('[data-testid=stMain]')?.scrollTo(0, 0);
  node.style.marginTop = '';
  node.style.marginTop = `${400 - node.getBoundingClientRect().top}px`;
  for (const value of ['hidden', '']) {
    node.style.visibility = value;
    for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
  }
}"""
IN_PLACE = "(node) => Math.abs(node.getBoundingClientRect().top - 400) < 0.01"
#: Rounding of colours: less than anybody sees.
LEAST = 2
SEED = 280_456  # any other will do
FAILED: list[str] = []  # errors of any page's scripts


def new_context(browser: Browser, theme: Theme = "light") -> BrowserContext:
    context = browser.new_context(viewport=WINDOW, color_scheme=theme)
    context.set_default_timeout(90_000)
    return context


def begin(context: BrowserContext, address: str) -> Page:
    """A new tab on its way."""
    page = context.new_page()
    page.on("pageerror", lambda error: FAILED.append(str(error)))
    page.goto(address, wait_until="commit")
    return page


def drawn(page: Page) -> Page:
    page.wait_for_function(f"() => {STAGE}?.points > 0")
    return page


def open_page(context: BrowserContext, address: str) -> Page:
    """A new tab, with its stage drawn."""
    return drawn(begin(context, address))


def still(page: Page) -> None:
    page.bring_to_front()  # a tab behind another may not draw at all
    page.wait_for_function(f"() => {STAGE}?.still", timeout=90_000)


def stage(page: Page) -> Locator:
    return page.locator("[data-stage]").first


def picture(page: Page, part: str = "") -> NDArray[np.uint8]:
    """A screenshot of the stage at rest, or of a part of it."""
    still(page)
    wanted = stage(page).locator(part) if part else stage(page)
    for _ in range(5):  # what stands above may change while the page looks away
        stage(page).evaluate(ANEW)
        shot = wanted.screenshot(animations="disabled", style=AWAY)
        if stage(page).evaluate(IN_PLACE):
            break
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"))


def differ(want: NDArray[np.uint8], have: NDArray[np.uint8]) -> str:
    """In what two pictures differ, in words; '' where every pixel is the same."""
    if want.shape != have.shape:
        return f"of sizes {want.shape} and {have.shape}"
    off = np.abs(want.astype(int) - have).max(-1)
    rows, columns = (off > LEAST).nonzero()
    if not rows.size:
        return ""
    corners = f"({columns.min()}, {rows.min()}) to ({columns.max()}, {rows.max()})"
    return f"{rows.size} pixels differ by up to {off.max()} of 255, {corners}"


def look(page: Page, view: dict[str, Any]) -> tuple[str, str]:
    """Let a stage show a view; returns the link to it and its token."""
    stage(page).evaluate(APPLY, [view])
    still(page)
    token = str(page.evaluate(f"{STAGE}.link"))
    page.wait_for_function(f"() => location.search.endsWith('view={token}')")
    return page.url, token


def test_random_states_open_with_the_same_pixels(server: Lab, chromium: Browser) -> None:
    wrong: list[str] = []
    groups = states(Random(SEED))
    assert sum(len(views) for _, _, views in groups) == 26
    here: dict[Theme, BrowserContext] = {
        "light": new_context(chromium, "light"), "dark": new_context(chromium, "dark"),
    }  # fmt: skip
    elsewhere = new_context(chromium)  # another browser, which likes it light
    copies: list[tuple[Page, str, NDArray[np.uint8], str]] = []

    def compare() -> None:
        for copy, token, want, name in copies:
            drawn(copy)
            for _ in range(3):  # a sentence above it may still be on its way
                fault = differ(want, picture(copy))
                if not fault:
                    break
            said = copy.evaluate(f"{STAGE}.link")
            fault = f"opens as {said}" if said != token else fault
            wrong.extend([f"{name}: {fault}"] if fault else [])
            copy.close()
        copies.clear()

    for place, theme, views in groups:
        page = begin(here[theme], f"{server.url}/{place}")
        compare()  # what the group before has opened, while this page comes
        drawn(page)
        for view in views:
            url, token = look(page, view)
            want = picture(page)
            copies.append((begin(elsewhere, url), token, want, f"{place} {view}"))
        stage(page).evaluate(APPLY, spoilt(views[-1]))
        still(page)
        page.close()
    compare()
    for context in (*here.values(), elsewhere):
        context.close()
    assert not wrong, f"of the states drawn with seed {SEED}:\n" + "\n".join(wrong)
    assert not FAILED, f"seed {SEED}: the page's scripts failed:\n" + "\n".join(FAILED)


def test_a_live_run_that_was_paused_opens_with_the_same_pixels(
    server: Lab, chromium: Browser
) -> None:
    context, elsewhere = new_context(chromium), new_context(chromium)
    page = open_page(context, f"{server.url}/?target=banana&layers=3&hidden=16&seed=5")
    page.get_by_role("button", name="Train").first.click()
    page.wait_for_function(f"() => {STAGE}.status === 'training' && {STAGE}.step > 300")
    stage(page).get_by_role("button", name="Pause").click()
    page.wait_for_function(f"() => {STAGE}.status === 'paused'")
    random, wrong = Random(SEED), []
    for view in [{}, *(flow_view(random, 3) for _ in range(2))]:
        stage(page).evaluate(APPLY, [view])
        still(page)
        token = page.evaluate(f"{STAGE}.link")
        address = page.url.split("&embed_options=")[0].split("&view=")[0]
        copy = open_page(elsewhere, f"{address}&view={token}")
        for part in ("[data-room=latent]", "[data-room=data]", ".pf-strip"):
            if fault := differ(picture(page, part), picture(copy, part)):
                wrong.append(f"{view} {part}: {fault}")
        copy.close()
    # The curve, once this page has forgotten the run that it showed before.
    page.reload()
    copy = open_page(elsewhere, page.url)
    if fault := differ(picture(drawn(page), ".pf-curve"), picture(copy, ".pf-curve")):
        wrong.append(f"the curve: {fault}")
    context.close()
    elsewhere.close()
    assert not wrong, f"of the states drawn with seed {SEED}:\n" + "\n".join(wrong)


def token(text: bytes) -> str:
    return "1." + base64.urlsafe_b64encode(text).decode().rstrip("=")


def test_a_tampered_link_and_a_lost_run_are_told_on_working_pages(
    server: Lab, chromium: Browser
) -> None:
    page = open_page(new_context(chromium), f"{server.url}/?view=1.AAAA")
    page.get_by_text("cannot be read", exact=False).wait_for()
    assert page.evaluate(f"{STAGE}.layerPosition") >= 0
    view = token(b'{"depth":1.5,"ink":[{"room":"cellar"}],"lasso":[{"loop":[1,2]}]}')
    page.goto(f"{server.url}/?view={view}")
    page.get_by_text("says something of ink, lasso", exact=False).wait_for()
    page.wait_for_function(f"() => {STAGE}.still && {STAGE}.layerPosition === 1.5")
    page.context.close()
    view = token(b'{"step":40,"depth":1.5}')
    lost = f"{server.url}/?run=no-such-run&target=banana&layers=3&hidden=16&seed=5&view={view}"
    page = open_page(new_context(chromium), lost)
    page.get_by_text("trained anew", exact=False).wait_for()
    page.wait_for_function(f"() => {STAGE}.still && {STAGE}.layerPosition === 1.5")
    # A small flow takes a thousand steps a second: what was kept nearest may be far from step 40.
    step, kept = page.evaluate(f"[{STAGE}.step, {STAGE}.kept]")
    assert abs(step - 40) == min(abs(one - 40) for one in kept)
    page.wait_for_function("() => /run=(?!no-such)/.test(location.search)")
    assert "seed=5" in page.url and "layers=3" in page.url and "owner" not in page.url
    page.context.close()


def test_share_gives_links_that_can_be_copied_scanned_and_framed(
    server: Lab, chromium: Browser
) -> None:
    page = open_page(new_context(chromium), f"{server.url}/?target=pinwheel")
    stage(page).evaluate(APPLY, [{"depth": 3.25, "step": 200}])
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
    inner.wait_for_function(f"() => {STAGE}?.still && {STAGE}.layerPosition === 3.25")
    expect(frame.get_by_role("button", name="Replay")).to_be_visible()
    assert frame.get_by_role("button", name="Train").count() == 0
    assert frame.locator("h1").count() == 0 and frame.get_by_role("tab").count() == 0
    assert view in link
    page.context.close()
