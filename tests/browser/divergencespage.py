"""The lesson "divergences" alone in a browser, at rest, with its own object at hand."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.browser.conftest import NewPage
from tests.browser.test_show import open_lesson

STAGE = "window.pushforward.stages[0]"
MATHS = "/stage/lessons/divergences/maths"
WINDOW = {"width": 1300, "height": 900}


def opened(new_page: NewPage, assets_url: str) -> Page:
    """The lesson; ``window.lesson`` is the stage's own object."""
    return _open(new_page(viewport=WINDOW, reduced_motion="reduce"), assets_url)


def moving(new_page: NewPage, assets_url: str) -> Page:
    """The same for a reader who likes things to move."""
    return _open(new_page(viewport=WINDOW), assets_url)


def _open(page: Page, assets_url: str) -> Page:
    open_lesson(page, assets_url, "divergences")
    page.evaluate(
        """async () => {
          const { lookOf } = await import('/stage/lessons/divergences.js');
          window.lesson = lookOf(document.querySelector('[data-stage]').parentElement);
        }"""
    )
    return page


def rested(page: Page) -> dict[str, Any]:
    """The numbers of the scene, once it is still."""
    page.wait_for_function(f"() => {STAGE}.still")
    numbers: dict[str, Any] = page.evaluate(f"{STAGE}.numbers")
    return numbers


def look_at(page: Page, scene: str, **own: Any) -> dict[str, Any]:
    """Show a scene as a link would."""
    page.evaluate("(view) => lesson.apply(view)", {"scene": scene, "own": own})
    return rested(page)


def drag(page: Page, selector: str, start: tuple[float, float], end: tuple[float, float]) -> None:
    """From one place to another, both as shares of the element's box from its upper left."""
    box = page.locator(selector).bounding_box()
    assert box
    ways = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)]
    page.mouse.move(*ways[0])
    page.mouse.down()
    page.mouse.move(*ways[1], steps=6)
    page.mouse.up()
