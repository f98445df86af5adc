"""The hub with real workers: a run's life from the first click to a restart of the lab."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from inn_core.maps.codec import decode_frame
from inn_core.runs import files, keeper
from inn_core.runs.run import LabError
from inn_core.runs.viewers import Mailbox
from inn_core.specs import RunSpec, SpecError
from tests.live.support import SMALL, HubThread, header, until


def test_a_run_shows_itself_before_and_while_it_trains(lab: HubThread) -> None:
    tickets = lab.lab.start(SMALL)
    box = lab.watch(tickets.viewer)
    _, first, maps = decode_frame(until(lambda: box.frame, "the first frame"))
    assert first["status"] == "training" and maps is not None and len(maps.layers) == 2
    info = lab.wait_steps(tickets.viewer, 200)
    assert info.status == "training" and info.spec == SMALL and info.message == ""
    seqs = [row[0] for row in info.history]
    assert seqs == list(range(len(seqs))), "every snapshot is in the history, once"
    stored = [header(frame)["seq"] for frame in lab.lab.frames(tickets.viewer)]
    assert stored == seqs[: len(stored)]


def test_pause_step_speed_set_play(lab: HubThread) -> None:
    tickets = lab.lab.start(SMALL)
    viewer, owner = tickets.viewer, tickets.owner
    box = lab.watch(viewer)
    lab.wait_steps(viewer, 20)
    lab.lab.control(owner, "pause")
    stood = lab.wait_status(viewer, "paused").step
    until(lambda: header(box.frame or b"")["status"] == "paused" if box.frame else False, "frame")
    lab.lab.control(owner, "step")
    until(lambda: lab.info(viewer).step == stood + 1, "one step")
    lab.lab.control(owner, "set", lr=0.0123, batch=32)
    until(lambda: header(box.frame or b"")["lr"] == 0.0123, "the new learning rate")
    assert header(box.frame or b"")["batch"] == 32
    lab.lab.control(owner, "speed", value=20)
    lab.lab.control(owner, "play")
    lab.wait_status(viewer, "training")
    start, first = time.monotonic(), lab.info(viewer).step
    time.sleep(1.5)
    rate = (lab.info(viewer).step - first) / (time.monotonic() - start)
    assert rate < 26
    assert lab.info(viewer).speed == 20
    lab.lab.control(owner, "speed", value=None)
    lab.wait_steps(viewer, first + 200)


def test_stop_then_continue(lab: HubThread) -> None:
    tickets = lab.lab.start(SMALL)
    lab.wait_steps(tickets.viewer, 50)
    lab.lab.control(tickets.owner, "stop")
    info = lab.wait_status(tickets.viewer, "stopped")
    assert "Continue" in info.message
    folder = lab.run(tickets.viewer).folder
    assert (folder.path / files.WEIGHTS).exists() and folder.resumable
    last = header(lab.lab.frames(tickets.viewer)[-1])
    assert last["status"] == "stopped" and last["step"] == info.step
    with pytest.raises(LabError, match="Continue"):
        lab.lab.control(tickets.owner, "play")
    lab.lab.control(tickets.owner, "continue")
    again = lab.wait_steps(tickets.viewer, info.step + 50)
    seqs = [row[0] for row in again.history]
    assert seqs == sorted(set(seqs)), "one line through both parts"


@pytest.mark.parametrize("by", ["watching", "playing"])
def test_who_comes_while_a_run_leaves_its_worker_finds_it_training(lab: HubThread, by: str) -> None:
    """The order to leave is on its way, the last word of the run is not there yet."""
    tickets = lab.lab.start(SMALL)
    step = lab.wait_steps(tickets.viewer, 20).step
    run, hub = lab.run(tickets.viewer), lab.hub

    async def meet() -> None:
        leaving = asyncio.create_task(keeper.park(hub, run))
        await asyncio.sleep(0)
        assert run.parked and run.worker
        if by == "watching":
            await hub.attach(run.viewer, Mailbox())
        else:
            await leaving
            await hub.control(tickets.owner, "play", {})
        await leaving

    lab.ask(meet())
    lab.wait_steps(tickets.viewer, step + 200)
    assert lab.info(tickets.viewer).status == "training" and run.epoch == 2 and not run.parked


def test_a_run_ends_at_its_budget(lab: HubThread) -> None:
    tickets = lab.lab.start(SMALL.with_(seconds=0.5))
    info = lab.wait_status(tickets.viewer, "done")
    assert 0.5 <= info.seconds < 1.0 and "Continue" in info.message
    lab.lab.control(tickets.owner, "continue")
    assert lab.wait_status(tickets.viewer, "training").step >= info.step


def test_an_absurd_learning_rate_is_explained_not_drawn(lab: HubThread) -> None:
    tickets = lab.lab.start(SMALL.with_(lr=1e3))
    info = lab.wait_status(tickets.viewer, "stopped")
    assert "Lower the learning rate" in info.message


def test_the_check_comes_back_while_training_goes_on(lab: HubThread) -> None:
    tickets = lab.lab.start(SMALL)
    step = lab.wait_steps(tickets.viewer, 50).step
    lab.lab.control(tickets.owner, "check")
    until(lambda: lab.info(tickets.viewer).check, "the report")
    report: Any = lab.info(tickets.viewer).check
    assert report["points"] == 50_000 and report["step"] >= step
    lab.wait_steps(tickets.viewer, step + 100)
    lab.lab.control(tickets.owner, "stop")
    lab.wait_status(tickets.viewer, "stopped")
    lab.run(tickets.viewer).folder.check = None
    lab.lab.control(tickets.owner, "check")
    until(lambda: lab.info(tickets.viewer).check, "a report on a run that has ended")


def test_owners_only_and_checked_values_only(lab: HubThread) -> None:
    tickets, other = lab.lab.start(SMALL), lab.lab.start(SMALL)
    assert lab.lab.owns(tickets.viewer, tickets.owner)
    for wrong in (other.owner, tickets.viewer, tickets.owner[:-1], "", None):
        assert not lab.lab.owns(tickets.viewer, wrong)
    for nobody in (tickets.viewer, "x", f"{tickets.viewer}.{other.owner[-26:]}"):
        with pytest.raises(LabError, match="does not own"):
            lab.lab.control(nobody, "pause")
    with pytest.raises(SpecError, match="lr is -1"):
        lab.lab.control(tickets.owner, "set", lr=-1)
    with pytest.raises(LabError, match="cannot be set"):
        lab.lab.control(tickets.owner, "set", layers=3)
    with pytest.raises(LabError, match="speed is"):
        lab.lab.control(tickets.owner, "speed", value="fast")
    with pytest.raises(LabError, match="no action"):
        lab.lab.control(tickets.owner, "explode")
    assert lab.lab.describe("../../etc/passwd") is None


def test_a_new_run_replaces_the_one_of_its_owner_and_of_its_session(lab: HubThread) -> None:
    first = lab.lab.start(SMALL, session="tab")
    lab.wait_steps(first.viewer, 10)
    second = lab.lab.start(SMALL.with_(layers=3), owner_of=first.owner)
    lab.wait_status(first.viewer, "stopped")
    assert lab.info(second.viewer).parent == first.viewer
    third = lab.lab.start(SMALL, owner_of=second.viewer)  # no owner token: nothing is stopped
    lab.wait_status(third.viewer, "training")
    assert lab.info(second.viewer).status == "training"
    assert lab.info(third.viewer).parent is None


def test_more_runs_than_seats_wait_in_a_visible_queue(lab: HubThread) -> None:
    running = [lab.lab.start(SMALL) for _ in range(6)]
    boxes = [lab.watch(tickets.viewer) for tickets in running]
    for tickets in running:
        lab.wait_status(tickets.viewer, "training")
    waiting = [lab.lab.start(SMALL), lab.lab.start(SMALL)]
    infos = [lab.wait_status(tickets.viewer, "queued") for tickets in waiting]
    assert [info.place for info in infos] == [1, 2]
    assert "number 1 in the queue" in infos[0].message
    assert 0 < (infos[0].wait_s or 0) <= 60 * 3
    lab.lab.control(running[3].owner, "stop")
    lab.wait_status(waiting[0].viewer, "training")
    until(lambda: lab.info(waiting[1].viewer).place == 1, "moving up")
    lab.lab.control(waiting[1].owner, "stop")
    assert lab.info(waiting[1].viewer).status == "stopped"
    assert len(boxes) == 6


def test_runs_of_one_worker_share_it_equally(lab: HubThread) -> None:
    tickets = [lab.lab.start(SMALL) for _ in range(6)]
    for one in tickets:
        lab.wait_steps(one.viewer, 1)
    first = {one.viewer: lab.info(one.viewer).seconds for one in tickets}
    time.sleep(3)
    by_worker: dict[str | None, list[float]] = {}
    for one in tickets:
        run = lab.run(one.viewer)
        by_worker.setdefault(run.worker, []).append(run.seconds - first[one.viewer])
    assert [len(times) for times in by_worker.values()] == [3, 3]
    for times in by_worker.values():
        assert min(times) > 0.6 * max(times), by_worker


def test_the_same_spec_gives_the_same_numbers_whoever_watches(lab: HubThread) -> None:
    spec = SMALL.with_(steps=300, seed=11)
    plain, watched = lab.lab.start(spec), lab.lab.start(spec)
    lab.watch(watched.viewer)
    lab.lab.control(watched.owner, "pause")
    lab.lab.control(watched.owner, "play")
    for tickets in (plain, watched):
        lab.wait_status(tickets.viewer, "done")
    last = [header(lab.lab.frames(t.viewer)[-1]) for t in (plain, watched)]
    assert last[0]["step"] == last[1]["step"] == 300
    assert last[0]["nll"] == last[1]["nll"]


def test_specs_are_checked_before_anything_starts(lab: HubThread) -> None:
    with pytest.raises(SpecError):
        lab.lab.start(RunSpec().with_(layers=10**6))
