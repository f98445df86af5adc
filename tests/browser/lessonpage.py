"""A page with the lesson "change of variables" on it, for tests that drag, press and look."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.assetserver import ASSETS

MOUNT = """
async ({ words, lang }) => {
  document.documentElement.style.colorScheme = 'light dark';
  const { mount, unmount } = await import('/stage/lessons/change_of_variables.js');
  const box = document.createElement('main');
  document.body.replaceChildren(box);
  const host = box.attachShadow({ mode: 'open' });
  const data = { id: 'change_of_variables', words, lang };
  mount(host, data);
  window.again = (more) => mount(host, { ...data, ...more });
  window.away = () => unmount(host);
}
"""
STAGE = "window.pushforward.stages[0]"
FIELDS = {
    *("id", "run", "seq", "step", "status", "frames", "updates"),
    *("latencyMs", "points", "layerPosition", "playing", "still", "link"),
}
DESK = {"width": 1440, "height": 1000}
PHONE = {"width": 400, "height": 900}


def words(lang: str = "en") -> dict[str, str]:
    text = json.loads((ASSETS / "text" / f"{lang}.json").read_text(encoding="utf-8"))
    stage: dict[str, str] = text["change_of_variables"]["stage"]
    return stage


class Lesson:
    """A page with the lesson on it, opened and at rest."""

    def __init__(self, page: Page, url: str, lang: str = "en") -> None:
        self.page = page
        page.goto(url)
        page.evaluate(MOUNT, {"words": words(lang), "lang": lang})
        page.wait_for_function(f"() => {STAGE}.frames > 0 && {STAGE}.points > 0")

    def at_rest(self) -> Lesson:
        """Wait until the slices have slid."""
        self.page.wait_for_function(f"() => {STAGE}.layerPosition === 1")
        return self

    def get(self, selector: str) -> Locator:
        return self.page.locator(selector)

    def text(self, selector: str) -> str:
        return self.get(selector).first.inner_text()

    def knots(self) -> list[tuple[float, float]]:
        boxes = [knob.bounding_box() for knob in self.get(".cv-knob").all()]
        return [(b["x"] + b["width"] / 2, b["y"] + b["height"] / 2) for b in boxes if b]

    def check(self, row: int) -> str:
        return self.get(".cv-line .cv-checks td").nth(row).inner_text()

    def drag(self, start: tuple[float, float], *ways: tuple[float, float]) -> None:
        """Press at ``start`` and go along the ways; the button stays down."""
        self.page.mouse.move(*start)
        self.page.mouse.down()
        x, y = start
        for dx, dy in ways:
            x, y = x + dx, y + dy
            self.page.mouse.move(x, y, steps=5)
        self.settle()

    def plane(self, kind: str = "linear") -> None:
        """Go to the plane, whose modules may still be on their way."""
        self.key("4")
        self.get(f"[data-kind={kind}]").click()
        expect(self.get(".cv-plane output:visible").first).to_have_text(re.compile(r"\d"))

    def settle(self) -> None:
        """Two animation frames: what was asked for is drawn."""
        self.page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def key(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.settle()


def number(text: str) -> float:
    found = re.search(r"[−-]?\d+(\.\d+)?", text)
    assert found, text
    return float(found[0].replace("−", "-"))
