"""A stage draws where it is in sight, also when it was out of it and in again between two looks."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import NewPage
from tests.browser.lessonpage import MOUNT as LESSON
from tests.browser.stagelab import MOUNT, Lab, until

#: Lets a test say what the browser's observers see.
OBSERVED = """
window.IntersectionObserver = class {
  constructor(tell) { (window.watchers ??= []).push(tell); }
  observe() {}
  disconnect() {}
};
window.see = (...seen) => {
  for (const tell of window.watchers) tell(seen.map((isIntersecting) => ({ isIntersecting })));
};
"""
FRAMES = "window.pushforward.stages[0].frames"


def draws(page: Page) -> bool:
    """Whether anything is drawn within ten of the browser's frames."""
    before = page.evaluate(FRAMES)
    page.evaluate(
        """async () => {
          for (let i = 0; i < 10; i++) await new Promise(requestAnimationFrame);
        }"""
    )
    return bool(page.evaluate(FRAMES) > before)


@pytest.mark.parametrize("kind", ["flow", "lesson"])
def test_the_last_of_several_changes_counts(new_page: NewPage, assets_url: str, kind: str) -> None:
    page = Lab(new_page, assets_url).blank()
    page.evaluate(f"() => {{ {OBSERVED} }}")
    if kind == "flow":
        page.evaluate(MOUNT, {"pretrained": "pretrained/test.run"})
    else:
        page.evaluate(LESSON, {"id": "change_of_variables"})
    until(page, "s.points > 0 && s.frames > 1")
    page.evaluate("see(false, true)")
    assert draws(page)
    page.evaluate("see(true, false)")
    page.evaluate("new Promise(requestAnimationFrame)")
    assert not draws(page)
    page.evaluate("see(true)")
    assert draws(page)
