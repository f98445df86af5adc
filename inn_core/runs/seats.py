"""Seats on the workers: who gets one, handing a run over, and taking it elsewhere when one dies."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from inn_core.runs import bench, files, journal, orders, parts, size
from inn_core.runs.admission import Admission, expected_wait
from inn_core.runs.desk import Order
from inn_core.runs.pool import WorkerError
from inn_core.runs.run import ENDED, LabError

if TYPE_CHECKING:
    from inn_core.runs.hub import Hub
    from inn_core.runs.run import Run

log = logging.getLogger(__name__)

#: Seconds of own compute after which a run that lost its worker counts as healthy again.
HEALTHY_S = 20.0
#: Seconds before a run that could not be handed over waits for another worker.
AGAIN_S = 0.5


class Seats:
    """Moves the hub's runs between the queue and the workers."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.admission = Admission(hub.settings.runs_per_worker, hub.settings.queue)

    @property
    def count(self) -> int:
        """How many runs can train at once."""
        return len(self.hub.pool.workers) * self.hub.settings.runs_per_worker

    def enqueue(self, run: Run) -> None:
        """Let a run wait for a seat; raises LabError when too many wait, or it is too large."""
        size.check(run.spec, self.hub.settings)
        if not self.admission.enqueue(run.viewer):
            raise LabError("Too many runs are waiting already; try again in a minute.")
        run.parked = False
        self.admit()

    def release(self, run: Run) -> None:
        """Give up the run's seat or place; whoever waits moves up."""
        self.admission.leave(run.viewer)
        run.worker, run.helpers = None, []
        self.admit()

    def come_back(self, run: Run) -> None:
        """Seat a run again that somebody watched, or played, while it was leaving its worker."""
        if run.status in ENDED or run.parked or run.wish != "play":
            return
        try:
            self.enqueue(run)
        except LabError:  # the queue is full: it stays paused until it is watched anew
            run.parked = True

    def admit(self) -> None:
        """Seat whoever fits, and tell the others their place."""
        for viewer, worker in self.admission.seat(self.hub.pool.workers):
            run = self.hub.runs[viewer]
            workers = self.hub.pool.workers
            # A checkpoint is of so many parts; they may have to share a worker later on.
            run.parts = run.parts or parts.count(run.spec, len(workers))
            run.helpers = self.admission.help(viewer, workers, run.parts)
            run.worker, run.epoch, run.fresh, run.missed = worker, run.epoch + 1, True, 0
            run.status = "training" if run.status == "training" else "queued"
            self.hub.spawn(self.launch(run, worker, run.epoch))
        self.tell_places()

    async def launch(self, run: Run, worker: str, epoch: int) -> None:
        """Hand a run to a worker; if that fails it waits again, first in the queue."""
        settings = self.hub.settings
        async with run.lock:
            if run.worker != worker or run.epoch != epoch:
                return
            order = Order(
                run=run.viewer,
                topic=self.hub.pool.topic,
                spec=run.spec.to_json(),
                folder=str(run.folder.path),
                epoch=epoch,
                budget_s=run.budget_s,
                playing=run.wish == "play",
                speed=run.speed,
                rate=settings.snapshot_rate,
                slice_s=settings.slice_s,
                checkpoint_s=settings.checkpoint_s,
                parts=run.parts,
            )
            await self.hub.wait(files.write_epoch, run.folder.path, epoch)
            try:
                for part, (where, _) in enumerate(run.desks()):
                    started = asdict(replace(order, part=part))
                    await self.hub.pool.call(where, bench.start, started)
                pending, run.pending = run.pending, []
                for action, values in pending:
                    await self.call(run, action, values)
            except WorkerError as error:
                log.warning("Run %s could not be seated: %s", run.viewer[:6], error)
                await asyncio.sleep(AGAIN_S)
                if run.worker == worker and run.epoch == epoch:
                    self.resume(run, "The worker did not answer; another one takes over.")

    async def call(self, run: Run, action: str, values: dict[str, Any]) -> bool:
        """Leave an order at the desks of the run; return whether the first is there."""
        topic = self.hub.pool.topic
        # Its further parts first: what they leave is in the first one's last word.
        answers = [
            await self.hub.pool.call(worker, bench.control, topic, desk, run.epoch, action, values)
            for worker, desk in reversed(run.desks())
        ]
        return bool(answers and answers[-1])

    async def order(self, run: Run, action: str, values: dict[str, Any]) -> bool:
        """Give an order to the run's worker; False if there is none."""
        async with run.lock:
            if run.worker is None:
                return False
            with contextlib.suppress(WorkerError):  # its death is being dealt with elsewhere
                return await self.call(run, action, values)
            return False

    def lost(self, workers: set[str]) -> None:
        """Workers died: their runs go on elsewhere."""
        if workers:
            journal.note("worker_lost", workers=len(workers), left=len(self.hub.pool.workers))
        hit = dict.fromkeys(run for worker in workers for run in self.admission.at(worker))
        for viewer in hit:  # once each: both parts of a run may have gone
            self.resume(
                self.hub.runs[viewer],
                "A training process died; the run goes on from its checkpoint.",
            )

    def resume(self, run: Run, why: str) -> None:
        """Go on from the checkpoint on another worker, unless that has failed too often."""
        self.admission.leave(run.viewer)
        run.worker, run.helpers, run.epoch = None, [], run.epoch + 1
        self.hub.store.later(files.write_epoch, run.folder.path, run.epoch)
        run.deaths = 1 if run.seconds - run.died_at > HEALTHY_S else run.deaths + 1
        run.died_at = run.seconds
        journal.note("resumed", run.viewer, deaths=run.deaths)
        if run.deaths > self.hub.settings.deaths:
            self.hub.end(run, "stopped", orders.given_up(run.deaths))
            return
        run.notify(why)
        run.news = why  # a long wait may outlast the notice
        self.admission.enqueue(run.viewer, first=True)
        self.admit()

    def tell_places(self) -> None:
        """Tell each waiting run its place and expected wait, and all others their status."""
        runs, pool = self.hub.runs.values(), self.hub.pool
        sharers = {worker: len(self.admission.at(worker)) for worker in pool.workers}
        left = [
            max(0.0, run.budget_s - run.seconds) * sharers.get(run.worker, 1)
            for run in runs
            if run.worker
        ]
        for run in runs:
            run.place = self.admission.place(run.viewer)
            if run.place:
                run.status, run.wait_s = "queued", expected_wait(run.place, left)
                run.text = pool.trouble or orders.queue_sentence(run.place, run.wait_s)
            elif run.worker and run.status == "queued":
                run.text = "A worker is taking up the run."
            run.tell_status()
