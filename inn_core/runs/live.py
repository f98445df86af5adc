"""The live socket: ``/live/{token}``. Frames go out, a few small messages come in.

A socket that never speaks is a viewer. The owner token comes in the first message and never stands
in an address, since a projected address bar would hand the class the wheel. Refusals are sentences.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import urlsplit

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from inn_core.kinds import AnySpec, kind_of
from inn_core.runs import frames, journal, tokens, views
from inn_core.runs.hub import Hub
from inn_core.runs.run import LabError, Run
from inn_core.runs.settings import Settings
from inn_core.runs.viewers import Backfill, Mailbox
from inn_core.specs import SpecError, shown

#: Close codes (4000 and above are ours) and what they mean.
UNKNOWN, FULL, TOO_LARGE, TOO_OFTEN = 4404, 4429, 1009, 1008
#: Seconds after which a socket that takes nothing is closed.
STUCK_S = 30.0
#: Stored frames read from disk at a time.
CHUNK = 16

T = TypeVar("T")

VIEWERS_ONLY_WATCH = "Only the owner of this run can do that; open the lab and train one of yours."


def route(hub: Callable[[], Hub]) -> WebSocketRoute:
    """Return the route of the live sockets of ``hub()``."""

    async def endpoint(websocket: WebSocket) -> None:
        await serve(hub(), websocket)

    return WebSocketRoute("/live/{token}", endpoint)


def may_open(origin: str | None, host: str | None, settings: Settings) -> bool:
    """Whether a page from ``origin`` may open a socket to ``host``.

    Browsers always name the page's origin; a client without one is no browser, and carries no
    cookie that a foreign page could ride on.
    """
    if origin is None:
        return True
    allowed = {*settings.origins, *filter(None, [settings.url])}
    return origin in {root_of(a) for a in allowed} or urlsplit(origin).netloc == (host or "-")


def root_of(address: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


async def serve(hub: Hub, websocket: WebSocket) -> None:
    """Serve one live socket from its opening to its end."""
    headers = websocket.headers
    if not may_open(headers.get("origin"), headers.get("host"), hub.settings):
        journal.note("refused", door="socket", why="origin")
        await websocket.close(1008)  # before accepting: the browser sees status 403
        return
    await websocket.accept()
    await follow(hub, websocket, websocket.path_params["token"])


async def follow(hub: Hub, websocket: WebSocket, token: str) -> None:
    """Serve a socket that is open, as a viewer of the run ``token`` until it proves to be more."""
    box = Mailbox()
    if hub.sockets >= hub.settings.sockets:
        return await refuse(websocket, FULL, "The lab is full; try again in a few minutes.")
    run = await hub.attach(token, box)
    if run is None:
        return await refuse(websocket, UNKNOWN, "There is no run under this link (any more).")
    try:
        try:
            hello = await greeting(hub, run)
        except SpecError as error:  # its data have gone
            return await refuse(websocket, UNKNOWN, str(error))
        await websocket.send_text(json.dumps(hello))
        socket = Socket(hub, run, box, websocket)
        tasks = [asyncio.create_task(socket.read()), asyncio.create_task(socket.write())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    except WebSocketDisconnect:
        pass
    finally:
        hub.detach(run, box)
    with contextlib.suppress(RuntimeError, WebSocketDisconnect):
        await websocket.close(1000)


async def refuse(websocket: WebSocket, code: int, sentence: str) -> None:
    """Say why, and close."""
    journal.note("refused", door="socket", code=code)
    with contextlib.suppress(RuntimeError, WebSocketDisconnect):
        await websocket.send_text(json.dumps({"type": "gone", "message": sentence}))
        await websocket.close(code)


@lru_cache(maxsize=64)
def base_hello(spec: AnySpec) -> dict[str, Any]:
    """What does not change about a run: its spec, and the target with its data, or the problem."""
    hello: dict[str, Any] = kind_of(spec).load("hello")(spec)
    return hello


async def greeting(hub: Hub, run: Run) -> dict[str, Any]:
    """The first message: all that a stage needs before frames come."""
    hello = await asyncio.to_thread(base_hello, run.spec)
    parent = await hub.find(run.folder.parent)
    ghost = {"run": parent.viewer, "history": parent.folder.history.rows()} if parent else None
    history = {"history": run.folder.history.rows(), "check": run.folder.check, "ghost": ghost}
    about = {"run": run.viewer, "role": "viewer", "seq": run.seq}
    return hello | history | run.status_message() | about | {"type": "run"}


class Socket:
    """The two directions of one live socket."""

    def __init__(self, hub: Hub, run: Run, box: Mailbox, websocket: WebSocket) -> None:
        self.hub, self.run, self.box, self.websocket = hub, run, box, websocket
        self.owner: str | None = None
        self.credit, self.heard = hub.settings.message_rate, time.monotonic()
        self.backfilled = float("-inf")

    # ── out ──────────────────────────────────────────────────────────────────────────────────

    async def write(self) -> None:
        """Send what the mailbox holds, newest first to come, until the socket or the run ends."""
        while True:
            texts, backfill, frame = await self.box.take()
            for message in texts:
                await self.send({"text": json.dumps(message)})
            if any(message["type"] == "gone" for message in texts):
                return
            if backfill:
                await self.send_stored(backfill)
            if frame:
                await self.send({"bytes": frame})

    async def send(self, content: dict[str, Any]) -> None:
        """Send one message; a socket that takes nothing for long is given up."""
        async with asyncio.timeout(STUCK_S):
            await self.websocket.send({"type": "websocket.send", **content})

    async def send_stored(self, wanted: Backfill) -> None:
        """Send stored frames, a few at a time: they are megabytes."""
        log = self.run.folder.frames
        entries = [entry for entry in log.entries if entry.seq > wanted.after]
        entries = spread(entries, wanted.most)
        await self.send({"text": json.dumps({"type": "backfill", "frames": len(entries)})})
        for at in range(0, len(entries), CHUNK):
            stored = await asyncio.to_thread(log.read_all, entries[at : at + CHUNK])
            for frame in stored:  # the number is promised: one that was thinned out is replaced
                await self.send({"bytes": frame or self.run.latest or b""})

    # ── in ───────────────────────────────────────────────────────────────────────────────────

    async def read(self) -> None:
        """Obey messages until the socket closes or talks too much."""
        limit = self.hub.settings.message_bytes
        while True:
            event = await self.websocket.receive()
            if event["type"] == "websocket.disconnect":
                return
            text = event.get("text")
            if len(text or event.get("bytes") or "") > limit:
                return await self.part(TOO_LARGE, f"Messages may have {limit} bytes, not more.")
            if not self.has_credit():
                return await self.part(TOO_OFTEN, "This page sends too many messages; reload it.")
            try:
                await self.obey(parse(text))
            except (LabError, SpecError) as error:
                journal.note("refused", self.run.viewer, door="socket", why=type(error).__name__)
                self.box.tell({"type": "error", "message": str(error)})

    def has_credit(self) -> bool:
        """Count a message against ``message_rate`` a second, with a second's worth in hand."""
        rate, now = self.hub.settings.message_rate, time.monotonic()
        self.credit = min(rate, self.credit + (now - self.heard) * rate) - 1.0
        self.heard = now
        return self.credit >= 0.0

    async def part(self, code: int, sentence: str) -> None:
        """Say why, and close."""
        journal.note("refused", self.run.viewer, door="socket", code=code)
        await self.send({"text": json.dumps({"type": "error", "message": sentence})})
        await self.websocket.close(code)

    async def obey(self, message: dict[str, Any]) -> None:
        """Carry out one message; raises LabError or SpecError with a sentence."""
        kind = message.pop("type")
        if kind == "hello":
            self.hello(message.get("owner"))
        elif kind == "backfill":
            now = time.monotonic()
            if now - self.backfilled < self.hub.settings.backfill_s:
                raise LabError("The stored pictures were sent a moment ago; wait a little.")
            wanted = checked_backfill(message)
            self.backfilled = now
            self.box.ask_backfill(wanted)
        elif self.owner is None:
            raise LabError(VIEWERS_ONLY_WATCH)
        elif kind == "view":
            self.run.audience.present(views.checked(message.get("view")))
        else:
            await self.hub.control(self.owner, kind, message)

    def hello(self, owner: Any) -> None:
        """Make this socket the owner's if it holds the token of this very run."""
        mine = tokens.viewer_of(owner) == self.run.viewer
        if mine and tokens.matches(owner, self.run.folder.owner_hash):
            self.owner, self.box.owner = owner, True
            self.box.tell({"type": "role", "role": "owner"})
        elif owner is not None:
            raise LabError("This browser does not own the run; it may watch.")


def checked_backfill(message: dict[str, Any]) -> Backfill:
    """Return which stored frames a message wants; raises LabError."""
    most, after = message.get("most", frames.MOST), message.get("after", -1)
    if type(most) is not int or not 2 <= most <= frames.MOST:
        raise LabError(f"most is {shown(most)}; it must be a whole number from 2 to {frames.MOST}.")
    if type(after) is not int or after < -1:
        raise LabError(f"after is {shown(after)}; it must be the number of a picture.")
    return Backfill(most, after)


def spread(entries: list[T], most: int) -> list[T]:
    """Return ``most`` of the entries, evenly spread, the first and the last among them."""
    if len(entries) <= most:
        return entries
    return [entries[round(k * (len(entries) - 1) / (most - 1))] for k in range(most)]


def parse(text: str | None) -> dict[str, Any]:
    """Return a message as a dict with a "type"; raises LabError for anything else."""
    try:
        message = json.loads(text or "")
    except (ValueError, RecursionError) as error:
        raise LabError("Messages to the lab are JSON objects; this was none.") from error
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise LabError(f"A message needs a type; {shown(message)} has none.")
    return message
