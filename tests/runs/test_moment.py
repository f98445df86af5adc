"""A page waits a moment for the first picture of its stage: no longer, and not in the queue."""

from __future__ import annotations

import asyncio
import time
from types import SimpleNamespace
from typing import Any

import pytest

from inn_core.runs import moment


def waited(monkeypatch: pytest.MonkeyPatch, after: float | None, worker: str | None = "w") -> float:
    """Seconds of waiting for a run whose first snapshot comes ``after`` so many seconds."""
    monkeypatch.setattr(moment, "PATIENCE_S", 0.3)
    run = SimpleNamespace(worker=worker, latest=None)
    hub: Any = SimpleNamespace(runs={"run": run})

    async def go() -> float:
        if after is not None:
            asyncio.get_running_loop().call_later(after, setattr, run, "latest", b"frame")
        begin = time.monotonic()
        await moment.first_picture(hub, "run")
        return time.monotonic() - begin

    return asyncio.run(go())


def test_it_waits_for_the_picture_and_its_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert waited(monkeypatch, 0.1) >= 0.1 + moment.DRAWING_S - 0.01


def test_it_waits_no_longer_than_its_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    assert waited(monkeypatch, None) >= 0.29  # and comes back at all


def test_it_does_not_wait_in_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moment, "asyncio", SimpleNamespace(timeout=asyncio.timeout))  # no sleep
    assert waited(monkeypatch, None, worker=None) < 0.29
