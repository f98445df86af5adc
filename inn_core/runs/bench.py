"""The workbench of one worker: up to a dozen runs share its one training thread.

Runs are not Dask tasks (Dask repeats a task whose worker died; here only the hub resumes a run).
The hub calls the functions at the end of this file by ``client.run(…, workers=[address])``; they
leave an order and return at once. The thread gives the run that has had least of it the next
slice, obeys orders between slices, and sends what there is to see as Dask events. No torch at
import: the module is also loaded by the web process.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from inn_core.runs.desk import Desk, Order
from inn_core.targets import library

log = logging.getLogger(__name__)

Message = dict[str, Any]
Emit = Callable[[Message], None]


@dataclass
class Lease:
    """How long a bench may work without hearing from the hub.

    Workers of somebody else's cluster outlive the lab's web process; without a lease they would
    train on for nobody.
    """

    seconds: float = 30.0
    until: float = 0.0

    def renew(self) -> None:
        """The hub has been heard."""
        self.until = time.monotonic() + self.seconds

    def over(self) -> bool:
        """Whether the hub has been silent for too long."""
        return time.monotonic() > self.until


class Bench:
    """Desks (runs or parts of runs in training), the orders that wait for the thread, and it."""

    def __init__(self, emit: Emit) -> None:
        self.emit = emit
        self.desks: dict[str, Desk] = {}
        self.lease = Lease()
        self._orders: list[tuple[str, int, str, dict[str, Any]]] = []
        self._new: list[Order] = []
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    # ── called by the hub, on the worker's event loop: never blocks ──────────────────────────

    def start(self, order: Order) -> None:
        """Take up a run; an older epoch of the same run leaves the bench without a word."""
        with self._changed:
            self._new.append(order)
            self.lease.renew()
            if self._thread is None:
                self._thread = threading.Thread(target=self.work, name="bench", daemon=True)
                self._thread.start()
            self._changed.notify()

    def control(self, desk: str, epoch: int, action: str, values: dict[str, Any]) -> bool:
        """Leave an order for a desk (of a run, or of a part of it); return whether it is here."""
        with self._changed:
            known = self.epochs().get(desk) == epoch
            if known:
                self._orders.append((desk, epoch, action, values))
                self._changed.notify()
            return known

    def roll(self) -> dict[str, int]:
        """Return desk -> epoch of all that is here, and renew the lease."""
        with self._changed:
            self.lease.renew()
            return self.epochs()

    def epochs(self) -> dict[str, int]:
        """Desk -> epoch, of the desks and of what waits to become one."""
        here = {name: desk.order.epoch for name, desk in list(self.desks.items())}
        return here | {order.desk: order.epoch for order in self._new}

    # ── the thread ───────────────────────────────────────────────────────────────────────────

    def work(self) -> None:
        """Give slices, for ever."""
        while True:
            try:
                self.turn()
            except Exception:  # the thread serves a dozen runs: it must outlive any one error
                log.exception("The bench stumbled.")
                time.sleep(1.0)

    def turn(self) -> None:
        """Obey all orders, then give one slice to the run that has had least, or wait."""
        self.obey()
        if self.lease.over():
            for desk in self.desks.values():
                desk.guarded(desk.park)
        now = time.monotonic()
        ready = [desk for desk in self.desks.values() if desk.ready(now)]
        if ready:
            desk = min(ready, key=lambda d: d.used)
            desk.guarded(partial(desk.slice, len(ready)))
            floor = min(d.used for d in ready)
            for other in self.desks.values():  # who waited cannot save up turns
                other.used = max(other.used, floor)
        self.desks = {run: desk for run, desk in self.desks.items() if not desk.gone}
        if not ready:
            self.wait(now)

    def obey(self) -> None:
        """Carry out the orders that have come in."""
        with self._changed:  # a run is in _new or on a desk at any time, or the hub misses it
            opened = [self.seat(order) for order in self._new]
            orders, self._new, self._orders = self._orders, [], []
        for desk in filter(None, opened):
            desk.guarded(desk.open)
        for run, epoch, action, values in orders:
            known = self.desks.get(run)
            if known and known.order.epoch == epoch and not known.gone:
                known.guarded(partial(known.obey, action, values))

    def seat(self, order: Order) -> Desk | None:
        """Return a desk for a new run; None if a newer epoch of it is here already."""
        here = self.desks.get(order.desk)
        if here and here.order.epoch >= order.epoch:
            return None
        desk = Desk(order, self.emit)
        desk.used = min((other.used for other in self.desks.values()), default=0.0)
        self.desks[order.desk] = desk
        return desk

    def wait(self, now: float) -> None:
        """Sleep until an order comes or a slowed-down run is due."""
        due = min((desk.due for desk in self.desks.values() if desk.playing), default=now + 5.0)
        with self._changed:
            if not self._new and not self._orders:
                self._changed.wait(min(5.0, max(0.001, due - now)))


# ── the doors: what the hub calls in the worker ──────────────────────────────────────────────

_benches: dict[str, Bench] = {}


def start(order: dict[str, Any], dask_worker: Any = None) -> None:
    """Take up the run that ``order`` (the fields of :class:`Order`) describes."""
    topic = order["topic"]
    library.use(Path(order["folder"]).parent / library.FOLDER)
    if topic not in _benches:
        _benches[topic] = Bench(lambda message: dask_worker.log_event(topic, message))
    _benches[topic].start(Order(**order))


def control(topic: str, desk: str, epoch: int, action: str, values: dict[str, Any]) -> bool:
    """Leave an order for a desk; return whether it is here."""
    return topic in _benches and _benches[topic].control(desk, epoch, action, values)


def roll(topic: str) -> dict[str, int]:
    """Return desk -> epoch of this lab's runs here, and renew their lease."""
    return _benches[topic].roll() if topic in _benches else {}
