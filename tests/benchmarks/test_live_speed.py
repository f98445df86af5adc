"""How fast training is inside a worker, alone and while a class watches, against the same loop.

Every figure is the best of a few windows that alternate with windows of the plain loop: what else
the machine does slows single windows, and the best one is the speed that the code itself allows.
"""

from __future__ import annotations

import asyncio
import json
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from inn_core.maps.codec import decode_frame
from inn_core.specs import RunSpec
from tests.live.sockets import Watcher, new_run
from tests.live.support import Lab, lab

#: Seconds of a window, and how many.
WINDOW_S, WINDOWS = 1.5, 4
SPEC = RunSpec()

#: The plain loop in a process of its own: one line in, one window of training, its steps/s out.
PLAIN = """
import sys, time, torch
torch.set_num_threads(1)
from inn_core.specs import RunSpec
from inn_core.training.loop import Trainer
trainer = Trainer(RunSpec(seconds_placeholder))
trainer.run_for(0.5)
print("ready", flush=True)
for line in sys.stdin:
    start, first, shown = time.perf_counter(), trainer.step, 0.0
    while (now := time.perf_counter()) < start + float(line):
        if now - shown > 0.1:
            trainer.snapshot()
            shown = now
        trainer.run_for(0.02)
    print((trainer.step - first) / (time.perf_counter() - start), flush=True)
""".replace("RunSpec(seconds_placeholder)", "RunSpec().with_(seconds=3600)")


class PlainLoop:
    """The same training without a lab around it, a snapshot ten times a second."""

    def __init__(self) -> None:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen([sys.executable, "-c", PLAIN], **pipes)  # type: ignore[call-overload]
        assert self.process.stdout.readline() == "ready\n"

    def window(self) -> float:
        self.process.stdin.write(f"{WINDOW_S}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()


class Swarm:
    """Viewers of one run on a thread of their own; counts frames and how late they are."""

    def __init__(self, url: str, viewers: int) -> None:
        self.frames, self.late = 0, [0.0]
        self.stop = threading.Event()
        self.thread = threading.Thread(target=lambda: asyncio.run(self.all(url, viewers)))
        self.thread.start()

    async def all(self, url: str, viewers: int) -> None:
        watchers = [asyncio.create_task(self.watch(url)) for _ in range(viewers)]
        while not self.stop.is_set():
            await asyncio.sleep(0.1)
        for watcher in watchers:
            watcher.cancel()
        await asyncio.gather(*watchers, return_exceptions=True)

    async def watch(self, url: str) -> None:
        async with connect(url, max_size=None) as socket:
            async for message in socket:
                if isinstance(message, bytes):
                    self.frames += 1
                    self.late.append(time.time() - struct.unpack_from("<d", message)[0])

    def close(self) -> None:
        self.stop.set()
        self.thread.join(30)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with lab(tmp_path_factory.mktemp("speed"), workers=1) as running:
        yield running.wait_workers()


@pytest.fixture(scope="module")
def plain() -> Iterator[PlainLoop]:
    loop = PlainLoop()
    yield loop
    loop.close()


def steps_per_s(owner: Watcher) -> float:
    """Steps per wall second of the watched run, over one window from its first frame."""
    first = decode_frame(owner.wait_frames(3)[-1])[1]["step"]
    start, last = time.perf_counter(), first
    while time.perf_counter() < start + WINDOW_S:
        last = decode_frame(owner.wait_frames(1)[-1])[1]["step"]
    return float((last - first) / (time.perf_counter() - start))


def compared(server: Lab, plain: PlainLoop, owner: Watcher) -> float:
    """Best window of the lab over best window of the plain loop; they take turns."""
    inside, outside = [], []
    for _ in range(WINDOWS):
        owner.say("play")
        inside.append(steps_per_s(owner))
        owner.say("pause")
        owner.wait("status", status="paused")
        outside.append(plain.window())
    print(json.dumps({"inside": inside, "outside": outside}))
    return max(inside) / max(outside)


def test_training_in_a_worker_keeps_nine_tenths_of_its_speed(server: Lab, plain: PlainLoop) -> None:
    viewer, token = new_run(server, SPEC)
    with Watcher(server, viewer, token) as owner:
        assert compared(server, plain, owner) >= 0.90


def test_fifty_viewers_cost_at_most_a_seventh(server: Lab, plain: PlainLoop) -> None:
    viewer, token = new_run(server, SPEC)
    swarm = Swarm(f"{server.url.replace('http', 'ws')}/live/{viewer}", 50)
    try:
        with Watcher(server, viewer, token) as owner:
            assert compared(server, plain, owner) >= 0.85
    finally:
        swarm.close()
    late = sorted(swarm.late)
    print(json.dumps({"frames": swarm.frames, "late_p95_ms": 1e3 * late[int(0.95 * len(late))]}))
    assert swarm.frames > 50 * WINDOWS * WINDOW_S * 3


def test_the_first_frame_comes_within_half_a_second(server: Lab, tmp_path: Path) -> None:
    waits = []
    for seed in range(5):
        viewer, token = new_run(server, SPEC.with_(seed=seed))
        start = time.perf_counter()
        with Watcher(server, viewer, token) as owner:
            owner.wait_frames(1)
            waits.append(time.perf_counter() - start)
            owner.say("stop")
            owner.wait("status", status="stopped")
    print(json.dumps({"first_frame_s": waits}))
    assert min(waits) < 0.5
