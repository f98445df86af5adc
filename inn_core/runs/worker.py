"""What every process of the embedded cluster does first. Dask loads this module as a preload.

Each process watches its parent: a web process that dies by kill -9 cleans nothing up, and its
scheduler and workers would train on for nobody. Workers import torch and step a tiny flow, so that
the first click on Train finds everything warm. No torch at import.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from typing import Any

from inn_core.runs import journal

#: The name under which this module is given to Dask.
PRELOAD = __name__
#: Environment variable with the pid of the web process.
PARENT = "PUSHFORWARD_PARENT"
#: Seconds between two looks at the parent.
LOOK_S = 0.5

log = logging.getLogger(__name__)


def dask_setup(server: Any) -> None:
    """Called by Dask in the scheduler, in each nanny and in each worker, before it serves."""
    from distributed import Worker

    journal.install()
    is_worker = isinstance(server, Worker)
    # A worker's parent is its nanny; the others are children of the web process.
    parent = os.getppid() if is_worker else int(os.environ.get(PARENT) or os.getppid())
    threading.Thread(target=exit_with, args=(parent,), name="watch parent", daemon=True).start()
    if is_worker:
        warm()
    elif hasattr(os, "setsid"):
        # Ctrl-C in the terminal is for the web process, which ends the others in good order.
        with contextlib.suppress(PermissionError):
            os.setsid()


def exit_with(parent: int) -> None:
    """End this process as soon as its parent is not ``parent`` any more (it has died)."""
    while os.getppid() == parent:
        time.sleep(LOOK_S)
    os._exit(1)


def warm() -> None:
    """Import torch and run a tiny flow once. A failure shows again, and is told, in a run."""
    try:
        import torch

        torch.set_num_threads(1)
        from inn_core.maps.codec import encode_frame
        from inn_core.specs import RunSpec
        from inn_core.training.loop import Trainer

        for coupling in ("affine", "spline"):
            trainer = Trainer(RunSpec().with_(coupling=coupling, layers=2, hidden=(8,), batch=16))
            trainer.steps(2)
            encode_frame(trainer.snapshot())
    except Exception:
        log.exception("The worker could not be warmed up.")
