"""A machine's clock that is set, by hand or by the network, while the lab runs."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest

from inn_core.runs import exports, files, health
from inn_core.targets import reading
from tests.live.support import SMALL, HubThread, header, until

DAY = 86_400.0
REAL = time.time


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_a_clock_that_jumps_takes_nothing_and_stops_nothing(
    lab: HubThread, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, jump: float
) -> None:
    points = np.random.default_rng(3).normal(size=(50, 2))
    before = lab.lab.keep_data(reading.points_of_array(points, "before"))
    (film := tmp_path / "film.mp4").write_bytes(b"before")
    tickets = lab.lab.start(SMALL)
    box = lab.watch(tickets.viewer)
    run = lab.run(tickets.viewer)
    lab.wait_steps(tickets.viewer, 20)
    epoch = run.epoch

    monkeypatch.setattr(time, "time", lambda: REAL() + jump)
    after = lab.lab.keep_data(reading.points_of_array(points + 1, "after"))
    stamped = lab.hub.store.data / f"{after}.npz"
    os.utime(stamped, (REAL() + jump, REAL() + jump))  # as the machine would have written it
    step, frame = lab.info(tickets.viewer).step, box.frame
    lab.call(lab.hub.evict)
    lab.call(lab.hub.store.evict_data)
    exports.keep(tmp_path / "next.run", b"run")
    lab.wait_steps(tickets.viewer, step + 50)
    new = until(lambda: box.frame is not frame and box.frame, "a frame after the jump")
    assert header(new)["status"] == "training" and run.epoch == epoch and not run.parked
    assert (lab.hub.store.data / f"{before}.npz").exists() and stamped.exists() and film.exists()
    assert 0 <= health.report(lab.hub)["uptime_s"] < 3600
    lab.lab.control(tickets.owner, "stop")
    lab.wait_status(tickets.viewer, "stopped")


def test_what_is_old_by_both_clocks_is_old(tmp_path: Path) -> None:
    (path := tmp_path / "file").write_bytes(b"")
    assert abs(files.age(path)) < 60
    os.utime(path, (REAL() - DAY, REAL() - DAY))
    assert abs(files.age(path) - DAY) < 60
