"""Helpers of the live tests: a hub on a thread of its own, and a whole lab as a process."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import psutil

from inn_core.maps.codec import decode_frame
from inn_core.runs.client import HubLab, RunInfo
from inn_core.runs.hub import Hub
from inn_core.runs.run import Run
from inn_core.runs.settings import Settings
from inn_core.runs.viewers import Mailbox
from inn_core.specs import RunSpec

ROOT = Path(__file__).resolve().parents[2]
#: Seconds for what takes one or two on an idle machine: tests share theirs with much else.
PATIENCE = 90.0
#: A run that is quick to build and step.
SMALL = RunSpec().with_(layers=2, hidden=(16,), batch=64)

T = TypeVar("T")


def until(condition: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """Wait until ``condition()`` is true and return it."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"waited {seconds:g} s for: {what}"
        time.sleep(0.02)
    return value


class HubThread:
    """A hub with a real cluster, serving on its own event loop."""

    def __init__(self, settings: Settings) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.hub, self.task = self.ask(self._open(settings))
        self.lab = HubLab(self.hub, self.loop)
        until(lambda: len(self.hub.pool.workers) == settings.workers, "all workers")

    async def _open(self, settings: Settings) -> tuple[Hub, asyncio.Task[None]]:
        hub = Hub(settings)
        return hub, asyncio.create_task(hub.serve())

    def ask(self, question: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(question, self.loop).result(PATIENCE)

    def call(self, function: Callable[..., T], *arguments: Any) -> T:
        async def answer() -> T:
            return function(*arguments)

        return self.ask(answer())

    def run(self, viewer: str) -> Run:
        run = self.ask(self.hub.find(viewer))
        assert run is not None
        return run

    def info(self, viewer: str) -> RunInfo:
        info = self.lab.describe(viewer)
        assert info is not None
        return info

    def watch(self, viewer: str, owner: bool = False) -> Mailbox:
        async def attach() -> Mailbox:
            box = Mailbox()
            box.owner = owner
            assert await self.hub.attach(viewer, box) is not None
            return box

        return self.ask(attach())

    def wait_status(self, viewer: str, status: str) -> RunInfo:
        until(lambda: self.info(viewer).status == status, f"status {status}")
        return self.info(viewer)

    def wait_steps(self, viewer: str, steps: int) -> RunInfo:
        until(lambda: self.info(viewer).step >= steps, f"{steps} steps")
        return self.info(viewer)

    def close(self) -> None:
        async def end() -> None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)

        self.ask(end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(PATIENCE)
        self.loop.close()


def header(frame: bytes) -> dict[str, Any]:
    """The numbers in a frame."""
    return decode_frame(frame)[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Lab:
    """``streamlit run app.py`` as a process, with a store of its own."""

    def __init__(self, store: Path, **settings: Any) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = store / "server.log"
        store.mkdir(parents=True, exist_ok=True)
        given = {"store": store / "runs"} | settings
        environment = {f"PUSHFORWARD_{name.upper()}": str(v) for name, v in given.items()}
        command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py")]
        options = {"port": self.port, "headless": "true", "address": "127.0.0.1"}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, *(f"--server.{name}={value}" for name, value in options.items())],
                env=os.environ | environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=store,
                start_new_session=True,
            )
        until(self.health, "the server")

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return answer.read(), answer.headers

    def health(self) -> dict[str, Any] | None:
        assert self.process.poll() is None, self.log.read_text()
        with contextlib.suppress(OSError):
            report: dict[str, Any] = json.loads(self.get("/health")[0])
            return report
        return None

    def wait_workers(self) -> Lab:
        until(lambda: (self.health() or {}).get("status") == "ok", "the workers")
        return self

    def family(self) -> list[psutil.Process]:
        """The server and all processes below it."""
        top = psutil.Process(self.process.pid)
        return [top, *top.children(recursive=True)]

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        self.process.send_signal(how)
        self.process.wait(PATIENCE)


@contextlib.contextmanager
def lab(store: Path, **settings: Any) -> Iterator[Lab]:
    """A lab that ends with the block, and shows its log if the block fails."""
    server = Lab(store, **settings)
    try:
        yield server
    except BaseException:
        print(server.log.read_text()[-5000:])
        raise
    finally:
        family = server.family() if server.process.poll() is None else []
        with contextlib.suppress(ProcessLookupError):
            server.process.kill()
        server.process.wait(PATIENCE)
        for process in family[1:]:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
