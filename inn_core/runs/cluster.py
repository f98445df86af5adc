"""The training processes: ``async with start_cluster(settings) as cluster``. No torch here.

Both kinds of cluster live on 127.0.0.1 only: an open Dask port runs anybody's code. Traps that
this module disarms, each of them measured:

- Dask's nanny sets MALLOC_TRIM_THRESHOLD_=65536, which halves the training speed;
- the subprocess scheduler's stderr is a pipe that nobody reads: after 64 KB of log all hangs;
- the scheduler keeps the last 1,000 messages of each topic, 33 MB a run;
- a worker whose restart takes longer than 15 s (importing torch on a busy machine) is given up;
- closing a cluster whose scheduler has died waits for it for 30 s;
- LocalCluster starts its children by multiprocessing, which runs the main module again in the
  child, and under Streamlit the main module is the page that was last drawn.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import multiprocessing.spawn
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dask
import psutil
from distributed import Client, LocalCluster

import inn_core
from inn_core.runs.settings import Settings
from inn_core.runs.worker import PARENT, PRELOAD

log = logging.getLogger(__name__)
logging.getLogger("distributed.client").setLevel(logging.CRITICAL)

#: Dask options of the web process and of every process it starts.
OPTIONS: dict[str, Any] = {
    "distributed.admin.low-level-log-length": 8,
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.admin.system-monitor.gil.enabled": False,
    "distributed.admin.tick.interval": "500ms",
    "distributed.admin.tick.limit": "60s",
    "distributed.deploy.lost-worker-timeout": "1 hour",
    "distributed.scheduler.allowed-failures": 0,
    "distributed.worker.profile.enabled": False,
    "distributed.worker.memory.monitor-interval": "1s",
    "logging": {"distributed": "warning", "distributed.client": "critical"},
}

#: Environment of every process of the cluster. Memory given back to the system page by page costs
#: half of the speed, and so do two threads on nets this small.
ENVIRONMENT = {
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


@dataclass(frozen=True)
class Cluster:
    """A running cluster: its kind, a client, and whether its scheduler still lives."""

    kind: str
    client: Client
    alive: Callable[[], bool]


def kind_of(settings: Settings) -> str:
    """Return which kind of cluster ``settings`` ask for: existing, subprocess or local."""
    if settings.scheduler:
        return "existing"
    if settings.cluster != "auto":
        return settings.cluster
    return "local" if sys.platform == "win32" else "subprocess"


@contextlib.asynccontextmanager
async def start_cluster(settings: Settings) -> AsyncIterator[Cluster]:
    """Start (or, for an existing one, join) the cluster; on leaving, end what was started."""
    kind = kind_of(settings)
    kinds = {"existing": existing, "subprocess": subprocesses, "local": local}
    with dask.config.set(OPTIONS):
        async with (
            kinds[kind](settings) as (address, alive),
            Client(address, asynchronous=True, name="pushforward") as client,
        ):
            yield Cluster(kind, client, lambda: alive() and client.status != "closed")


Started = tuple[Any, Callable[[], bool]]


@contextlib.asynccontextmanager
async def existing(settings: Settings) -> AsyncIterator[Started]:
    """Somebody else's scheduler; TLS certificates come from Dask's own configuration."""
    yield settings.scheduler, lambda: True


@contextlib.asynccontextmanager
async def subprocesses(settings: Settings) -> AsyncIterator[Started]:
    """Scheduler and workers as processes of their own: the web process only talks to them."""
    from distributed import SubprocessCluster

    with environment():
        cluster: Any = SubprocessCluster(
            host="127.0.0.1",
            n_workers=settings.workers,
            threads_per_worker=1,
            dashboard_address="127.0.0.1:0",
            scheduler_kwargs={"dashboard": False, "preload": [PRELOAD]},
            worker_kwargs={"preload": [PRELOAD], "preload_nanny": [PRELOAD], "dashboard": False},
            asynchronous=True,
        )
        drained: asyncio.Task[None] | None = None
        try:
            await cluster
            process = cluster.scheduler.process
            drained = asyncio.create_task(drain(process.stderr))
            yield cluster, lambda: process.returncode is None
        finally:
            if drained:  # closing reads the same pipe, which only one reader may do
                drained.cancel()
                await asyncio.gather(drained, return_exceptions=True)
            if cluster.scheduler:
                # First the scheduler: while it seems to run, closing would talk to it, and wait.
                with contextlib.suppress(psutil.NoSuchProcess):
                    await cluster.scheduler.close()
                cluster.shutdown_scheduler = False
            await cluster.close()


@contextlib.asynccontextmanager
async def local(settings: Settings) -> AsyncIterator[Started]:
    """Scheduler in this process, workers by multiprocessing: the only kind that Windows has."""
    with environment(), without_main():
        async with LocalCluster(
            host="127.0.0.1",
            n_workers=settings.workers,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            preload=[PRELOAD],
            asynchronous=True,
        ) as cluster:
            yield cluster, lambda: True


async def drain(pipe: asyncio.StreamReader) -> None:
    """Read a process's stderr for ever; its lines go to our log."""
    while chunk := await pipe.read(1 << 16):
        log.debug("scheduler: %s", chunk.decode(errors="replace").rstrip())


@contextlib.contextmanager
def environment() -> Iterator[None]:
    """Set what child processes inherit; what was there comes back afterwards."""
    root = str(Path(inn_core.__path__[0]).parent)
    paths = [root, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    values = {
        **ENVIRONMENT,
        PARENT: str(os.getpid()),
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)),
        "DASK_INTERNAL_INHERIT_CONFIG": dask.config.serialize(dask.config.global_config),
    }
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextlib.contextmanager
def without_main() -> Iterator[None]:
    """Let multiprocessing children start without running this process's main module again."""
    original = multiprocessing.spawn.get_preparation_data

    def prepare(name: str) -> dict[str, Any]:
        data = original(name)
        return {k: v for k, v in data.items() if not k.startswith("init_main_from_")}

    multiprocessing.spawn.get_preparation_data = prepare
    try:
        yield
    finally:
        multiprocessing.spawn.get_preparation_data = original
