"""What a reader sees when something breaks: a sentence, and then the run goes on."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterator

import psutil
import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.conftest import NewPage
from tests.live.support import Lab, lab, until

STAGE = "window.pushforward.stages[0]"
LONG = pytest.mark.soak


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with lab(tmp_path_factory.mktemp("faults"), workers=2) as running:
        yield running.wait_workers()


def wait(page: Page, condition: str) -> None:
    page.wait_for_function(
        f"() => {{ const s = window.pushforward?.stages[0]; return s && ({condition}); }}",
        timeout=90_000,
    )


def training(page: Page, server: Lab) -> int:
    """Open the lab and train; return a step that has been shown."""
    page.goto(server.url)
    wait(page, "s.points > 0 && s.extras")
    page.get_by_role("button", name="Train").first.click()
    wait(page, "s.run && s.status === 'training' && s.step > 100")
    step: int = page.evaluate(f"{STAGE}.step")
    return step


class Wire:
    """The live sockets of a page and its tab's door, which can be cut and mended."""

    def __init__(self, page: Page) -> None:
        self.cut, self.ends = False, list[WebSocketRoute]()
        self.asked: list[dict[str, object]] = []
        page.route_web_socket(re.compile("/(live|door)/"), self.opened)

    def opened(self, socket: WebSocketRoute) -> None:
        if self.cut:
            socket.close(code=1001)
            return
        self.ends.append(socket)
        server = socket.connect_to_server()

        def said(text: str | bytes) -> None:
            self.asked.append(json.loads(text))
            server.send(text)

        socket.on_message(said)

    def sever(self) -> None:
        self.cut = True
        for socket in self.ends:
            socket.close(code=1001)
        self.ends = []


class HeldPage:
    """Streamlit's own socket, whose messages to the page can be held back."""

    def __init__(self, page: Page) -> None:
        self.holds, self.held = False, list[str | bytes]()
        page.route_web_socket("**/_stcore/stream", self.opened)

    def opened(self, socket: WebSocketRoute) -> None:
        self.socket = socket
        server = socket.connect_to_server()
        server.on_message(lambda said: self.held.append(said) if self.holds else socket.send(said))

    def release(self) -> None:
        self.holds = False
        for said in self.held:
            self.socket.send(said)


def test_a_run_is_on_the_stage_before_its_page_is_drawn(server: Lab, new_page: NewPage) -> None:
    page = new_page(viewport={"width": 1280, "height": 900})
    wire, held = Wire(page), HeldPage(page)
    page.goto(server.url)
    wait(page, "s.points > 0 && s.extras")
    until(lambda: page.evaluate("1") and (server.health() or {})["doors"] == 1, "the door")
    held.holds = True
    page.get_by_role("button", name="Train").first.click()
    wait(page, "s.run && s.status === 'training' && s.step > 100")
    assert "run=" not in page.url  # the page itself has not said so yet
    run = page.evaluate(f"{STAGE}.run")
    held.release()
    page.wait_for_function(f"() => location.search.includes('run={run}')")
    wait(page, "s.status === 'training'")
    assert page.evaluate(f"{STAGE}.run") == run
    # One socket from the door to the last frame; the page has opened the next door meanwhile.
    assert not [end.url for end in wire.ends if "/live/" in end.url]
    # It is ours: the door has brought the owner's token.
    page.get_by_role("button", name="Pause").first.click()
    wait(page, "s.status === 'paused'")


@pytest.mark.parametrize("seconds", [5, pytest.param(30, marks=LONG)])
def test_a_gap_in_the_connection_is_filled_from_the_store(
    server: Lab, new_page: NewPage, seconds: int
) -> None:
    page = new_page(viewport={"width": 1280, "height": 900})
    wire = Wire(page)
    training(page, server)
    wire.sever()
    wait(page, "s.status === 'disconnected'")
    before: int = page.evaluate(f"{STAGE}.step")
    page.wait_for_timeout(1000 * seconds)
    wire.cut = False
    wait(page, f"s.status === 'training' && s.live && s.step > {before + 200}")
    after: int = page.evaluate(f"{STAGE}.step")
    assert any("after" in message for message in wire.asked)
    # Pictures of the time without a connection can be rewound to.
    wait(page, f"s.kept.some((k) => k > {before} && k < {before + 0.7 * (after - before)})")


@pytest.mark.parametrize("seconds", [5, pytest.param(60, marks=LONG)])
def test_a_laptop_that_slept_goes_on(server: Lab, new_page: NewPage, seconds: int) -> None:
    page = new_page(viewport={"width": 1280, "height": 900})
    training(page, server)
    family = server.family()
    for process in family:
        process.send_signal(signal.SIGSTOP)
    try:
        page.wait_for_timeout(1000 * seconds)
    finally:
        for process in family:
            process.send_signal(signal.SIGCONT)
    asleep: int = page.evaluate(f"{STAGE}.step")
    wait(page, f"s.status === 'training' && s.step > {asleep + 100}")


def test_a_worker_that_dies_is_told_and_the_run_goes_on(server: Lab, new_page: NewPage) -> None:
    page = new_page(viewport={"width": 1280, "height": 900})
    step = training(page, server)
    said = page.locator(".pf-notice")
    for process in workers(server):
        process.send_signal(signal.SIGKILL)
    expect(said).to_contain_text("A training process died", timeout=60_000)
    wait(page, f"s.status === 'training' && s.step > {step}")
    expect(said).to_be_hidden(timeout=60_000)
    until(lambda: (server.health() or {}).get("workers") == 2, "the workers")


def workers(server: Lab) -> list[psutil.Process]:
    """The processes that train: those that have torch, by their size."""
    return [p for p in server.family()[1:] if p.memory_info().rss > 200e6]
