"""An INN for an inverse problem is a run like any other: trained, watched, resumed, checked."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from typing import Any

import numpy as np
from safetensors.numpy import load_file

from inn_core.maps.codec import decode_frame
from inn_core.runs import files
from inn_core.runs.live import greeting
from inn_core.specs import FlowSpec, TrainSpec
from inn_core.specs_inverse import InverseSpec
from tests.live.support import HubThread, until
from tests.live.test_faults import worker_pid

SWEEP = InverseSpec(
    problem="linear-gaussian", members=3, latent=(1, 2, 3), prior_weight=(0.0, 1.0, 100.0),
    flow=FlowSpec(layers=2, hidden=(8,), linear="rotation"),
    training=TrainSpec(lr=2e-3, batch=64, seconds=60.0),
)  # fmt: skip


def test_a_sweep_streams_as_one_run(lab: HubThread) -> None:
    tickets = lab.lab.start(SWEEP)
    assert lab.info(tickets.viewer).spec == SWEEP
    box = lab.watch(tickets.viewer)
    lab.wait_steps(tickets.viewer, 50)
    _, numbers, maps = decode_frame(until(lambda: box.frame, "a frame"))
    assert maps is None and len(numbers["nlls"]) == 3 and len(numbers["measures"]["l2"]) == 3
    net = numbers["net"]
    assert net["chain.layers.0.conditioner.weights.0"].shape[0] == 3
    assert all(np.isfinite(part).all() for part in net.values())
    hello = lab.ask(greeting(lab.hub, lab.run(tickets.viewer)))
    assert hello["problem"]["latent"] == [1, 2, 3] and hello["problem"]["dim"] == 5
    assert InverseSpec.from_json(hello["spec"]) == SWEEP
    first = numbers["seq"]
    rate = lab.run(tickets.viewer)
    before, at = rate.seq, time.monotonic()
    until(lambda: rate.seq >= before + 4, "four more snapshots")
    assert time.monotonic() - at > 0.6, "at most four snapshots a second, however busy the machine"
    assert rate.seq > first
    lab.lab.control(tickets.owner, "check")
    until(lambda: lab.info(tickets.viewer).check, "the report")
    check = lab.info(tickets.viewer).check or {}
    assert len(check["exact_sd"]) == 3 and check["step"] > 0
    lab.lab.control(tickets.owner, "stop")


def test_it_survives_the_death_of_its_worker(lab: HubThread) -> None:
    tickets = lab.lab.start(SWEEP)
    lab.watch(tickets.viewer)
    run = lab.run(tickets.viewer)
    lab.wait_steps(tickets.viewer, 50)
    until(lambda: run.folder.resumable, "a checkpoint")
    epoch = run.epoch
    os.kill(worker_pid(lab, run.worker or ""), signal.SIGKILL)
    until(lambda: run.epoch > epoch and not run.fresh, "a snapshot of the new epoch")
    assert run.step > 1
    lab.wait_steps(tickets.viewer, run.step + 20)
    lab.lab.control(tickets.owner, "stop")
    until(lambda: len(lab.hub.pool.workers) == 2, "the nanny to bring back the worker")


def test_a_wide_sweep_goes_to_both_workers_as_one_run(lab: HubThread) -> None:
    """There batching buys nothing: each worker trains every second member."""
    flow = FlowSpec(layers=2, hidden=(128, 128), linear="rotation")
    spec = replace(SWEEP, flow=flow, training=TrainSpec(lr=2e-3, batch=512, seconds=60.0))
    tickets = lab.lab.start(spec)
    box = lab.watch(tickets.viewer)
    run = lab.run(tickets.viewer)
    lab.wait_steps(tickets.viewer, 5)
    assert [name for _, name in run.desks()] == [run.viewer, f"{run.viewer}/1"]
    assert {worker for worker, _ in run.desks()} == lab.hub.pool.workers

    def net() -> Any:
        _, numbers, _ = decode_frame(until(lambda: box.frame, "a frame"))
        assert len(numbers["nlls"]) == 3 and len(numbers["measures"]["l2"]) == 3
        return numbers["net"]["chain.layers.0.conditioner.weights.0"]

    before = net()
    lab.wait_steps(tickets.viewer, run.step + 10)
    until(lambda: (net() != before).any((1, 2)).all(), "every member to move")
    until(lambda: len(list(run.folder.path.glob("*checkpoint*"))) == 2, "a checkpoint of each part")
    lab.lab.control(tickets.owner, "pause")
    lab.wait_status(tickets.viewer, "paused")
    lab.lab.control(tickets.owner, "play")
    epoch, helper = run.epoch, run.helpers[0]
    os.kill(worker_pid(lab, helper), signal.SIGKILL)
    until(lambda: run.epoch > epoch and not run.fresh, "a snapshot of the new epoch")
    lab.wait_steps(tickets.viewer, run.step + 5)
    lab.lab.control(tickets.owner, "stop")
    lab.wait_status(tickets.viewer, "stopped")
    until(lambda: not run.desks(), "both desks to be free")
    kept = load_file(run.folder.path / files.WEIGHTS)
    assert kept["chain.layers.0.conditioner.weights.0"].shape[0] == 3
    until(lambda: len(lab.hub.pool.workers) == 2, "the nanny to bring back the worker")
