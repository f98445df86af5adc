"""A live socket without a network: what it is sent is read as the lab reads it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from inn_core.runs import live, orders, tokens
from inn_core.runs.settings import Settings
from inn_core.runs.viewers import Mailbox

VIEWER = tokens.new_viewer()
OWNER = tokens.new_owner(VIEWER)


class FakeHub:
    """A hub that checks orders as the real one does, and obeys none."""

    def __init__(self) -> None:
        self.settings, self.obeyed = Settings(message_rate=1e4), 0

    async def control(self, owner: Any, action: Any, values: dict[str, Any]) -> None:
        assert owner == OWNER, "only the owner's orders come through"
        orders.checked(action, values)
        self.obeyed += 1


class FakeRun:
    """A run that remembers what its owner shows."""

    class folder:
        owner_hash = tokens.hashed(OWNER)

    def __init__(self) -> None:
        self.viewer, self.audience = VIEWER, self
        self.shown: list[str] = []

    def present(self, view: Any) -> None:
        self.shown.append(json.dumps(view, allow_nan=False))


class FakeSocket:
    """Gives out what a browser sends, one message after the other."""

    def __init__(self, events: list[dict[str, Any]]) -> None:
        self.events = events
        self.code: int | None = None

    async def receive(self) -> dict[str, Any]:
        return self.events.pop(0) if self.events else {"type": "websocket.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        assert message["type"] == "websocket.send"

    async def close(self, code: int) -> None:
        self.code = code


def read(events: list[dict[str, Any]], owner: str | None = None) -> tuple[Any, Any, Any]:
    """Let a live socket read all this; return its hub, its run and the fake beneath it."""
    hub, run, socket = FakeHub(), FakeRun(), FakeSocket(events)

    async def play() -> None:
        reader = live.Socket(hub, run, Mailbox(), socket)  # type: ignore[arg-type]
        reader.owner = owner
        await reader.read()

    asyncio.run(play())
    return hub, run, socket
