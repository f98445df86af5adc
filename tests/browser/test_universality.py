"""The lesson "universality": its frame, the proof's exact numbers, and its scenes in a browser."""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from inn_core.diffeos.turns import least_slope, steps_needed
from inn_core.maps import runfile
from inn_core.maps.codec import encode_frame
from inn_core.targets import keeping
from inn_core.targets.volume import VOLUME_PRESERVING_GAPS
from inn_core.training.loop import Trainer
from pages.shell import proofs
from pages.shell.words import Words
from tests.browser.conftest import NewPage
from tests.browser.universalitypage import opened

STAGE = "window.pushforward.stages[0]"
TWIST = "/stage/lessons/universality/twist.js"


@pytest.fixture
def page(new_page: NewPage, assets_url: str) -> Page:
    return opened(new_page, assets_url)


def show(page: Page, scene: str, **own: Any) -> dict[str, Any]:
    """Look at a scene with these settings; return its numbers."""
    page.evaluate("(view) => lesson.apply(view)", {"scene": scene, "own": own})
    page.wait_for_function(f"() => {STAGE}.still")
    numbers: dict[str, Any] = page.evaluate(f"{STAGE}.numbers")
    return numbers


def twist(angle: float, points: Any) -> Any:
    """The bump twist of (N, 2) points: x -> R(angle exp(1 - 1 / (1 - r^2))) x inside the disc."""
    r2 = np.minimum((points**2).sum(1), 1 - 1e-12)
    turn = angle * np.exp(1 - 1 / (1 - r2))
    c, s = np.cos(turn), np.sin(turn)
    return np.stack([c * points[:, 0] - s * points[:, 1], s * points[:, 0] + c * points[:, 1]], 1)


def test_the_smallest_n_found_is_the_closed_form_at_every_amplitude(page: Page) -> None:
    found, closed = page.evaluate(
        f"""async () => {{
          const {{ smallest, least, leastFound }} = await import('{TWIST}');
          const all = Array.from({{ length: 619 }}, (_, k) => 0.1 + 0.01 * k);
          return [leastFound, least].map((of) => all.map((a) => smallest(a, of)));
        }}"""
    )
    assert found == closed == [steps_needed(a) for a in 0.1 + 0.01 * np.arange(619)]
    assert (found[147], found[304]) == (2, 3), "A = 1.57 and 3.14"


def test_the_split_reproduces_the_twist(page: Page) -> None:
    points = np.random.default_rng(0).uniform(-1.1, 1.1, (600, 2))
    for angle, n in ((np.pi / 2, 2), (np.pi, 3), (2 * np.pi, 5)):
        ends = page.evaluate(
            f"""async ({{ points, a, n }}) => {{
              const {{ split }} = await import('{TWIST}');
              return points.map((p) => {{
                for (let k = 0; k < n; k++) p = split(a / n, ...p);
                return p;
              }});
            }}""",
            {"points": points.tolist(), "a": angle, "n": n},
        )
        assert np.abs(np.array(ends) - twist(angle, points)).max() < 1e-6
    one = page.evaluate(f"import('{TWIST}').then((m) => m.split(0.8, 0.3, -0.2))")
    u = twist(0.8, np.array([[0.3, -0.2]]))[0]
    assert one == pytest.approx(u.tolist()), "a first map that moved y as well would not show above"


def test_numbers_beside_the_film_are_those_of_the_closed_forms(page: Page) -> None:
    told = show(page, "proof", A=1.57, n=2)
    assert told["least"] == pytest.approx(least_slope(1.57 / 2), abs=1e-6)
    away = [show(page, "proof", A=1.57, n=n)["away"] for n in (2, 4, 8)]
    assert away == pytest.approx([1.179, 0.590, 0.295], abs=2e-3)
    told = show(page, "proof", view="split", n=3)
    assert told["again"] < 1e-6 and 0 < told["slope"] < 1
    told = show(page, "proof", view="split", n=1, at=0.5)
    expect(page.locator(".un-sentence:visible")).to_contain_text("The film breaks")
    assert told["least"] < 0 and "again" not in told
    slider = page.locator("[data-state=n]")
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".un-sentence:visible")).to_contain_text("τ₁ moves x only")


def test_what_is_left_of_f_without_its_affine_map_is_bounded(page: Page) -> None:
    told = show(page, "proof", view="affine", at=1)
    assert told["moved"] > 0.9 and 0 <= told["fixed"] < 1e-12


def test_couplings_that_are_passed_over_change_nothing(page: Page) -> None:
    wrong = page.evaluate(
        f"""async () => {{
          const {{ couplings, quick, run }} = await import('/stage/lessons/universality/steps.js');
          const {{ twist }} = await import('{TWIST}');
          let wrong = 0;
          for (const m of [4, 7, 32]) {{
            const layers = couplings((q, p) => twist(1.2, q, p)[0], m);
            const edges = Array.from({{ length: 5 * m + 5 }}, (_, k) => (
              -1 + 2 * Math.floor(k / 5) / m + [0, 1e-16, -1e-16, 2e-9, -2e-9][k % 5]));
            const places = Array.from({{ length: 400 }}, (_, k) => -1.1 + 0.0055 * k);
            for (const p of [...edges, ...places]) {{
              for (const q of [-1.05, -0.7, 0.31, 0.7499, 1]) {{
                const [a, b] = [run(layers, p, q), quick(layers, p, q)];
                if (a[0] !== b[0] || a[1] !== b[1]) wrong++;
              }}
            }}
          }}
          return wrong;
        }}"""
    )
    assert wrong == 0


def test_seams_shrink_and_the_error_stays_on_them(page: Page) -> None:
    told = [show(page, "proof", view="grid", m=m) for m in (6, 12, 24)]
    assert [one["layers"] for one in told] == [30, 60, 120]
    shares = [one["share"] for one in told]
    assert shares[0] > 1.8 * shares[1] > 3.2 * shares[2]
    inside = [one["inside"] for one in told]
    assert inside[0] > 1.5 * inside[1] > 2.2 * inside[2], (
        "off the seams it falls as the grid refines"
    )
    assert min(one["outside"] for one in told) > 1, "on them it does not"


def test_pieces_can_be_added_dragged_and_removed(page: Page) -> None:
    pieces = page.locator(".un-piece")
    names = pieces.all_inner_texts()
    first, last = pieces.first.bounding_box(), pieces.last.bounding_box()
    assert first and last
    page.mouse.move(first["x"] + 15, first["y"] + 12)
    page.mouse.down()
    page.mouse.move(last["x"] + 20, last["y"] + 12, steps=6)
    page.mouse.up()
    assert pieces.all_inner_texts()[-1] == names[0]
    page.locator("[data-add=turn]").click()
    expect(pieces).to_have_count(4)
    pieces.first.focus()
    page.keyboard.press("Delete")
    expect(pieces).to_have_count(3)
    kept = page.evaluate("JSON.stringify(lesson.read())")
    show(page, "proof")
    page.evaluate("(view) => lesson.apply(JSON.parse(view))", kept)
    assert page.evaluate("JSON.stringify(lesson.read())") == kept
    assert show(page, "pieces")["low"] > 0
    assert show(page, "pieces", shown="all")["low"] < 0
    assert show(page, "pieces", shown="d2")["low"] == pytest.approx(1, abs=1e-4)
    page.evaluate("lesson.apply({ scene: 'knot', own: { pieces: [{ kind: 'toString', v: 9 }] } })")
    expect(pieces).to_have_count(3)


def test_limits_are_what_they_are_said_to_be(page: Page) -> None:
    rows = page.locator(".un-bar")
    show(page, "limits")
    expect(rows).to_have_count(len(keeping.TARGETS))
    for theta, count in ((10, 3), (90, 3), (179, 3), (180, 4)):
        told = show(page, "limits", view="shears", theta=theta)
        assert told["shears"] == count and told["off"] < 1e-10
    assert show(page, "limits", view="mirror", way=1)["det"] == -1
    assert show(page, "limits", view="residual", layers=3)["step"] >= 1 - 1e-12
    assert show(page, "limits", view="residual", layers=4)["step"] < 1
    show(page, "limits", view="thread")
    page.wait_for_function(f"() => {STAGE}.numbers.worst > 10")


def test_keys_choose_scenes_explain_marks_and_a_drag_counts_its_work(page: Page) -> None:
    page.keyboard.press("3")
    page.wait_for_function(f"() => {STAGE}.scene !== 'pieces' && {STAGE}.still")
    show(page, "proof")
    page.keyboard.press("e")
    expect(page.locator(".un-notes li")).to_have_count(5)
    page.keyboard.press("e")
    expect(page.locator(".un-notes")).to_be_hidden()
    before = page.evaluate(f"({{ draws: {STAGE}.draws, frames: {STAGE}.frames }})")
    box = page.locator("[data-state=A]").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    for k in range(30):
        page.mouse.move(box["x"] + box["width"] * (0.5 + k / 90), box["y"] + box["height"] / 2)
    page.mouse.up()
    page.wait_for_function(f"() => {STAGE}.still")
    after = page.evaluate(f"({{ draws: {STAGE}.draws, frames: {STAGE}.frames }})")
    drawn = after["draws"] - before["draws"]
    assert 0 < drawn <= after["frames"] - before["frames"], "at most one picture a frame"
    assert json.loads(page.evaluate("JSON.stringify(lesson.read())"))["own"]["A"] > 3.14


def test_a_flow_that_keeps_volume_falls_towards_its_bound_live(
    new_page: NewPage, assets_url: str
) -> None:
    spec = keeping.volume("moons").with_(layers=2, hidden=(8, 8), batch=64)
    trainer = Trainer(spec)
    sockets: list[WebSocketRoute] = []

    def hear(text: str | bytes) -> None:
        if json.loads(text)["type"] == "hello":
            sockets[-1].send('{"type": "role", "role": "owner"}')

    def serve(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        about = {"type": "run", "run": "r", "role": "viewer", "status": "training", "message": ""}
        socket.send(json.dumps(runfile.hello(spec) | about | {"seq": -1}))
        socket.on_message(hear)

    page = new_page(viewport={"width": 1300, "height": 900}, reduced_motion="reduce")
    page.route_web_socket("**/live/*", serve)
    page.goto(f"{assets_url}/")
    words = Words("en")
    said = {**words.section("universality.stage"), **words.section("fits.stage")}
    options = proofs.options(words) | {"scene": "pieces", "shown": "pieces", "live": "limits"}
    data = {"id": "bound", "words": said, "lang": "en", "run": None, "options": options}
    page.evaluate(
        """async (data) => {
          window.told = [];
          const host = document.body.appendChild(document.createElement('div'));
          const { mount } = await import('/stage/lessons/universality.js');
          window.again = (more) => mount(host, { ...data, ...more }, (...said) => told.push(said));
          window.again({});
        }""",
        data,
    )
    page.wait_for_function(f"() => {STAGE}?.scene === 'pieces'")
    page.evaluate("() => { window.again({ run: 'r', owner: 'r.secret' }); }")
    page.wait_for_function(
        "() => told.some(([name, value]) => name === 'scene' && value === 'limits')"
    )
    for _ in range(3):
        snapshot = trainer.snapshot(maps=True)
        sockets[-1].send(encode_frame(snapshot, when=time.time()))
        page.wait_for_function(f"() => {STAGE}.numbers?.trained === {snapshot.step}")
        trainer.steps(30)
    told = page.evaluate(f"(({{run, status, seq, step}}) => [run, status, seq, step])({STAGE})")
    assert told == ["r", "training", snapshot.seq, snapshot.step]
    numbers = page.evaluate(f"{STAGE}.numbers")
    assert numbers["gap"] == pytest.approx(snapshot.gap)
    assert numbers["bound"] == VOLUME_PRESERVING_GAPS["moons"] < numbers["gap"]
    first = page.locator(".un-bar").first
    expect(first).to_contain_text("this run: Two moons")
    expect(first).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".un-pause")).to_have_text("Pause")
    page.locator(".un-bar", has_text="Checkerboard").click()
    page.wait_for_function(f"() => {STAGE}.numbers.trained === {keeping.STEPS}")
    page.evaluate("() => { window.again({ run: null, owner: null }); }")
    expect(page.locator(".un-bar")).to_have_count(len(keeping.TARGETS))
    assert page.evaluate(f"{STAGE}.scene") == "limits", "what ends leaves the scene that is shown"
