"""Both kinds of cluster: what their processes are like, and the traps they must not fall into."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
import types
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from inn_core.runs.cluster import Cluster, start_cluster
from inn_core.runs.settings import Settings
from tests.live.support import PATIENCE, until

KINDS = ("subprocess", "local")


def inside(dask_worker: Any) -> dict[str, Any]:
    """What a worker process looks like from within."""
    import dask
    import torch

    return {
        "pid": os.getpid(),
        "environment": dict(os.environ),
        "threads": torch.get_num_threads(),
        "log": dask.config.get("distributed.admin.low-level-log-length"),
        "profile": dask.config.get("distributed.worker.profile.enabled"),
        "main": getattr(sys.modules["__main__"], "__file__", None),
    }


def torch_is_loaded(dask_worker: Any) -> bool:
    return "torch" in sys.modules


def write_log(size: int, dask_scheduler: Any) -> None:
    for _ in range(size // 100):
        print("x" * 99, file=sys.stderr, flush=True)


def broker_keeps(dask_scheduler: Any) -> int:
    return int(dask_scheduler._broker._topics["any"].events.maxlen)


def with_cluster(
    kind: str, store: Path, test: Callable[[Cluster], Awaitable[None]], workers: bool = True
) -> None:
    """Run ``test`` on a cluster; ``workers``: wait until they have loaded torch."""

    async def go() -> None:
        settings = Settings(store=store, workers=1, cluster=kind)
        async with asyncio.timeout(PATIENCE), start_cluster(settings) as cluster:
            client: Any = cluster.client
            if workers:
                await client.wait_for_workers(1)
            await test(cluster)

    asyncio.run(go())


@pytest.mark.parametrize("kind", KINDS)
def test_workers_are_as_training_needs_them(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Under Streamlit the main module is the page drawn last; a child must not run it again.
    trace = tmp_path / "ran"
    page = tmp_path / "page.py"
    page.write_text(f"open({str(trace)!r}, 'w').close()")
    main = types.ModuleType("__main__")
    main.__file__ = str(page)
    monkeypatch.setitem(sys.modules, "__main__", main)
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "65536")

    async def test(cluster: Cluster) -> None:
        client = cluster.client
        assert cluster.kind == kind and cluster.alive()
        assert all((await client.run(torch_is_loaded)).values()), "torch is not preloaded"
        (found,) = (await client.run(inside)).values()
        assert int(found["environment"]["MALLOC_TRIM_THRESHOLD_"]) >= 1 << 28
        assert int(found["environment"]["MALLOC_MMAP_THRESHOLD_"]) >= 1 << 28
        assert found["environment"]["OMP_NUM_THREADS"] == "1" and found["threads"] == 1
        assert found["log"] <= 10 and not found["profile"]
        assert await client.run_on_scheduler(broker_keeps) <= 10
        assert not trace.exists(), "the worker ran the page's script"
        await only_loopback(found["pid"])

    with_cluster(kind, tmp_path, test)
    assert os.environ["MALLOC_TRIM_THRESHOLD_"] == "65536", "the environment was not put back"


async def only_loopback(worker: int) -> None:
    """Check that nothing in our family listens beyond this machine."""
    me = psutil.Process()
    family = [me, *me.children(recursive=True)]
    assert worker in [process.pid for process in family]
    ports = [
        connection.laddr
        for process in family
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert ports, "nobody listens: the test looks in the wrong place"
    assert {port.ip for port in ports} <= {"127.0.0.1", "::1"}


def test_a_megabyte_of_scheduler_log_hangs_nothing(tmp_path: Path) -> None:
    async def test(cluster: Cluster) -> None:
        await asyncio.wait_for(cluster.client.run_on_scheduler(write_log, 1_000_000), 30)
        assert await asyncio.wait_for(cluster.client.run_on_scheduler(os.getpid), 30)

    with_cluster("subprocess", tmp_path, test, workers=False)


def dask_below() -> set[int]:
    """Processes of clusters below this one."""
    found = set()
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):  # it has just ended
            found |= {process.pid} if "dask" in process.cmdline() else set()
    return found


def test_closing_does_not_wait_for_a_dead_scheduler(tmp_path: Path) -> None:
    others, killed = dask_below(), 0.0

    async def test(cluster: Cluster) -> None:
        nonlocal killed
        client: Any = cluster.client
        client.cluster.scheduler.process.kill()
        killed = time.monotonic()
        while cluster.alive():
            await asyncio.sleep(0.05)

    with_cluster("subprocess", tmp_path, test, workers=False)
    assert time.monotonic() - killed < 25, "Dask waits 30 s for a scheduler that is gone"
    until(lambda: not dask_below() - others, "the cluster's processes to end")
