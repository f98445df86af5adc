"""A Chromium, pages that fail on console errors, the assets on a local port, a lab for all."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.assetserver import serving
from tests.browser.tabs import Tabs

if TYPE_CHECKING:
    from tests.live.support import Lab

#: Where only parts of a picture are drawn anew, their edges are smoothed differently each time.
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-partial-raster",
)  # fmt: skip

NewPage = Callable[..., Page]


@pytest.fixture(scope="session")
def assets_url() -> Iterator[str]:
    """Where the assets are served, without a slash at the end."""
    with serving() as url:
        yield url


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, or Playwright's own where there is none."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(ARGUMENTS)
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def tabs(chromium: Browser, assets_url: str) -> Iterator[Tabs]:
    """Tabs that share what the browser has fetched and compiled."""
    made = Tabs(chromium, assets_url)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def nothing_left_open(request: pytest.FixtureRequest) -> Iterator[None]:
    """Close what a failing test left open: its pages would go on drawing beside all that follow."""
    if "chromium" not in request.fixturenames:
        yield
        return
    browser, tabs = request.getfixturevalue("chromium"), request.getfixturevalue("tabs")
    before = browser.contexts
    yield
    for context in browser.contexts:
        if context not in before and context not in tabs.contexts:
            context.close()


@pytest.fixture
def new_page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[NewPage]:
    """Make pages (options as for Browser.new_context); console errors fail the test at its end.

    With the lab each is a browser of its own; those of the stage alone share one that is warm.
    """
    close, errors = [], []
    tabs = None if "server" in request.fixturenames else request.getfixturevalue("tabs")

    def make(**options: Any) -> Page:
        if tabs:
            page = tabs.open(**options)
            close.append(page.close)
        else:
            context = chromium.new_context(**options)
            close.append(context.close)
            page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        return page

    yield make
    for one in close:
        one()
    if tabs:
        tabs.forget()
    assert not errors, "the page's console shows errors:\n" + "\n".join(errors)


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The lab of all tests that need none of their own; it trains only what somebody watches."""
    from tests.live.support import lab  # tests of the stage alone need no engine

    with lab(tmp_path_factory.mktemp("lab"), workers=2, idle_s=1) as running:
        yield running.wait_workers()
