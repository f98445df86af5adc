"""A fit to a map is a run like any other: trained, watched, changed, resumed, measured, kept."""

from __future__ import annotations

import os
import signal

import numpy as np

from inn_core.maps import runfile
from inn_core.maps.codec import decode_frame
from inn_core.maps.fitted import CARRIED, SIDE
from inn_core.runs.live import greeting
from inn_core.specs import FlowSpec, TrainSpec
from inn_core.specs_map import MapSpec
from tests.live.support import HubThread, until
from tests.live.test_faults import worker_pid

SINGLE = MapSpec(flow=FlowSpec(layers=2, hidden=(8,)), training=TrainSpec(batch=64, seconds=60.0))
SWEEP = MapSpec(
    flow=SINGLE.flow, training=SINGLE.training, members=3, depth=(1, 2, 2), width=(8, 4, 8),
    coupling=("affine", "spline", "affine"),
)  # fmt: skip


def test_one_flow_streams_with_its_maps_and_lives_on_in_another_worker(lab: HubThread) -> None:
    tickets = lab.lab.start(SINGLE)
    box = lab.watch(tickets.viewer)
    run = lab.run(tickets.viewer)
    lab.wait_steps(tickets.viewer, 50)
    _, numbers, maps = decode_frame(until(lambda: box.frame, "a frame"))
    assert maps is not None and len(maps.layers) == 3
    assert numbers["measures"]["max"][0] >= numbers["nlls"][0] > 0
    hello = lab.ask(greeting(lab.hub, run))
    assert MapSpec.from_json(hello["spec"]) == SINGLE
    assert len(runfile.unpack_points(hello["map"]["ends"], hello["target"]["view"])) == SIDE**2
    lab.lab.control(tickets.owner, "set", lr=1e-3)
    until(lambda: run.folder.resumable, "a checkpoint")
    epoch = run.epoch
    os.kill(worker_pid(lab, run.worker or ""), signal.SIGKILL)
    until(lambda: run.epoch > epoch and not run.fresh, "a snapshot of the new epoch")
    assert run.step > 1
    lab.lab.control(tickets.owner, "check")
    until(lambda: lab.info(tickets.viewer).check, "the report")
    check = lab.info(tickets.viewer).check or {}
    assert check["max"] > check["mean"] > 0 and check["area_least"] > 0
    lab.lab.control(tickets.owner, "stop")
    until(lambda: lab.info(tickets.viewer).status == "stopped", "the end")
    until(lambda: len(lab.hub.pool.workers) == 2, "the nanny to bring back the worker")
    weights = lab.lab.code(".safetensors", SINGLE, tickets.viewer)
    again = lab.lab.adopt(weights)
    assert lab.info(again.viewer).spec == SINGLE
    assert lab.info(again.viewer).step == lab.info(tickets.viewer).step


def test_a_sweep_over_couplings_streams_as_one_run_and_comes_back_from_its_file(
    lab: HubThread,
) -> None:
    tickets = lab.lab.start(SWEEP)
    box = lab.watch(tickets.viewer)
    lab.wait_steps(tickets.viewer, 20)
    _, numbers, maps = decode_frame(until(lambda: box.frame, "a frame"))
    assert maps is None and len(numbers["nlls"]) == len(numbers["measures"]["max"]) == 3
    assert numbers["net"]["off"].shape == (3, CARRIED**2, 2)
    assert np.isfinite(numbers["net"]["off"]).all()
    lab.lab.control(tickets.owner, "stop")
    until(lambda: lab.info(tickets.viewer).status == "stopped", "the end")
    hello = lab.ask(greeting(lab.hub, lab.run(tickets.viewer)))
    kept = {name: hello[name] for name in ("v", "spec", "history", "check")}
    again = lab.lab.adopt(runfile.dump(kept, [f for f in lab.lab.frames(tickets.viewer) if f]))
    assert lab.info(again.viewer).spec == SWEEP
    assert lab.info(again.viewer).history == lab.info(tickets.viewer).history
