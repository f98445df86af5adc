"""Housekeeping: unwatched runs, roll calls, files, places in the queue."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from inn_core.runs import bench, orders
from inn_core.runs.pool import WorkerError
from inn_core.runs.run import ENDED

if TYPE_CHECKING:
    from inn_core.runs.hub import Hub
    from inn_core.runs.run import Run

log = logging.getLogger(__name__)

#: Seconds between rounds, saves of a run in training, roll calls, and looks at the store's size.
ROUND_S, SAVE_S, ROLL_S, EVICT_S = 1.0, 2.0, 5.0, 60.0
#: Seconds for which a run that nobody needs stays in memory.
FORGET_S = 60.0
#: Seconds that closing waits for the last checkpoints.
CLOSING_S = 2.0


async def keep(hub: Hub) -> None:
    """Keep house until cancelled; one bad round does not end it."""
    rolled = evicted = 0.0
    while True:
        now = time.monotonic()
        try:
            for run in list(hub.runs.values()):
                await look_after(hub, run, now)
            hub.seats.tell_places()
            if now - rolled >= ROLL_S:
                rolled = now
                await asyncio.gather(*(call_roll(hub, worker) for worker in list(hub.pool.workers)))
            if now - evicted >= EVICT_S:
                evicted = now
                hub.evict()
                hub.sessions = {k: v for k, v in hub.sessions.items() if v in hub.runs}
        except Exception:
            log.exception("A round of housekeeping failed.")
        await asyncio.sleep(ROUND_S)


async def look_after(hub: Hub, run: Run, now: float) -> None:
    """Park what nobody watches, wake what somebody watches again, save, forget."""
    unwatched = 0.0 if run.watched else now - run.unwatched_since
    waiting = bool(hub.seats.admission.queue)
    if run.worker and (
        unwatched > hub.settings.idle_s
        # a run that its owner paused keeps its seat only while nobody waits for one
        or (waiting and run.paused and now - run.changed_at > hub.settings.idle_s)
    ):
        await park(hub, run)
    elif run.place and unwatched > hub.settings.idle_s:
        hub.seats.release(run)
        run.parked, run.status, run.text = True, "paused", orders.UNWATCHED
        run.tell_status()
    if run.worker and now - run.saved_at > SAVE_S:
        hub.save(run)
    idle = not run.worker and not run.place and (run.parked or run.paused or run.status in ENDED)
    if idle and unwatched > FORGET_S:
        hub.save(run)
        del hub.runs[run.viewer]


async def park(hub: Hub, run: Run, why: str = orders.UNWATCHED) -> None:
    """Take a run from its worker; it keeps its checkpoint and comes back when it is watched."""
    run.parked, run.parting = run.wish == "play", why
    await hub.seats.order(run, "park", {})


async def park_all(hub: Hub) -> None:
    """Let every run leave its worker with a checkpoint: the lab is about to close."""
    seated = [run for run in hub.runs.values() if run.worker]
    await asyncio.gather(*(park(hub, run, orders.CLOSING) for run in seated))
    deadline = time.monotonic() + CLOSING_S
    while any(run.worker for run in seated) and time.monotonic() < deadline:
        await asyncio.sleep(0.02)


async def call_roll(hub: Hub, worker: str) -> None:
    """Compare who sits on a worker with who should; twice missing is lost."""
    topic = hub.pool.topic
    try:
        present = await hub.pool.call(worker, bench.roll, topic)
        for desk, epoch in present.items():
            run = hub.runs.get(desk.partition("/")[0])
            if run is None or (worker, desk) not in run.desks() or run.epoch != epoch:
                await hub.pool.call(worker, bench.control, topic, desk, epoch, "drop", {})
    except WorkerError as error:
        log.warning("%s", error)
        return
    for viewer in hub.seats.admission.at(worker):
        run = hub.runs[viewer]
        # Of its parts only the first one's desk must be there: others may have ended before it.
        first = run.worker != worker or present.get(viewer) == run.epoch
        here = first or run.lock.locked()
        run.missed = 0 if here else run.missed + 1
        if run.missed >= 2:
            hub.seats.resume(run, "The worker had lost the run; it goes on from its checkpoint.")
