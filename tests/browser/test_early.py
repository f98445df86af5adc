"""A stage that stands before its page: the page takes it in with all that it has drawn."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.stagelab import Lab, state, until

DATA = (
    """({ words: {}, lang: 'en', options: { intro: false }, pretrained: 'pretrained/test.run' })"""
)
EARLY = f"""async () => {{
  const {{ mountEarly }} = await import('/stage/stage.js');
  window.early = document.body.appendChild(document.createElement('div'));
  early.style.cssText = 'position: fixed; inset: 100px 0 0; overflow: hidden';
  window.away = mountEarly(early, {{ id: 'test', ...{DATA} }});
}}"""
TAKE = f"""async (id) => {{
  const {{ mount, unmount }} = await import('/stage/stage.js');
  const place = document.body.appendChild(document.createElement('div'));
  window.shadow = place.attachShadow({{ mode: 'open' }});
  mount(shadow, {{ id, ...{DATA} }});
  window.unmount = () => unmount(shadow);
}}"""


@pytest.fixture
def page(new_page: NewPage, assets_url: str) -> Page:
    page = Lab(new_page, assets_url).blank()
    page.evaluate(EARLY)
    until(page, "s.points === 4000 && s.frames > 1")
    return page


def test_the_page_takes_the_stage_in_and_it_goes_on(page: Page) -> None:
    before = state(page)
    assert before["extras"] == 0 and len(before["kept"]) == 1  # the newest frame, and no more yet
    page.evaluate("window.root = document.querySelector('.pf')")
    page.evaluate(TAKE, "test")
    page.wait_for_function("() => shadow.querySelector('.pf') === root && !early.isConnected")
    until(page, "s.extras > 0 && s.kept.length === 30")
    after = state(page)
    assert page.evaluate("window.pushforward.stages.length") == 1
    assert after["frames"] > before["frames"] and after["updates"] == before["updates"]
    expect(page.get_by_role("button", name="Explain every mark")).to_be_visible()
    page.evaluate("window.unmount()")
    assert page.evaluate("[shadow.childElementCount, window.pushforward.stages.length]") == [0, 0]


def test_a_stage_of_another_name_leaves_it_where_it_is(page: Page) -> None:
    page.evaluate(TAKE, "other")
    page.wait_for_function(
        "() => shadow.querySelector('.pf') && window.pushforward.stages.length === 2"
    )
    assert page.evaluate("early.querySelector('.pf') !== null")
    page.evaluate("window.away()")
    assert page.evaluate("[early.childElementCount, window.pushforward.stages.length]") == [0, 1]


def test_a_page_that_goes_at_once_leaves_nothing(page: Page) -> None:
    page.evaluate(TAKE, "test")
    page.evaluate("window.unmount()")
    page.wait_for_function("() => !early.isConnected")
    assert page.evaluate("[shadow.childElementCount, window.pushforward.stages.length]") == [0, 0]
