"""The headers in a real browser: pages work under them, and what is foreign does not run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from pages.shell.lessons import LESSONS
from tests.live.support import Lab

STAGE = "window.pushforward?.stages?.[0]"
#: Remembers what the browser blocks, from the first moment of every page.
WATCH = """
window.blocked = [];
addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
  window.blocked.push(`${violatedDirective} ${blockedURI}`);
}, true);
"""
TRY = """async () => {
  const script = document.createElement('script');
  script.textContent = 'window.evil = 1';
  document.head.append(script);
  const box = document.createElement('div');
  box.innerHTML = '<img src="data:image/png;base64,x" onerror="window.evil = 2">';
  document.body.append(box);
  await new Promise((done) => box.firstChild.addEventListener('error', () => setTimeout(done)));
  await fetch('https://elsewhere.example/').catch(() => null);
  return window.evil ?? null;
}"""
EVIL = "<img src=x onerror='window.evil=3'><b>bold</b>"
#: Every element of a kind, also in shadow roots and in frames of the same origin.
DEEP = """(selector) => {
  const found = [];
  const look = (root) => {
    found.push(...root.querySelectorAll(selector));
    for (const node of root.querySelectorAll('*')) if (node.shadowRoot) look(node.shadowRoot);
  };
  look(document);
  return found.map((node) => node.outerHTML);
}"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page that remembers what was blocked, and fails on errors of its scripts."""
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    context.add_init_script(WATCH)
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def arrived(page: Any) -> None:
    page.wait_for_function(f"() => {STAGE}?.frames > 2", timeout=60_000)


def assert_nothing_foreign(page: Page) -> None:
    assert page.evaluate(TRY) is None
    for kind in ("script-src-elem", "script-src-attr", "connect-src"):
        page.wait_for_function(
            "(kind) => window.blocked.some((text) => text.startsWith(`${kind} `))", arg=kind
        )


@pytest.mark.parametrize("lesson", [lesson.name for lesson in LESSONS])
def test_every_lesson_opens_and_nothing_of_it_is_blocked(
    server: Lab, page: Page, lesson: str
) -> None:
    page.goto(f"{server.url}/{lesson}")
    arrived(page)
    page.get_by_role("button", name="Share").click()
    assert page.evaluate("window.blocked") == []


def test_a_figure_of_plotly_is_drawn(server: Lab, page: Page) -> None:
    page.goto(server.url)
    arrived(page)
    page.get_by_text("Examine", exact=True).click()
    page.wait_for_selector(".js-plotly-plot .main-svg", timeout=60_000)
    assert page.evaluate("window.blocked") == []


def test_no_foreign_script_runs_and_nothing_goes_abroad(server: Lab, page: Page) -> None:
    page.goto(server.url)
    arrived(page)
    assert_nothing_foreign(page)


def test_the_lab_may_stand_in_a_course_page(server: Lab, page: Page, assets_url: str) -> None:
    frame = f'<iframe src="{server.url}/?embed=true" width="900" height="700"></iframe>'
    page.goto(assets_url)  # another origin
    page.set_content(frame)
    arrived(page.frames[1])
    assert page.frames[1].evaluate("window.blocked") == []


def test_what_a_reader_names_is_text_wherever_it_stands(
    server: Lab, page: Page, tmp_path: Path
) -> None:
    rows = np.random.default_rng(2).normal(size=(60, 2))
    table = f'"{EVIL}",<script>\n'
    table += "\n".join(f"{a},{b}" for a, b in rows)
    page.goto(server.url)
    arrived(page)
    page.get_by_role("button", name="Your data").click()
    page.locator("input[type=file]").first.set_input_files(
        {"name": f"{EVIL}.csv", "mimeType": "text/csv", "buffer": table.encode()}
    )
    page.get_by_text("x₁ = (").wait_for()
    page.get_by_role("button", name="Train on this").last.click()
    page.wait_for_function(f"() => {STAGE}?.status === 'training' && {STAGE}.step > 20")
    expect(page.get_by_role("combobox", name="Target")).to_have_value(EVIL[:60], timeout=20_000)
    run = page.evaluate(f"{STAGE}.run")
    for address in ("", f"/watch/{run}", f"/?run={run}&target={EVIL}&view=1.{EVIL}"):
        if address:
            page.goto(server.url + address)
            arrived(page)
        found = page.evaluate(DEEP, "img[src=x], b")
        assert not [text for text in found if "src=" in text or ">bold<" in text]
        assert page.evaluate("window.evil ?? null") is None
        assert not [text for text in page.evaluate("window.blocked") if "script" in text]
    page.goto(f"{server.url}/watch/{run}")
    arrived(page)
    assert_nothing_foreign(page)
