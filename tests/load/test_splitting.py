"""What a second worker gains for a sweep too wide for one pass (`make load`, two free cores)."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from inn_core.runs.settings import Settings
from inn_core.specs import FlowSpec, TrainSpec
from inn_core.specs_inverse import InverseSpec
from tests.live.support import HubThread, until

#: Eight members of 128-128 at batch 512.
WIDE = InverseSpec(
    members=8,
    flow=FlowSpec(layers=8, hidden=(128, 128), linear="rotation"),
    training=TrainSpec(batch=512, seconds=600.0),
)
SECONDS = 15.0


def rate(store: Path, workers: int) -> float:
    """Steps a second of all eight members, by the wall clock."""
    lab = HubThread(Settings(store=store, workers=workers))
    try:
        sweep = lab.lab.start(WIDE)
        lab.watch(sweep.viewer)
        run = lab.run(sweep.viewer)
        until(lambda: run.step >= 10, "ten steps")
        first, start = run.step, time.monotonic()
        until(lambda: time.monotonic() - start > SECONDS and run.step > first, "steps")
        assert len({worker for worker, _ in run.desks()}) == workers
        return (run.step - first) / (time.monotonic() - start)
    finally:
        lab.close()


@pytest.mark.load
def test_a_second_worker_is_worth_having(tmp_path: Path) -> None:
    alone = rate(tmp_path / "one", 1)
    both = rate(tmp_path / "two", 2)
    print(
        f"\n8 members of 128-128, batch 512: {alone:.2f} steps/s on one worker, {both:.2f} on two"
    )
    assert both > 1.3 * alone
