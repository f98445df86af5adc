"""The stage's node outlives minutes of updates: a remount in a lecture would cost all trust."""

from __future__ import annotations

import pytest

from tests.browser.conftest import NewPage
from tests.live.support import Lab

STAGE = "(window.pushforward?.stages ?? [])[0]"
#: The element of the stage, wherever its shadow root is.
NODE = """() => {
  for (const e of document.querySelectorAll('*')) {
    const found = e.shadowRoot?.querySelector('[data-stage]') ?? (e.dataset?.stage ? e : null);
    if (found) return found;
  }
  return null;
}"""


@pytest.mark.parametrize("seconds", [60, pytest.param(3600, marks=pytest.mark.soak)])
def test_the_node_survives_its_updates(server: Lab, new_page: NewPage, seconds: int) -> None:
    page = new_page(viewport={"width": 1440, "height": 1000})  # fails on any console error
    page.goto(server.url)
    page.wait_for_function(f"() => {STAGE}?.points > 0", timeout=60_000)
    page.evaluate(f"window.firstNode = ({NODE})()")
    assert page.evaluate("window.firstNode !== null")
    page.get_by_role("button", name="Train").first.click()
    page.wait_for_function(f"() => {STAGE}.status === 'training'", timeout=60_000)
    before = page.evaluate(f"{STAGE}.updates")
    for _ in range(seconds // 10):
        page.wait_for_timeout(10_000)
        assert page.evaluate(f"window.firstNode === ({NODE})() && window.firstNode.isConnected")
        if page.evaluate(f"{STAGE}.status") == "done":  # the budget is a minute of computing
            page.get_by_role("button", name="Train").first.click()
    assert page.evaluate(f"{STAGE}.updates") - before > seconds
