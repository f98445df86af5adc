"""The trainer: a run that advances by steps and can be asked for a snapshot at any time.

Snapshots, pauses and checkpoints consume nothing of the run's randomness and touch none of its
weights: the same spec and seed give the same bits, whoever watches and however often.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch

from inn_core.bijections.residual import scaled_once
from inn_core.flows.flow import Flow
from inn_core.maps.tabulate import tabulate
from inn_core.results import FloatArray, Snapshot
from inn_core.specs import RunSpec, SpecError, check_name, check_number
from inn_core.targets import library
from inn_core.targets.own import DataError
from inn_core.training import checkpoint
from inn_core.training.batches import BatchStream
from inn_core.training.flat import layout
from inn_core.training.heldout import FINAL_KEY, FINAL_POINTS, RUNNING_POINTS, Density, HeldOut
from inn_core.training.memory import keep_freed_memory
from inn_core.training.step import Stepper, stepper_of
from inn_core.training.threads import one_thread

#: Seconds of computing over which steps/s is averaged.
RATE_WINDOW = 1.0
#: What a checkpoint holds of the trainer itself.
OWN = ("step", "seconds", "seq", "lr", "batch", "clip", "weights", "budget")


class Trainer:
    """One run of ``spec.members`` flows. Its clock counts only its own computing.

    step, seconds : optimiser steps done; seconds of this thread's own computing spent on them
    lr, batch, clip, weights : the live settings; change them with :meth:`set`
    budget : seconds and steps at which the run ends; :meth:`extend` adds to it
    """

    def __init__(self, spec: RunSpec, target: Density | None = None) -> None:
        """Build the flow and draw the first data. ``target`` replaces the registry's entry."""
        self.begin(spec)
        named: Any = target or library.find(spec.target)
        self.target: Density = named
        self.batches = BatchStream(self.target, spec.seed)
        self.held_out: Any = HeldOut(self.target, RUNNING_POINTS, spec.seed)
        self.stepper: Stepper = stepper_of(spec, self.target)
        self.weights: dict[str, float] = dict(self.stepper.loss.weights)

    def begin(self, spec: Any) -> None:
        """Take over the settings of a run of any kind, and set the clock to zero."""
        keep_freed_memory()
        self.spec: Any = spec
        self.step, self.seconds, self.seq = 0, 0.0, 0
        self.lr, self.batch, self.clip = spec.training.lr, spec.training.batch, spec.training.clip
        self.budget = {"seconds": spec.training.seconds, "steps": spec.training.steps}
        self._marks: deque[tuple[int, float]] = deque([(0, 0.0)])

    @staticmethod
    def read_spec(values: Any) -> Any:
        """The spec of a checkpoint."""
        return RunSpec.from_json(values)

    @property
    def shown(self) -> Flow:
        """The flow with averaged weights: what snapshots, checks and exports see."""
        return self.stepper.shown

    @property
    def frozen(self) -> dict[int, str]:
        """Members that the guard stopped, with the reason."""
        return dict(self.stepper.guard.frozen)

    @property
    def status(self) -> str:
        """Where the run stands: "training", "done" (budget used up) or "stopped" (guard)."""
        if self.stepper.guard.all_frozen:
            return "stopped"
        over = self.step >= self.budget["steps"] or self.seconds >= self.budget["seconds"]
        return "done" if over else "training"

    @property
    def message(self) -> str:
        """A sentence when something needs one, else nothing."""
        return " ".join(filter(None, [self.stepper.note, *self.frozen.values()]))

    # ── running ──────────────────────────────────────────────────────────────────────────────

    def steps(self, n: int) -> int:
        """Run up to n steps, fewer if the run ends; return how many were run."""
        return self._run(self.step + n, float("inf"))

    def run_for(self, seconds: float) -> int:
        """Run for about ``seconds`` of own computing (at least one step); return the steps."""
        return self._run(int(self.budget["steps"]), self.seconds + seconds)

    def _run(self, last: int, until: float) -> int:
        """Run until step ``last``, until ``until`` on the clock, or to the end of the run."""
        first, before, begin = self.step, self.seconds, time.thread_time()
        last, until = min(last, int(self.budget["steps"])), min(until, self.budget["seconds"])
        with one_thread():
            while self.step < last and self.seconds < until and not self.stepper.guard.all_frozen:
                x = self.batches.take(self.batch * self.stepper.draws)
                self.stepper.step(x, self.step, self.lr, self.clip, self.weights)
                self.step += 1
                self.seconds = before + time.thread_time() - begin
        self._marks.append((self.step, self.seconds))
        while len(self._marks) > 2 and self._marks[1][1] < self.seconds - RATE_WINDOW:
            self._marks.popleft()
        return self.step - first

    @property
    def steps_per_s(self) -> float:
        """Steps per second of own computing, over the last second or so."""
        (step, seconds), (last_step, last_seconds) = self._marks[0], self._marks[-1]
        return (last_step - step) / (last_seconds - seconds) if last_seconds > seconds else 0.0

    # ── live changes ─────────────────────────────────────────────────────────────────────────

    def set(
        self,
        *,
        lr: float | None = None,
        batch: int | None = None,
        clip: float | None = None,
        weights: Mapping[str, float] | None = None,
        critic_lr: float | None = None,
        critic_steps: int | None = None,
    ) -> None:
        """Change settings from the next step on; raises SpecError and then changes nothing.

        lr : peak learning rate; batch : points a step; clip : largest gradient norm of a member;
        weights : of the loss's named terms; critic_lr, critic_steps : of the critics, if there are
        """
        given = {"lr": lr, "batch": batch, "clip": clip}
        asked = {"critic_lr": critic_lr, "critic_steps": critic_steps}
        critics = {name: check_number(name, v) for name, v in asked.items() if v is not None}
        if critics and not self.stepper.critics:
            raise SpecError(f"{next(iter(critics))} is given, but this run has no critic.")
        new = {name: check_number(name, v) for name, v in given.items() if v is not None}
        new_weights = {
            check_name("loss term", name, self.weights): float(check_number("weight", value))
            for name, value in (weights or {}).items()
        }
        for name, value in new.items():
            setattr(self, name, value)
        for name, value in critics.items():
            for one in self.stepper.critics:
                setattr(one, name, value)
        if new_weights:
            self.weights.update(new_weights)
            self.stepper.guard.recalibrate()

    def extend(self, seconds: float | None = None, steps: int | None = None) -> None:
        """Allow the run ``seconds`` or ``steps`` more than it has; raises SpecError."""
        if seconds is not None:
            more = check_number("seconds", seconds)
            self.budget["seconds"] = max(self.budget["seconds"], self.seconds) + more
        if steps is not None:
            more = check_number("steps", steps)
            self.budget["steps"] = max(self.budget["steps"], self.step) + more

    # ── what comes out ───────────────────────────────────────────────────────────────────────

    def snapshot(self, maps: bool = True, weights: bool = False, status: str = "") -> Snapshot:
        """Measure the averaged flow on the held-out points.

        maps, weights : whether to add layer tables and weights; status : to say "paused", say
        """
        return self._snapshot(self.held_out, maps, weights, status)

    def final(self, maps: bool = True, weights: bool = False) -> Snapshot:
        """Like :meth:`snapshot`, on 50,000 fresh points: the numbers that a table may quote."""
        fresh = HeldOut(self.target, FINAL_POINTS, self.spec.seed, FINAL_KEY)
        return self._snapshot(fresh, maps, weights, "")

    def _snapshot(self, points: HeldOut, maps: bool, weights: bool, status: str) -> Snapshot:
        with one_thread(), torch.no_grad(), scaled_once(self.shown.chain):
            score = points.score(self.shown)
            tables = tabulate(self.shown) if maps else None
        nlls = tuple(finite(self.target.entropy + gap) for gap in score.gaps)
        known = getattr(self.target, "known", True)
        return Snapshot(
            **self.told(nlls, status, weights),
            entropy=float(self.target.entropy) if known else math.nan,
            gap=finite(score.gaps[0]) if known else math.nan,
            gap_error=finite(score.errors[0]),
            round_trip=finite(score.round_trip),
            maps=tables,
        )

    def told(self, nlls: tuple[float, ...], status: str, weights: bool) -> dict[str, Any]:
        """What a snapshot of any kind of run says, which is counted with it."""
        losses = self.stepper.losses
        self.seq += 1
        return {
            "seq": self.seq - 1,
            "step": self.step,
            "seconds": self.seconds,
            "nll": nlls[0],
            "train_nll": nlls[0] if losses is None else finite(float(losses[0])),
            "nlls": nlls,
            "lr": self.lr,
            "batch": self.batch,
            "steps_per_s": self.steps_per_s,
            "status": status or self.status,
            "message": self.message,
            "frozen": self.frozen,
            "weights": self.state() if weights else None,
        }

    def state(self) -> dict[str, FloatArray]:
        """Averaged weights and buffers by name, first axis the members: numpy copies."""
        return {name: value.numpy().copy() for name, value in self.shown.state_dict().items()}

    # ── checkpoints ──────────────────────────────────────────────────────────────────────────

    def save(self, path: str | Path) -> None:
        """Write everything that continuing bit by bit needs into one file, atomically."""
        facts: dict[str, Any] = {name: getattr(self, name) for name in OWN}
        facts["spec"] = self.spec.to_json()
        facts["layout"] = layout(self.stepper.flow)
        facts["stream"] = self.batches.state()
        facts["frozen"] = self.frozen
        checkpoint.write(path, self.stepper.tensors(), facts)

    @classmethod
    def load(cls, path: str | Path, target: Density | None = None) -> Self:
        """Continue from :meth:`save`'s file.

        Raises CheckpointError with a sentence, or DataError where a reader's own data have gone.
        """
        tensors, facts = checkpoint.read(path)
        try:
            trainer = cls(cls.read_spec(facts["spec"]), target)
            if facts["layout"] != layout(trainer.stepper.flow):
                raise KeyError("layout")
            trainer.stepper.restore(tensors, facts["frozen"])
            trainer.batches.restore(facts["stream"])
            for name in OWN:
                setattr(trainer, name, facts[name])
        except DataError:  # the checkpoint is sound: what it was trained on has gone
            raise
        except (KeyError, TypeError, AttributeError, RuntimeError, SpecError) as error:
            raise checkpoint.CheckpointError(
                f"{path} was written by another version of the lab; start the run again."
            ) from error
        trainer._marks = deque([(trainer.step, trainer.seconds)])
        return trainer


def finite(value: float) -> float:
    """``value`` as JSON can carry it: NaN and infinity become ±1e30."""
    return float(np.nan_to_num(value, nan=1e30, posinf=1e30, neginf=-1e30))
