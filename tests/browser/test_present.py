"""Presenter mode: by keyboard alone, in large type, over everything else on the page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPage
from tests.browser.stagelab import Lab, state, until

#: Font sizes, in pixels, of every text that is to be seen on the stage but the speaker's cue.
SIZES = """() => {
  const root = document.querySelector('.pf');
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const { parentElement: at } = node;
    if (!node.textContent.trim() || at.closest('.pf-cue, .pf-said, style')) continue;
    if (!at.checkVisibility({ visibilityProperty: true })) continue;
    if (at.getBoundingClientRect().width < 2) continue;
    found.push([parseFloat(getComputedStyle(at).fontSize), node.textContent.trim()]);
  }
  return found;
}"""
#: Whether nothing sticks out of the window, or out of the stage.
FITS = """() => [...document.querySelectorAll('.pf > *, .pf-room, .pf-box, .pf-readout')]
  .filter((node) => node.checkVisibility() && !node.matches('.pf-said, link, dialog'))
  .map((node) => [node.className, node.getBoundingClientRect()])
  .filter(([, box]) => box.left < -1 || box.top < -1
    || box.right > innerWidth + 1 || box.bottom > innerHeight + 1)
  .map(([name, box]) => [name, JSON.stringify(box)])"""
SCENES = 7


@pytest.fixture
def lab(new_page: NewPage, assets_url: str) -> Lab:
    return Lab(new_page, assets_url)


@pytest.mark.parametrize(("size", "scheme"), [((1920, 1080), "light"), ((1024, 768), "dark")])
def test_scenes_by_keyboard_in_large_type(lab: Lab, size: tuple[int, int], scheme: str) -> None:
    page = lab.recorded(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    node = page.locator("[data-stage]").element_handle()
    page.keyboard.press("p")
    seen = set()
    for scene in range(1, SCENES + 1):
        expect(page.locator(".pf-head span")).to_have_text(f"{scene} / {SCENES}")
        seen.add(page.locator(".pf-head h2").inner_text())
        sizes = page.evaluate(SIZES)
        assert [text for text in sizes if text[0] < 24] == [] and len(sizes) > 4
        assert page.evaluate(FITS) == []
        page.keyboard.press("PageDown" if scene % 2 else "ArrowRight")
    assert len(seen) == SCENES
    page.keyboard.press("PageUp")
    expect(page.locator(".pf-head span")).to_have_text(f"{SCENES - 1} / {SCENES}")
    assert node is not None and node.evaluate("node => node.isConnected")
    page.keyboard.press("Escape")
    expect(page.locator(".pf-head")).to_be_hidden()


def test_what_a_scene_shows_and_what_is_left_behind(lab: Lab) -> None:
    page = lab.recorded()
    page.keyboard.press("3")  # no density
    before = page.locator("[aria-pressed=true]").count()
    page.keyboard.press("p")
    until(page, "s.layerPosition === 0 && !s.playing")
    page.keyboard.press("ArrowRight")
    until(page, "s.playing")
    page.keyboard.press("ArrowRight")
    until(page, "s.probe?.pinned && s.layerPosition === 4 && !s.playing")
    expect(page.locator(".pf-readout:visible")).to_contain_text("density")
    page.keyboard.press("b")
    blank = page.locator(".pf-blank")
    expect(blank).to_be_visible()
    page.keyboard.press("b")
    expect(blank).to_be_hidden()
    page.keyboard.press("?")
    keys = page.get_by_role("dialog")
    expect(keys).to_contain_text("presenting: blank")
    page.keyboard.press("Escape")  # closes the list, not the mode
    expect(keys).to_be_hidden()
    expect(page.locator(".pf-head")).to_be_visible()
    page.keyboard.press("p")
    expect(page.locator(".pf-head")).to_be_hidden()
    until(page, "s.probe === null")
    assert page.locator("[aria-pressed=true]").count() == before


def test_the_page_behind_is_covered_and_the_tab_key_stays_in(lab: Lab) -> None:
    page = lab.recorded()
    page.evaluate(
        """() => {
          document.body.insertAdjacentHTML('afterbegin',
            '<header style="position: fixed; inset: 0 0 auto; height: 60px; z-index: 999999">'
            + '<button>Deploy</button></header>');
        }"""
    )
    page.get_by_role("button", name="Present", exact=True).click()
    expect(page.locator(".pf-head")).to_be_visible()
    top = page.evaluate("document.elementFromPoint(600, 30).closest('.pf') !== null")
    assert top
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('.pf') !== null")
    page.keyboard.press("Escape")
    assert state(page)["points"] == 4000
    expect(page.get_by_role("button", name="Present", exact=True)).to_be_focused()
