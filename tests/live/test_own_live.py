"""Own data through the whole lab: kept by the hub, trained by a worker."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from inn_core.specs import RunSpec
from inn_core.targets import library, reading
from tests.live.support import SMALL, HubThread, header, until


def test_a_worker_trains_on_data_that_the_hub_keeps(lab: HubThread) -> None:
    points = np.random.default_rng(0).normal(size=(300, 2))
    name = lab.lab.keep_data(reading.points_of_array(points, "mine", standardise=False))
    tickets = lab.lab.start(SMALL.with_(target=name))
    box = lab.watch(tickets.viewer)
    lab.wait_steps(tickets.viewer, 100)
    first = header(until(lambda: box.frame, "a frame"))
    assert first["entropy"] is None and first["nll"] > 0
    lab.lab.control(tickets.owner, "check")
    until(lambda: lab.info(tickets.viewer).check, "the report")
    report: Any = lab.info(tickets.viewer).check
    assert report["gap"] is None and report["points"] == 60
    # Eviction never takes the data of a run that is there.
    store = lab.hub.store
    lab.call(store.evict_data)
    assert (store.data / f"{name}.npz").exists()
    lab.lab.control(tickets.owner, "stop")


def test_old_data_of_no_run_leave_a_full_store(lab: HubThread) -> None:
    points = np.random.default_rng(1).normal(size=(50, 2))
    name = lab.lab.keep_data(reading.points_of_array(points, "left over"))
    path = lab.hub.store.data / f"{name}.npz"
    lab.call(lab.hub.store.evict_data)
    assert path.exists(), "it may be about to be trained on"
    os.utime(path, (0, 0))
    lab.call(lab.hub.store.evict_data)
    assert not path.exists()


def test_a_run_whose_data_have_gone_ends_with_a_sentence(lab: HubThread) -> None:
    points = np.random.default_rng(2).normal(size=(100, 2))
    name = lab.lab.keep_data(reading.points_of_array(points, "gone soon"))
    tickets = lab.lab.start(SMALL.with_(target=name))
    lab.wait_steps(tickets.viewer, 20)
    lab.lab.control(tickets.owner, "stop")
    lab.wait_status(tickets.viewer, "stopped")
    (lab.hub.store.data / f"{name}.npz").unlink()
    lab.lab.control(tickets.owner, "continue")
    until(lambda: "bring them again" in lab.info(tickets.viewer).message, "the sentence")
    info = lab.info(tickets.viewer)
    assert info.status == "stopped" and info.message.startswith("The data of this run are not here")
    # Brought again they have the same name, and the run goes on where it stood.
    assert lab.lab.keep_data(reading.points_of_array(points, "back")) == name
    lab.lab.control(tickets.owner, "continue")
    lab.wait_steps(tickets.viewer, info.step + 20)
    lab.lab.control(tickets.owner, "stop")


def test_names_of_own_data_are_all_that_a_spec_holds() -> None:
    assert RunSpec(target="own-0123456789abcdef").to_json()["target"].startswith("own-")
    assert library.path_of("own-ffffffffffffffff") is None
