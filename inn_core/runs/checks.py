"""The check panel's numbers, measured in a worker from the checkpoint, beside the training.

Measuring works on big batches, during which torch lets other threads run: the bench goes on.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from inn_core.kinds import kind_of, read_spec
from inn_core.runs import files
from inn_core.targets import library

log = logging.getLogger(__name__)

_one_at_a_time = threading.Lock()


def begin(folder: Path, send: Callable[[dict[str, Any]], None]) -> None:
    """Start measuring the run in ``folder``; ``send`` gets {"report": …} or {"error": sentence}."""
    threading.Thread(target=measure, args=(folder, send), name="check", daemon=True).start()


def begin_at(topic: str, run: str, epoch: int, folder: str, dask_worker: Any = None) -> None:
    """Start measuring a run that sits on no bench; the hub calls this in a worker."""

    def send(message: dict[str, Any]) -> None:
        dask_worker.log_event(topic, {"run": run, "epoch": epoch, **message})

    begin(Path(folder), send)


def measure(folder: Path, send: Callable[[dict[str, Any]], None]) -> None:
    """Measure and send; an error becomes a sentence."""
    try:
        with _one_at_a_time:
            library.use(folder.parent / library.FOLDER)
            kind = kind_of(read_spec(files.read_json(folder / files.SPEC)["spec"]))
            trainer = kind.load("trainer").load(folder / files.CHECKPOINT)
            report = kind.load("check")(trainer)
        send({"report": report | {"step": trainer.step}})
    except Exception as error:
        log.exception("A check failed.")
        send({"error": f"The check ended with an error: {str(error)[:200]}"})
