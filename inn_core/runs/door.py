"""The door of a tab, ``/door/{key}``: its stage hears at once of the run that its page starts.

The page's own way takes longer: the script draws every control again, and the browser renders them
all before the stage learns which run to show. From then on the socket is that run's live socket: no
other needs to be opened while the script keeps the interpreter busy. The key has 130 random bits,
reaches the browser with the page and stands in no address bar; what goes through is what the page
would have said anyway.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from inn_core.runs import journal, live, tokens
from inn_core.runs.viewers import Message

if TYPE_CHECKING:
    from inn_core.runs.hub import Hub


def route(hub: Callable[[], Hub]) -> WebSocketRoute:
    """Return the route of the doors of ``hub()``."""

    async def endpoint(websocket: WebSocket) -> None:
        await serve(hub(), websocket)

    return WebSocketRoute("/door/{key}", endpoint)


async def serve(hub: Hub, websocket: WebSocket) -> None:
    """Serve one door from its opening to its end, or until it has become a run's live socket."""
    headers, key = websocket.headers, websocket.path_params["key"]
    welcome = live.may_open(headers.get("origin"), headers.get("host"), hub.settings)
    if not welcome or not tokens.is_viewer(key):
        journal.note("refused", door="door", why="key" if welcome else "origin")
        await websocket.close(1008)
        return
    await websocket.accept()
    if len(hub.doors) >= hub.settings.sockets:
        return await live.refuse(websocket, live.FULL, "The lab is full; its pages tell all.")
    started = await listen(hub, websocket, key)
    with contextlib.suppress(RuntimeError, WebSocketDisconnect):
        if started:
            async with asyncio.timeout(live.STUCK_S):
                await websocket.send_text(json.dumps(started))
            return await live.follow(hub, websocket, started["run"])
        await websocket.close(1000)


async def listen(hub: Hub, websocket: WebSocket, key: str) -> Message | None:
    """Wait for a run that the tab starts; None when the stage goes, or says anything at all."""
    box = hub.doors.open(key)
    told, gone = asyncio.create_task(box.take()), asyncio.create_task(websocket.receive())
    try:
        await asyncio.wait([told, gone], return_when=asyncio.FIRST_COMPLETED)
        return told.result()[0][-1] if told.done() and not gone.done() else None
    finally:
        hub.doors.close(key, box)
        for task in (told, gone):
            task.cancel()
        await asyncio.gather(told, gone, return_exceptions=True)
