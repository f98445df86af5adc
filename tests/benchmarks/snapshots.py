"""What looking costs: a snapshot with tables, metrics and wire, twenty times a second."""

from __future__ import annotations

import time
from statistics import median

import torch

from inn_core.maps.codec import encode_frame
from inn_core.training.loop import Trainer
from tests.benchmarks.ours import spec_of
from tests.benchmarks.table import Part, Result, Setting

#: Seconds of training between two snapshots; before the first, so that the curves have bends.
BETWEEN_S, BEFORE_S = 0.05, 3.0


def share(trainer: Trainer, windows: int, snapshots: int = 20) -> tuple[float, float]:
    """CPU time of snapshots by that of the training between them, in %, and ms of one: medians."""
    shares, costs = [], []
    for _ in range(windows):
        trained = looked = 0.0
        for _ in range(snapshots):
            start = time.process_time()
            trainer.run_for(BETWEEN_S)
            middle = time.process_time()
            encode_frame(trainer.snapshot(), when=time.time())
            trained, looked = trained + middle - start, looked + time.process_time() - middle
        shares.append(100 * looked / trained)
        costs.append(1e3 * looked / snapshots)
    return median(shares), median(costs)


def snapshot_line(setting: Setting, goal: float) -> Result:
    """The share for the lab's default flow, and for the same with splines."""
    torch.set_num_threads(1)
    parts, notes = [], []
    for coupling in ("affine", "spline"):
        trainer = Trainer(spec_of({"coupling": coupling, "seed": setting.seed} | setting.spec))
        trainer.run_for(BEFORE_S)
        percent, cost = share(trainer, setting.rounds)
        parts.append(Part(percent, goal, "%", most=True))
        notes.append(f"{coupling} {cost:.3g} ms")
    return Result(tuple(parts), "a snapshot: " + ", ".join(notes))
