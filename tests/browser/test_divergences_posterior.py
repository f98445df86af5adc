"""Scene 4 of the lesson "divergences": closed forms, an ensemble that learns, trained INNs."""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, WebSocketRoute, expect
from scipy import stats

from inn_core.maps import network
from inn_core.maps.codec import encode_frame
from inn_core.problems.base import find
from inn_core.problems.linear_gaussian import fitted_variance
from inn_core.problems.sweeps import LINE_WEIGHTS, line_sweep
from inn_core.training import inverse
from inn_core.training.inverse import InverseTrainer
from tests.browser.conftest import NewPage
from tests.browser.divergencespage import MATHS, STAGE, drag, look_at, opened, rested

HALF = 4.0


@pytest.fixture
def page(new_page: NewPage, assets_url: str) -> Page:
    page = opened(new_page, assets_url)
    look_at(page, "posterior")
    page.wait_for_function(f"() => {STAGE}.numbers.run_mean !== undefined && {STAGE}.still")
    return page


def test_closed_forms_are_those_of_the_engine(page: Page) -> None:
    cases = [(1.0, 0.5, 0.0), (0.3, 1.7, 0.2), (2.0, 0.1, 1.0), (1.2, 0.9, 100.0)]
    found = page.evaluate(
        f"""async (cases) => {{
          const {{ bayes, held, mixture, shrunk }} = await import('{MATHS}/line.js');
          const one = ([s, noise, weight]) => ({{ ...bayes(s, noise), u: shrunk(weight) }});
          return [cases.map(one), held(0.4, 0.7, 0.1, 0.5), mixture([0, 1, 3], [1, 2, 0.5])];
        }}""",
        cases,
    )
    for (s, noise, weight), told in zip(cases, found[0], strict=True):
        mean, sd = find("line", spread=s, noise=noise).posterior_moments([1.0])
        assert told["gain"] == pytest.approx(mean[0]) and told["sd"] == pytest.approx(sd[0])
        assert told["u"] == pytest.approx(fitted_variance(weight, 1.0, 1.0))
    ends = stats.norm(0.1, 0.5).ppf([0.05, 0.95])
    assert found[1] == pytest.approx(np.diff(stats.norm(0.4, 0.7).cdf(ends))[0])
    draws = np.concatenate(
        [stats.norm(m, sd).ppf((np.arange(9999) + 0.5) / 9999)
         for m, sd in ((0, 1), (1, 2), (3, 0.5))]
    )  # fmt: skip
    assert found[2]["mean"] == pytest.approx(draws.mean(), abs=1e-3)
    assert found[2]["sd"] == pytest.approx(draws.std(), abs=1e-2)


def test_the_browser_runs_the_networks_of_the_engine(page: Page) -> None:
    _, flow, layout = inverse.load(inverse.FOLDER / "line.inn")
    points = np.random.default_rng(0).normal(size=(40, layout.dim))
    ends = page.evaluate(
        """async (points) => {
          const { parseNet } = await import('/stage/lessons/inverse/net.js');
          const { nets } = parseNet(await (await fetch('/pretrained/line.inn')).arrayBuffer());
          const flat = () => Float64Array.from(points.flat());
          return nets.map((net) => ['forward', 'inverse'].map((way) => [...net[way](flat())]));
        }""",
        points.tolist(),
    )
    with torch.inference_mode():
        there = flow.double().encode(torch.from_numpy(points))[0].numpy()
        back = flow.double().decode(torch.from_numpy(points))[0].numpy()
    for member, (forward, inverse_) in enumerate(ends):
        np.testing.assert_allclose(np.reshape(forward, (-1, layout.dim)), there[member], atol=1e-9)
        np.testing.assert_allclose(np.reshape(inverse_, (-1, layout.dim)), back[member], atol=1e-9)


def test_the_ensemble_descends_its_loss_and_ends_at_bayes(page: Page) -> None:
    found = page.evaluate(
        f"""async () => {{
          const {{ Ensemble }} = await import('{MATHS}/ensemble.js');
          const {{ mixture }} = await import('{MATHS}/line.js');
          const {{ source }} = await import('/stage/lessons/inverse/models.js');
          const {{ normal }} = source(5);
          const share = Math.SQRT1_2; // s = noise
          const pairs = Array.from({{ length: 3000 }}, () => [normal(), normal()]);
          const xs = pairs.map(([x]) => x), ys = pairs.map(([x, e]) => share * (x + e));
          const few = [ys.slice(0, 7), xs.slice(0, 7)];
          const small = new Ensemble(source(1).normal, {{ members: 2, hidden: 3 }});
          small.pull(...few);
          const slopes = [...small.grad];
          const checked = slopes.map((_, k) => {{
            const at = (by) => {{
              small.weights[k] += by;
              const loss = small.losses(...few).reduce((a, b) => a + b);
              small.weights[k] -= by;
              return loss;
            }};
            return (at(1e-5) - at(-1e-5)) / 2e-5;
          }});
          const whole = new Ensemble(source(2).normal);
          const first = Math.max(...whole.losses(ys, xs));
          while (!whole.finished) whole.step(ys, xs);
          const rows = [-1, 0, 1].map((y) => {{
            const {{ means, sds }} = whole.at(y);
            return mixture(means, sds);
          }});
          return {{ slopes, checked, rows, first, last: Math.max(...whole.losses(ys, xs)) }};
        }}"""
    )
    np.testing.assert_allclose(found["slopes"], found["checked"], atol=1e-8)
    assert np.count_nonzero(found["slopes"]) == len(found["slopes"])
    # s = noise: the posterior is N(y / sqrt 2, 1/2) in units of s; the loss is ln sd + 1/2 there.
    best = 0.5 * np.log(0.5) + 0.5
    assert found["first"] > best + 0.2 and found["last"] < best + 0.03
    for y, row in zip((-1, 0, 1), found["rows"], strict=True):
        assert row["mean"] == pytest.approx(y * 0.5**0.5, abs=0.08)
        assert row["sd"] == pytest.approx(0.5**0.5, rel=0.06)


def test_trained_inns_stand_on_the_curve_within_their_errors(page: Page) -> None:
    for dial, weight in ((0, 0.0), (20, 1.0), (40, 100.0)):
        told = look_at(page, "posterior", dial=dial, y=-0.7)
        exact = 0.5 / 1.25**0.5
        assert told["weight"] == pytest.approx(weight)
        assert told["exact_mean"] == pytest.approx(-0.7 / 1.25)
        assert told["exact_sd"] == pytest.approx(exact)
        row = "run" if weight == 0 else "runPrior"
        share = fitted_variance(weight, 1.0, 1.0) ** 0.5
        error = exact * share / 20_000**0.5
        assert abs(told[f"{row}_mean"] - told["exact_mean"]) < 4 * error + 1e-3
        assert abs(told[f"{row}_sd"] - exact * share) < 4 * error / 2**0.5 + 1e-3
        assert told["prior_held"] == pytest.approx(2 * stats.norm.cdf(1.644854 * share) - 1)
    expect(page.locator(".po-point")).to_have_count(len(LINE_WEIGHTS))
    told = look_at(page, "posterior", noise=0.9)
    assert "run_mean" not in told, "they belong to another noise"
    expect(page.locator(".po-told span")).to_contain_text("belong to s = 1.00, σ = 0.50")
    page.locator("[data-do=back]").click()
    assert rested(page)["run_sd"] == pytest.approx(0.447, abs=0.02)
    told = look_at(page, "posterior", s=2, noise=1)
    assert told["run_sd"] == pytest.approx(0.894, abs=0.03), "only noise over spread counts"


def place(y: float, x: float) -> tuple[float, float]:
    return (y / HALF + 1) / 2, (1 - x / HALF) / 2


def test_everything_follows_the_hand_and_rests_where_a_link_would(page: Page) -> None:
    canvas = "canvas[data-room=plane]"
    drag(page, canvas, place(2, 2), place(-1.5, 0))
    told = rested(page)
    assert told["exact_mean"] == pytest.approx(-1.5 / 1.25, abs=0.03)
    drag(page, canvas, place(-3.75, 1), place(-3.75, 1.8))
    drag(page, canvas, place(-3.2 + 0.5, -3.2), place(-3.2 + 1.1, -3.2))
    told = rested(page)
    seen = page.evaluate("lesson.read().own")
    assert seen["s"] == pytest.approx(1.8, abs=0.04)
    assert seen["noise"] == pytest.approx(1.1, abs=0.04)
    assert told["exact_sd"] == pytest.approx(1.8 * 1.1 / np.hypot(1.8, 1.1), rel=0.05)
    page.locator("[data-state=n]").press("ArrowRight")
    after = rested(page)
    assert after["ensemble_mean"] != told["ensemble_mean"] and after["learnt"] == 300
    view = page.evaluate("lesson.read()")
    page.evaluate("lesson.apply({ scene: 'posterior', own: {} })")
    rested(page)
    page.evaluate("(view) => lesson.apply(view)", view)
    assert rested(page) == pytest.approx(after)
    page.locator(canvas).press("ArrowLeft")
    assert page.evaluate("lesson.read().own.y") == pytest.approx(seen["y"] - 0.05, abs=1e-3)
    page.evaluate("lesson.apply({ scene: 'posterior', own: { y: 1e9, dial: 'x', seed: -1 } })")
    rested(page)
    assert page.evaluate("lesson.read().own") == {}


def test_a_drag_learns_on_and_draws_at_most_once_a_frame(page: Page) -> None:
    before = page.evaluate(f"({{ draws: {STAGE}.draws, frames: {STAGE}.frames }})")
    box = page.locator("canvas[data-room=plane]").bounding_box()
    assert box
    at = [(box["x"] + x * box["width"], box["y"] + y * box["height"])
          for x, y in (place(-2.7, -3.2), place(-2.2, -3.2))]  # fmt: skip
    page.mouse.move(*at[0])
    page.mouse.down()
    page.mouse.move(*at[1], steps=12)
    learnt = page.evaluate(f"{STAGE}.numbers.learnt")
    page.wait_for_function(f"() => {STAGE}.numbers.learnt > {learnt} + 5")
    assert not page.evaluate(f"{STAGE}.still")
    page.mouse.up()
    rested(page)
    after = page.evaluate(f"({{ draws: {STAGE}.draws, frames: {STAGE}.frames }})")
    assert 0 < after["draws"] - before["draws"] <= after["frames"] - before["frames"]


def test_a_run_comes_in_frame_by_frame(page: Page) -> None:
    spec = line_sweep(0.8, 0.8, (0.0, 1.0), seed=2)
    trainer = InverseTrainer(spec)
    sockets: list[WebSocketRoute] = []

    asked: list[str] = []

    def hear(text: str | bytes) -> None:
        asked.append(json.loads(text)["type"])
        if asked[-1] == "hello":
            sockets[-1].send('{"type": "role", "role": "owner"}')

    def serve(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        about = {"type": "run", "run": "r", "role": "viewer", "status": "training", "message": ""}
        socket.send(json.dumps(network.hello(spec) | about | {"seq": -1}))
        socket.on_message(hear)

    page.route_web_socket("**/live/*", serve)
    page.evaluate(
        """async () => {
          const { mount } = await import('/stage/lessons/divergences.js');
          const host = document.querySelector('[data-stage]').parentElement;
          const options = { posterior: { file: 'pretrained/line.inn' }, live: 'posterior' };
          window.told = {};
          mount(host, { id: 'divergences', lang: 'en', words: window.said, run: 'r', owner: 'r.x',
            options }, (name, value) => { told[name] = value; });
        }"""
    )
    look_at(page, "posterior", s=0.8, noise=0.8)
    told: dict[str, Any] = {}
    for _ in range(2):
        trainer.steps(40)
        snapshot = trainer.snapshot(maps=True)
        sockets[-1].send(encode_frame(snapshot, when=time.time()))
        page.wait_for_function(f"() => {STAGE}.seq === {snapshot.seq}")
        told = rested(page)
    y = np.array([1.2])
    x = trainer.sampler(0)(y, 20_000, np.random.default_rng(0))[:, 0]
    assert told["run_mean"] == pytest.approx(x.mean(), abs=0.05)
    assert told["run_sd"] == pytest.approx(x.std(), rel=0.05)
    state = page.evaluate(f"(({{ run, step, status }}) => [run, step, status])({STAGE})")
    assert state == ["r", trainer.step, "training"]
    turn = page.locator("[data-do=turn]")
    expect(turn).to_have_text("Pause")
    page.wait_for_function("() => told.line?.noise === 0.8")
    sockets[-1].send('{"type": "status", "status": "done", "message": ""}')
    expect(turn).to_have_text("Go on")
    turn.click()
    page.wait_for_timeout(100)
    assert asked[-1] == "continue", "a run that is over is granted more"


def test_a_phone_shows_all_of_it(new_page: NewPage, assets_url: str) -> None:
    page = opened(new_page, assets_url)
    page.set_viewport_size({"width": 400, "height": 900})
    for scene, own in (("posterior", {}), ("tails", {}), ("tails", {"view": "tails"})):
        look_at(page, scene, **own)
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
        box = page.locator(".un-main:visible canvas").bounding_box()
        assert box and box["y"] < 600 and box["width"] > 300
