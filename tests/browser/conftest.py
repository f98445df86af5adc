"""A Chromium, pages that fail on console errors, the assets on a local port, a lab for all."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

if TYPE_CHECKING:
    from tests.live.support import Lab

ASSETS = Path(__file__).parents[2] / "assets"
#: Where only parts of a picture are drawn anew, their edges are smoothed differently each time.
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-partial-raster",
)  # fmt: skip
BLANK = b"<!doctype html><meta charset=utf-8><link rel=icon href=data:,><title>Test</title><body>"

NewPage = Callable[..., Page]


class _Assets(SimpleHTTPRequestHandler):
    """Files below assets/ under the paths that the app gives them (/stage/…); / is a blank page."""

    def do_GET(self) -> None:
        if self.path != "/":
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(BLANK)))
        self.end_headers()
        self.wfile.write(BLANK)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def assets_url() -> Iterator[str]:
    """Where the assets are served, without a slash at the end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Assets, directory=str(ASSETS)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, or Playwright's own where there is none."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(ARGUMENTS)
        )
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def nothing_left_open(request: pytest.FixtureRequest) -> Iterator[None]:
    """Close what a failing test left open: its pages would go on drawing beside all that follow."""
    if "chromium" not in request.fixturenames:
        yield
        return
    browser: Browser = request.getfixturevalue("chromium")
    before = browser.contexts
    yield
    for context in browser.contexts:
        if context not in before:
            context.close()


@pytest.fixture
def new_page(chromium: Browser) -> Iterator[NewPage]:
    """Make pages (options as for Browser.new_context); console errors fail the test at its end."""
    contexts, errors = [], []

    def make(**options: Any) -> Page:
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        return page

    yield make
    for context in contexts:
        context.close()
    assert not errors, "the page's console shows errors:\n" + "\n".join(errors)


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The lab of all tests that need none of their own; it trains only what somebody watches."""
    from tests.live.support import lab  # tests of the stage alone need no engine

    with lab(tmp_path_factory.mktemp("lab"), workers=2, idle_s=1) as running:
        yield running.wait_workers()
