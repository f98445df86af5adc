"""Scene 3 of "divergences": recorded rows, the clock under the hand, a row that trains now."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from inn_core.maps import network
from inn_core.maps.codec import encode_frame
from inn_core.problems import race
from inn_core.training.inverse import InverseTrainer
from pages.shell.pretrained import FOLDER
from pages.shell.words import Words
from tests.browser.conftest import NewPage
from tests.browser.divergencespage import STAGE, look_at, moving, opened, rested

CANVAS = "[data-plot=race]"
MOUNT = """(data) => {
  const host = document.body.appendChild(document.createElement('div'));
  return import('/stage/lessons/divergences.js').then(({ mount }) => {
    window.again = (more) => mount(host, { ...data, ...more });
    window.again({});
  });
}"""


@pytest.fixture
def page(new_page: NewPage, assets_url: str) -> Page:
    page = opened(new_page, assets_url)
    page.evaluate("(view) => lesson.apply(view)", {"scene": "race", "own": {}})
    page.wait_for_function(f"() => {STAGE}.numbers.rows > 0")
    return page


def recorded() -> dict[str, Any]:
    rows: dict[str, Any] = json.loads((FOLDER / "race.json").read_text())["rows"]
    return rows


def test_at_the_end_every_row_shows_what_was_recorded(page: Page) -> None:
    rows = recorded()
    seen = rested(page)
    assert seen["rows"] == seen["over"] == len(rows)
    for key, row in rows.items():
        l2 = row["shots"][-1][2]
        assert seen["l2"][key] == pytest.approx(np.mean(l2), rel=1e-12)
        assert seen["sd"][key] == pytest.approx(np.std(l2, ddof=1), rel=1e-9)
    order = sorted(rows, key=lambda key: np.mean(rows[key]["shots"][-1][2]))
    lines = page.locator(".ra-table tbody tr")
    assert lines.evaluate_all("(all) => all.map((one) => one.dataset.key)") == order
    expect(page.locator(".ra-made")).to_contain_text("python -m inn_core pretrain race")


def test_the_clock_moves_every_row_along_its_recorded_way(page: Page) -> None:
    """Between two snapshots the logarithms go straight; at a snapshot they are its numbers."""
    rows = recorded()
    places = page.evaluate(
        """async (rows) => {
          const { at } = await import('/stage/lessons/divergences/race/rows.js');
          return Object.values(rows).map((row) => {
            const whole = { ...row, steps: row.shots.at(-1)[0] };
            const [, from, to] = row.shots;
            const middle = at(whole, Math.sqrt(from[1] * to[1]));
            return [at(whole, to[1] * (1 - 1e-12)), middle, at(whole, 1e9)];
          });
        }""",
        rows,
    )
    for row, (there, middle, end) in zip(rows.values(), places, strict=True):
        _, first, second, *_, last = row["shots"]
        assert there["l2s"] == pytest.approx(second[2], rel=1e-6) and not there["over"]
        halfway = np.sqrt(np.array(first[2]) * second[2])
        assert middle["l2s"] == pytest.approx(halfway.tolist(), rel=1e-9)
        assert end["over"] and end["step"] == last[0] and end["seconds"] == last[1]


def test_the_hand_drags_the_clock_and_chooses_rows(page: Page) -> None:
    before = rested(page)
    box = page.locator(CANVAS).bounding_box()
    assert box
    page.mouse.move(box["x"] + 0.97 * box["width"], box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 40, steps=5)
    page.mouse.up()
    dragged = rested(page)
    assert dragged["clock"] < before["clock"] and dragged["over"] < before["over"]
    page.locator(CANVAS).focus()
    page.keyboard.press("ArrowRight")
    assert rested(page)["clock"] > dragged["clock"]
    page.keyboard.press("ArrowDown")
    first = page.locator(".ra-table tbody tr").first.get_attribute("data-key")
    assert rested(page)["lit"] == first
    kept = page.evaluate("lesson.read().own")
    assert kept["chosen"] == first and 0 < kept["at"] < 100
    page.locator("[data-pick='architecture=residual']").click()
    keys = page.locator(".ra-table tbody tr").evaluate_all("(a) => a.map((o) => o.dataset.key)")
    assert keys and all(key.startswith("residual") for key in keys)
    look_at(page, "race", chosen="no such row", at=1e9, architecture="cubic")
    found = page.evaluate("lesson.read().own")
    assert found == {}


def test_a_row_that_trains_now_stands_beside_the_recorded_ones(page: Page) -> None:
    spec = race.spec_of(race.row("affine", "kl", "backward"))
    trainer = InverseTrainer(spec)
    trainer.set(batch=32)
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
    words = Words("en").section("divergences.stage")
    page.evaluate("() => document.querySelector('[data-stage]').parentElement.remove()")
    data = {"id": "race", "words": words, "lang": "en", "run": "r", "owner": "r.secret"}
    page.evaluate(MOUNT, data | {"options": {"scene": "race", "shown": "race", "live": "race"}})
    stage = "window.pushforward.stages.at(-1)"
    page.wait_for_function(f"() => {stage}?.run === 'r' && {stage}.numbers?.rows > 0")
    for _ in range(2):
        snapshot = trainer.snapshot()
        sockets[-1].send(encode_frame(snapshot, when=time.time()))
        page.wait_for_function(f"() => {stage}.seq === {snapshot.seq} && {stage}.numbers.l2.live")
        trainer.steps(2)
    numbers = page.evaluate(f"{stage}.numbers")
    assert numbers["l2"]["live"] == pytest.approx(np.mean(snapshot.measures["l2"]))
    expect(page.locator(".un-sentence").filter(has_text="This run")).to_contain_text("5 seeds")
    turn = page.locator("[data-do=turn]")
    expect(turn).to_have_text("Pause")
    sockets[-1].send('{"type": "status", "status": "done", "message": ""}')
    expect(turn).to_have_text("Go on")
    turn.click()
    page.wait_for_timeout(100)
    assert asked[-1] == "continue", "a row that is over is granted more"
    later = replace(snapshot, seq=snapshot.seq + 1, step=race.STEPS + 1)
    sockets[-1].send(encode_frame(later, when=time.time()))
    page.wait_for_function(f"() => {stage}.seq === {later.seq}")
    line = page.locator("tr[data-key=live]:visible")
    expect(line).to_have_count(1)
    expect(line).not_to_have_attribute("data-over", "")
    page.evaluate("() => { window.again({ run: null, owner: null }); }")
    page.wait_for_function(f"() => {stage}.run === null && !{stage}.numbers.l2.live")


def test_a_link_keeps_its_place_on_the_clock(new_page: NewPage, assets_url: str) -> None:
    """The rows, which say how long the race takes, come after the link was read."""
    page = opened(new_page, assets_url)
    look_at(page, "race", at=40)
    page.wait_for_function(f"() => {STAGE}.numbers.rows > 0")
    assert page.evaluate("lesson.read().own.at") == 40


def test_the_film_draws_each_frame_but_writes_its_table_slower(
    new_page: NewPage, assets_url: str
) -> None:
    page = moving(new_page, assets_url)
    page.evaluate("(view) => lesson.apply(view)", {"scene": "race", "own": {}})
    page.wait_for_function(f"() => {STAGE}.numbers.rows > 0 && {STAGE}.still")
    play = page.locator("[data-do=play]")
    before = play.inner_text()
    play.click()
    page.evaluate(
        """() => {
          window.written = [];
          const note = () => window.written.push(performance.now());
          new MutationObserver(note).observe(document.querySelector('[data-stage] .ra-table'),
            { subtree: true, childList: true, characterData: true });
        }"""
    )
    page.wait_for_function("() => written.length > 20")
    first, last = page.evaluate("[written[0], written[20]]")
    assert last - first > 20 * 80 - 100, "80 ms at least lie between two writings"
    assert play.inner_text() != before
    play.click()
    seen = rested(page)
    assert play.inner_text() == before
    line = page.locator(".ra-table tbody tr").first
    key = line.get_attribute("data-key")
    assert key == min(seen["l2"], key=seen["l2"].get)
    expect(line.locator("td").first).to_contain_text(f"{seen['l2'][key]:.3f} ±")
    page.evaluate(f"window.draws = {STAGE}.draws")
    page.wait_for_timeout(400)
    assert page.evaluate(f"{STAGE}.draws - draws") == 0, "at rest nothing is drawn"
