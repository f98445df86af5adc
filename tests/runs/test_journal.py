"""The log: one JSON line an event, and nothing in it that a reader typed."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inn_core.runs import journal, tokens
from inn_core.runs.hub import Hub
from inn_core.runs.run import LabError
from inn_core.runs.settings import Settings
from inn_core.specs import RunSpec, SpecError
from inn_core.targets import reading
from tests.fuzz.fakesockets import OWNER, read

MARK = "Zanzibar"
SMALL = RunSpec().with_(layers=2, hidden=(8,), batch=16)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the engine's logs say from now on."""
    text, engine = io.StringIO(), logging.getLogger("inn_core")
    handler = logging.StreamHandler(text)
    handler.setFormatter(journal.Lines())
    engine.addHandler(handler)
    before = engine.level
    engine.setLevel(logging.INFO)
    monkeypatch.setattr(journal, "flood", journal.Flood())
    yield text
    engine.removeHandler(handler)
    engine.setLevel(before)


def lines(text: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.getvalue().splitlines()]


def test_events_are_lines_with_facts(written: io.StringIO, tmp_path: Path) -> None:
    async def play() -> str:
        hub = Hub(Settings(store=tmp_path))
        tickets = await hub.start(SMALL)
        await hub.control(tickets.owner, "stop", {})
        hub.on_workers({"tcp://127.0.0.1:9"})
        with pytest.raises(LabError):
            await hub.adopt(b"junk")
        await hub.control(tickets.owner, "delete", {})
        hub.store.close()
        return tickets.viewer

    viewer = asyncio.run(play())
    told = lines(written)
    events = [line["event"] for line in told]
    assert events == ["started", "ended", "worker_lost", "refused", "deleted"]
    assert told[0] | {"at": ""} == {
        "at": "", "event": "started", "run": viewer[:6], "kind": "flow", "members": 1, "queue": 1,
    }  # fmt: skip
    assert told[1]["status"] == "stopped" and told[0]["at"].endswith("Z")


def test_nothing_that_was_typed_is_in_the_log(written: io.StringIO, tmp_path: Path) -> None:
    async def play() -> tuple[str, str]:
        hub = Hub(Settings(store=tmp_path))
        points = np.random.default_rng(0).normal(size=(30, 2))
        data = reading.points_of_array(points, f"{MARK} data", names=(MARK, "weight"))
        name = await hub.keep_data(data)
        tickets = await hub.start(SMALL.with_(target=name))
        wrong: list[dict[str, Any]] = [{"lr": MARK}, {MARK: 1}, {"batch": {MARK: []}}]
        for values in wrong:
            with pytest.raises((LabError, SpecError)):
                await hub.control(tickets.owner, "set", values)
        with pytest.raises(LabError):
            await hub.control(tickets.owner, MARK, {})
        with pytest.raises(LabError):
            await hub.adopt(MARK.encode() * 9)
        folder = tmp_path / tickets.viewer
        hub.runs.clear()
        spec = json.loads((folder / "spec.json").read_text())
        spec["spec"]["target"] = MARK
        (folder / "spec.json").write_text(json.dumps(spec))
        assert await hub.find(tickets.viewer) is None
        hub.spawn(fail())
        await asyncio.sleep(0)
        hub.store.close()
        return tickets.viewer, tickets.owner

    async def fail() -> None:
        raise ValueError(MARK)

    viewer, owner = asyncio.run(play())
    text = json.dumps({"type": MARK, MARK: MARK})
    read([{"type": "websocket.receive", "text": text}] * 3, owner=OWNER)
    told = lines(written)
    assert {"started", "refused", "warning", "error"} <= {line["event"] for line in told}
    assert MARK not in written.getvalue()
    assert viewer not in written.getvalue() and owner not in written.getvalue()
    failed = next(line for line in told if line["event"] == "error")
    assert failed["error"] == "ValueError" and "test_journal.py" in failed["trace"][-1]


def test_a_stranger_cannot_fill_the_log(
    written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal.time, "monotonic", lambda: 5.0)
    for _ in range(1000):
        journal.note("refused", tokens.new_viewer(), door="socket")
    journal.note("started")
    assert len(lines(written)) == journal.MOST + 1
    monkeypatch.setattr(journal.time, "monotonic", lambda: 6.0)
    journal.note("refused")
    assert lines(written)[-2]["event"] == "silenced"
    assert lines(written)[-2]["lines"] == 1000 - journal.MOST
