"""What every answer says to browsers, and what a page session may upload."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from inn_core.runs.shield import SESSIONS, Shield, policy

PAGE = "<head><script>let a = 1</script></head><script type='module' src='/x.js'></script>"


def shield(tmp_path: Path, headers: dict[str, str] | None = None) -> Shield:
    """A shield before an app that reads the whole body."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        size = len(await Request(scope, receive).body())
        kinds = {"/": HTMLResponse("<p>", headers=headers), "/qr.svg": Response(b"<svg/>")}
        answer = kinds.get(scope["path"], Response(str(size)))
        if scope["path"] == "/qr.svg":
            answer.headers["content-type"] = "image/svg+xml"
        await answer(scope, receive, send)

    page = tmp_path / "index.html"
    page.write_text(PAGE)
    return Shield(app, page, session_bytes=lambda: 1000)


def ask(guard: Shield, path: str, body: bytes = b"", method: str = "GET") -> tuple[int, Any, str]:
    """Status, headers and text of an answer."""
    parts = [{"type": "http.request", "body": body[:300], "more_body": True}]
    parts += [{"type": "http.request", "body": body[300:], "more_body": False}]
    sent: list[Any] = []

    async def receive() -> Any:
        return parts.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "path": path, "method": method, "headers": [], "query_string": b""}
    asyncio.run(guard(scope, receive, send))
    headers = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
    return sent[0]["status"], headers, sent[1]["body"].decode()


def test_every_answer_is_what_it_says_and_sends_no_address_abroad(tmp_path: Path) -> None:
    guard = shield(tmp_path)
    for path in ("/", "/qr.svg", "/health"):
        headers = ask(guard, path)[1]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
    assert "content-security-policy" not in headers
    assert ask(guard, "/qr.svg")[1]["content-security-policy"].startswith("default-src 'none'")


def test_a_page_gets_the_policy_unless_it_has_its_own(tmp_path: Path) -> None:
    theirs = ask(shield(tmp_path), "/")[1]["content-security-policy"]
    assert theirs == policy(PAGE)
    ours = {"Content-Security-Policy": "default-src 'none'"}
    assert ask(shield(tmp_path, ours), "/")[1]["content-security-policy"] == "default-src 'none'"


def test_the_policy_knows_the_pages_own_script_alone() -> None:
    rules = dict(rule.split(" ", 1) for rule in policy(PAGE).split("; "))
    assert rules["script-src"].count("'sha256-") == 1
    assert "unsafe-inline" not in rules["script-src"] and "'unsafe-eval'" not in rules["script-src"]
    assert "unsafe" not in rules["default-src"] and "http" not in policy(PAGE)
    assert rules["object-src"] == "'none'" and "frame-ancestors" not in rules


def test_a_session_that_brings_too_much_is_told_to_reload(tmp_path: Path) -> None:
    guard, path = shield(tmp_path), "/_stcore/upload_file/one/"
    assert ask(guard, path + "a", bytes(600), "PUT")[::2] == (200, "600")
    assert ask(guard, path + "b", bytes(600), "PUT")[0] == 200
    status, headers, text = ask(guard, path + "c", bytes(6), "PUT")
    assert status == 413 and text.endswith("reload it.")
    assert headers["x-content-type-options"] == "nosniff"
    assert ask(guard, "/lesson" + path + "d", b"", "PUT")[0] == 413, "from any page"
    assert ask(guard, "/_stcore/upload_file/two/a", bytes(600), "PUT")[0] == 200
    assert ask(guard, path + "a", b"", "DELETE")[0] == 200


def test_only_the_latest_sessions_are_remembered(tmp_path: Path) -> None:
    guard = shield(tmp_path)
    guard.brought.update((str(k), 1) for k in range(SESSIONS))
    ask(guard, "/_stcore/upload_file/new/a", bytes(9), "PUT")
    assert len(guard.brought) == SESSIONS and "0" not in guard.brought and "new" in guard.brought
