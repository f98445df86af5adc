"""The lesson "universality" alone in a browser, at rest, with its own object at hand."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.conftest import NewPage
from tests.browser.test_show import open_lesson


def opened(new_page: NewPage, assets_url: str) -> Page:
    """The lesson; ``window.lesson`` is the stage's own object."""
    page = new_page(viewport={"width": 1300, "height": 900}, reduced_motion="reduce")
    open_lesson(page, assets_url, "universality")
    page.evaluate(
        """async () => {
          const { lookOf } = await import('/stage/lessons/universality.js');
          window.lesson = lookOf(document.querySelector('[data-stage]').parentElement);
        }"""
    )
    return page
