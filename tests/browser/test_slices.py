"""A flow is carried in slices: no frame waits for it; until it is there the old one is shown."""

from __future__ import annotations

import base64
from dataclasses import replace

from inn_core.maps import codec
from tests.browser.conftest import NewPage
from tests.maps import mapcases

CARRIED = """
async ({ frames }) => {
  const { decodeFrame } = await import('/stage/codec.js');
  const { StageFlow } = await import('/stage/flow.js');
  const { Scene } = await import('/stage/scene.js');
  const decoded = await Promise.all(frames.map((frame) =>
    decodeFrame(Uint8Array.from(atob(frame), (letter) => letter.charCodeAt(0)))));
  const [old, fresh, deeper] = decoded.map(({ flow }) => new StageFlow(flow));
  const room = () => ({ paint() {}, look() {}, draw() {}, plain() {}, dirty: false });
  const scene = new Scene(room(), room());
  const x = Float64Array.from({ length: 600 }, (_, i) => Math.sin(i));
  scene.setTarget([[-4, 4], [-4, 4]], x);
  let clock = 0;
  const real = performance.now;
  performance.now = () => (clock += 2); // every slice takes 2 ms of the 5 that a frame has
  const whole = (flow, cloud, way, from) => {
    const states = Array.from({ length: flow.depth + 1 }, () => new Float64Array(2 * cloud.n));
    states[from].set(cloud.states[from]);
    flow[way](states);
    return states.every((state, k) => state.every((value, i) => value === cloud.states[k][i]));
  };
  const shows = ({ points, grid, data, flow }) => {
    const one = [points, grid, data].every((cloud) => cloud.flow === flow);
    return one && whole(flow, points, 'decodeStates', 0) && whole(flow, grid, 'decodeStates', 0)
      && whole(flow, data, 'encodeStates', flow.depth);
  };
  const until = (flow) => { // in every tick until a flow is shown: whether all shown is of one
    scene.offer(flow, 0);
    for (let seen = [], n = 1; n < 2000; n++) {
      scene.tick(16 * n);
      seen.push(scene.points.flow === null || !scene.dataReady || shows(scene));
      if (scene.flow === flow) return seen;
    }
    return [];
  };
  until(old);
  for (let n = 1; n < 2000 && !scene.jobs.has('settle'); n++) scene.tick(16 * n);
  const resting = scene.jobs.has('settle'); // it writes where the next flow's job does
  const second = until(fresh);
  scene.offer(old, 0);
  scene.tick(16);
  scene.tick(32, true); // frozen on its way
  for (let n = 3; n < 100; n++) scene.tick(16 * n, true);
  const frozen = { stays: scene.flow === fresh && shows(scene), waits: scene.newest === old };
  scene.tick(16); // on its way again, when another run's data come
  scene.setTarget([[-4, 4], [-4, 4]], Float64Array.from({ length: 40 }, (_, i) => Math.cos(i)));
  const third = until(scene.newest);
  const fourth = until(deeper);
  performance.now = real;
  const slices = fresh.depth * Math.ceil(4000 / 250);
  return { resting, second, frozen, third, fourth, data: scene.data.n, slices };
}
"""


def frame_of(layers: int, seed: int) -> str:
    kinds = [f"sigmoidal{k % 2}" for k in range(layers)]
    chain = tuple(mapcases.layer(kind, seed + i) for i, kind in enumerate(kinds))
    maps = replace(mapcases.maps(seed, ()), layers=chain)
    return base64.b64encode(codec.encode_frame(mapcases.snapshot(maps))).decode()


def test_what_is_shown_is_of_one_flow_while_the_next_is_carried(
    new_page: NewPage, assets_url: str
) -> None:
    """A few slices a frame; points, grid and data are the old flow's until all are the new's."""
    page = new_page()
    page.goto(assets_url)
    seen = page.evaluate(CARRIED, {"frames": [frame_of(2, 0), frame_of(2, 4), frame_of(4, 8)]})
    assert len(seen["second"]) > seen["slices"] / 4, "a frame took more than its share"
    assert seen["resting"] and all(seen["second"]), "states of two flows were shown"
    assert seen["frozen"] == {"stays": True, "waits": True}
    assert seen["third"] and all(seen["third"]) and seen["data"] == 20, "data of another run"
    assert seen["fourth"] == [True], "where the depth changes nothing can wait"


JOBS = """
async () => {
  const { Jobs } = await import('/stage/jobs.js');
  const jobs = new Jobs(['first', 'second', 'third']);
  const ran = { first: 0, second: 0, third: 0 };
  function* work(name, slices) {
    for (let k = 0; k < slices; k++) {
      ran[name]++;
      yield;
    }
  }
  jobs.put('first', work('first', 1000));
  jobs.put('second', work('second', 40));
  jobs.put('third', work('third', 1));
  let clock = 0;
  const real = performance.now;
  performance.now = () => (clock += 3);
  for (let frame = 0; frame < 60; frame++) jobs.run(5);
  performance.now = real;
  return { ...ran, left: ['first', 'second', 'third'].filter((name) => jobs.has(name)) };
}
"""


def test_a_job_that_never_ends_keeps_no_other_waiting(new_page: NewPage, assets_url: str) -> None:
    """With slices of 3 ms and 5 ms a frame: one of a later job in every frame."""
    page = new_page()
    page.goto(assets_url)
    seen = page.evaluate(JOBS)
    assert seen["left"] == ["first"]
    assert (seen["second"], seen["third"]) == (40, 1)
    assert 120 <= seen["first"] <= 240, "it still has most of each frame"
