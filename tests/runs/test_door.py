"""A tab's door tells its own stage of its run, and is that run's live socket from then on."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from starlette.websockets import WebSocket

from inn_core.runs import door, live, tokens
from inn_core.runs.settings import Settings
from inn_core.runs.viewers import Doors, Mailbox

KEY, OTHER = tokens.new_viewer(), tokens.new_viewer()
STARTED = {"type": "started", "run": "the-run", "owner": "the-owner"}


class Hub:
    """As much of a hub as a door needs; it has no runs."""

    def __init__(self) -> None:
        self.settings, self.doors, self.sockets = Settings(), Doors(), 0
        self.asked: list[str] = []

    async def attach(self, token: str, box: Mailbox) -> None:
        """Remember which run a socket wants to follow."""
        self.asked.append(token)


class Line:
    """A browser's end of a socket at a door."""

    def __init__(self, hub: Hub, key: str) -> None:
        self.came: asyncio.Queue[Any] = asyncio.Queue()
        self.out: asyncio.Queue[Any] = asyncio.Queue()
        self.came.put_nowait({"type": "websocket.connect"})
        scope = {"type": "websocket", "path": f"/door/{key}", "path_params": {"key": key}}
        socket = WebSocket(scope | {"headers": []}, self.came.get, self.out.put)
        any_hub: Any = hub
        self.task = asyncio.create_task(door.serve(any_hub, socket))

    async def next(self) -> Any:
        """What the lab sends: a message, or the code with which it closes."""
        event = await asyncio.wait_for(self.out.get(), 5)
        if event["type"] == "websocket.close":
            return event["code"]
        return json.loads(event["text"]) if "text" in event else event["type"]


def test_it_tells_its_own_stage_and_follows_the_run() -> None:
    async def go() -> None:
        hub = Hub()
        ours, other = Line(hub, KEY), Line(hub, OTHER)
        assert await ours.next() == await other.next() == "websocket.accept"
        hub.doors.tell(KEY, STARTED)
        assert await ours.next() == STARTED
        assert (await ours.next())["type"] == "gone"  # the live socket answers: no such run
        assert await ours.next() == live.UNKNOWN
        assert hub.asked == ["the-run"] and len(hub.doors) == 1
        other.came.put_nowait({"type": "websocket.receive", "text": "{}"})
        assert await other.next() == 1000
        await asyncio.gather(ours.task, other.task)
        assert len(hub.doors) == 0

    asyncio.run(go())


def test_a_stage_that_has_gone_leaves_no_door_open() -> None:
    async def go() -> None:
        hub = Hub()
        line = Line(hub, KEY)
        assert await line.next() == "websocket.accept"
        await asyncio.sleep(0)
        assert len(hub.doors) == 1
        line.came.put_nowait({"type": "websocket.disconnect", "code": 1001})
        await asyncio.wait_for(line.task, 5)
        hub.doors.tell(KEY, STARTED)
        assert len(hub.doors) == 0 and hub.asked == []

    asyncio.run(go())
