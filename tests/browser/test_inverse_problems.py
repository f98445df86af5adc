"""The robot arm in the browser: the network as the engine has it, and what hands do with it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, expect

from inn_core.maps import network
from inn_core.problems.base import find
from inn_core.specs_inverse import InverseSpec
from inn_core.training import inverse
from pages.shell import planes
from pages.shell.words import Words
from tests.browser.conftest import NewPage

ENGLISH = Words("en").section("inverse_problems.stage")
STAGE = "window.pushforward.stages[0]"
NET = inverse.FOLDER / f"kinematics{inverse.ENDING}"
MOUNT = """async ({data}) => {
  window.told = [];
  const host = document.createElement('div');
  document.body.append(host);
  const { mount } = await import('/stage/lessons/inverse_problems.js');
  mount(host, data, (name, value) => told.push([name, value]));
}"""
ASK = """async ({ name, points }) => {
  const { parseNet } = await import('/stage/lessons/inverse/net.js');
  const file = await (await fetch(`/pretrained/${name}.inn`)).arrayBuffer();
  const { spec, nets: [net] } = parseNet(file);
  return { dim: net.dim, problem: spec.problem,
    inverse: [...net.inverse(Float64Array.from(points.flat()))],
    back: [...net.forward(net.inverse(Float64Array.from(points.flat())))] };
}"""
EXACT = """async ({ places }) => {
  const { exact, joints } = await import('/stage/lessons/inverse/arm.js');
  return places.map((y) => {
    const found = exact(y, 60);
    if (!found) return null;
    const hands = [];
    for (let i = 0; i < 60; i++) {
      hands.push([...joints(found.poses, 4 * i, new Float64Array(8))].slice(6));
    }
    return { mean: found.mean, sd: found.sd, hands };
  });
}"""


@pytest.fixture
def page(new_page: NewPage, assets_url: str) -> Page:
    page = new_page(viewport={"width": 1200, "height": 900})
    page.goto(f"{assets_url}/")
    return page


def open_lesson(page: Page, **more: Any) -> None:
    options = {"hello": network.hello(InverseSpec()), "scenes": planes.scenes()}
    data = {"id": "inverse_problems", "words": ENGLISH, "lang": "en", "options": options | more}
    page.evaluate(MOUNT, {"data": data})
    page.wait_for_function(f"() => {STAGE}?.frames > 1")


def state(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(f"({{ ...{STAGE} }})")
    return found


# ── maths ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["kinematics", "ballistics", "eight-modes", "strip"])
def test_browser_and_engine_agree_on_random_poses(page: Page, name: str) -> None:
    _, flow, layout = inverse.load(inverse.FOLDER / f"{name}{inverse.ENDING}")
    rng = np.random.default_rng(0)
    rows = inverse.Pairs(layout).sample(80, rng)[:, : layout.dim].astype(np.float32)
    code = flow.encode(torch.from_numpy(rows))[0][0].numpy().astype(float)
    found = page.evaluate(ASK, {"name": name, "points": code.tolist()})
    assert (found["dim"], found["problem"]) == (layout.dim, name)
    exact = flow.double().decode(torch.from_numpy(code))[0][0].numpy()
    np.testing.assert_allclose(np.reshape(found["inverse"], exact.shape), exact, atol=1e-3)
    np.testing.assert_allclose(np.reshape(found["back"], code.shape), code, atol=1e-6)


def test_the_exact_poses_are_those_of_the_quadrature(page: Page) -> None:
    problem = find("kinematics")
    places = [[1.7, 0.1], [1.0, 1.0], [1.3, -0.9], [0.2, 0.5], [2.3, 0.0]]
    found = page.evaluate(EXACT, {"places": places})
    assert found[-1] is None, "out of reach"
    for y, told in zip(places[:-1], found, strict=False):
        mean, sd = problem.posterior_moments(y)
        np.testing.assert_allclose(told["sd"], sd, rtol=0.05)
        np.testing.assert_allclose(told["mean"], mean, atol=0.06)
        np.testing.assert_allclose(told["hands"], np.tile(y, (60, 1)), atol=1e-9)


# ── the stage ────────────────────────────────────────────────────────────────────────────────


def test_the_elbow_dances_while_the_hand_stays(page: Page) -> None:
    open_lesson(page)
    page.wait_for_function(f"() => {STAGE}.updates > 30 && {STAGE}.playing")
    residuals, latents = [], []
    for _ in range(12):
        told = state(page)
        residuals.append(told["residual"])
        latents.append(np.hypot(*told["latent"]))
        page.wait_for_timeout(120)
    assert max(residuals) < 0.12 and told["l2"] < 0.05 and told["arms"] == 300
    np.testing.assert_allclose(latents, 1.25, atol=1e-6)
    np.testing.assert_allclose(told["sd"], told["exactSd"], rtol=0.25)


def test_three_hundred_arms_follow_the_target_without_the_server(page: Page) -> None:
    requests: list[str] = []
    open_lesson(page)
    page.wait_for_function(f"() => {STAGE}.updates > 3")
    page.on("request", lambda request: requests.append(request.url))
    box: Any = page.locator("[data-room=arm] canvas").bounding_box()
    k = min(box["width"] / 2.65, box["height"] / 2.9)

    def at(x: float, y: float) -> tuple[float, float]:
        cx, cy = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        return cx + (x - 0.975) * k, cy - y * k

    page.mouse.move(*at(1.7, 0.1))
    page.mouse.down()
    before = state(page)
    page.evaluate(
        """() => { window.times = []; let last = performance.now();
          const look = (now) => { window.times.push(now - last); last = now;
            requestAnimationFrame(look); };
          requestAnimationFrame(look); }"""
    )
    for i in range(60):
        page.mouse.move(*at(1.7 - 0.8 * i / 59, 0.1 + 0.8 * i / 59))
        page.wait_for_timeout(16)
    after = state(page)
    page.mouse.up()
    assert after["updates"] - before["updates"] >= 45, "new arms at nearly every place"
    assert page.evaluate("window.times.length") >= 120, "two frames a place: none waits for arms"
    np.testing.assert_allclose(after["target"], [0.9, 0.9], atol=0.02)
    page.wait_for_function(f"() => {STAGE}.l2 < 0.06")
    assert not after["playing"], "the first touch ends the dance"
    assert requests == [] and page.evaluate("window.told") == []


def test_what_cannot_be_reached_is_said_and_the_nearest_is_shown(page: Page) -> None:
    open_lesson(page)
    page.wait_for_function(f"() => {STAGE}.updates > 3")
    page.locator("[data-room=arm] canvas").focus()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(".ip-sentence")).to_contain_text("0.30 too far")
    told = state(page)
    assert told["target"][0] == pytest.approx(2.3)
    assert np.isfinite(told["residual"]) and np.isfinite(told["sd"]).all()
    for _ in range(5):  # back, to where one prior pose in thousands comes: far too wide there
        page.keyboard.press("Shift+ArrowLeft")
    expect(page.locator(".ip-sentence")).to_contain_text("not to be trusted")


def test_the_mean_of_right_answers_is_wrong(page: Page) -> None:
    open_lesson(page)
    page.wait_for_function(f"() => {STAGE}.updates > 3")
    page.locator("[data-switch=mean]").click()
    sentence = page.locator(".ip-sentence")
    expect(sentence).to_contain_text("misses the target by")
    assert float(sentence.inner_text().split("by ")[1].rstrip(".")) > 0.15
    page.locator("[data-room=z] canvas").focus()
    z = state(page)["latent"]
    page.keyboard.press("ArrowUp")
    assert state(page)["latent"][1] == pytest.approx(z[1] + 0.05, abs=0.2)


def test_every_button_has_its_own_word(page: Page) -> None:
    open_lesson(page)
    chips = page.locator(".ip-scenes button")
    expect(chips).to_have_count(4)  # three scenes, and presenter mode, which shows a sign
    assert chips.all_inner_texts()[:3] == [ENGLISH[f"scene_{n}"] for n in ("arm", "modes", "strip")]
    assert not any("undefined" in text or "_" in text for text in chips.all_inner_texts())


def test_a_network_that_is_not_there_is_said(new_page: NewPage, assets_url: str) -> None:
    page = new_page()
    page.route("**/kinematics.inn", lambda route: route.fulfill(status=200, body=b"nonsense" * 9))
    page.goto(f"{assets_url}/")
    open_lesson(page)
    expect(page.locator(".ip-sentence")).to_contain_text("could not be loaded")


def test_the_words_are_the_same_in_every_language() -> None:
    japanese = Words("ja").section("inverse_problems.stage")
    assert set(japanese) == set(ENGLISH)
    assert json.dumps(ENGLISH) != json.dumps(japanese)


# ── forwards, and the two problems in the plane ──────────────────────────────────────────────


def test_moving_a_joint_runs_the_network_forwards(page: Page) -> None:
    open_lesson(page)
    page.wait_for_function(f"() => {STAGE}.points === 300")
    page.get_by_role("button", name="Circle in z").click()
    page.wait_for_timeout(300)
    page.wait_for_function(f"() => {STAGE}.pose")
    pose = np.array(state(page)["pose"])
    canvas: Any = page.locator("[data-room=arm] canvas").bounding_box()
    scale = min(canvas["width"] / 2.65, canvas["height"] / 2.9)

    def place(x: float, y: float) -> tuple[float, float]:
        return (
            canvas["x"] + canvas["width"] / 2 + scale * (x - 0.975),
            canvas["y"] + canvas["height"] / 2 - scale * y,
        )

    first = (0.5 * np.cos(pose[1]), pose[0] + 0.5 * np.sin(pose[1]))
    page.mouse.move(*place(*first))
    page.mouse.down()
    turned = pose[1] + 0.3
    page.mouse.move(*place(0.5 * np.cos(turned), pose[0] + 0.5 * np.sin(turned)), steps=4)
    page.wait_for_function(f"() => {STAGE}.way === 'forward'")
    moved = pose + np.array([0, 0.3, 0, 0])
    hand = find("kinematics").simulate(moved[None])[0]
    # The last of the four moves counts, whatever the worker was busy with meanwhile.
    away = f"Math.hypot({STAGE}.target[0] - {hand[0]}, {STAGE}.target[1] - {hand[1]})"
    page.wait_for_function(f"() => {away} < 0.03")
    page.mouse.up()
    told = state(page)
    _, flow, layout = inverse.load(NET)
    side = layout.x_side(moved[None], np.zeros((1, 0))).astype(np.float32)
    code = flow.encode(torch.from_numpy(side))[0][0, 0].numpy()
    np.testing.assert_allclose(told["latent"], np.clip(code[2:], -3, 3), atol=0.08)
    expect(page.locator(".ip-diagram")).to_have_attribute("data-way", "forward")


def test_eight_modes_answer_with_all_clusters_of_a_label(page: Page) -> None:
    open_lesson(page)
    page.get_by_role("button", name="Eight modes").click()
    page.wait_for_function(f"() => {STAGE}.scene === 'modes' && {STAGE}.shares")
    for label, clusters in ((0, [0, 1, 2, 3]), (1, [4, 5]), (2, [6]), (3, [7])):
        page.locator(f"[data-label='{label}']").click()
        own = f"[{','.join(map(str, clusters))}].reduce((a, k) => a + {STAGE}.shares[k], 0)"
        page.wait_for_function(f"() => {own} > 0.98")
        shares = np.array(state(page)["shares"])[clusters]
        np.testing.assert_allclose(shares, 1 / len(clusters), atol=0.07)
    expect(page.locator("[data-label='3']")).to_have_attribute("aria-pressed", "true")


def test_the_strip_puts_the_mean_into_the_gap(page: Page) -> None:
    open_lesson(page)
    page.get_by_role("button", name="A strip across a crescent").click()
    page.wait_for_function(f"() => {STAGE}.scene === 'strip' && {STAGE}.sdNet")
    told = state(page)
    _, exact = find("strip").posterior_moments(np.array([1.2]))
    np.testing.assert_allclose(told["exactSd"], exact, rtol=0.03)
    np.testing.assert_allclose(told["sdNet"], exact, rtol=0.2)
    assert told["gap"] > 0.5 and told["l2"] < 0.2
    expect(page.locator(".ip-sentence").last).to_contain_text("stands in the gap")
    canvas = page.locator("[data-room=cloud] canvas")
    canvas.focus()
    for _ in range(12):
        page.keyboard.press("Shift+ArrowUp")
    expect(page.locator(".ip-sentence").last).to_contain_text("beyond the crescent")
    assert state(page)["target"][0] == pytest.approx(2.8)
