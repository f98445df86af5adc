"""Flows that differ by their loss are a run like any other: watched, changed, resumed, kept."""

from __future__ import annotations

import os
import signal

import numpy as np

from inn_core.maps import runfile
from inn_core.maps.codec import decode_frame
from inn_core.maps.diverging import POINTS
from inn_core.runs.live import greeting
from inn_core.specs import FlowSpec, TrainSpec
from inn_core.specs_critic import CriticSpec
from inn_core.specs_divergence import DivergenceSpec
from tests.live.support import HubThread, until
from tests.live.test_faults import worker_pid

SPEC = DivergenceSpec(
    flow=FlowSpec(layers=2, hidden=(8,)), training=TrainSpec(batch=64, seconds=60.0),
    critic=CriticSpec(hidden=(8,)), members=4, loss=("nll", "js", "sinkhorn", "energy"),
)  # fmt: skip


def test_losses_stream_side_by_side_and_live_on_in_another_worker(lab: HubThread) -> None:
    tickets = lab.lab.start(SPEC)
    box = lab.watch(tickets.viewer)
    run = lab.run(tickets.viewer)
    lab.wait_steps(tickets.viewer, 30)
    _, numbers, maps = decode_frame(until(lambda: box.frame, "a frame"))
    assert maps is None and numbers["net"]["points"].shape == (4, POINTS, 2)
    assert np.isfinite(numbers["net"]["points"]).all()
    assert len(numbers["nlls"]) == len(numbers["measures"]["reverse"]) == 4
    hello = lab.ask(greeting(lab.hub, run))
    assert DivergenceSpec.from_json(hello["spec"]) == SPEC
    lab.lab.control(tickets.owner, "set", lr=1e-3, critic_lr=1e-3, critic_steps=2)
    until(lambda: run.folder.resumable, "a checkpoint")
    epoch = run.epoch
    os.kill(worker_pid(lab, run.worker or ""), signal.SIGKILL)
    until(lambda: run.epoch > epoch and not run.fresh, "a snapshot of the new epoch")
    assert run.step > 1
    lab.lab.control(tickets.owner, "check")
    until(lambda: lab.info(tickets.viewer).check, "the report")
    check = lab.info(tickets.viewer).check or {}
    assert len(check["gap"]) == len(check["own"]) == 4 and min(check["gap"]) > 0
    lab.lab.control(tickets.owner, "stop")
    until(lambda: lab.info(tickets.viewer).status == "stopped", "the end")
    until(lambda: len(lab.hub.pool.workers) == 2, "the nanny to bring back the worker")
    weights = lab.lab.code(".safetensors", SPEC, tickets.viewer)
    again = lab.lab.adopt(weights)
    assert lab.info(again.viewer).spec == SPEC
    kept = {name: hello[name] for name in ("v", "spec", "history", "check")}
    film = runfile.dump(kept, [f for f in lab.lab.frames(tickets.viewer) if f])
    opened = lab.lab.adopt(film)
    assert lab.info(opened.viewer).spec == SPEC
