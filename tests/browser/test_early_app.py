"""The first picture of the lab does not wait for Streamlit, and becomes part of its page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import NewPage
from tests.live.support import Lab, lab

STAGE = "window.pushforward?.stages?.[0]"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with lab(tmp_path_factory.mktemp("early"), workers=1) as running:
        yield running.wait_workers()


def wait(page: Page, condition: str) -> None:
    page.wait_for_function(f"() => {condition}", timeout=30_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 400])
def test_the_flow_moves_while_streamlit_is_held_back(
    server: Lab, new_page: NewPage, scheme: str, width: int
) -> None:
    page = new_page(viewport={"width": width, "height": 1000}, color_scheme=scheme)
    held: list[Route] = []
    page.route("**/static/js/index*.js", lambda route: held.append(route))
    page.goto(server.url, wait_until="commit")
    wait(page, f"{STAGE}?.points === 4000 && {STAGE}.layerPosition > 0.5")
    assert page.locator(".stApp").count() == 0
    early = page.locator(".pf-early .pf")
    paper = early.evaluate("(node) => getComputedStyle(node).backgroundColor")
    frames = page.evaluate(f"{STAGE}.frames")
    for route in held:
        route.continue_()
    expect(page.get_by_role("button", name="Train").first).to_be_visible(timeout=30_000)
    wait(page, f"!document.querySelector('.pf-early') && {STAGE}.extras > 0")
    assert page.evaluate("window.pushforward.stages.length") == 1
    assert page.evaluate(f"{STAGE}.frames") > frames
    root = page.locator(".st-key-pushforward-stage .pf")
    assert root.evaluate("(node) => getComputedStyle(node).backgroundColor") == paper


def test_it_stood_where_it_will_stand(server: Lab, new_page: NewPage) -> None:
    page = new_page(viewport={"width": 1440, "height": 1000})
    page.goto(server.url, wait_until="commit")
    wait(page, f"document.querySelector('.pf-early .pf') && {STAGE}?.points === 4000")
    early = page.locator(".pf-early").bounding_box()
    wait(page, "!document.querySelector('.pf-early')")
    stage = page.locator(".st-key-pushforward-stage .pf").bounding_box()
    assert early and stage
    assert [early[k] for k in ("x", "y", "width")] == pytest.approx(
        [stage[k] for k in ("x", "y", "width")], abs=8
    )


def test_a_reader_who_goes_to_another_lesson_takes_no_stage_along(
    server: Lab, new_page: NewPage
) -> None:
    page = new_page(viewport={"width": 1440, "height": 1000})
    page.goto(server.url, wait_until="commit")
    wait(page, f"{STAGE}?.points === 4000")
    page.get_by_role("link", name="Universality").click(timeout=30_000)
    wait(page, "[...window.pushforward.stages].map((s) => s.id).join() === 'universality'")
    assert page.locator(".pf-early").count() == 0
