"""Slow motion in the whole app: the one step of a real run."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.stagelab import state
from tests.live.support import Lab

STAGE = "window.pushforward.stages[0]"


def test_the_step_of_a_real_run_is_one_and_it_goes_on(server: Lab, new_page: NewPage) -> None:
    page = new_page(viewport={"width": 1440, "height": 1000}, reduced_motion="reduce")
    page.goto(server.url)
    page.wait_for_function("() => window.pushforward?.stages[0]?.points > 0", timeout=60_000)
    page.get_by_role("button", name="Train").first.click()
    until_training(page)
    page.get_by_role("button", name="Slow motion").click()
    page.wait_for_function(f"() => {STAGE}.status === 'paused'", timeout=30_000)
    page.locator(".pf-slow li button").nth(4).click()
    steps = page.locator(".pf-slow [data-mark=step]")
    expect(steps.locator("b")).to_have_text("+1", timeout=30_000)
    found = re.fullmatch(r"([\d,]+) → ([\d,]+)", steps.locator("small").inner_text())
    assert found is not None
    before, after = (int(text.replace(",", "")) for text in found.groups())
    assert after == before + 1 == state(page)["step"]
    page.keyboard.press("Escape")
    until_training(page)
    page.wait_for_function(f"() => {STAGE}.step > {after}", timeout=60_000)


def until_training(page: Page) -> None:
    page.wait_for_function(f"() => {STAGE}.status === 'training'", timeout=60_000)
