"""The door of a tab, ``/door/{key}``: its stage hears at once of the run that its page starts.

The page's own way takes longer: the script draws every control again, and the browser renders them
all before the stage learns which run to show. The key has 130 random bits, reaches the browser with
the page and stands in no address bar; what goes through is what the page would have said anyway.
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
from inn_core.runs.viewers import Mailbox

if TYPE_CHECKING:
    from inn_core.runs.hub import Hub


def route(hub: Callable[[], Hub]) -> WebSocketRoute:
    """Return the route of the doors of ``hub()``."""

    async def endpoint(websocket: WebSocket) -> None:
        await serve(hub(), websocket)

    return WebSocketRoute("/door/{key}", endpoint)


async def serve(hub: Hub, websocket: WebSocket) -> None:
    """Serve one door from its opening to its end. It only tells: whatever it hears closes it."""
    headers, key = websocket.headers, websocket.path_params["key"]
    welcome = live.may_open(headers.get("origin"), headers.get("host"), hub.settings)
    if not welcome or not tokens.is_viewer(key):
        journal.note("refused", door="door", why="key" if welcome else "origin")
        await websocket.close(1008)
        return
    await websocket.accept()
    if len(hub.doors) >= hub.settings.sockets:
        return await live.refuse(websocket, live.FULL, "The lab is full; its pages tell all.")
    box = hub.doors.open(key)
    tasks = [asyncio.create_task(websocket.receive()), asyncio.create_task(write(box, websocket))]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        hub.doors.close(key, box)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    with contextlib.suppress(RuntimeError, WebSocketDisconnect):
        await websocket.close(1000)


async def write(box: Mailbox, websocket: WebSocket) -> None:
    """Pass on what the box gets, until the socket ends."""
    while True:
        for message in (await box.take())[0]:
            async with asyncio.timeout(live.STUCK_S):
                await websocket.send_text(json.dumps(message))
