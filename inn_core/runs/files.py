"""Names inside a run's folder, and the few ways in which they are read and written. No torch."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

#: Written by the hub.
SPEC, STATUS, FRAMES, HISTORY, CHECK = (
    "spec.json",
    "status.json",
    "frames.bin",
    "history.bin",
    "check.json",
)
#: Written by the worker.
CHECKPOINT, WEIGHTS = "checkpoint.safetensors", "weights.safetensors"
#: The folder for films, beside the runs' own.
FILMS = "exports"
#: The number of the worker's turn that may write here; a larger one has taken over.
EPOCH = "epoch"
#: What to add to the clock that never jumps to have Unix time, as it was when the lab started.
STARTED = time.time() - time.monotonic()


def checkpoint_of(part: int) -> str:
    """The checkpoint of a part of a run; that of part 0 is the run's own."""
    return f"part{part}.{CHECKPOINT}" if part else CHECKPOINT


def write_atomic(path: Path, data: bytes) -> None:
    """Write ``data`` so that a reader sees the old file or the new one, never half of one."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(data)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def write_json(path: Path, values: Any) -> None:
    """Write JSON atomically."""
    write_atomic(path, json.dumps(values, separators=(",", ":")).encode())


def read_json(path: Path) -> Any:
    """Read JSON; None if there is no such file or it is damaged."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None


def age(path: Path) -> float:
    """Seconds since a file was changed; raises OSError if it is not there.

    A clock that is set, by hand or by the network, makes young files look old: a day forward those
    of before, a day back those of after. So the lesser age counts, by the machine's clock and by
    one that has run evenly since the lab started.
    """
    now = min(time.time(), STARTED + time.monotonic())
    return now - path.stat().st_mtime


def read_epoch(folder: Path) -> int:
    """Return the epoch that owns the folder; -1 if there is none (the run was deleted)."""
    try:
        return int((folder / EPOCH).read_text())
    except (OSError, ValueError):
        return -1


def write_epoch(folder: Path, epoch: int) -> None:
    """Hand the folder to ``epoch``: from now on earlier ones write nothing."""
    write_atomic(folder / EPOCH, str(epoch).encode())
