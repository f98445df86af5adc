"""Presenter mode of the lessons: every scene of every table, by keyboard alone, in large type."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from inn_core.maps import network
from inn_core.problems.sweeps import SWEEPS
from inn_core.specs_inverse import InverseSpec
from pages.shell import drawn, fitting, heavytails, planes, posterior, proofs
from pages.shell.words import Words
from tests.browser.conftest import NewPage
from tests.browser.test_present import FITS, SIZES

STAGE = "window.pushforward.stages[0]"
MOUNT = """async ({ name, data }) => {
  document.documentElement.style.colorScheme = 'light dark';
  const host = document.body.appendChild(document.createElement('div'));
  const { mount, lookOf } = await import(`/stage/lessons/${name}.js`);
  mount(host, data);
  window.look = () => JSON.stringify(lookOf(host).read());
}"""


def sweep_options(name: str) -> dict[str, Any]:
    return {"net": f"pretrained/{name}.inn", "hello": network.hello(SWEEPS[name])}


def lesson_options(name: str) -> dict[str, Any]:
    if name == "coupling_layers":
        words = Words("en")
        return {
            "target": drawn.target_of("moons", words), "heldout": drawn.heldout("moons"),
            "kinds": drawn.kinds("moons", words), "best": None, "task": drawn.FREE,
            "drawing": None, "saved": None, "view": None,
        }  # fmt: skip
    if name == "inverse_problems":
        return {"hello": network.hello(InverseSpec()), "scenes": planes.scenes()}
    if name == "universality":
        words = Words("en")
        return {"fit": fitting.told(fitting.Fitting(name), words), **proofs.options(words)}
    if name == "divergences":
        return {
            "posterior": {"file": posterior.FILE},
            "tails": {"file": f"pretrained/{heavytails.FILE}"},
        }
    return {} if name == "change_of_variables" else sweep_options(name.replace("_", "-"))


#: Lesson -> its scenes, and in what window and scheme they are looked at.
LESSONS = {
    "change_of_variables": (6, (1440, 900), "light"),
    "coupling_layers": (4, (1024, 768), "dark"),
    "divergences": (14, (1440, 900), "light"),
    "inverse_problems": (5, (1440, 900), "dark"),
    "latent_dimension": (4, (1024, 768), "light"),
    "prior_weight": (4, (1440, 900), "light"),
    "universality": (15, (1024, 768), "dark"),
}


def open_lesson(
    page: Page, url: str, name: str, lang: str = "en", options: dict[str, Any] | None = None
) -> None:
    page.goto(url)
    own = "sweep" if name in ("latent_dimension", "prior_weight") else name
    words = Words(lang).section(f"{own}.stage")
    if name == "universality":
        words = {**words, **Words(lang).section("fits.stage")}
    data = {"id": name, "words": words, "lang": lang, "run": None, "owner": None}
    page.evaluate("(words) => { window.said = words; }", words)
    page.evaluate(
        MOUNT, {"name": name, "data": data | {"options": options or lesson_options(name)}}
    )
    page.wait_for_function(f"() => {STAGE}?.points > 0")


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_is_presented_by_keyboard_alone(
    new_page: NewPage, assets_url: str, name: str
) -> None:
    count, (width, height), scheme = LESSONS[name]
    page = new_page(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    )
    open_lesson(page, assets_url, name)
    page.keyboard.press("p")
    titles, views = set(), []
    for scene in range(1, count + 1):
        expect(page.locator(".pf-head span")).to_have_text(f"{scene} / {count}")
        page.wait_for_function(f"() => {STAGE}.still")
        titles.add(page.locator(".pf-head h2").inner_text())
        views.append(page.evaluate("look()"))
        sizes = page.evaluate(SIZES)
        assert [text for text in sizes if text[0] < 24] == [] and len(sizes) > 2
        assert page.evaluate(FITS) == []
        page.keyboard.press("PageDown" if scene % 2 else "ArrowRight")
    assert len(titles) == count
    page.keyboard.press("PageUp")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog")
    expect(keys).to_contain_text("presenting: blank")
    page.keyboard.press("Escape")  # closes the list, not the mode
    expect(page.locator(".pf-head span")).to_have_text(f"{count - 1} / {count}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.pf') !== null")
    page.keyboard.press("Escape")
    expect(page.locator(".pf-head")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert page.locator(".pf-aside").count() == 0
