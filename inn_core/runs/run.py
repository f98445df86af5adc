"""A run as the hub knows it: what it is, where it stands, who watches. Decides nothing."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from inn_core.kinds import AnySpec
from inn_core.runs.desk import desk_name
from inn_core.runs.settings import Settings
from inn_core.runs.store import RunFolder
from inn_core.runs.viewers import Audience, Mailbox

#: A run in one of these has left its worker and comes back only by "continue".
ENDED = ("done", "stopped")
RESTARTED = "The lab was started again meanwhile; the run goes on when somebody watches."
#: Seconds for which a notice (a worker died, …) is shown.
NOTICE_S = 15.0


class LabError(RuntimeError):
    """Something that the lab does not do. The message is a sentence for the reader."""


@dataclass(frozen=True)
class Tickets:
    """What the starter of a run gets: a token to hand on, and one to keep."""

    viewer: str
    owner: str


@dataclass(frozen=True)
class RunInfo:
    """A run as page scripts see it. ``history`` rows: seq, step, seconds, nll, train_nll, nlls…."""

    viewer: str
    spec: AnySpec
    status: str
    message: str
    seq: int
    step: int
    seconds: float
    paused: bool
    speed: float | None
    place: int | None
    wait_s: float | None
    history: list[list[float]]
    check: dict[str, Any] | None
    parent: str | None


class Run:
    """State of one run.

    wish : what the owner wants: "play", "pause" or "end"
    worker : where it trains, or None; helpers : where its further parts do (see parts.py)
    epoch : counts the workers that had it; deaths : those that died over it of late
    parked : left its worker although the owner did not ask for it; it comes back when watched
    """

    def __init__(self, folder: RunFolder, settings: Settings) -> None:
        saved = folder.status
        self.folder, self.viewer, self.spec = folder, folder.viewer, folder.spec
        self.audience = Audience(
            settings.viewer_rate, settings.crowd_rate, settings.crowd, settings.viewer_bytes
        )
        self.session = ""  # page session that started it
        self.next: str | None = None  # viewer token of the run that its owner went on to
        self.epoch = folder.epoch
        self.wish: str = saved.get("wish", "play")
        self.status: str = saved.get("status", "queued")
        self.text: str = saved.get("message", "")
        self.seq: int = saved.get("seq", -1)
        self.step: int = saved.get("step", 0)
        self.seconds: float = saved.get("seconds", 0.0)
        self.speed: float | None = saved.get("speed")
        limit = min(folder.spec.training.seconds, settings.longest_s)
        self.budget_s: float = saved.get("budget_s", limit)
        self.deaths: int = saved.get("deaths", 0)
        self.parts: int = saved.get("parts", 1 if saved else 0)  # 0: before its first seat
        self.parked = bool(saved) and self.status not in ENDED
        if self.status in ("training", "queued") and saved:
            self.status, self.text = "paused", RESTARTED
        self.worker: str | None = None
        self.helpers: list[str] = []
        self.fresh = True  # no snapshot of this epoch has come yet
        self.missed = 0  # roll calls in a row without an answer
        self.pending: list[tuple[str, dict[str, Any]]] = []  # orders for when it has a seat
        self.parting = ""  # what to say when it leaves its worker
        self.died_at = 0.0  # own compute when it last lost its worker
        self.place: int | None = None
        self.wait_s: float | None = None
        self.latest: bytes | None = folder.latest()
        self.lock = asyncio.Lock()
        self.unwatched_since = self.changed_at = time.monotonic()
        self.notice, self.notice_until = "", 0.0
        self.news = ""  # a notice for when it trains again
        self.saved_at = 0.0
        self._told: tuple[Any, ...] = ()

    # ── watching ─────────────────────────────────────────────────────────────────────────────

    @property
    def watched(self) -> bool:
        """Whether any live socket is open."""
        return bool(self.audience.boxes)

    def attach(self, box: Mailbox) -> None:
        """Add a mailbox; it gets the newest frame at once, and what the owner shows."""
        self.audience.boxes.add(box)
        if self.latest:
            box.offer(self.latest)
        if self.audience.view is not None:
            box.tell({"type": "view", "view": self.audience.view})
        if self.next:
            box.tell({"type": "next", "run": self.next})

    def detach(self, box: Mailbox) -> None:
        """Remove a mailbox."""
        self.audience.boxes.discard(box)
        if box.owner and not self.audience.presented:
            self.audience.present(None)
        self.unwatched_since = time.monotonic()

    def desks(self) -> list[tuple[str, str]]:
        """(worker, name of the desk there) of every part, the first one's first."""
        workers = [self.worker, *self.helpers] if self.worker else []
        return [(where, desk_name(self.viewer, i)) for i, where in enumerate(workers) if where]

    # ── what is told ─────────────────────────────────────────────────────────────────────────

    @property
    def paused(self) -> bool:
        """Whether it stands still and could go on."""
        return self.status == "paused"

    @property
    def message(self) -> str:
        """The sentence to show: a notice that is still fresh, else the run's own."""
        return self.notice if time.monotonic() < self.notice_until else self.text

    def notify(self, sentence: str) -> None:
        """Show ``sentence`` for a while."""
        self.notice, self.notice_until = sentence, time.monotonic() + NOTICE_S

    def status_message(self) -> dict[str, Any]:
        """The message of type "status"."""
        message: dict[str, Any] = {
            "type": "status",
            "status": self.status,
            "message": self.message,
            "paused": self.paused,
            "speed": self.speed,
        }
        if self.place is not None:
            message |= {"place": self.place, "wait_s": self.wait_s}
        return message

    def tell_status(self) -> bool:
        """Tell everybody the status if it has changed; return whether it had."""
        message = self.status_message()
        told = tuple(message.values())
        if told == self._told:
            return False
        self._told, self.changed_at = told, time.monotonic()
        self.audience.tell(message)
        return True

    def info(self) -> RunInfo:
        """The run as page scripts see it."""
        return RunInfo(
            viewer=self.viewer,
            spec=self.spec,
            status=self.status,
            message=self.message,
            seq=self.seq,
            step=self.step,
            seconds=self.seconds,
            paused=self.paused,
            speed=self.speed,
            place=self.place,
            wait_s=self.wait_s,
            history=self.folder.history.rows(),
            check=self.folder.check,
            parent=self.folder.parent,
        )

    def saved(self) -> dict[str, Any]:
        """What status.json holds."""
        names = ("wish", "status", "seq", "step", "seconds", "speed", "budget_s", "deaths", "parts")
        return {name: getattr(self, name) for name in names} | {"message": self.text}

    # ── snapshots ────────────────────────────────────────────────────────────────────────────

    def take(self, meta: dict[str, Any], frame: bytes) -> bool:
        """Take in a snapshot of this epoch; False if it had come before.

        The first one of a new epoch may lie before the last one shown (the checkpoint was older):
        what lies after it is forgotten, so that history and store stay one line.
        """
        seq = meta["seq"]
        if self.fresh and seq <= self.seq:
            self.folder.history.rewind(seq)
        elif seq <= self.seq:
            return False
        if self.news:
            self.notify(self.news)
        self.fresh, self.news = False, ""
        self.seq, self.step, self.seconds = seq, meta["step"], meta["seconds"]
        self.speed, self.latest = meta["speed"], frame
        self.folder.history.add(meta)
        return True
