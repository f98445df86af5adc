"""Drags on the flow's lesson and on "coupling layers" in the whole app: smooth, and never asked."""

from __future__ import annotations

import math
import time

from playwright.sync_api import Page

from tests.browser.conftest import NewPage
from tests.browser.test_change_of_variables_app import traffic
from tests.live.support import Lab

STAGE = "(window.pushforward?.stages ?? [])[0]"
WATCH = """() => {
  window.times = [];
  let last = performance.now();
  const tick = (now) => { times.push(now - last); last = now; requestAnimationFrame(tick); };
  requestAnimationFrame(tick);
}"""


def open_page(page: Page, url: str, lesson: str) -> None:
    page.goto(url)
    page.wait_for_function(
        f"() => {STAGE}?.id === '{lesson}' && {STAGE}.frames > 3 && {STAGE}.points > 0",
        timeout=60_000,
    )
    page.wait_for_timeout(3000)  # what comes after the first picture has come
    page.evaluate(WATCH)


def drag(page: Page, selector: str, seen: list[str], size: tuple[float, float]) -> float:
    """Drag round and round in a box; return the median rate of frames, the best of three tries."""
    box = page.locator(selector).first.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    best = 0.0
    for _ in range(3):
        page.mouse.move(x, y)
        page.mouse.down()
        seen.clear()
        page.evaluate("times.length = 0")
        start, turn = time.monotonic(), 0.0
        while time.monotonic() - start < 1.0:
            turn += 0.12
            way = [
                size[0] * box["width"] * math.sin(turn),
                size[1] * box["height"] * math.sin(turn),
            ]
            page.mouse.move(x + way[0], y + way[1])
        times = sorted(page.evaluate("times"))
        # A face of the page's font comes when its first letter is shown, and only then.
        asked = [what for what in seen if "/static/media/" not in what]
        assert asked == [], f"{selector}: a drag asked the server"
        page.mouse.up()
        best = max(best, 1000 / times[len(times) // 2])
        if best >= 55:
            break
    print(f"{selector}: {best:.1f} frames/s by the median")
    return best


def test_drags_are_smooth_and_ask_nobody(server: Lab, new_page: NewPage) -> None:
    page = new_page(viewport={"width": 1440, "height": 1000})
    seen = traffic(page)
    open_page(page, server.url, "pushforward")
    assert seen, "the page itself was loaded over what is counted here"
    rates = [
        drag(page, ".pf-film .pf-strip", seen, (0.4, 0)),
        drag(page, "[data-room=data] .pf-box", seen, (0.3, 0.3)),
        drag(page, ".pf-curve", seen, (0.3, 0)),
    ]
    page.get_by_role("link", name="Coupling layers").first.click()
    page.wait_for_function(f"() => {STAGE}?.id === 'coupling_layers' && {STAGE}.frames > 3")
    page.wait_for_timeout(2000)
    page.keyboard.press("l")
    rates.append(drag(page, ".pl-below [data-curve=t]", seen, (0, 0.3)))
    rates.append(drag(page, ".pl-film .pf-strip", seen, (0.4, 0)))
    page.locator("[data-view=draw]").click()
    page.wait_for_timeout(500)
    rates.append(drag(page, ".pl-below [data-curve=t]", seen, (0.3, 0.3)))
    assert min(rates) >= 55, rates
