"""Films for pages: made in the worker pool, beside the training there, with progress and a way out.

A job gets a run file and a wish; its film is written below the store, kept for an hour. No torch.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inn_core.export import weights
from inn_core.export.request import ExportError, FilmRequest
from inn_core.kinds import AnySpec
from inn_core.runs import files, imports, journal
from inn_core.runs.pool import WorkerError
from inn_core.runs.run import LabError
from inn_core.specs import SpecError
from inn_core.specs_inverse import InverseSpec
from inn_core.targets import library

if TYPE_CHECKING:
    from inn_core.runs.hub import Hub

log = logging.getLogger(__name__)

#: Below the store; and seconds for which a film is kept.
FOLDER, KEPT_S = files.FILMS, 3600.0
#: Films in the making at a time, and seconds between two words about one.
MOST, TELL_S = 4, 0.2
#: How much a film gives way to training on the same core (nice).
NICE = 10


@dataclass
class Job:
    """One film in the making.

    done, all : pictures; file : the film once it is whole; message : a sentence if it failed
    """

    name: str
    file: Path
    worker: str
    done: int = 0
    all: int = 0
    ready: bool = False
    message: str = ""

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.ready or bool(self.message)


class Exports:
    """All films of a hub, on its event loop."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.folder = hub.settings.store / FOLDER
        self.jobs: dict[str, Job] = {}

    async def start(self, run: bytes, request: FilmRequest) -> str:
        """Begin a film of a run file; return the job's name. Raises LabError with a sentence."""
        pool = self.hub.pool
        busy = [job for job in self.jobs.values() if not job.ended]
        if len(busy) >= MOST:
            raise LabError("Four films are being made already; wait for one of them.")
        worker = self.free_worker()
        name = secrets.token_hex(12)
        job = Job(name, self.folder / f"{name}.{request.format}", worker, all=request.frames)
        source = self.folder / f"{name}.run"
        if await self.hub.wait(keep, source, run) is None:
            raise LabError(f"{self.hub.store.trouble} Make room on the disk, then try again.")
        self.jobs[name] = job
        journal.note("film_started", frames=request.frames, pixels=request.width * request.height)
        wish = {k: getattr(request, k) for k in request.__dataclass_fields__}
        try:
            await pool.call(worker, begin_at, pool.topic, name, str(source), str(job.file), wish)
        except WorkerError as error:
            del self.jobs[name]
            raise LabError("The worker did not answer; try again.") from error
        return name

    def free_worker(self) -> str:
        """The worker with the fewest runs; raises LabError when there is none."""
        pool = self.hub.pool
        if not pool.workers:
            raise LabError(pool.trouble)
        return min(pool.workers, key=lambda w: len(self.hub.seats.admission.at(w)))

    async def ask(self, function: Any, *arguments: Any) -> bytes:
        """Let a worker compute bytes; a sentence in their place is raised as LabError."""
        try:
            told = await self.hub.pool.call(self.free_worker(), function, *arguments)
        except WorkerError as error:
            raise LabError("The worker did not answer; try again.") from error
        if isinstance(told, str):
            raise LabError(told)
        return bytes(told)

    async def code(self, ending: str, spec: AnySpec, viewer: str | None) -> bytes:
        """The weights file or the script of a run as it is now (of the shipped flow: None)."""
        run = await self.hub.find(viewer) if viewer else None
        folder = str(run.folder.path) if run else None
        spec = run.spec if run else spec
        return await self.ask(code_at, ending, spec.to_json(), folder, run.latest if run else None)

    async def brought(self, data: bytes) -> imports.Brought:
        """Check a file that a reader brought; raises LabError with a sentence."""
        try:
            if not weights.is_weights(data):
                brought = await asyncio.to_thread(imports.read, data)
                if isinstance(brought.spec, InverseSpec):
                    last = brought.frames[-1][1]
                    await self.ask(fits_at, brought.spec.to_json(), last)
                return brought
            await asyncio.to_thread(weights.load, data)
            frame = await self.ask(open_at, data, str(self.hub.store.data))
            return await asyncio.to_thread(imports.read_weights, data, frame)
        except SpecError as error:
            raise LabError(str(error)) from error

    def making(self) -> set[str]:
        """Names of the films that are being made."""
        return {name for name, job in self.jobs.items() if not job.ended}

    def hear(self, message: dict[str, Any]) -> None:
        """Take in what a worker says of a job."""
        job = self.jobs.get(message["job"])
        if job is None:
            return
        job.done = message.get("done", job.done)
        job.ready = message.get("ready", False)
        job.message = message.get("error", "")
        if job.ended:
            journal.note("film_ended", ready=job.ready, done=job.done)

    def lost(self, workers: set[str]) -> None:
        """Workers died: their films end with a sentence."""
        for job in self.jobs.values():
            if job.worker in workers and not job.ended:
                job.message = "The process that made the film died; start it again."

    def cancel(self, name: str) -> None:
        """Call a film off; it stops after its present picture and leaves no file."""
        if job := self.jobs.get(name):
            flag_of(job.file).touch()
            job.message = "The film was cancelled."


def keep(source: Path, run: bytes) -> bool:
    """Write the run file; what older jobs left goes."""
    source.parent.mkdir(parents=True, exist_ok=True)
    for path in source.parent.iterdir():
        with contextlib.suppress(OSError):
            if files.age(path) > KEPT_S:
                path.unlink()
    source.write_bytes(run)
    return True


def flag_of(file: Path) -> Path:
    """The file whose being there cancels a job."""
    return file.with_suffix(".cancel")


def begin_at(
    topic: str, job: str, source: str, file: str, wish: dict[str, Any], dask_worker: Any = None
) -> None:
    """Start a film in a thread of this worker; the hub calls this there."""

    def send(**message: Any) -> None:
        dask_worker.log_event(topic, {"job": job, **message})

    arguments = (Path(source), Path(file), wish, send)
    threading.Thread(target=make, args=arguments, name="film", daemon=True).start()


async def code_at(ending: str, spec: Any, folder: str | None, frame: bytes | None) -> Any:
    """The bytes of a weights file or a script, or a sentence; the hub calls this in a worker."""
    from inn_core.export import opening

    return await asyncio.to_thread(opening.answer, ending, spec, folder, frame)


async def open_at(data: bytes, own_data: str) -> Any:
    """The snapshot of a weights file, or a sentence; the hub calls this in a worker."""
    from inn_core.export import opening

    library.use(Path(own_data))
    return await asyncio.to_thread(opening.opened, data)


async def fits_at(spec: Any, frame: bytes) -> Any:
    """Nothing if the network in a frame is the spec's, or a sentence."""
    from inn_core.export import opening

    return await asyncio.to_thread(opening.fits, spec, frame)


def make(source: Path, file: Path, wish: dict[str, Any], send: Any) -> None:
    """Make one film and say how it goes; an error becomes a sentence."""
    with contextlib.suppress(AttributeError, OSError):  # Linux: of this thread alone
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
    told = 0.0

    def progress(done: int, _: int) -> bool:
        nonlocal told
        if time.monotonic() - told > TELL_S:
            told = time.monotonic()
            send(done=done)
        return not flag_of(file).exists()

    try:
        from inn_core.export import film
        from inn_core.maps import runfile

        request = FilmRequest.from_json(wish)
        reel = film.reel_of(*runfile.read(source), request.from_step, request.to_step)
        film.write(file, request, reel, progress)
        send(done=request.frames, ready=True)
    except ExportError as error:
        send(error=str(error))
    except Exception as error:
        log.exception("A film failed.")
        send(error=f"The film ended with an error: {str(error)[:200]}")
    finally:
        for path in (source, flag_of(file)):
            path.unlink(missing_ok=True)
