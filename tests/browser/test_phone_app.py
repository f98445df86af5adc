"""The whole app on a phone: what is dragged first is on the first screen, and nothing covers it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.live.support import Lab

STAGE = "window.pushforward?.stages?.[0]"
#: Lesson -> what is dragged first there.
FIRST = {
    "pushforward": ".pf-strip",
    "change_of_variables": ".cv-knob >> nth=2",
    "coupling_layers": ".pl-below [data-curve=t]",
}


def visit(chromium: Browser, server: Lab, lesson: str) -> Page:
    # Streamlit's own probing of deep links fails loudly: this page's console is not asked.
    page = chromium.new_page(
        viewport={"width": 400, "height": 860}, has_touch=True, color_scheme="dark"
    )
    page.goto(f"{server.url}/{lesson}?lang=en")
    page.wait_for_function(
        f"() => {STAGE}?.id === '{lesson}' && {STAGE}.frames > 0 && {STAGE}.points > 0",
        timeout=60_000,
    )
    return page


def on_top(page: Page, x: float, y: float) -> str:
    """The text of the button at a place of the window, looked up through shadow roots."""
    text: str = page.evaluate(
        """([x, y]) => {
          let node = document.elementFromPoint(x, y);
          while (node?.shadowRoot?.elementFromPoint(x, y)) {
            node = node.shadowRoot.elementFromPoint(x, y);
          }
          return node?.closest('button')?.textContent ?? '';
        }""",
        [x, y],
    )
    return text


@pytest.mark.parametrize("lesson", FIRST)
def test_the_first_drag_is_on_the_first_screen(chromium: Browser, server: Lab, lesson: str) -> None:
    page = visit(chromium, server, lesson)
    box = page.locator(FIRST[lesson]).first.bounding_box()
    assert box
    lowest = 860.0
    train = page.get_by_role("button", name="Train").first
    if train.count():
        bar = train.bounding_box()
        assert bar
        lowest = bar["y"] - 8
    assert box["y"] > 0 and box["y"] + box["height"] <= lowest
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()


@pytest.mark.parametrize("lesson", ["pushforward", "coupling_layers"])
def test_notes_do_not_lie_on_the_bar_of_buttons(
    chromium: Browser, server: Lab, lesson: str
) -> None:
    page = visit(chromium, server, lesson)
    page.wait_for_function(f"() => {STAGE}.extras ?? true")
    page.keyboard.press("e")
    page.keyboard.down("e")
    page.locator(".pf-notes li, .pl-notes p").first.wait_for()
    train = page.get_by_role("button", name="Train").first
    bar = train.bounding_box()
    assert bar
    x, y = bar["x"] + bar["width"] / 2, bar["y"] + bar["height"] / 2
    for scrolled in range(0, 1400, 100):
        page.get_by_test_id("stMain").evaluate("(node, top) => { node.scrollTop = top; }", scrolled)
        assert on_top(page, x, y).startswith("Train"), f"scrolled by {scrolled}"
    page.close()


def test_the_first_lesson_answers_to_its_name_and_keeps_what_the_link_says(
    chromium: Browser, server: Lab
) -> None:
    page = visit(chromium, server, "pushforward")
    assert page.url.startswith(f"{server.url}/?lang=en")
    page.get_by_role("button", name="Train").first.wait_for()
    assert page.get_by_role("dialog").count() == 0
    page.close()
