"""The lab on somebody else's cluster: a real TLS scheduler and two workers, each a process."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import dask
import psutil
import pytest
import trustme

from inn_core.runs import guests
from inn_core.runs.settings import Settings
from inn_core.specs import FlowSpec, TrainSpec
from tests.live.support import ROOT, SMALL, HubThread, free_port, until
from tests.live.test_inverse_live import SWEEP

ADDRESS = "tls://127.0.0.1"
#: Too much for one pass: its members go to both workers.
WIDE = replace(
    SWEEP,
    flow=FlowSpec(layers=2, hidden=(128,), linear="rotation"),
    training=TrainSpec(batch=512, seconds=60.0),
)


class Machines:
    """A scheduler and workers that only holders of a certificate can reach."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        files = {name: folder / f"{name}.pem" for name in ("ca", "key", "cert")}
        authority.cert_pem.write_to_path(files["ca"])
        host = authority.issue_cert("127.0.0.1", "localhost")
        host.private_key_pem.write_to_path(files["key"])
        host.cert_chain_pems[0].write_to_path(files["cert"])
        self.security = {
            "distributed.comm.tls.ca-file": str(files["ca"]),
            "distributed.comm.tls.client.key": str(files["key"]),
            "distributed.comm.tls.client.cert": str(files["cert"]),
        }
        names = {"ca-file": files["ca"], "cert": files["cert"], "key": files["key"]}
        self.options = [f"--tls-{name}={path}" for name, path in names.items()]
        self.folder, self.port = folder, free_port()
        self.processes: list[subprocess.Popen[bytes]] = []
        self.start("dask_scheduler", f"--host={ADDRESS}:{self.port}")

    @property
    def scheduler(self) -> str:
        return f"{ADDRESS}:{self.port}"

    def start(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{program}", *arguments, "--no-dashboard"]
        with (self.folder / f"{program}.log").open("ab") as log:
            process = subprocess.Popen(
                [*command, *self.options], cwd=ROOT, stdout=log, stderr=log, env=os.environ
            )
        self.processes.append(process)
        return process

    def worker(self) -> subprocess.Popen[bytes]:
        local = f"--local-directory={self.folder}"
        return self.start("dask_worker", self.scheduler, "--nthreads=1", "--no-nanny", local)

    def close(self) -> None:
        for process in self.processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                for child in psutil.Process(process.pid).children(recursive=True):
                    child.kill()
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    made = Machines(tmp_path_factory.mktemp("machines"))
    try:
        yield made
    finally:
        made.close()


def hub(machines: Machines, store: Path, workers: int) -> HubThread:
    return HubThread(Settings(store=store, workers=workers, scheduler=machines.scheduler))


def test_runs_spread_and_move_when_a_worker_leaves(machines: Machines, tmp_path: Path) -> None:
    leaving, _ = machines.worker(), machines.worker()
    with dask.config.set(machines.security):
        lab = hub(machines, tmp_path, workers=2)
        try:
            tickets = [lab.lab.start(SMALL) for _ in range(2)]
            runs = [lab.run(ticket.viewer) for ticket in tickets]
            for run in runs:
                lab.wait_steps(run.viewer, 50)
            assert lab.hub.pool.kind == "existing"
            places = {run.worker for run in runs}
            assert len(places) == 2 and all(str(place).startswith("tls://") for place in places)

            leaving.terminate()  # in good order, as a machine that is needed elsewhere
            leaving.wait()
            until(lambda: len(lab.hub.pool.workers) == 1, "the worker to be missed")
            (left,) = lab.hub.pool.workers
            until(lambda: {run.worker for run in runs} == {left}, "both runs on the other worker")
            for run in runs:
                step = lab.info(run.viewer).step
                lab.wait_steps(run.viewer, step + 50)

            machines.worker()
            until(lambda: len(lab.hub.pool.workers) == 2, "another worker")
            sweep = lab.lab.start(WIDE)
            lab.wait_steps(sweep.viewer, 2)
            used = {worker for worker, _ in lab.run(sweep.viewer).desks()}
            assert used == lab.hub.pool.workers, "a wide sweep takes both workers"
        finally:
            lab.close()


def test_a_worker_of_another_version_is_told_what_to_install(
    machines: Machines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machines.worker()
    monkeypatch.setattr(guests, "installed", lambda: "99.0")
    with dask.config.set(machines.security):
        lab = hub(machines, tmp_path, workers=0)
        try:
            until(lambda: lab.hub.pool.refused, "a refusal")
            assert not lab.hub.pool.workers
            assert "install pushforward==99.0" in lab.hub.pool.trouble
        finally:
            lab.close()


def test_a_worker_that_does_not_see_the_store_is_refused(
    machines: Machines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machines.worker()
    monkeypatch.setattr(guests, "leave_mark", lambda store, name: None)
    with dask.config.set(machines.security):
        lab = hub(machines, tmp_path, workers=0)
        try:
            until(lambda: lab.hub.pool.refused, "a refusal")
            assert not lab.hub.pool.workers and "PUSHFORWARD_STORE" in lab.hub.pool.trouble
        finally:
            lab.close()
