"""The check panel's numbers, measured in a worker from the checkpoint, beside the training.

Measuring works on big batches, during which torch lets other threads run: the bench goes on.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from inn_core.export.request import ExportError
from inn_core.kinds import kind_of, read_spec
from inn_core.runs import files
from inn_core.targets import library

log = logging.getLogger(__name__)

_one_at_a_time = threading.Lock()


def begin(folder: Path, send: Callable[[dict[str, Any]], None], frame: bytes | None = None) -> None:
    """Start measuring the run in ``folder``; ``send`` gets {"report": …} or {"error": sentence}.

    frame : the newest snapshot of a run without a checkpoint, which was drawn or came as a file
    """
    threading.Thread(target=measure, args=(folder, send, frame), name="check", daemon=True).start()


def begin_at(
    topic: str, run: str, epoch: int, folder: str, frame: bytes | None, dask_worker: Any = None
) -> None:
    """Start measuring a run that sits on no bench; the hub calls this in a worker."""

    def send(message: dict[str, Any]) -> None:
        dask_worker.log_event(topic, {"run": run, "epoch": epoch, **message})

    begin(Path(folder), send, frame)


def _trainer(folder: Path, frame: bytes | None) -> Any:
    """Where a run stands; raises ExportError where its weights are not here."""
    spec = read_spec(files.read_json(folder / files.SPEC)["spec"])
    if frame is None:
        return kind_of(spec).load("trainer").load(folder / files.CHECKPOINT)
    from inn_core.export import opening

    arrays, step, _ = opening.weights_of(spec, folder, frame)
    trainer = opening.trainer_of(spec, arrays)
    trainer.step = step
    return trainer


def measure(
    folder: Path, send: Callable[[dict[str, Any]], None], frame: bytes | None = None
) -> None:
    """Measure and send; an error becomes a sentence."""
    try:
        with _one_at_a_time:
            library.use(folder.parent / library.FOLDER)
            trainer = _trainer(folder, frame)
            report = kind_of(trainer.spec).load("check")(trainer)
        send({"report": report | {"step": trainer.step}})
    except ExportError as error:
        send({"error": str(error)})
    except Exception as error:
        log.exception("A check failed.")
        send({"error": f"The check ended with an error: {str(error)[:200]}"})
