"""One run on a worker's bench: when it trains, when it is looked at, what it leaves on disk."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inn_core.kinds import kind_of, read_spec
from inn_core.maps.codec import encode_frame
from inn_core.runs import checks, files, parts
from inn_core.specs import SpecError

if TYPE_CHECKING:
    from inn_core.results import Snapshot
    from inn_core.training.loop import Trainer

log = logging.getLogger(__name__)

#: Snapshots should take this share of a run's time; to keep at LIVELY_S they may take more, but
#: never more than MOST_SHARE.
SHARE, MOST_SHARE = 0.05, 0.3
#: Seconds between snapshots at which a picture still seems to move.
LIVELY_S = 0.08
#: Seconds of own computing between two looks at the clock on the wall.
LOOK_S = 0.01
#: Seconds of lag that a slowed-down run does not make up for (after a pause, or a busy worker).
LAG = 0.25


@dataclass(frozen=True)
class Order:
    """What a worker must know to train a run.

    run : its token, the name under which it is known; topic : where its messages go
    spec : RunSpec or InverseSpec as JSON; folder : the run's folder
    epoch : counts who has trained it
    budget_s : own compute after which it ends; playing : whether it trains at once
    speed : steps per second at most, or None; rate, slice_s, checkpoint_s : see Settings
    part, parts : which part of the run this desk trains, and of how many (see parts.py)
    """

    run: str
    topic: str
    spec: dict[str, Any]
    folder: str
    epoch: int
    budget_s: float = 60.0
    playing: bool = True
    speed: float | None = None
    rate: float = 20.0
    slice_s: float = 0.05
    checkpoint_s: float = 2.0
    part: int = 0
    parts: int = 1

    @property
    def desk(self) -> str:
        """The name of its desk: a worker may have two parts of one run."""
        return desk_name(self.run, self.part)


def desk_name(run: str, part: int) -> str:
    """The name of a desk on a bench."""
    return f"{run}/{part}" if part else run


class Superseded(Exception):
    """A newer epoch trains this run: the desk must write nothing more."""


class Desk:
    """Trains one run in slices. Every method runs on the bench's thread."""

    trainer: Trainer

    def __init__(self, order: Order, emit: Callable[[dict[str, Any]], None]) -> None:
        self.order, self.emit = order, emit
        self.folder = Path(order.folder)
        self.playing, self.speed = order.playing, order.speed
        self.gone = False
        self.note = ""
        self.used = 0.0  # seconds of the thread that this run has had
        self.due = self.seen = self.saved = 0.0  # monotonic: next step, last snapshot, checkpoint
        self.cost = 0.0  # seconds that a snapshot takes
        self.rate = order.rate

    def open(self) -> None:
        """Build the trainer, or continue from the checkpoint, and show where it stands."""
        start = time.perf_counter()
        path = self.folder / files.checkpoint_of(self.order.part)
        spec = read_spec(self.order.spec)
        kind = kind_of(spec)
        self.rate = min(self.order.rate, kind.rate)
        trainer = kind.load("trainer")
        part, n = self.order.part, self.order.parts
        make = partial(parts.of, spec, parts=n)
        self.trainer = trainer.load(path) if path.exists() else trainer(make(part))
        self.others = parts.Others(self.folder, part, n, lambda i: trainer(make(i)))
        self.budget(self.order.budget_s)
        self.saved = time.monotonic()
        self.show()
        self.finish_if_over()
        self.used += time.perf_counter() - start

    # ── training ─────────────────────────────────────────────────────────────────────────────

    def ready(self, now: float) -> bool:
        """Whether this run wants a slice at monotonic time ``now``."""
        return self.playing and not self.gone and now >= self.due

    def slice(self, share: int) -> None:
        """Train for one slice, as one of ``share`` runs; show and save the run if that is due."""
        start = time.perf_counter()
        shown = self.seen + self.pause(share) - LOOK_S / 2  # when the next snapshot is due
        end = min(time.monotonic() + self.order.slice_s, shown)
        if self.speed is None:
            self.run_until(end)
        else:
            self.slow_steps(self.speed)
        now = time.monotonic()
        if now >= shown:
            self.show()
        if now - self.saved >= self.order.checkpoint_s - self.order.slice_s * share:
            self.save()
        self.finish_if_over()
        self.used += time.perf_counter() - start

    def pause(self, share: int) -> float:
        """Seconds between two snapshots, when ``share`` runs want the thread."""
        lively = max(LIVELY_S, self.cost * share / MOST_SHARE)
        return max(1.0 / self.rate, min(self.cost * share / SHARE, lively))

    def run_until(self, end: float) -> None:
        """Train until monotonic time ``end``, or the run's end; one step at least.

        The trainer counts its own computing. On a busy machine that is much less than the time
        that passes, and the picture must not wait for it.
        """
        while self.trainer.run_for(LOOK_S) and time.monotonic() < end:
            pass

    def slow_steps(self, speed: float) -> None:
        """Do the steps that are due at ``speed`` steps per second, within one slice."""
        begin = time.monotonic()
        self.due = max(self.due, begin - LAG)
        while self.due <= time.monotonic() < begin + self.order.slice_s:
            if not self.trainer.steps(1):
                break
            self.due += 1.0 / speed

    def finish_if_over(self) -> None:
        """Leave the bench when the budget is used up or the guard stopped the run."""
        if self.trainer.status == "training":
            return
        if self.others.training:  # a part ends when all do: it shows what the others still learn
            self.due = time.monotonic() + 1.0 / self.rate
        else:
            self.finish("done" if "done" in self.others.statuses else self.trainer.status)

    # ── orders ───────────────────────────────────────────────────────────────────────────────

    def obey(self, action: str, values: dict[str, Any]) -> None:
        """Carry out an order of the owner or of the hub."""
        if action == "play":
            self.playing, self.due = True, 0.0
        elif action == "pause":
            self.playing = False
            self.show()
        elif action == "step":
            self.playing = False
            self.trainer.steps(1)
            self.show()
            self.finish_if_over()
        elif action == "speed":
            self.speed, self.due = values["value"], 0.0
        elif action == "set":
            self.set(values)
        elif action == "budget":
            self.budget(values["seconds"])
        elif action == "stop":
            self.finish("stopped")
        elif action == "park":
            self.park()
        elif action == "drop":
            self.gone = True
        elif action == "check":
            self.check()

    def set(self, values: dict[str, Any]) -> None:
        """Change live settings; the next snapshot shows them."""
        try:
            self.trainer.set(**values)
        except SpecError as error:
            self.send({"error": str(error)})
        if not self.playing:
            self.show()

    def budget(self, seconds: float) -> None:
        """Let the run end at ``seconds`` of own compute; steps used up are granted once more."""
        self.trainer.budget["seconds"] = seconds
        steps = self.trainer.spec.training.steps
        if self.trainer.step >= self.trainer.budget["steps"] and self.trainer.seconds < seconds:
            self.trainer.extend(steps=steps)

    def park(self) -> None:
        """Leave the bench with a checkpoint; the hub will come back to it."""
        self.save()
        self.playing = False
        self.show(final=True)
        self.gone = True

    def finish(self, status: str) -> None:
        """Leave the bench for good: checkpoint, weights, last snapshot."""
        self.save()
        if not self.order.part:
            self.keep_weights()
        self.show(status, final=True)
        self.gone = True

    def check(self) -> None:
        """Measure the flow on fresh points, beside the training, from a checkpoint."""
        self.save()
        checks.begin(self.folder, self.send)

    # ── what comes out ───────────────────────────────────────────────────────────────────────

    def show(self, status: str = "", final: bool = False) -> None:
        """Send a snapshot."""
        start, self.seen = time.perf_counter(), time.monotonic()
        snapshot = self.trainer.snapshot(status=status or ("" if self.playing else "paused"))
        if self.order.part:
            self.write(lambda: parts.leave(self.folder, self.order.part, snapshot))
            return
        snapshot = self.others.join(snapshot)
        if self.note and not snapshot.message:
            snapshot = replace(snapshot, message=self.note)
        frame = encode_frame(snapshot, epoch=self.order.epoch, when=time.time())
        self.send({"meta": self.meta(snapshot), "frame": frame, "final": final})
        took = time.perf_counter() - start
        self.cost = took if not self.cost else 0.8 * self.cost + 0.2 * took

    def meta(self, snapshot: Snapshot) -> dict[str, Any]:
        """The numbers that the hub needs without unpacking the frame."""
        return snapshot.numbers() | {"speed": self.speed, "playing": self.playing}

    def send(self, message: dict[str, Any]) -> None:
        """Send ``message`` to the hub under this run and epoch."""
        self.emit({"run": self.order.run, "epoch": self.order.epoch, **message})

    def save(self) -> None:
        """Write the checkpoint; a full disk is told to the reader and does not stop the run."""
        self.saved = time.monotonic()
        name = files.checkpoint_of(self.order.part)
        self.write(lambda: self.trainer.save(self.folder / name))

    def keep_weights(self) -> None:
        """Write the averaged weights for downloads and exports."""
        from safetensors.numpy import save_file

        beside = self.folder / f".{files.WEIGHTS}.{self.order.epoch}"

        def keep() -> None:
            save_file(self.others.weights(self.trainer.state()), beside)
            beside.replace(self.folder / files.WEIGHTS)

        self.write(keep)

    def write(self, action: Callable[[], None]) -> None:
        """Write to the run's folder unless a newer epoch owns it."""
        if files.read_epoch(self.folder) != self.order.epoch:
            raise Superseded
        try:
            action()
            self.note = ""
        except OSError as error:
            log.warning("Run %s cannot be saved: %s", self.order.run[:6], error)
            self.note = f"This run cannot be saved at present ({error.strerror}); it goes on."

    def guarded(self, action: Callable[[], None]) -> None:
        """Do ``action``; an error ends this run with a sentence, and no other."""
        try:
            action()
        except Superseded:
            self.gone = True
        except SpecError as error:  # a sentence for the reader: own data have gone, say
            self.gone = True
            self.send({"failed": str(error)})
        except Exception as error:
            log.exception("Run %s failed.", self.order.run[:6])
            self.gone = True
            self.send({"failed": f"The run ended with an error: {str(error)[:200]}"})
