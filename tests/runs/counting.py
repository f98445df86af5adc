"""A trainer that only counts, and a list of what a bench has sent."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from inn_core.results import Snapshot
from inn_core.runs import files
from inn_core.specs import RunSpec, SpecError

STEP_S = 0.001


class CountingTrainer:
    """The trainer's contract without a flow: a step takes a millisecond."""

    made: int = 0

    def __init__(self, spec: RunSpec) -> None:
        type(self).made += 1
        self.spec, self.lr = spec, spec.training.lr
        self.step, self.seconds, self.seq = 0, 0.0, 0
        self.message = ""
        self.budget: dict[str, float] = {
            "seconds": spec.training.seconds,
            "steps": spec.training.steps,
        }

    @property
    def status(self) -> str:
        over = self.seconds >= self.budget["seconds"] or self.step >= self.budget["steps"]
        return "done" if over else "training"

    def steps(self, n: int) -> int:
        for done in range(n):
            if self.status == "done":
                return done
            time.sleep(STEP_S)
            self.step, self.seconds = self.step + 1, self.seconds + STEP_S
        return n

    def run_for(self, seconds: float) -> int:
        return self.steps(max(1, round(seconds / STEP_S)))

    def extend(self, steps: int = 0) -> None:
        self.budget["steps"] = self.step + steps

    def set(self, lr: float | None = None) -> None:
        if lr == 666:
            raise SpecError("lr is 666; it must be something else.")
        self.lr = lr or self.lr

    def snapshot(self, status: str = "") -> Snapshot:
        seq, self.seq = self.seq, self.seq + 1
        if self.lr == 13:
            raise RuntimeError("thirteen")
        return Snapshot(
            seq=seq, step=self.step, seconds=self.seconds, nll=1.0, train_nll=1.0, entropy=0.5,
            gap=0.5, gap_error=0.1, lr=self.lr, batch=1, steps_per_s=1 / STEP_S, round_trip=0.0,
            status=status or self.status, message=self.message, nlls=(1.0,),
        )  # fmt: skip

    def state(self) -> dict[str, Any]:
        return {"step": np.array([self.step])}

    def save(self, path: Path) -> None:
        facts = {"spec": self.spec.to_json(), "step": self.step, "seq": self.seq}
        files.write_json(path, facts | {"seconds": self.seconds})

    @classmethod
    def load(cls, path: Path) -> CountingTrainer:
        facts = json.loads(path.read_text())
        trainer = cls(RunSpec.from_json(facts["spec"]))
        trainer.step, trainer.seq, trainer.seconds = facts["step"], facts["seq"], facts["seconds"]
        return trainer


class Log(list[dict[str, Any]]):
    """What a bench has sent."""

    def of(self, run: str) -> list[dict[str, Any]]:
        return [m for m in list(self) if m["run"] == run]

    def metas(self, run: str) -> list[dict[str, Any]]:
        return [m["meta"] for m in self.of(run) if "meta" in m]

    def wait(self, condition: Callable[[], Any], seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, list(self)[-3:]
            time.sleep(0.005)
