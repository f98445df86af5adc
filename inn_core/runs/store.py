"""The store: a folder of runs, each a folder of its own, that a restart finds again. No torch.

``spec.json`` (spec, hash of the owner token), ``status.json``, ``frames.bin`` (at most 400
snapshots), ``history.bin`` (every snapshot's numbers), ``check.json`` are written here, through one
writer thread so that a slow disk never holds up the hub; ``checkpoint.safetensors`` and
``weights.safetensors`` are written by the worker that trains the run.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from inn_core.kinds import AnySpec, carries_arrays, read_spec
from inn_core.runs import files, journal, tokens
from inn_core.runs.frames import FrameLog
from inn_core.runs.history import History
from inn_core.specs import SpecError
from inn_core.targets import library

log = logging.getLogger(__name__)

VERSION = 1
#: How frames that carry arrays (whole networks) are kept: thirty in a thousand.
SPARSE: dict[str, Any] = {"dense": 8, "growth": 1.25}
#: Seconds for which a run that was opened or made is not removed.
HELD_S = 60.0
#: Own data so young may be about to be trained on.
YOUNG_S = 3600.0


class RunFolder:
    """One run on disk. The writer thread writes; anybody may read."""

    def __init__(self, path: Path, values: dict[str, Any]) -> None:
        self.path, self.viewer = path, path.name
        self.spec = read_spec(values["spec"])
        self.owner_hash: str = values["owner"]
        self.created: float = values["created"]
        self.parent: str | None = values.get("parent")
        sparse = SPARSE if carries_arrays(self.spec) else {}
        self.frames = FrameLog(path / files.FRAMES, **sparse)
        self.history = History(path / files.HISTORY, self.spec.members)
        self.status: dict[str, Any] = files.read_json(path / files.STATUS) or {}
        self.check: dict[str, Any] | None = files.read_json(path / files.CHECK)
        self.epoch = max(0, files.read_epoch(path))

    @property
    def resumable(self) -> bool:
        """Whether a checkpoint is there to go on from."""
        return (self.path / files.CHECKPOINT).exists()

    def record(self, seq: int, frame: bytes, final: bool) -> None:
        """Keep a frame if the thinning rule (or the end of the run) asks for it."""
        if self.frames.wants(seq) or (final and seq > self.frames.last):
            self.frames.append(seq, frame)

    def rewind(self, seq: int) -> None:
        """Forget snapshots from ``seq`` on."""
        self.frames.rewind(seq)

    def latest(self) -> bytes | None:
        """Return the newest frame on disk."""
        entries = self.frames.entries
        return (self.frames.read(entries[-1]) or None) if entries else None

    def save(self, status: dict[str, Any]) -> None:
        """Write status and history."""
        files.write_json(self.path / files.STATUS, status)
        self.history.flush()

    def save_check(self, report: dict[str, Any]) -> None:
        """Write the check report."""
        files.write_json(self.path / files.CHECK, report)


class Store:
    """All runs below ``root``. Folder names are viewer tokens, made here and checked for form."""

    def __init__(self, root: Path, limit: int, most: int = 10**6) -> None:
        self.root, self.limit, self.most = root, limit, most
        self.held: dict[str, float] = {}  # opened or made just now: not yet in the hub's hands
        root.mkdir(parents=True, exist_ok=True)
        self.data, self.films = root / library.FOLDER, root / files.FILMS
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store")
        self.trouble = ""

    def create(self, spec: AnySpec, parent: str | None = None) -> tuple[RunFolder, str]:
        """Make a run's folder; return it and the owner token, which is kept nowhere."""
        viewer = tokens.new_viewer()
        owner = tokens.new_owner(viewer)
        path = self.root / viewer
        path.mkdir()
        self.hold(viewer)
        values = {
            "v": VERSION,
            "spec": spec.to_json(),
            "owner": tokens.hashed(owner),
            "created": time.time(),
            "parent": parent,
        }
        files.write_json(path / files.SPEC, values)
        return RunFolder(path, values), owner

    def open(self, viewer: Any) -> RunFolder | None:
        """Return the run that ``viewer`` names, or None."""
        if not tokens.is_viewer(viewer):
            return None
        path = self.root / viewer
        values = files.read_json(path / files.SPEC)
        self.hold(viewer)
        try:
            return RunFolder(path, values) if values else None
        except (SpecError, KeyError, TypeError, OSError) as error:
            log.warning("Run %s cannot be opened: %s", viewer[:6], error)
            return None

    def later(self, action: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Do ``action`` on the writer thread, after all that was given to it before."""
        return self._writer.submit(self._guarded, action, *arguments)

    def _guarded(self, action: Callable[..., Any], *arguments: Any) -> Any:
        """A full or vanished disk is remembered (``trouble``) and does not stop anything."""
        try:
            result = action(*arguments)
        except OSError as error:
            if not self.trouble:
                log.warning("The store cannot be written: %s", error)
            self.trouble = f"The store cannot be written at present ({error.strerror})."
            return None
        self.trouble = ""
        return result

    def delete(self, viewer: str) -> None:
        """Remove a run for good."""
        if tokens.is_viewer(viewer):
            shutil.rmtree(self.root / viewer, ignore_errors=True)

    def hold(self, viewer: str) -> None:
        """Keep a run from being removed for a minute: who asked for it has not got it yet."""
        now = time.monotonic()
        self.held = {name: at for name, at in self.held.items() if now - at < HELD_S}
        self.held[viewer] = now

    def evict(self, in_use: Collection[str], making: Collection[str] = ()) -> list[str]:
        """Remove the oldest runs that are not in use until the store fits; return their names.

        Films that are not in the making, then own data of no run go first: they would otherwise
        push out one run after the other. What was opened a moment ago counts as in use.
        """
        runs = [path for path in self.root.iterdir() if tokens.is_viewer(path.name)]
        sizes = {path: size_of(path) for path in runs}
        total = sum(sizes.values()) + size_of(self.data) + size_of(self.films)
        removed: list[str] = []
        if total > self.limit:
            total -= self.evict_films(making, total - self.limit)
        if total > self.limit:
            total -= self.evict_data()
        used = {*in_use, *(k for k, at in self.held.items() if time.monotonic() - at < HELD_S)}
        for path in sorted(runs, key=changed):
            if total <= self.limit and len(runs) - len(removed) <= self.most:
                break
            if path.name not in used:
                self.delete(path.name)
                total -= sizes[path]
                removed.append(path.name)
        if removed:
            journal.note("evicted", runs=len(removed), bytes=int(total))
        return removed

    def evict_films(self, making: Collection[str], much: float) -> int:
        """Remove the oldest films, though none in the making; return the bytes that are free."""
        freed = 0
        for path in sorted(self.films.glob("*"), key=lambda path: path.stat().st_mtime):
            if freed < much and path.stem not in making:
                freed += path.stat().st_size
                path.unlink(missing_ok=True)
        return freed

    def evict_data(self) -> int:
        """Remove own data that no run of the store was trained on, but for an hour's newest.

        Returns the bytes that are free again.
        """
        specs = (files.read_json(path / files.SPEC) for path in self.root.iterdir())
        used = {values["spec"].get("target") for values in specs if values}
        freed = 0
        for path in self.data.glob("own-*"):  # and what a broken-off writing left
            facts = path.stat()
            lost = path.suffix != ".npz" or path.stem not in used
            if lost and files.age(path) > YOUNG_S:
                path.unlink(missing_ok=True)
                freed += facts.st_size
        return freed

    def close(self) -> None:
        """Finish all writing."""
        self._writer.shutdown(wait=True)


def size_of(folder: Path) -> int:
    """Bytes of the files in a folder."""
    total = 0
    for path in folder.glob("*"):
        try:
            total += path.stat().st_size
        except OSError:  # a file beside its final name, renamed meanwhile
            continue
    return total


def changed(folder: Path) -> float:
    """Unix time of the run's last sign of life."""
    try:
        return max((folder / name).stat().st_mtime for name in (files.SPEC, files.STATUS))
    except OSError:
        return folder.stat().st_mtime if folder.exists() else 0.0
