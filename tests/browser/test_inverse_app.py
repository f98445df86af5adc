"""Every problem on the page of inverse problems trains live from it; its picture follows."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.live.support import Lab

LONG: Any = {"timeout": 90_000}
STAGE = "window.pushforward?.stages.find((s) => s.id === 'inverse_problems')"


def learns(page: Page, scene: str) -> str:
    """Train what the scene shows; its picture must change with the network. Returns the run."""
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_function(f"() => {STAGE}.scene === '{scene}' && {STAGE}.step > 0", **LONG)
    step, seen, run = page.evaluate(f"() => [{STAGE}.step, {STAGE}.sdNet, {STAGE}.run]")
    page.wait_for_function(
        f"([step, sd]) => {STAGE}.step > step + 20 && {STAGE}.sdNet.some((v, k) => v !== sd[k])",
        arg=[step, seen],
        **LONG,
    )
    expect(page.locator(".ip-sentence:visible")).to_contain_text("Training: step", **LONG)
    return str(run)


def test_strip_and_eight_modes_train_from_the_page(server: Lab, new_page: NewPage) -> None:
    page = new_page(viewport={"width": 1300, "height": 950}, reduced_motion="reduce")
    page.goto(server.url)  # from the menu: Streamlit's own probing of deep links fails loudly
    page.get_by_role("link", name="Inverse problems").click(timeout=60_000)
    page.wait_for_function(f"() => {STAGE}?.points > 0", **LONG)
    page.get_by_role("button", name="A strip across a crescent").click()
    page.wait_for_function(f"() => {STAGE}.sdNet")
    shipped = page.evaluate(f"() => {STAGE}.sdNet")
    strip = learns(page, "strip")
    page.wait_for_url("**problem=strip**", **LONG)

    page.get_by_role("button", name="Eight modes").click()  # the strip's run goes on meanwhile
    page.wait_for_function(f"() => {STAGE}.scene === 'modes' && {STAGE}.shares")
    assert page.evaluate(f"() => {STAGE}.run") is None
    modes = learns(page, "modes")
    assert modes != strip
    page.wait_for_url("**problem=eight-modes**", **LONG)

    page.get_by_role("button", name="A strip across a crescent").click()  # it has no run now
    page.wait_for_function(f"(sd) => String({STAGE}.sdNet) === String(sd)", arg=shipped, **LONG)
    page.get_by_role("button", name="Back to the recorded network").click()
    page.get_by_role("button", name="Eight modes").click()
    page.wait_for_function(f"() => {STAGE}.scene === 'modes' && !{STAGE}.run", **LONG)

    page.goto(f"{server.url}/watch/{modes}")  # a page for phones, of this problem
    page.wait_for_function(f"() => {STAGE}?.scene === 'modes' && {STAGE}.step > 0", **LONG)
