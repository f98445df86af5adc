"""What a reader waits for, in a real Chromium: frames, the click on Train, the first picture."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from inn_core.specs import RunSpec
from pages.shell import links
from tests.benchmarks.table import Part, Result, Setting
from tests.browser.conftest import ARGUMENTS
from tests.live.support import Lab, free_port, lab, until

DESK: Any = {"width": 1440, "height": 1000}
STAGE = "window.pushforward?.stages?.[0]"
BLANK = "data:text/html,<!doctype html><title>Blank</title>"
EMPTY_APP = 'import streamlit as st\n\nst.write("Nothing.")\n'
PATIENCE_MS = 60_000
#: Frames are counted after so long, in windows of so long.
SETTLE_MS, WINDOW_MS = 1500, 6000

#: Times between animation frames, in ms, for as long as asked.
FRAMES = """(wait) => new Promise((done) => {
  const times = [], start = performance.now();
  let last = start;
  const tick = () => {
    const now = performance.now();
    times.push(now - last);
    last = now;
    if (now - start < wait) requestAnimationFrame(tick); else done(times);
  };
  requestAnimationFrame(tick);
})"""
#: From the next click to the first frame of another run, in ms; looked at once a picture.
CLICK = f"""() => {{
  const {{ run, updates }} = {STAGE};
  window.waited = new Promise((done) => addEventListener('click', () => {{
    const start = performance.now();
    const look = () => {{
      const now = {STAGE};
      if (now?.run && now.run !== run && now.updates > updates) done(performance.now() - start);
      else requestAnimationFrame(look);
    }};
    look();
  }}, {{ capture: true, once: true }}));
}}"""
#: Seconds since the page was asked for, once a condition holds.
SINCE = "() => ({}) && performance.now() / 1000"
PICTURE = f"{STAGE}?.frames > 0 && {STAGE}.points > 0"
WRITTEN = "document.querySelector('[data-testid=stMarkdownContainer]')"


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of the tests."""
    path = os.environ.get("PUSHFORWARD_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@contextlib.contextmanager
def served(**settings: Any) -> Iterator[Lab]:
    """The lab with a store that nobody used before and all its workers ready."""
    with tempfile.TemporaryDirectory() as folder, lab(Path(folder), **settings) as server:
        yield server.wait_workers()


@contextlib.contextmanager
def fresh(browser: Browser) -> Iterator[Page]:
    """A page that no visit has warmed."""
    context = browser.new_context(viewport=DESK)
    yield context.new_page()
    context.close()


def opened(page: Page, url: str) -> None:
    """Go to a lesson and wait until its stage shows points."""
    page.goto(url)
    page.wait_for_function(f"() => {PICTURE}", timeout=PATIENCE_MS)


# ── frames ───────────────────────────────────────────────────────────────────────────────────


def frames_line(setting: Setting, p95_ms: float, over_percent: float) -> Result:
    """Frame times of the stage while a run trains, a blank page in turn with it."""
    stage: list[float] = []
    blank: list[float] = []
    with (
        served(workers=1, budget_s=600) as server,
        chromium() as browser,
        fresh(browser) as page,
    ):
        opened(page, f"{server.url}/?{urlencode(links.write(RunSpec().with_(**setting.spec)))}")
        page.get_by_role("button", name="Train").first.click()
        page.wait_for_function(f"() => {STAGE}.status === 'training'", timeout=PATIENCE_MS)
        page.wait_for_function("() => location.search.includes('run=')")
        run = page.url
        for _ in range(2 if setting.quick else 5):
            page.goto(BLANK)  # the run goes on for half a minute without a viewer
            blank += page.evaluate(FRAMES, WINDOW_MS)
            opened(page, run)
            trains(page)
            page.wait_for_timeout(SETTLE_MS)
            begin = page.evaluate(f"({{ ...{STAGE} }})")
            stage += page.evaluate(FRAMES, WINDOW_MS)
            end = page.evaluate(f"({{ ...{STAGE} }})")
    updates = (end["updates"] - begin["updates"]) / (WINDOW_MS / 1e3)
    p95, reference = np.percentile(stage, 95), np.percentile(blank, 95)
    over = 100 * float(np.mean(np.array(stage) > 34))
    blank_over = 100 * float(np.mean(np.array(blank) > 34))
    return Result(
        (Part(float(p95), p95_ms, "ms", most=True), Part(over, over_percent, "%", most=True)),
        f"{end['points']} points, {updates:.0f} flows and {1e3 / np.mean(stage):.0f} frames "
        f"a second; "
        f"blank page {reference:.1f} ms, {blank_over:.2g} %",
        {"frames": len(stage), "median_ms": median(stage), "blank_p95_ms": float(reference)},
    )


def trains(page: Page) -> None:
    """Wait until the run trains; it goes on by ten minutes where its first one is over."""
    page.wait_for_function(f"() => {STAGE}.status", timeout=PATIENCE_MS)
    if page.evaluate(f"{STAGE}.status") == "done":
        page.get_by_role("button", name="Continue").first.click()
    page.wait_for_function(f"() => {STAGE}.status === 'training'", timeout=PATIENCE_MS)


# ── the click ────────────────────────────────────────────────────────────────────────────────


def click_line(setting: Setting, goal: float) -> Result:
    """Seconds from the click on Train to the first frame of the new run, on a page at rest."""
    waits = []
    with served() as server, chromium() as browser:
        for _ in range(1 + (4 if setting.quick else 9)):
            with fresh(browser) as page:
                opened(page, server.url)
                page.wait_for_load_state("networkidle")
                page.wait_for_timeout(SETTLE_MS)
                page.evaluate(CLICK)
                page.get_by_role("button", name="Train").first.click()
                waits.append(page.evaluate("window.waited") / 1e3)
                page.get_by_role("button", name="Pause").first.click()
                page.wait_for_function(f"() => {STAGE}.status === 'paused'", timeout=PATIENCE_MS)
    waits = waits[1:]  # the first one in a worker imports what the others find
    return Result(
        (Part(median(waits), goal, "s", most=True),),
        f"median of {len(waits)}, {min(waits):.2f} to {max(waits):.2f}",
        {"seconds": waits},
    )


# ── the first picture ────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def empty_streamlit() -> Iterator[str]:
    """A Streamlit app with one word in it; yields its address."""
    folder = tempfile.TemporaryDirectory()
    Path(folder.name, "empty.py").write_text(EMPTY_APP, encoding="utf-8")
    port = free_port()
    options = {"port": port, "headless": "true", "address": "127.0.0.1"}
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "streamlit", "run", "empty.py"),
            *(f"--server.{name}={value}" for name, value in options.items()),
        ],
        cwd=folder.name,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"

    def healthy() -> bool:
        with contextlib.suppress(OSError):
            return bool(urllib.request.urlopen(url + "/_stcore/health", timeout=5).read())
        return False

    try:
        until(healthy, "the empty page")
        yield url
    finally:
        process.terminate()
        process.wait(30)
        folder.cleanup()


def visit(page: Page, url: str, shown: str) -> float:
    """Seconds from asking for a page until what it is for stands there."""
    page.goto(url, wait_until="commit")
    since = page.wait_for_function(SINCE.format(shown), timeout=PATIENCE_MS)
    return float(since.json_value())


def picture_line(setting: Setting, goal: float) -> Result:
    """First picture by a warm server in a browser that was never there, above an empty page's."""
    found: dict[str, list[float]] = {"lab": [], "empty": [], "lab_again": [], "empty_again": []}
    with (
        served() as server,
        empty_streamlit() as empty,
        chromium() as browser,
    ):
        places = {"empty": (empty, WRITTEN), "lab": (server.url, PICTURE)}
        for index in range(1 + (4 if setting.quick else 9)):
            for name in list(places)[:: 1 if index % 2 else -1]:
                with fresh(browser) as page:
                    first = visit(page, *places[name])
                    page.goto(BLANK)
                    again = visit(page, *places[name])
                if index:  # before that the server is cold
                    found[name].append(first)
                    found[f"{name}_again"].append(again)
    middle = {name: median(times) for name, times in found.items()}
    above = [a - b for a, b in zip(found["lab"], found["empty"], strict=True)]
    return Result(
        (Part(median(above), goal, "s", most=True),),
        f"{middle['lab']:.2f} s, empty page {middle['empty']:.2f} s; "
        f"second visit {middle['lab_again']:.2f} and {middle['empty_again']:.2f} s",
        {"seconds": found},
    )
