"""Workers of a cluster that the lab did not start: what they must have to train for it.

    dask worker tls://host:8786 --nthreads 1    # on each machine, where pushforward is installed

Checkpoints are written by workers and read by the next one, so all machines share the store.
"""

from __future__ import annotations

import asyncio
import logging
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from inn_core.runs.worker import warm

log = logging.getLogger(__name__)

PACKAGE = "pushforward"
#: A file of the store with the name of the lab that serves it.
MARK = ".lab"
#: Seconds within which a worker answers a question; the first one imports the package.
ANSWER_S = 30.0


def installed() -> str:
    """The version of the lab in this process's environment; empty if there is none."""
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return ""


def leave_mark(store: Path, name: str) -> None:
    """Write into the store which lab serves it."""
    (store / MARK).write_text(name)


def answers(store: str) -> tuple[str, str]:
    """Asked in a worker: its version of the lab, and the mark that it finds in ``store``."""
    try:
        mark = (Path(store) / MARK).read_text()
    except OSError:
        mark = ""
    return installed(), mark


async def objection(client: Any, worker: str, store: Path, name: str) -> str:
    """Why a worker cannot train for the lab ``name``: a sentence, or nothing if it can."""
    try:
        told = await asyncio.wait_for(client.run(answers, str(store), workers=[worker]), ANSWER_S)
        theirs, mark = told[worker]
    except Exception as error:  # whatever Dask or the worker's Python raises
        log.warning("Worker %s cannot say what it has installed: %r", worker, error)
        return f"Worker {worker} cannot import {PACKAGE}; install {wanted()} there."
    if theirs != installed():
        return f"Worker {worker} has {PACKAGE} {theirs or 'of no version'}; install {wanted()}."
    if mark != name:
        return (
            f"Worker {worker} does not see the lab's store; set PUSHFORWARD_STORE to a folder "
            "that all machines share."
        )
    client.submit(warm, workers=[worker], pure=False, allow_other_workers=False)
    return ""


def wanted() -> str:
    """What has to be installed, as pip writes it."""
    return f"{PACKAGE}=={installed()}" if installed() else PACKAGE
