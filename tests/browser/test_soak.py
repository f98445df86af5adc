"""A reader who goes from lesson to lesson, with training in between: nothing may pile up.

``make test`` goes round twice, ``make soak`` for half an hour. Processes, sockets, runs in memory,
the memory of the web process and of the page are counted; a canvas stays while it trains.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page

from pages.shell.lessons import LESSONS
from tests.browser.conftest import NewPage
from tests.browser.test_survival import NODE, STAGE
from tests.live.support import ROOT, Lab, lab, until

WORDS = json.loads((ROOT / "assets" / "text" / "en.json").read_text(encoding="utf-8"))
#: What may come on top, in bytes, of the web process and of a page's heap.
GROWTH = 50e6
#: Seconds after which the hub has forgotten what nobody needs, with some patience.
FORGOTTEN_S = 240.0


@dataclass(frozen=True)
class Weight:
    """Processes of the lab; bytes of the web process and of the page's heap."""

    processes: int
    server: int
    page: float

    @classmethod
    def of(cls, page: Page, server: Lab) -> Weight:
        session = page.context.new_cdp_session(page)
        session.send("HeapProfiler.collectGarbage")
        heap = session.send("Runtime.getHeapUsage")["usedSize"]
        session.detach()
        memory = psutil.Process(server.process.pid).memory_info().rss
        return cls(len(server.family()), memory, heap)


def go_round(page: Page) -> None:
    """Open every lesson by the menu, the first one last, and train on it."""
    for lesson in (*LESSONS[1:], LESSONS[0]):
        former = page.evaluate(f"{STAGE}?.id")
        page.get_by_role("link", name=WORDS[lesson.name]["title"], exact=True).first.click()
        arrived = f"id => {STAGE} && {STAGE}.id !== id && {STAGE}.points > 0"
        page.wait_for_function(arrived, arg=former, timeout=60_000)
        assert page.evaluate("window.pushforward.stages.length") == 1, "a stage was left behind"
    page.evaluate(f"window.firstNode = ({NODE})()")
    page.get_by_role("button", name="Train").first.click()
    page.wait_for_function(f"() => {STAGE}.status === 'training'", timeout=60_000)
    seen = page.evaluate(f"{STAGE}.updates")
    page.wait_for_function(f"seen => {STAGE}.updates > seen + 10", arg=seen, timeout=60_000)
    assert page.evaluate(f"window.firstNode === ({NODE})()"), "the canvas was replaced"


@pytest.mark.parametrize("seconds", [1, pytest.param(1800, marks=pytest.mark.soak)])
def test_going_from_lesson_to_lesson_leaves_nothing_behind(
    new_page: NewPage, tmp_path: Path, seconds: int
) -> None:
    with lab(tmp_path, workers=2, idle_s=3) as server:
        server.wait_workers()
        page = new_page(viewport={"width": 1900, "height": 1000})  # fails on any console error
        page.goto(server.url)
        page.wait_for_function(f"() => {STAGE}?.points > 0", timeout=60_000)
        for _ in range(1 if seconds < 60 else 10):  # what is loaded once is loaded now
            go_round(page)
        before, rounds, end = Weight.of(page, server), 0, time.monotonic() + seconds
        while time.monotonic() < end:
            go_round(page)
            rounds += 1
        after = Weight.of(page, server)
        print(f"\n{rounds} rounds: {before} -> {after}; {server.health()}")
        assert after.processes == before.processes
        assert after.server - before.server < GROWTH and after.page - before.page < GROWTH
        page.close()
        until(lambda: not (server.health() or {})["sockets"], "the sockets to close")
        if seconds >= 60:
            until(lambda: not (server.health() or {})["runs"], "an empty lab", FORGOTTEN_S)
