"""Tabs for tests of the stage alone: each is new, but none fetches and compiles the modules again.

A tab that another one opens shares its process and all that it has fetched. A browser context of
its own would cost a process and a hundred requests, two of the three seconds that a stage takes to
stand. What a test leaves in the storage of a context is forgotten after it.
"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page


class Tabs:
    """One context for each set of options, with one idle tab that opens all others."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser, self.url = browser, url
        self.openers: dict[str, Page] = {}

    @property
    def contexts(self) -> list[BrowserContext]:
        """Contexts that outlive a test."""
        return [page.context for page in self.openers.values()]

    def open(self, **options: Any) -> Page:
        """A tab of a context with these options (those of ``Browser.new_context``)."""
        key = repr(sorted(options.items()))
        if key not in self.openers:
            self.openers[key] = self.browser.new_context(**options).new_page()
            self.openers[key].goto(self.url)
        opener = self.openers[key]
        with opener.expect_popup() as popup:
            opener.evaluate("() => void open('about:blank')")
        return popup.value

    def forget(self) -> None:
        """Empty the storage."""
        for page in self.openers.values():
            page.evaluate("() => localStorage.clear()")

    def close(self) -> None:
        """Close all contexts."""
        for context in self.contexts:
            context.close()
