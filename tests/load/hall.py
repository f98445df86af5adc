"""A lecture hall in one process: many visitors who train, many who watch. Figures come back."""

from __future__ import annotations

import asyncio
import contextlib
import struct
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import quantiles
from typing import Any, TypeVar

from inn_core.maps.codec import decode_frame
from tests.load.visitor import Visitor, frames, visitor

T = TypeVar("T")


def run(scene: Coroutine[Any, Any, T]) -> T:
    """Play a scene on a thread of its own: a browser test's loop may be running on this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, scene).result()


def p95(values: list[float]) -> float:
    """The 95th percentile."""
    return quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


@dataclass(frozen=True)
class Class:
    """A class in which some train: seconds of each page load, to each first update; steps each."""

    loads: list[float]
    firsts: list[float]
    steps: list[int]
    errors: list[str]

    @property
    def shares(self) -> list[float]:
        """Each trainer's steps by the mean."""
        mean = sum(self.steps) / len(self.steps)
        return [steps / mean for steps in self.steps]


class Owner:
    """A run as its owner sees it: seconds to the first update, and (time, step) of all."""

    def __init__(self) -> None:
        self.marks: list[tuple[float, int]] = []
        self.begun = asyncio.Event()
        self.first = 0.0

    async def train(self, url: str, guest: Visitor) -> None:
        """Press Train and follow the run until cancelled."""
        pressed = time.time()
        await guest.press("Train")
        await self.follow(url, guest.stage["run"], guest.stage["owner"], pressed)

    async def follow(self, url: str, run: str, owner: str, since: float = 0.0) -> None:
        """Follow a run until cancelled."""
        async for when, message in frames(url, run, owner):
            if not isinstance(message, bytes):
                continue
            step = int(decode_frame(message)[1]["step"])
            self.marks.append((when, step))
            if step > 0 and not self.begun.is_set():
                self.first = when - since
                self.begun.set()

    async def window(self, seconds: float) -> tuple[float, float]:
        """Wait; return steps a second meanwhile, and the seconds that it really took."""
        start = time.time()
        await asyncio.sleep(seconds)
        spent = time.time() - start
        return self.steps(start, start + spent) / spent, spent

    def steps(self, start: float, end: float) -> int:
        """Steps between two times."""
        steps = [step for when, step in self.marks if start <= when <= end]
        return steps[-1] - steps[0] if steps else 0


async def in_class(
    url: str, sessions: int, trainers: int, window_s: float, least: int = 100
) -> Class:
    """Let so many open the lab at once; then the first ``trainers`` of them press Train at once.

    Steps are counted in the same window, from when all have an update for ``window_s`` seconds and
    until each has taken ``least`` steps; TimeoutError if somebody never does.
    """
    async with contextlib.AsyncExitStack() as stack:
        doors = [stack.enter_async_context(visitor(url)) for _ in range(sessions)]
        guests = [await door for door in doors]
        loads = await asyncio.gather(*(guest.open() for guest in guests))
        trained = [Owner() for _ in range(trainers)]
        runs = [
            asyncio.create_task(one.train(url, guest))
            for one, guest in zip(trained, guests, strict=False)
        ]
        await asyncio.gather(*(one.begun.wait() for one in trained))
        start = time.time()
        await asyncio.sleep(window_s)
        async with asyncio.timeout(60):
            while min(one.steps(start, time.time()) for one in trained) < least:
                await asyncio.sleep(0.1)
        steps = [one.steps(start, time.time()) for one in trained]
        for run in runs:
            run.cancel()
        await asyncio.gather(*runs, return_exceptions=True)
        errors = [error for guest in guests for error in guest.errors]
        return Class(list(loads), [one.first for one in trained], steps, errors)


@dataclass(frozen=True)
class Watched:
    """Viewers of one run.

    rates : updates a second of each viewer; late : seconds from the worker to the viewer, of each
    update; bytes_per_s : of all together; kept : the owner's steps by those without viewers
    """

    rates: list[float]
    late: list[float]
    bytes_per_s: float
    kept: float


async def watch(url: str, run: str, owner: str, viewers: int, seconds: float) -> Watched:
    """Follow a run as its owner for so long, then for so long with viewers, when all are there."""
    own = Owner()
    tasks = [asyncio.create_task(own.follow(url, run, owner))]
    await own.begun.wait()
    await asyncio.sleep(1.0)  # its speed at the start is another
    alone, _ = await own.window(seconds)
    seats = [Seat() for _ in range(viewers)]
    tasks += [asyncio.create_task(seat.watch(url, run)) for seat in seats]
    await asyncio.gather(*(seat.there.wait() for seat in seats))
    for seat in seats:
        seat.late, seat.bytes = [], 0
    together, spent = await own.window(seconds)
    rates = [len(seat.late) / spent for seat in seats]
    late = [each for seat in seats for each in seat.late]
    carried = sum(seat.bytes for seat in seats) / spent
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return Watched(rates, late, carried, together / alone)


class Seat:
    """One viewer: how late each frame came after it left its worker (seconds), and all bytes."""

    def __init__(self) -> None:
        self.late: list[float] = []
        self.bytes = 0
        self.there = asyncio.Event()

    async def watch(self, url: str, run: str) -> None:
        """Follow a run until cancelled."""
        async for when, message in frames(url, run):
            if isinstance(message, bytes):
                self.late.append(when - struct.unpack_from("<d", message)[0])
                self.bytes += len(message)
                self.there.set()


async def come_and_go(url: str, run: str, times: int, at_once: int = 20) -> None:
    """Open and close a live socket so many times, each after the first message."""

    async def once() -> None:
        with contextlib.suppress(StopAsyncIteration):
            stream = frames(url, run)
            await anext(stream)
            await stream.aclose()  # type: ignore[attr-defined]

    todo: list[Coroutine[Any, Any, None]] = [once() for _ in range(times)]
    for start in range(0, times, at_once):
        await asyncio.gather(*todo[start : start + at_once])
