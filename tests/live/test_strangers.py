"""What strangers send to a running lab: each gets a sentence, a close code or a 4xx; no more."""

from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Iterator
from typing import Any

import psutil
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.live.sockets import Watcher, live, new_run
from tests.live.support import Lab, lab, until

MB = 1_000_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with lab(tmp_path_factory.mktemp("strangers"), workers=1) as running:
        yield running


def memory(server: Lab) -> float:
    return psutil.Process(server.process.pid).memory_info().rss / MB


@pytest.mark.parametrize("owner", [False, True], ids=["viewer", "owner"])
def test_a_gigabyte_is_cut_off_and_not_kept(server: Lab, owner: bool) -> None:
    viewer, token = new_run(server)
    before, sent = 0.0, 0
    for flood in range(9):
        if flood == 1:  # what any socket loads, and buffers that are used again, are there by now
            before = memory(server)
        with (
            contextlib.suppress(ConnectionClosed),
            live(server, viewer, compression=None, close_timeout=1) as socket,
        ):
            if owner:
                socket.send(json.dumps({"type": "hello", "owner": token}))
            for _ in range(16):
                socket.send(bytes(8 * MB))
                sent += 8 * MB
    assert sent < 1024 * MB, "each socket is closed long before"
    assert memory(server) - before < 100, "nothing of it is kept"
    with Watcher(server, viewer) as watcher:
        assert watcher.wait("run")["run"] == viewer


def test_a_message_in_endless_pieces_is_cut_off(server: Lab) -> None:
    viewer, _ = new_run(server)
    before = memory(server)

    def pieces() -> Iterator[bytes]:
        while True:
            yield bytes(MB)

    with (
        pytest.raises(ConnectionClosed),
        live(server, viewer, compression=None) as socket,
    ):
        socket.send(pieces())
    assert memory(server) - before < 100


def test_a_small_message_that_unpacks_to_much_is_refused(server: Lab) -> None:
    viewer, _ = new_run(server)
    before = memory(server)
    with pytest.raises(ConnectionClosed), live(server, viewer) as socket:
        socket.send(" " * 64 * MB)  # deflated: 64 kB on the wire
        while True:
            socket.recv(timeout=30)
    assert memory(server) - before < 100


@pytest.mark.parametrize("command", ["view", "speed", "set", "delete", "stop", "check", "continue"])
def test_a_viewer_with_a_truncated_token_stays_one(server: Lab, command: str) -> None:
    viewer, owner = new_run(server)
    with Watcher(server, viewer) as watcher:
        wrong: list[object] = [owner[:-1], owner[:26], f"{viewer}.{'a' * 26}", "", 7, [owner], {}]
        for guess in wrong:
            watcher.say("hello", owner=guess)
            assert "may watch" in watcher.wait("error")["message"]
        watcher.say(command, view={"depth": 1}, value=1.0, lr=1.0)
        assert "Only the owner" in watcher.wait("error")["message"]


def test_a_door_only_tells_and_only_this_lab_s_own_pages(server: Lab) -> None:
    ours: Any = server.url
    place, key = f"{server.url.replace('http', 'ws')}/door/", "a" * 26
    for wrong in ("", "a" * 25, "a" * 25 + "%2F", "A" * 26, "..%2Flive"):
        with pytest.raises(InvalidStatus), connect(place + wrong, origin=ours):
            pass
    with pytest.raises(InvalidStatus), connect(place + key, origin=Origin("http://evil.example")):
        pass
    for sent in ("{}", "x" * MB, b"x"):
        with connect(place + key, origin=ours) as socket:
            until(lambda: (server.health() or {})["doors"] == 1, "the door")
            socket.send(sent)
            with pytest.raises(ConnectionClosed):
                socket.recv(timeout=10)
    until(lambda: (server.health() or {})["doors"] == 0, "closed doors")


PATHS = (
    "/watch/..%2F..%2F..%2Fetc%2Fpasswd", "/watch/%2e%2e/%2e%2e/etc/passwd", "/watch/%00",
    "/stage/..%2F..%2Fapp.py", "/stage/%2e%2e/%2e%2e/app.py", "/stage//etc/passwd",
    "/stage.000000000000/..%2F..%2Fapp.py", "/stage.x%2F..%2F../app.py", "/stage/%00",
    "/pretrained/..%2F..%2Fapp.py", "/pretrained/....//....//app.py", "/pretrained/%5C..%5Capp.py",
    "/share/qr.svg?link=file:///etc/passwd", "/share/qr.svg?link=javascript:alert(1)",
    "/media/..%2F..%2Fapp.py", "/component/x/..%2F..%2Fapp.py",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_no_path_leads_out(server: Lab, path: str) -> None:
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    line.request("GET", path)  # as it stands, unlike urllib
    answer = line.getresponse()
    body = answer.read()
    line.close()
    page = answer.status == 200 and b"<title>Streamlit</title>" in body  # its page for any address
    assert page or 400 <= answer.status < 500, answer.status
    assert b"root:" not in body and b"st.App" not in body and b"<svg" not in body
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_our_own_routes_say_what_browsers_may_do(server: Lab) -> None:
    viewer, _ = new_run(server)
    for path in ("/health", "/stage/stage.js", f"/watch/{viewer}", "/"):
        headers = server.get(path)[1]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
    light = server.get(f"/watch/{viewer}")[1]["Content-Security-Policy"]
    assert light.startswith("default-src 'none'; script-src 'self';") and "eval" not in light
    assert "script-src 'self' 'sha256-" in server.get("/")[1]["Content-Security-Policy"]


def test_the_log_has_lines_and_no_tokens(server: Lab) -> None:
    viewer, owner = new_run(server)
    with live(server, "a" * 26) as socket:
        socket.recv(timeout=10)
    with Watcher(server, viewer, owner) as watcher:
        watcher.wait("role")
        watcher.say("Zanzibar", Zanzibar="Zanzibar")
        watcher.wait("error")
    text = server.log.read_text()
    told = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    assert {"lab_opened", "refused"} <= {line["event"] for line in told}
    assert "Zanzibar" not in text and owner not in text and viewer not in text
    assert "Traceback" not in text
