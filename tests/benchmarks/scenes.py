"""Frames a second of a lesson's scenes, left alone and under the hand, beside a blank page.

Every visible canvas of a scene is dragged for a while, by the first handle that it has, up, down
and across its middle, by events that the page sends itself: no driver takes part of the two cores.
"""

from __future__ import annotations

from statistics import median
from typing import Any

from playwright.sync_api import Page

from tests.benchmarks.browser import BLANK, FRAMES, PATIENCE_MS, chromium, fresh, opened, served
from tests.benchmarks.table import Part, Result, Setting

SETTLE_MS, WINDOW_MS = 2500, 3000
#: Drag a canvas for `wait` ms; gives the times between frames.
DRAG = """(canvas, wait) => new Promise((done) => {
  const box = canvas.getBoundingClientRect();
  let held = false;
  canvas.setPointerCapture = () => { held = true; };
  canvas.hasPointerCapture = () => held;
  const send = (type, x, y) => canvas.dispatchEvent(new PointerEvent(type, {
    bubbles: true, cancelable: true, pointerId: 1, isPrimary: true, button: 0,
    buttons: type === 'pointerup' ? 0 : 1,
    clientX: box.left + x * box.width, clientY: box.top + y * box.height,
  }));
  const spot = (t) => [0.5 + 0.2 * Math.sin(3 * t), 0.5 + 0.15 * Math.sin(4 * t)];
  const cell = (k) => (k + 0.5) / 15;
  const handles = Array.from({ length: 225 }, (_, k) => [cell(k % 15), cell(Math.floor(k / 15))]);
  const times = [], start = performance.now();
  let last = start;
  for (const place of [spot(0), ...handles]) if (!held) send('pointerdown', ...place);
  const tick = () => {
    const now = performance.now(), t = (now - start) / 1000;
    times.push(now - last);
    last = now;
    send(now - start < wait ? 'pointermove' : 'pointerup', ...spot(t));
    if (now - start < wait) return requestAnimationFrame(tick);
    delete canvas.setPointerCapture;
    delete canvas.hasPointerCapture;
    done(times);
  };
  requestAnimationFrame(tick);
})"""


def scenes_line(setting: Setting, goals: dict[str, float]) -> Result:
    """The slowest scene of each lesson in ``goals``; the note names it, the JSON has them all."""
    wait = WINDOW_MS // (2 if setting.quick else 1)
    found: dict[str, dict[str, list[float]]] = {}
    with served(workers=1) as server, chromium() as browser, fresh(browser) as page:
        page.goto(BLANK)
        blank = rate(page.evaluate(FRAMES, wait))
        for lesson in goals:
            opened(page, f"{server.url}/{lesson}")
            page.wait_for_load_state("networkidle", timeout=PATIENCE_MS)
            buttons = page.locator("[data-scene]").all()
            names = [button.get_attribute("data-scene") or "" for button in buttons]
            found[lesson] = {name: measured(page, name, wait) for name in names}
            print(f"    {lesson}: {found[lesson]}", flush=True)
    slowest = {
        lesson: min(scenes, key=lambda k: min(scenes[k])) for lesson, scenes in found.items()
    }
    return Result(
        tuple(
            Part(min(found[lesson][slowest[lesson]]), goal, "frames/s")
            for lesson, goal in goals.items()
        ),
        f"{', '.join(slowest.values())}; blank page {blank:.0f}; "
        f"median scene alone {middle(found, 0):.0f}, under the hand {middle(found, 1):.0f}",
        {"blank": blank, "frames_per_s": found},
    )


def measured(page: Page, scene: str, wait: int) -> list[float]:
    """Frames a second alone, then under a hand on the canvas that bears it worst."""
    page.locator(f"[data-scene={scene}]").first.click()
    page.wait_for_timeout(SETTLE_MS)
    alone = rate(page.evaluate(FRAMES, wait))
    seen = page.locator("canvas").filter(visible=True).all()
    hands = [rate(canvas.evaluate(DRAG, wait // 2)) for canvas in seen]
    return [round(alone, 1), round(min(hands, default=alone), 1)]


def rate(times: list[float]) -> float:
    """Frames a second of times between frames in ms."""
    return 1000 * len(times) / sum(times)


def middle(found: dict[str, dict[str, Any]], which: int) -> float:
    """The median over all scenes."""
    return median(rates[which] for scenes in found.values() for rates in scenes.values())
