"""Run files that readers bring open as runs; what is none gets a sentence, and nothing is kept."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inn_core.maps import handmade, runfile
from inn_core.runs import imports
from inn_core.runs.run import LabError
from inn_core.specs import RunSpec
from inn_core.specs_inverse import InverseSpec
from tests.live.support import HubThread, header, until

RUN = Path(__file__).resolve().parents[2] / "assets" / "pretrained" / "moons-affine.run"


def changed(**hello: Any) -> bytes:
    values, frames = runfile.read(RUN)
    return runfile.dump(values | hello, frames)


def test_a_run_file_opens_as_a_run(lab: HubThread) -> None:
    hello, frames = runfile.read(RUN)
    tickets = lab.lab.adopt(RUN.read_bytes())
    info = lab.info(tickets.viewer)
    assert info.spec == RunSpec.from_json(hello["spec"]) and info.status == "done"
    rows = [pytest.approx(row, abs=1e-5) for row in hello["history"]]
    assert info.history == rows and info.check == hello["check"]
    assert info.step == hello["history"][-1][1] and lab.lab.owns(tickets.viewer, tickets.owner)
    assert sorted(lab.lab.frames(tickets.viewer)) == sorted(frames)
    box = lab.watch(tickets.viewer)
    assert header(box.frame or b"")["step"] == info.step
    lab.hub.runs.pop(tickets.viewer)  # as after a restart
    assert lab.info(tickets.viewer).history == info.history


def test_a_drawing_is_a_run_that_training_goes_on_from(lab: HubThread) -> None:
    u = np.linspace(-handmade.EDGE, handmade.EDGE, handmade.KNOTS)
    drawn = handmade.Drawing((handmade.DrawnLayer(1, -0.6 * (u**2 - 1)),), (0.0, 0.635, 0.0, 0.0))
    drawn = handmade.from_token(handmade.to_token(drawn))
    tickets = lab.lab.adopt(handmade.run_file(drawn, "banana"))
    before = lab.info(tickets.viewer)
    assert (before.status, before.step) == ("done", 0)
    lab.lab.control(tickets.owner, "continue")
    box = lab.watch(tickets.viewer)
    lab.wait_steps(tickets.viewer, 20)
    lab.lab.control(tickets.owner, "stop")
    assert header(box.frame or b"")["message"] == ""
    nlls = [row[3] for row in lab.info(tickets.viewer).history]
    assert max(nlls) < before.history[0][3] + 0.1, "from where the hand had come to"


def test_a_drawing_that_never_trained_is_measured(lab: HubThread) -> None:
    u = np.linspace(-handmade.EDGE, handmade.EDGE, handmade.KNOTS)
    token = handmade.to_token(handmade.Drawing((handmade.DrawnLayer(1, 0.4 * u, 0.1 * u),)))
    drawing = handmade.from_token(token)
    tickets = lab.lab.adopt(handmade.run_file(drawing, "banana"))
    lab.lab.control(tickets.owner, "check")
    report = until(lambda: lab.info(tickets.viewer).check, "a report")
    gap, error = handmade.gap(handmade.maps_of(drawing, "banana"), "banana")
    assert report["gap"] == pytest.approx(gap, abs=4 * error) and report["step"] == 0
    assert report["mass"] == pytest.approx(1, abs=1e-3)
    assert lab.info(tickets.viewer).status == "done"


def test_a_file_of_snapshots_says_why_it_cannot_be_measured(lab: HubThread) -> None:
    hello, frames = runfile.read(RUN)
    tickets = lab.lab.adopt(runfile.dump(hello | {"check": None}, frames[-2:]))
    box = lab.watch(tickets.viewer, owner=True)
    lab.lab.control(tickets.owner, "check")
    heard: list[Any] = []
    while not (said := [message for message in heard if message["type"] == "error"]):
        heard += lab.ask(box.take())[0]
    assert said[0]["message"].startswith("The weights of this run are not here")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not a run file"), (b"PK\x03\x04 zip", "not a run file"),
        (RUN.read_bytes()[:5000], "cut off"), (changed(spec={"target": "mars"}), "mars"),
        (changed(spec=InverseSpec().to_json()), "not of the kind"), (changed(v=99), "version"),
        (runfile.dump(runfile.read(RUN)[0], []), "this has 0"),
        (runfile.dump(runfile.read(RUN)[0], [b"junk" * 9]), "cut off"),
        (runfile.dump(runfile.read(RUN)[0], runfile.read(RUN)[1][:1] * 2), "same number"),
        (changed(spec={"target": "own-0123456789abcdef"}), "bring them again"),
        (b"x" * (imports.MOST_BYTES + 1), "30 MB"),
        (runfile.MAGIC + struct.pack("<I", 2**31) + b"{}", "cut off"),
        (runfile.MAGIC + struct.pack("<I", 2) + b"[]", "version"),
    ],
)  # fmt: skip
def test_anything_else_gets_a_sentence(lab: HubThread, data: bytes, says: str) -> None:
    before = set(lab.hub.store.root.iterdir())
    with pytest.raises(LabError, match=says):
        lab.lab.adopt(data)
    assert set(lab.hub.store.root.iterdir()) == before


@pytest.mark.parametrize("history", [None, [], [[1, 2]], [["a"] * 6], [[float("nan")] * 6], 7])
def test_a_damaged_history_is_made_from_the_pictures(history: Any) -> None:
    hello, frames = runfile.read(RUN)
    text = json.dumps(hello | {"history": history}).encode()
    data = runfile.MAGIC + b"".join(struct.pack("<I", len(p)) + p for p in (text, *frames))
    brought = imports.read(data)
    assert len(brought.history) == len(frames) and brought.history[-1][1] == 4000
