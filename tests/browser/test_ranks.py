"""Calibration by ranks in the browser: counted while the page goes on, and able to tell."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.test_inverse_problems import STAGE, open_lesson


@pytest.fixture
def page(new_page: NewPage, assets_url: str) -> Page:
    page = new_page(viewport={"width": 1200, "height": 900})
    page.goto(f"{assets_url}/")
    return page


def test_ranks_are_counted_while_the_page_goes_on(page: Page) -> None:
    open_lesson(page)
    page.wait_for_function(f"() => {STAGE}.points === 300")
    page.get_by_role("button", name="Count ranks").click()
    page.wait_for_function(f"() => {STAGE}.ranks === 500", timeout=60_000)
    expect(page.locator(".ip-calibration small").first).to_contain_text("if all were right: p =")
    counts = page.evaluate(
        "[...document.querySelectorAll('.ip-ranks svg')].map((svg) => svg.children.length)"
    )
    assert counts == [21] * 4


def test_ranks_know_a_right_sampler_from_a_wrong_one(page: Page) -> None:
    """With the prior in place of the posterior every rank is uniform; squeezed, it is not."""
    uneven = page.evaluate(
        """async () => {
          const { Ranks } = await import('/stage/lessons/inverse/ranks.js');
          const model = { prior: (normal) => [normal()], observe: () => [0] };
          const units = { x_mean: [0], x_sd: [1], y_mean: [0], y_sd: [1] };
          const problem = { dim: 2, dim_x: 1, dim_y: 1, latent: [1], ...units };
          return [1, 0.4].map((squeeze) => {
            const ranks = new Ranks(model, problem, { slack: 0, soft: false });
            while (!ranks.finished) {
              const points = ranks.next();
              for (let i = 0; i < points.length; i += 2) points[i] = squeeze * points[i + 1];
              ranks.take(points);
            }
            return ranks.uneven;
          });
        }"""
    )
    assert uneven[0] <= 2 and uneven[1] >= 8
