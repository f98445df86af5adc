"""The hub: starts runs, fans their snapshots out, steers them, and loses none when a worker dies.

Everything here runs on the web server's event loop; files are written by the store's own thread.
Its parts: pool (workers), seats (who trains where), store (disk), run (state), viewers (fan-out).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable
from typing import Any

from inn_core.kinds import AnySpec, kind_name
from inn_core.runs import imports, journal, keeper, orders, size, tokens
from inn_core.runs.exports import Exports
from inn_core.runs.pool import Pool
from inn_core.runs.run import ENDED, LabError, Run, RunInfo, Tickets
from inn_core.runs.seats import Seats
from inn_core.runs.settings import Settings
from inn_core.runs.store import RunFolder, Store
from inn_core.runs.viewers import Doors, Mailbox
from inn_core.targets import library
from inn_core.targets.own import OwnData

log = logging.getLogger(__name__)


class Hub:
    """All runs of one lab. Create it on the event loop that serves the sockets, then ``serve``."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store(settings.store, settings.store_bytes, settings.store_runs)
        library.use(self.store.data)
        self.pool = Pool(settings, self.on_message, self.on_workers)
        self.runs: dict[str, Run] = {}
        self.seats = Seats(self)
        self.exports = Exports(self)
        self.sessions: dict[str, str] = {}
        self.sockets = 0
        self.doors = Doors()
        self.since = time.monotonic()
        self._tasks: set[asyncio.Task[Any]] = set()

    # ── runs ─────────────────────────────────────────────────────────────────────────────────

    async def start(
        self,
        spec: AnySpec,
        owner_of: str | None = None,
        session: str | None = None,
        door: str | None = None,
    ) -> Tickets:
        """Start a run; raises LabError when it is too large, or the queue is full or the disk.

        owner_of : owner token of a run that this one replaces; it is stopped and kept as parent
        session : a page session trains one run at a time: its former one is stopped
        door : key of the tab's door, whose stage hears of the run at once
        """
        try:
            size.check(spec, self.settings)
        except LabError:
            journal.note("refused", door="start", why="size")
            raise
        before = await self.find(tokens.viewer_of(owner_of))
        if before and not tokens.matches(owner_of, before.folder.owner_hash):
            before = None
        former = self.runs.get(self.sessions.get(session or "", ""))
        for old in filter(None, {before, former}):
            await self.stop(old)
        made = await self.wait(self.store.create, spec, before.viewer if before else None)
        if made is None:
            raise LabError(f"{self.store.trouble} Make room on the disk, then try again.")
        folder, owner = made
        run = self.runs[folder.viewer] = Run(folder, self.settings)
        try:
            self.seats.enqueue(run)
        except LabError:
            journal.note("refused", door="start", why="queue")
            del self.runs[run.viewer]
            self.store.later(self.store.delete, run.viewer)
            raise
        if before:  # whoever follows the owner goes on to the new run
            before.next = run.viewer
            before.audience.tell({"type": "next", "run": run.viewer})
        if session:
            self.sessions[session], run.session = run.viewer, session
        queue = len(self.seats.admission.queue)
        journal.note("started", run.viewer, kind=kind_name(spec), members=spec.members, queue=queue)
        self.doors.tell(door, {"type": "started", "run": run.viewer, "owner": owner})
        return Tickets(run.viewer, owner)

    async def only(self, run: Run) -> None:
        """Stop what else the run's page session trains: it trains one run at a time."""
        size.check(run.spec, self.settings)
        former = self.runs.get(self.sessions.get(run.session, ""))
        if former and former is not run:
            await self.stop(former)
        if run.session:
            self.sessions[run.session] = run.viewer

    async def keep_data(self, data: OwnData) -> str:
        """Keep what a reader brought and return its name; raises LabError when the disk is full."""
        name: str | None = await self.wait(library.keep, data, self.store.data)
        if name is None:
            raise LabError(f"{self.store.trouble} Make room on the disk, then try again.")
        return name

    async def adopt(self, data: bytes) -> Tickets:
        """Keep a run or weights file that a reader brought; raises LabError with a sentence."""
        most = self.settings.upload_bytes
        if len(data) > most:
            raise LabError(
                f"The file has {len(data) / 1e6:.3g} MB; this lab takes {most / 1e6:.3g} at most."
            )
        try:
            brought = await self.exports.brought(data)
        except LabError:
            journal.note("refused", door="file", bytes=len(data))
            raise
        made = await self.wait(imports.keep, self.store, brought)
        if made is None:
            raise LabError(f"{self.store.trouble} Make room on the disk, then try again.")
        folder, owner = made
        self.runs[folder.viewer] = Run(folder, self.settings)
        journal.note("opened", folder.viewer, kind=kind_name(folder.spec), bytes=len(data))
        self.evict()
        return Tickets(folder.viewer, owner)

    def evict(self) -> None:
        """Let the oldest runs that nobody needs leave a store that has grown too large."""
        self.store.later(self.store.evict, set(self.runs), self.exports.making())

    async def find(self, viewer: Any) -> Run | None:
        """Return the run of a viewer token, from memory or from disk."""
        if not tokens.is_viewer(viewer):
            return None
        if viewer not in self.runs:
            folder: RunFolder | None = await self.wait(self.store.open, viewer)
            if folder and viewer not in self.runs:
                self.runs[viewer] = Run(folder, self.settings)
        return self.runs.get(viewer)

    async def owned(self, owner: Any) -> Run:
        """Return the run of an owner token; raises LabError for anything else."""
        run = await self.find(tokens.viewer_of(owner))
        if run is None or not tokens.matches(owner, run.folder.owner_hash):
            raise LabError("This browser does not own the run; start one of your own.")
        return run

    async def describe(self, viewer: Any) -> RunInfo | None:
        """Return what pages show of a run, or None."""
        run = await self.find(viewer)
        return run.info() if run else None

    # ── watching ─────────────────────────────────────────────────────────────────────────────

    async def attach(self, viewer: Any, box: Mailbox) -> Run | None:
        """Let a live socket watch a run; one that paused unwatched goes on. None if unknown."""
        run = await self.find(viewer)
        if run is None:
            return None
        self.sockets += 1
        run.attach(box)
        if run.parked and run.wish == "play":
            with contextlib.suppress(LabError):  # the queue is full: it stays paused
                self.seats.enqueue(run)
        return run

    def detach(self, run: Run, box: Mailbox) -> None:
        """A live socket has gone."""
        self.sockets -= 1
        run.detach(box)

    # ── what workers say ─────────────────────────────────────────────────────────────────────

    def on_message(self, message: dict[str, Any]) -> None:
        """Take in what a worker sends; what an older epoch says is dropped."""
        if "job" in message:
            self.exports.hear(message)
            return
        run = self.runs.get(message["run"])
        if run is None or message["epoch"] != run.epoch:
            return
        if "meta" in message:
            self.on_snapshot(run, message["meta"], message["frame"], message["final"])
        elif "failed" in message:
            self.end(run, "stopped", message["failed"])
        elif "error" in message:
            run.audience.tell({"type": "error", "message": message["error"]}, owners_only=True)
        elif "report" in message:
            run.folder.check = message["report"]
            self.store.later(run.folder.save_check, message["report"])
            run.audience.tell({"type": "check", "report": message["report"]})

    def on_snapshot(self, run: Run, meta: dict[str, Any], frame: bytes, final: bool) -> None:
        """Record a snapshot and pass it on; a final one frees the seat."""
        rewound = run.fresh and meta["seq"] <= run.seq
        if not run.take(meta, frame):
            return
        if rewound:
            self.store.later(run.folder.rewind, meta["seq"])
        self.store.later(run.folder.record, run.seq, frame, final)
        before, run.status = run.status, meta["status"]
        run.text = meta["message"] or orders.STATUS_SENTENCES.get(run.status, "")
        run.audience.publish(frame, urgent=final or run.status != before)
        if final:
            if run.status in ENDED:
                run.wish = "end"
                note_end(run)
            elif run.parked:
                run.text = run.parting
            self.seats.release(run)
            self.seats.come_back(run)
            self.spawn(self.pool.forget())
        if run.tell_status() or final:
            self.save(run)

    def on_workers(self, gone: set[str]) -> None:
        """Workers came (``gone`` is empty) or died."""
        self.seats.lost(gone)
        self.exports.lost(gone)
        self.seats.admit()

    def end(self, run: Run, status: str, sentence: str) -> None:
        """End a run from this side."""
        run.status, run.text, run.wish = status, sentence, "end"
        note_end(run)
        self.seats.release(run)
        self.save(run)

    # ── what owners say ──────────────────────────────────────────────────────────────────────

    async def control(self, owner: Any, action: str, values: dict[str, Any]) -> None:
        """Obey the owner of a run; raises LabError (or SpecError) with a sentence."""
        run = await self.owned(owner)
        await orders.obey(self, run, action, orders.checked(action, values))

    async def stop(self, run: Run) -> None:
        """Stop a run wherever it is."""
        run.wish = "end"
        if run.status not in ENDED and not await self.seats.order(run, "stop", {}):
            self.end(run, "stopped", orders.STATUS_SENTENCES["stopped"])

    # ── life ─────────────────────────────────────────────────────────────────────────────────

    def save(self, run: Run) -> None:
        """Write status and history soon."""
        run.saved_at = time.monotonic()
        self.store.later(run.folder.save, run.saved())

    async def wait(self, function: Any, *arguments: Any) -> Any:
        """Run ``function`` on the writer thread, after all writing before it."""
        return await asyncio.wrap_future(self.store.later(function, *arguments))

    def spawn(self, work: Awaitable[Any]) -> None:
        """Run ``work`` beside everything else; its errors go to the log."""

        async def guarded() -> None:
            try:
                await work
            except Exception:
                log.exception("A task of the hub failed.")

        task = asyncio.ensure_future(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def serve(self) -> None:
        """Keep workers and house until cancelled; then park all runs and close everything."""
        tasks = [asyncio.create_task(self.pool.serve()), asyncio.create_task(keeper.keep(self))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        finally:
            await keeper.park_all(self)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for run in self.runs.values():
                self.save(run)
            await asyncio.to_thread(self.store.close)


def note_end(run: Run) -> None:
    """Write into the log how a run ended."""
    journal.note(
        "ended", run.viewer, status=run.status, step=run.step, seconds=round(run.seconds, 1),
        deaths=run.deaths,
    )  # fmt: skip
