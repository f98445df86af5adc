"""A live socket as the tests use it, and runs to watch."""

from __future__ import annotations

import json
from typing import Any

from websockets.sync.client import ClientConnection, connect

from inn_core.kinds import AnySpec
from inn_core.runs.store import Store
from tests.live.support import SMALL, Lab


def new_run(server: Lab, spec: AnySpec = SMALL) -> tuple[str, str]:
    """A run that waits in the store to be watched: (viewer, owner)."""
    store = Store(server.log.parent / "runs", 10**9)
    folder, owner = store.create(spec)
    folder.save({"status": "queued"})
    store.close()
    return folder.viewer, owner


def live(server: Lab, token: str, **options: Any) -> ClientConnection:
    return connect(f"{server.url.replace('http', 'ws')}/live/{token}", max_size=None, **options)


class Watcher:
    """A live socket that remembers what came."""

    def __init__(self, server: Lab, token: str, owner: str | None = None) -> None:
        self.connection = live(server, token, origin=server.url)
        self.owner = owner
        self.texts: list[dict[str, Any]] = []
        self.frames: list[bytes] = []

    def __enter__(self) -> Watcher:
        self.socket = self.connection.__enter__()
        if self.owner:
            self.say("hello", owner=self.owner)
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def say(self, kind: str, **values: Any) -> None:
        self.socket.send(json.dumps({"type": kind, **values}))

    def hear(self) -> dict[str, Any] | bytes:
        message = self.socket.recv(timeout=60)
        if isinstance(message, bytes):
            self.frames.append(message)
            return message
        value: dict[str, Any] = json.loads(message)
        self.texts.append(value)
        return value

    def wait(self, kind: str, **values: Any) -> dict[str, Any]:
        """Hear until a message of this type and these values comes."""
        for _ in range(2000):
            heard = self.hear()
            if isinstance(heard, dict) and {"type": kind, **values}.items() <= heard.items():
                return heard
        raise AssertionError(f"{kind} {values} never came; {self.texts[-3:]}")

    def wait_frames(self, count: int) -> list[bytes]:
        self.frames = []
        while len(self.frames) < count:
            self.hear()
        return self.frames
