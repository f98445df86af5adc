"""Films from the drawer: made in a worker, told how far they are, called off, and bounded."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import av
import pytest

from inn_core.export import weights
from inn_core.export.request import FilmRequest
from inn_core.export.shipped import run_of
from inn_core.maps import runfile
from inn_core.runs import files, imports
from inn_core.runs.client import LabError
from inn_core.runs.exports import MOST
from inn_core.specs import FlowSpec, RunSpec
from inn_core.specs_inverse import InverseSpec
from tests.live.support import HubThread, until

RUN = Path(__file__).resolve().parents[2] / "assets" / "pretrained" / "moons-affine.run"
SHORT = FilmRequest(width=480, height=320, seconds=1.0, fps=10)
LONG = FilmRequest(width=1280, height=720, seconds=60.0)


def test_a_worker_makes_the_film_and_says_how_far_it_is(lab: HubThread) -> None:
    name = lab.lab.export(RUN.read_bytes(), SHORT)
    job = lab.lab.export_state(name)
    assert job is not None and job.all == 10
    until(lambda: job.ended, "the film")
    assert (job.ready, job.message, job.done) == (True, "", 10)
    with av.open(str(job.file)) as film:
        assert sum(1 for _ in film.decode(video=0)) == 10
    assert [p.name for p in job.file.parent.glob(f"{name}*")] == [job.file.name]


def test_a_film_can_be_called_off_and_leaves_nothing(lab: HubThread) -> None:
    name = lab.lab.export(RUN.read_bytes(), LONG)
    job = lab.lab.export_state(name)
    assert job is not None
    until(lambda: job.done > 2, "some pictures")
    lab.lab.cancel_export(name)
    assert "cancelled" in job.message
    until(lambda: not list(job.file.parent.glob(f"*{name}*")), "everything of it to be gone")


def test_what_is_no_run_ends_with_a_sentence(lab: HubThread) -> None:
    job = lab.lab.export_state(lab.lab.export(b"nonsense", SHORT))
    assert job is not None
    until(lambda: job.ended, "the sentence")
    assert not job.ready and "run file" in job.message
    assert lab.lab.export_state("unknown") is None
    lab.lab.cancel_export("unknown")


def test_only_so_many_at_a_time_and_a_dead_worker_is_told(lab: HubThread) -> None:
    names = [lab.lab.export(RUN.read_bytes(), LONG) for _ in range(MOST)]
    with pytest.raises(LabError, match="already"):
        lab.lab.export(RUN.read_bytes(), LONG)
    jobs = [job for name in names if (job := lab.lab.export_state(name))]
    workers = {job.worker for job in jobs}
    from tests.live.test_faults import worker_pid

    os.kill(worker_pid(lab, jobs[0].worker), signal.SIGKILL)
    until(lambda: jobs[0].ended, "the sentence")
    assert "died" in jobs[0].message and workers
    for name in names:
        lab.lab.cancel_export(name)
    until(lambda: len(lab.hub.pool.workers) == 2, "the nanny to bring back the worker")


def test_weights_and_scripts_of_runs_as_they_are(lab: HubThread) -> None:
    shipped = lab.lab.code(".safetensors", RunSpec(), None)
    spec, arrays, _ = weights.load(shipped)
    assert spec == RunSpec() and any(name.startswith("chain") for name in arrays)
    tickets = lab.lab.adopt(shipped)
    info = lab.info(tickets.viewer)
    assert info.spec == RunSpec() and info.status == "done"
    again = lab.lab.code(".safetensors", RunSpec(), tickets.viewer)
    assert weights.load(again)[1].keys() == arrays.keys()
    assert b"import torch" in lab.lab.code(".py", RunSpec(), tickets.viewer)
    with pytest.raises(LabError, match="as a run file"):
        lab.lab.code(".safetensors", RunSpec(), lab.lab.adopt(RUN.read_bytes()).viewer)
    with pytest.raises(LabError, match="damaged"):
        lab.lab.adopt(shipped[: len(shipped) // 2])


def test_a_run_that_still_trains_gives_what_it_has(lab: HubThread) -> None:
    spec = RunSpec(target="moons", flow=FlowSpec(layers=2, hidden=(8,)))
    tickets = lab.lab.start(spec)
    box = lab.watch(tickets.viewer)
    folder = lab.hub.store.root / tickets.viewer
    until(lambda: box.frame and (folder / files.CHECKPOINT).exists(), "a checkpoint")
    _, _, facts = weights.load(lab.lab.code(".safetensors", spec, tickets.viewer))
    assert facts["step"] >= 0 and lab.info(tickets.viewer).status == "training"
    lab.lab.control(tickets.owner, "stop")


def test_networks_of_inverse_problems_open_again(lab: HubThread) -> None:
    hello, frames = run_of(RUN.with_name("kinematics.inn"))
    tickets = lab.lab.adopt(runfile.dump(hello, frames))
    info = lab.info(tickets.viewer)
    assert imports.lesson_of(info.spec) == "inverse_problems" and info.status == "done"
    spec, arrays, _ = weights.load(lab.lab.code(".safetensors", info.spec, tickets.viewer))
    assert spec == info.spec and len(arrays) > 20
    other = InverseSpec(latent=(3,)).to_json()
    with pytest.raises(LabError, match="do not fit"):
        lab.lab.adopt(runfile.dump(hello | {"spec": other}, frames))
