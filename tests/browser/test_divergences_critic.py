"""Scene "the critic": what it certifies is a lower bound, and which one depends on its size."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from pages.shell.bounds import one_unit
from tests.browser.conftest import NewPage
from tests.browser.divergencespage import STAGE, drag, look_at, opened, rested

KINDS = ("kl", "reverse_kl", "pearson", "hellinger", "js", "gan")


@pytest.fixture
def page(new_page: NewPage, assets_url: str) -> Page:
    return opened(new_page, assets_url)


def test_a_large_critic_attains_what_a_small_one_flatters(page: Page) -> None:
    small = look_at(page, "critic", width=0, mean=0, sd=2)
    best = float(one_unit()["best"])
    assert small["truth"] == pytest.approx(float(one_unit()["truth"]), abs=1e-3)
    assert small["exact"] <= best + 1e-3 and small["exact"] > 0.8 * best
    expect(page.locator(".un-sentence:visible")).to_contain_text("flatters")
    large = look_at(page, "critic", width=3, mean=0, sd=2)
    assert large["exact"] == pytest.approx(large["truth"], abs=0.01)
    expect(page.locator(".un-sentence:visible")).to_contain_text("Trained")


@pytest.mark.parametrize("kind", KINDS)
def test_no_bound_passes_the_divergence_but_by_sampling(page: Page, kind: str) -> None:
    for width, mean, sd, clamp in ((1, 0.7, 1.3, 4), (3, -1, 0.9, 8)):
        told = look_at(page, "critic", of=kind, width=width, mean=mean, sd=sd, clamp=clamp)
        assert told["steps"] == 1500
        assert told["exact"] <= told["truth"] + 1e-9
        assert abs(told["bound"] - told["exact"]) < 4 * told["error"]


def test_chi_squared_is_infinite_where_q_is_narrow(page: Page) -> None:
    told = look_at(page, "critic", of="pearson", sd=0.7)
    assert told["infinite"] and told["truth"] == "∞"
    expect(page.locator(".un-sentence:visible")).to_contain_text("χ² is infinite")
    assert not look_at(page, "critic", of="pearson", sd=0.75)["infinite"]


def test_q_is_dragged_by_its_dot_and_links_keep_all(page: Page) -> None:
    first = look_at(page, "critic", width=0)
    at = page.evaluate(
        """() => {
          const { clientWidth: w } = document.querySelector('[data-plot=curves]');
          return [0.4, -1].map((x) => (40 + ((x + 5) / 10) * (w - 50)) / w);
        }"""
    )
    drag(page, "[data-plot=curves]", (at[0], 0.85), (at[1], 0.85))
    moved = rested(page)
    own = page.evaluate("lesson.read()")["own"]
    assert own["mean"] == pytest.approx(-1, abs=0.06) and moved["truth"] != first["truth"]
    picture = "document.querySelector('[data-plot=bound]').toDataURL()"
    there, kept = page.evaluate(picture), page.evaluate("JSON.stringify(lesson.read())")
    page.locator(".un-beside:visible [data-do=reset]").click()
    rested(page)
    page.evaluate("(view) => lesson.apply(JSON.parse(view))", kept)
    assert rested(page) == moved and page.evaluate(picture) == there
    page.locator("[data-plot=curves]").focus()
    page.keyboard.press("ArrowUp")
    rested(page)
    assert page.evaluate("lesson.read()")["own"]["sd"] == pytest.approx(2.05)
    page.keyboard.press("r")
    page.wait_for_function(f"() => {STAGE}.still")
