"""The lesson "change of variables" in the whole app: no drag ever asks the server."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, Request, WebSocket, expect

from tests.browser.conftest import NewPage
from tests.live.support import Lab

STAGE = "(window.pushforward?.stages ?? []).find((one) => one.id === 'change_of_variables')"


def traffic(page: Page) -> list[str]:
    """Everything that goes to or comes from the server from now on, as it happens."""
    seen: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda _: seen.append(f"sent on {socket.url}"))
        socket.on("framereceived", lambda _: seen.append(f"received on {socket.url}"))

    def asked(request: Request) -> None:
        seen.append(request.url)

    page.on("websocket", listen)
    page.on("request", asked)
    return seen


def drag(page: Page, selector: str, ways: list[tuple[float, float]]) -> None:
    box = page.locator(selector).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for dx, dy in ways:
        page.mouse.move(x + dx, y + dy, steps=8)
    page.mouse.up()
    page.wait_for_timeout(1200)  # whatever a drag has to say is said by then


def test_no_drag_asks_the_server(server: Lab, new_page: NewPage) -> None:
    page = new_page(viewport={"width": 1440, "height": 1000})
    seen = traffic(page)
    page.goto(server.url)
    page.get_by_role("link", name="Change of variables").first.click()
    page.wait_for_function(f"() => {STAGE}?.frames > 0 && {STAGE}.points > 0", timeout=60_000)
    page.wait_for_timeout(4000)  # the slices slide, the plane's modules come
    assert seen, "the page itself was loaded over what is counted here"
    assert page.evaluate("window.pushforward.stages.length") == 1, "the other stage has left"
    before = page.evaluate(f"{STAGE}.updates")
    todo: list[Callable[[], None]] = [
        lambda: drag(page, ".cv-handle:nth-child(3) .cv-knob", [(10, 20), (-5, -15), (0, 200)]),
        lambda: page.locator(".cv-switch").click(),
        lambda: page.keyboard.press("4"),
        lambda: drag(page, ".cv-column-one .cv-knob", [(-40, -80), (20, 30)]),
        lambda: page.keyboard.press("r"),
    ]
    for do in todo:
        seen.clear()
        do()
        page.wait_for_timeout(300)
        assert seen == []
    assert page.evaluate(f"{STAGE}.updates") > before + 10
    expect(page.locator(".cv-plane-side .cv-det output")).to_have_text(re.compile(r"\d"))
