"""A sweep trained from its page in the whole app, and back to the recorded one."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from inn_core.problems.sweeps import LATENT_DIMENSION
from tests.browser.conftest import NewPage
from tests.browser.test_sweeps import CARDS, STAGE
from tests.live.support import Lab


def test_training_from_the_page(server: Lab, new_page: NewPage) -> None:
    page = new_page(viewport={"width": 1300, "height": 950}, reduced_motion="reduce")
    page.goto(server.url)  # from the menu: Streamlit's own probing of deep links fails loudly
    page.get_by_role("link", name="Latent dimension").click(timeout=60_000)
    wait_long: Any = {"timeout": 90_000}
    ready = "() => window.pushforward?.stages.some((s) => s.chosen === 0 && s.points > 0)"
    page.wait_for_function(ready, **wait_long)
    page.get_by_test_id("stTextInputField").fill("0, 200")
    page.get_by_test_id("stTextInputField").press("Enter")
    page.get_by_role("button", name="Train").click()
    expect(page.get_by_test_id("stAlert")).to_contain_text("d_z is 0", timeout=30_000)
    page.get_by_test_id("stTextInputField").fill("1, 3")
    page.get_by_test_id("stTextInputField").press("Enter")
    page.get_by_role("button", name="Train").click()
    page.wait_for_function(f"() => {STAGE}.step > 20", **wait_long)
    assert page.locator(".sw-card").count() == 4 and "run=" in page.url
    assert page.locator("circle.sw-bead").count() == 8  # two seeds of each
    seeds = page.locator(".sw-seeds").first.get_attribute("d") or ""
    assert seeds.count("M") == 2
    page.get_by_role("button", name="Back to the recorded sweep").click()
    cards, beads = CARDS["latent_dimension"], LATENT_DIMENSION.members
    expect(page.locator(".sw-card")).to_have_count(cards, timeout=30_000)
    expect(page.locator("circle.sw-bead")).to_have_count(beads, timeout=30_000)
    assert beads == 2 * cards
