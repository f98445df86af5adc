"""What the hub does when nobody watches, when workers die, and after a restart."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from inn_core.runs import files
from inn_core.runs.settings import Settings
from tests.live.support import SMALL, HubThread, header, until


def set_idle(lab: HubThread, seconds: float) -> None:
    lab.hub.settings = replace(lab.hub.settings, idle_s=seconds)


def worker_pid(lab: HubThread, worker: str) -> int:
    return int(lab.ask(lab.hub.pool.call(worker, os.getpid)))


def test_an_unwatched_run_pauses_and_goes_on_when_watched(lab: HubThread) -> None:
    tickets = lab.lab.start(SMALL)
    run = lab.run(tickets.viewer)
    box = lab.watch(tickets.viewer)
    set_idle(lab, 1.0)
    try:
        time.sleep(2.5)
        assert run.status == "training", "somebody watches"
        lab.call(lab.hub.detach, run, box)
        info = lab.wait_status(tickets.viewer, "paused")
        assert "Nobody was watching" in info.message
        until(lambda: run.worker is None, "the seat to be free")
        stood = lab.info(tickets.viewer).step
        lab.watch(tickets.viewer)
        assert lab.wait_steps(tickets.viewer, stood + 20).status == "training"
    finally:
        set_idle(lab, 30.0)


def test_kill_9_of_a_worker_costs_two_seconds_at_most(lab: HubThread) -> None:
    tickets = lab.lab.start(SMALL)
    box = lab.watch(tickets.viewer)
    run = lab.run(tickets.viewer)
    checkpoint = run.folder.path / files.CHECKPOINT
    until(checkpoint.exists, "a checkpoint")
    until(lambda: 0.8 < time.time() - checkpoint.stat().st_mtime < 1.5, "steps that get lost")
    epoch, before = run.epoch, run.seconds
    os.kill(worker_pid(lab, run.worker or ""), signal.SIGKILL)
    until(lambda: run.epoch > epoch and not run.fresh, "a snapshot of the new epoch")
    row = next(r for r in reversed(lab.info(tickets.viewer).history) if r[0] <= run.seq)
    assert row[2] >= before - 2.5, "more than the checkpoint's age was lost"
    assert "a training process died" in run.message.lower()
    until(lambda: box.frame and header(box.frame)["epoch"] == run.epoch, "a frame of the new epoch")
    seqs = [r[0] for r in lab.info(tickets.viewer).history]
    assert seqs == sorted(set(seqs)), "the repeated part replaces what it repeats"
    lab.wait_steps(tickets.viewer, run.step + 50)
    until(lambda: len(lab.hub.pool.workers) == 2, "the nanny to bring back the worker")


def test_a_run_that_kills_every_worker_is_given_up(lab: HubThread) -> None:
    tickets = lab.lab.start(SMALL)
    lab.wait_steps(tickets.viewer, 5)
    run = lab.run(tickets.viewer)
    lab.call(setattr, run, "deaths", lab.hub.settings.deaths)
    lab.call(lab.hub.seats.resume, run, "")
    info = lab.info(tickets.viewer)
    assert info.status == "stopped" and "given up" in info.message


def test_a_run_that_its_worker_lost_is_found_missing(lab: HubThread) -> None:
    tickets = lab.lab.start(SMALL)
    lab.wait_steps(tickets.viewer, 5)
    run = lab.run(tickets.viewer)
    epoch = run.epoch
    lab.ask(lab.hub.seats.order(run, "drop", {}))
    until(lambda: run.epoch > epoch and run.status == "training" and not run.fresh, "a new epoch")


def test_deleting_leaves_nothing(lab: HubThread) -> None:
    tickets = lab.lab.start(SMALL)
    lab.wait_steps(tickets.viewer, 5)
    path = lab.run(tickets.viewer).folder.path
    lab.lab.control(tickets.owner, "delete")
    until(lambda: not path.exists(), "the folder to vanish")
    assert lab.lab.describe(tickets.viewer) is None


def test_after_a_restart_ended_runs_open_and_interrupted_ones_go_on(
    lab: HubThread, tmp_path: Path
) -> None:
    settings = Settings(store=tmp_path, workers=1)
    first = HubThread(settings)
    ended, going = first.lab.start(SMALL.with_(seconds=0.3)), first.lab.start(SMALL)
    first.wait_status(ended.viewer, "done")
    first.wait_steps(going.viewer, 100)
    first.close()
    second = HubThread(settings)
    try:
        info = second.info(ended.viewer)
        assert info.status == "done" and len(info.history) > 2
        assert header(second.lab.frames(ended.viewer)[-1])["status"] == "done"
        assert second.lab.owns(ended.viewer, ended.owner)
        assert second.info(going.viewer).status == "paused"
        steps = second.info(going.viewer).step
        assert steps >= 100
        second.watch(going.viewer)
        assert second.wait_steps(going.viewer, steps + 50).status == "training"
    finally:
        second.close()


def kept_messages(topic: str, dask_scheduler: Any) -> int:
    return len(dask_scheduler._broker.get_events(topic))


async def ask_scheduler(client: Any, topic: str) -> int:
    return int(await client.run_on_scheduler(kept_messages, topic))


def test_a_second_lab_on_the_same_scheduler_is_a_guest(lab: HubThread, tmp_path: Path) -> None:
    client: Any = lab.hub.pool._client
    address = client.scheduler.address
    guest = HubThread(Settings(store=tmp_path, workers=2, scheduler=address))
    try:
        ours, theirs = lab.lab.start(SMALL), guest.lab.start(SMALL)
        lab.wait_steps(ours.viewer, 50)
        guest.wait_steps(theirs.viewer, 50)
        assert guest.hub.pool.kind == "existing"
        assert guest.lab.describe(ours.viewer) is None
        guest.lab.control(theirs.owner, "stop")
        guest.wait_status(theirs.viewer, "stopped")
        topic = guest.hub.pool.topic
        until(
            lambda: lab.ask(ask_scheduler(client, topic)) == 0,
            "the scheduler to forget the messages",
        )
    finally:
        guest.close()
    step = lab.info(ours.viewer).step
    assert lab.wait_steps(ours.viewer, step + 50).status == "training"
