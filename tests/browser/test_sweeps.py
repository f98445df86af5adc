"""Sweeps in the browser: every member as the engine has it, one target for all, live or not."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, WebSocketRoute, expect
from scipy import stats

from inn_core.maps import network
from inn_core.maps.codec import encode_frame
from inn_core.problems.sweeps import PRIOR_WEIGHT, SWEEPS
from inn_core.training import inverse
from pages.shell.words import Words
from tests.browser.conftest import NewPage
from tests.maps.test_network import snapshot

STAGE = "window.pushforward.stages[0]"
LESSONS = {"prior_weight": "prior-weight", "latent_dimension": "latent-dimension"}
#: Pictures of a recorded sweep: seeds of the same size share one.
CARDS = {"prior_weight": 6, "latent_dimension": 10}
MOUNT = """async ({ name, data }) => {
  window.told = [];
  window.host ??= document.body.appendChild(document.createElement('div'));
  const { mount } = await import(`/stage/lessons/${name}.js`);
  mount(host, data, (name, value) => told.push([name, value]));
}"""
ASK = """async ({ name, points }) => {
  const { parseNet, netsOf } = await import('/stage/lessons/inverse/net.js');
  const { nets } = parseNet(await (await fetch(`/pretrained/${name}.inn`)).arrayBuffer());
  return nets.map((net, e) => [...net.inverse(Float64Array.from(points[e].flat()))]);
}"""


@pytest.fixture
def page(new_page: NewPage, assets_url: str) -> Page:
    page = new_page(viewport={"width": 1300, "height": 950}, reduced_motion="reduce")
    page.goto(f"{assets_url}/")
    return page


def data_of(name: str, **more: Any) -> dict[str, Any]:
    sweep = LESSONS[name]
    options = {"net": f"pretrained/{sweep}.inn", "hello": network.hello(SWEEPS[sweep])}
    words = Words("en").section("sweep.stage")
    return {"id": name, "words": words, "lang": "en", "options": options} | more


def open_lesson(page: Page, name: str, **more: Any) -> None:
    page.evaluate(MOUNT, {"name": name, "data": data_of(name, **more)})


def state(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(f"({{ ...{STAGE} }})")
    return found


def wait(page: Page, condition: str) -> None:
    page.wait_for_function(f"() => {{ const s = {STAGE}; return s && ({condition}); }}")


@pytest.mark.parametrize("name", SWEEPS)
def test_every_member_is_the_engines(page: Page, name: str) -> None:
    spec, flow, layout = inverse.load(inverse.FOLDER / f"{name}{inverse.ENDING}")
    rng = np.random.default_rng(1)
    rows = inverse.Pairs(layout).sample(40, rng)[:, : layout.dim].astype(np.float32)
    code = flow.encode(torch.from_numpy(rows))[0].numpy().astype(float)
    found = page.evaluate(ASK, {"name": name, "points": code.tolist()})
    exact = flow.double().decode(torch.from_numpy(code))[0].numpy()
    assert len(found) == spec.members
    np.testing.assert_allclose(np.reshape(found, exact.shape), exact, atol=1e-3)


@pytest.mark.parametrize("name", LESSONS)
def test_numbers_on_the_stage_are_the_engines(page: Page, name: str) -> None:
    open_lesson(page, name)
    wait(page, "s.points > 0")
    told = state(page)
    _, flow, layout = inverse.load(inverse.FOLDER / f"{LESSONS[name]}{inverse.ENDING}")
    y = np.array([1.7, 0.1])
    _, sd = layout.problem.posterior_moments(y)
    for e in range(flow.members):
        x = inverse.draw(flow, layout, y, 2000, np.random.default_rng(0), e)
        l2 = float(np.linalg.norm(layout.problem.simulate(x) - y, axis=1).mean())
        assert told["l2"][e] == pytest.approx(l2, rel=0.35, abs=0.03)
        share = float(np.exp(np.log(x.std(0) / sd).mean()))
        assert told["share"][e] == pytest.approx(share, rel=0.3, abs=0.05)
    assert len(told["l2"]) == flow.members == page.locator("circle.sw-bead").count()
    assert page.locator(".sw-card").count() == CARDS[name]
    # Seeds of one size are joined by a line: their spread is there before anything is trained.
    seeds = [path.get_attribute("d") or "" for path in page.locator(".sw-seeds").all()]
    apart = flow.members - CARDS[name]
    assert sum(d.count("M") for d in seeds) == apart


def test_one_target_for_all_and_out_of_reach(page: Page) -> None:
    open_lesson(page, "prior_weight")
    wait(page, "s.points > 0")
    before = state(page)["l2"]
    arm = page.locator("[data-room=arm] canvas")
    box: Any = arm.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.4)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.35, steps=6)
    page.mouse.up()
    wait(page, "s.target[1] > 0.2")
    page.wait_for_function(f"(old) => {STAGE}.l2.every((v, i) => v !== old[i])", arg=before)
    arm.focus()
    for _ in range(30):
        page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(".sw-sentence")).to_contain_text("No pose reaches this")
    assert all(np.isfinite(state(page)["l2"]))


def test_choosing_by_card_bead_and_key(page: Page) -> None:
    open_lesson(page, "prior_weight")
    wait(page, "s.points > 0")
    page.locator(".sw-card").nth(2).click()
    wait(page, "s.chosen === 2")
    expect(page.locator(".sw-sentence")).to_contain_text("Collapsed")
    page.keyboard.press("ArrowRight")
    wait(page, "s.chosen === 3")
    expect(page.locator(".sw-card").nth(3)).to_have_attribute("aria-checked", "true")
    page.locator("circle.sw-bead").nth(5).click(force=True)
    wait(page, "s.chosen === 5")


def test_chips_show_what_each_z_does(page: Page) -> None:
    open_lesson(page, "latent_dimension")
    wait(page, "s.points > 0")
    page.locator(".sw-card").nth(2).click()
    chips = page.locator(".sw-chips button")
    expect(chips).to_have_count(4)
    wait(page, "s.influence?.length === 4 && s.influence.every((v) => v > 0)")
    spread = state(page)["share"][2]
    for k in range(4):
        chips.nth(k).click()
    page.wait_for_function(f"(old) => {STAGE}.share[2] < 0.2 * old", arg=spread)
    chips.first.click()
    expect(chips.first).to_have_attribute("aria-pressed", "true")


def test_larger_nets_show_fewer_arms_and_say_so(page: Page) -> None:
    """The pace is the network's: here a worker that says that every row took it a while."""
    page.evaluate(
        """() => {
          const real = Worker.prototype.postMessage;
          const seen = Object.getOwnPropertyDescriptor(Worker.prototype, 'onmessage');
          Object.defineProperty(Worker.prototype, 'onmessage', { set(hear) {
            seen.set.call(this, (event) => {
              const { data } = event;
              if (!data.parts) return hear(event);
              const rows = data.parts.reduce((sum, { points }) => sum + points.length, 0) / 4;
              return hear({ data: { ...data, took: 0.2 * rows } });
            });
          } });
        }"""
    )
    open_lesson(page, "prior_weight")
    page.locator("[data-room=arm] canvas").focus()
    for k in range(6):  # the first answers, not yet compiled, say nothing of a network
        wait(page, f"s.updates > {k}")
        page.keyboard.press("ArrowUp")
    wait(page, "s.points > 0 && s.points < 600")
    expect(page.locator(".sw-arms")).to_contain_text("of 100 arms each", timeout=10_000)
    assert state(page)["points"] % 6 == 0


def test_the_pace_follows_the_network_and_forgives_a_busy_machine(page: Page) -> None:
    counts = page.evaluate(
        """async () => {
          const { Pace } = await import('/stage/lessons/inverse/pace.js');
          const pace = new Pace(300, 40);
          const seen = [];
          for (let i = 0; i < 12; i++) { pace.heard(301, 301, 90); seen.push(pace.count); }
          pace.heard(pace.count, pace.count, 900);
          seen.push(pace.count);
          if (!pace.meet(7000) || pace.meet(7000)) throw new Error('another size, once');
          for (let i = 0; i < 6; i++) pace.heard(301, 301, i ? 15 : 400);
          seen.push(pace.count);
          return seen;
        }"""
    )
    assert counts[0] == 300 and counts[11] == counts[12] == 130, "40 ms of 90"
    assert counts[13] == 300


def test_the_tail_of_chi_square_is_scipys(page: Page) -> None:
    values = [0.5, 12.0, 19.0, 30.1, 43.8, 60.0]
    found = page.evaluate(
        """async (values) => {
          const { chiSquareTail } = await import('/stage/lessons/inverse/ranks.js');
          return values.map((x) => chiSquareTail(x, 19));
        }""",
        values,
    )
    np.testing.assert_allclose(found, stats.chi2.sf(values, 19), atol=2e-7)


def test_the_check_panel_and_the_symbols_tell_the_same_network(page: Page) -> None:
    open_lesson(page, "prior_weight")
    wait(page, "s.points > 0")
    page.locator(".sw-check summary").click()
    rows = page.locator(".sw-check tr")
    expect(rows).to_have_count(1 + 6 + 1)
    told = state(page)
    cell = float(rows.nth(3).locator("td").nth(1).inner_text())
    assert cell == pytest.approx(told["l2"][2], abs=6e-4)
    arm = "document.querySelector('[data-room=arm] canvas').toDataURL()"
    before = page.evaluate(arm)
    page.locator(".pf-formula [data-mark=y]").hover()
    page.wait_for_function(f"(old) => {arm} !== old", arg=before)
    page.mouse.move(5, 5)


def test_a_live_run_replaces_the_networks_and_marks_the_dead(page: Page) -> None:
    spec = PRIOR_WEIGHT
    sockets: list[WebSocketRoute] = []
    trainer = inverse.InverseTrainer(spec)
    hello = network.hello(spec) | {"type": "run", "status": "training", "message": "", "run": "r1"}

    def serve(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        socket.on_message(lambda text: asked.append(json.loads(text)["type"]))
        socket.send(json.dumps(hello))
        socket.send(json.dumps({"type": "role", "role": "owner"}))

    asked: list[str] = []
    page.route_web_socket("**/live/*", serve)
    open_lesson(page, "prior_weight", run="r1", owner="secret")
    page.wait_for_function("() => window.pushforward?.stages[0]?.status === 'training'")
    net = trainer.state()
    first = snapshot(**net)
    sockets[-1].send(encode_frame(first, when=time.time()))
    wait(page, "s.points === 600 && s.step === 40")
    before = state(page)["l2"]
    moved = {k: v + 0.05 for k, v in net.items()}
    later = replace(snapshot(**moved), seq=4, step=80, frozen={5: "it diverged"})
    sockets[-1].send(encode_frame(later, when=time.time()))
    page.wait_for_function(f"(old) => {STAGE}.l2[0] !== old", arg=before[0])
    expect(page.locator(".sw-card").nth(5)).to_contain_text("stopped")
    page.get_by_role("button", name="Pause").click()
    page.wait_for_timeout(100)
    asked = [kind for kind in asked if kind != "view"]
    assert asked == ["hello", "pause"], "and no backfill: networks of the past are megabytes"


def test_dragging_keeps_its_pace(new_page: NewPage, assets_url: str) -> None:
    """All 600 arms follow; no message leaves for a server."""
    page = new_page(viewport={"width": 1300, "height": 950})
    page.goto(f"{assets_url}/")
    open_lesson(page, "prior_weight")
    wait(page, "s.points > 0")
    box: Any = page.locator("[data-room=arm] canvas").bounding_box()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    before = state(page)
    for k in range(40):
        page.mouse.move(box["x"] + 200 + 3 * k, box["y"] + 200 + k)
    page.mouse.up()
    wait(page, f"s.updates > {before['updates'] + 5}")
    assert requests == []
