"""Visitors without a browser: they speak Streamlit's own socket protocol and the live socket's.

    async with visitor(lab.url) as guest:
        await guest.open("")                # the page, as a browser asks for it
        await guest.press("Train")          # a click: the script runs again
        run = guest.stage["run"]            # what the component would hand to the stage
    async for when, frame in frames(lab.url, run): ...

The messages are protobufs of streamlit.proto, which is generated code without annotations.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import websockets
from streamlit.proto import BackMsg_pb2, ForwardMsg_pb2

#: Largest message of a page.
MOST_BYTES = 16 << 20


def address(url: str, path: str) -> str:
    """The socket's address under a web address."""
    return url.replace("http", "ws", 1) + path


class Visitor:
    """One browser tab on a page of the lab."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self._widgets: dict[str, Any] = {}
        self.buttons: dict[str, str] = {}
        self.stage: dict[str, Any] = {}
        self.errors: list[str] = []

    async def open(self, page: str = "", query: str = "") -> float:
        """Ask for a page and read it to its end; return the seconds that took."""
        return await self._run(page, query)

    async def press(self, label: str) -> float:
        """Click on the button of this label; return the seconds until the script has ended."""
        return await self._run("", "", self.buttons[label])

    async def _run(self, page: str, query: str, pressed: str | None = None) -> float:
        start = time.monotonic()
        message: Any = BackMsg_pb2.BackMsg()
        message.rerun_script.query_string = query
        message.rerun_script.page_name = page
        message.rerun_script.context_info.url = "http://localhost/"
        if pressed:
            state = message.rerun_script.widget_states.widgets.add()
            state.id, state.trigger_value = pressed, True
        await self._socket.send(message.SerializeToString())
        while not self._heard(await self._socket.recv()):
            pass
        return time.monotonic() - start

    def _heard(self, data: bytes) -> bool:
        """Take in one message; return whether the script has ended."""
        message: Any = ForwardMsg_pb2.ForwardMsg()
        message.ParseFromString(data)
        if message.WhichOneof("type") == "delta" and message.delta.HasField("new_element"):
            self._element(message.delta.new_element)
        # Fragments and pages end as well; only a whole run answers a request.
        return bool(message.WhichOneof("type") == "script_finished")

    def _element(self, element: Any) -> None:
        kind = element.WhichOneof("type")
        if kind == "button":
            self.buttons[element.button.label] = element.button.id
        elif kind == "exception":
            self.errors.append(element.exception.message)
        elif kind == "bidi_component" and element.bidi_component.json:
            data = json.loads(element.bidi_component.json)
            if isinstance(data, dict) and "run" in data:
                self.stage = data


@asynccontextmanager
async def visitor(url: str) -> AsyncIterator[Visitor]:
    """A tab with a session of its own."""
    async with websockets.connect(
        address(url, "/_stcore/stream"),
        subprotocols=[websockets.Subprotocol("streamlit")],
        origin=websockets.Origin(url),
        max_size=MOST_BYTES,
        ping_interval=None,
    ) as socket:
        yield Visitor(socket)


async def frames(
    url: str, run: str, owner: str | None = None
) -> AsyncIterator[tuple[float, bytes | dict[str, Any]]]:
    """Frames, and messages as dicts, as a live socket brings them, each with its Unix time."""
    async with websockets.connect(
        address(url, f"/live/{run}"), origin=websockets.Origin(url), max_size=MOST_BYTES
    ) as socket:
        if owner:
            await socket.send(json.dumps({"type": "hello", "owner": owner}))
        async for message in socket:
            yield time.time(), message if isinstance(message, bytes) else json.loads(message)
