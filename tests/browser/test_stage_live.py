"""The stage and its live socket: time, rewinding, owners, viewers, lost connections, the queue."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPage
from tests.browser.stagelab import MOUNT, Lab, pixels, state, until


@pytest.fixture
def lab(new_page: NewPage, assets_url: str) -> Lab:
    return Lab(new_page, assets_url)


# -- time --------------------------------------------------------------------------------------


def test_frames_move_the_picture_and_rewinding_holds_it(lab: Lab) -> None:
    page = lab.live()
    for seq in range(3, 20):
        lab.send(seq)
        page.wait_for_timeout(30)
    until(page, "s.seq === 19 && s.status === 'training' && s.playing")
    assert state(page)["updates"] >= 5 and state(page)["run"] == "run-one"
    assert state(page)["latencyMs"] is not None
    curve = page.get_by_role("slider", name="Held-out loss")
    box = curve.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 0.3 * box["width"], box["y"] + 40)
    until(page, "s.seq < 12")
    rewound = state(page)["seq"]
    for seq in range(20, 26):
        lab.send(seq)
    page.wait_for_timeout(400)
    assert state(page)["seq"] == rewound  # the picture stays
    curve.press("ArrowRight")
    until(page, f"s.seq === {rewound + 1}")
    page.keyboard.press(",")
    until(page, f"s.seq === {rewound}")
    page.get_by_role("button", name="Back to live").click()
    until(page, "s.seq === 25")  # what came meanwhile was kept


def test_a_new_run_keeps_the_old_curve_as_a_ghost(lab: Lab) -> None:
    page = lab.live()
    for seq in range(3, 9):
        lab.send(seq)
    until(page, "s.seq === 8")
    ghost = page.locator(".pf-ghost")
    assert not ghost.get_attribute("d")
    seen = state(page)["updates"]
    page.evaluate(MOUNT, {"run": "run-two", "owner": "secret"})
    until(page, "s.run === 'run-two'")
    assert state(page)["points"] == 4000  # the old picture stays until the new one comes
    lab.send(3)
    until(page, f"s.updates > {seen}")
    expect(ghost).to_have_attribute("d", re.compile("^M"))
    expect(page.locator(".pf-floor-name")).to_contain_text("2.394 nats")  # moons' own entropy


# -- owner and viewers -------------------------------------------------------------------------


def test_the_owner_steers(lab: Lab) -> None:
    page = lab.live()
    lab.send(4)
    until(page, "s.seq === 4")
    page.get_by_role("button", name="Pause").click()
    lab.server.tell({"type": "status", "status": "paused", "message": "", "paused": True})
    until(page, "s.status === 'paused' && !s.playing")
    page.keyboard.press(".")
    page.keyboard.press("[")
    page.get_by_role("button", name="Measure now").click()
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_timeout(100)
    quiet = ("hello", "backfill", "view")
    told = [message for message in lab.server.heard if message["type"] not in quiet]
    assert told == [
        {"type": "pause"}, {"type": "step"}, {"type": "speed", "value": 100}, {"type": "check"},
        {"type": "play"},
    ]  # fmt: skip
    report = {"nll": 2.5, "entropy": 2.4, "gap": 0.1, "gap_error": 0.002, "points": 50_000}
    report |= {"round_trip": 1e-6, "mass": 0.99997, "w1": 0.05, "w1_floor": 0.04}
    lab.server.tell({"type": "check", "report": report})
    expect(page.locator(".pf-checks")).to_contain_text("1.0000")
    expect(page.locator(".pf-checks p")).to_have_text("measured on 50,000 fresh points at step 40")
    assert page.evaluate("localStorage['pushforward.owner.run-one']") == "secret"
    assert "secret" not in page.url and page.evaluate("window.said") == []


def test_a_returning_owner_is_known_and_a_viewer_can_change_nothing(lab: Lab) -> None:
    page = lab.live(owner=None)
    lab.send(4)
    until(page, "s.seq === 4")
    buttons = [page.get_by_role("button", name=name, exact=True) for name in ("Pause", "One step")]
    for button in (*buttons, page.get_by_role("radio", name="100 steps/s")):
        expect(button).to_be_disabled()
        expect(button).to_have_attribute("title", re.compile("owner"))
    for key in (" ", ".", "["):
        page.keyboard.press(key)
    page.wait_for_timeout(100)
    assert lab.server.types() == ["hello", "backfill"] and lab.server.heard[0]["owner"] is None
    page.evaluate("window.unmount()")
    page.evaluate("localStorage['pushforward.owner.run-one'] = 'secret'")
    page.evaluate(MOUNT, {"run": "run-one", "owner": None})
    expect(page.get_by_role("button", name="Pause")).to_be_enabled()
    found = [["owner", {"run": "run-one", "owner": owner}] for owner in (None, "secret")]
    assert page.evaluate("window.said") == found


def test_a_lost_connection_is_said_and_taken_up_again(lab: Lab) -> None:
    page = lab.live()
    lab.send(7)
    until(page, "s.seq === 7")
    lab.server.sockets[0].close()
    until(page, "s.status === 'disconnected' && s.points === 4000")
    until(page, "s.status === 'training'")
    lab.send(8)
    until(page, "s.seq === 8")
    assert lab.server.types().count("hello") == 2
    assert [m.get("after") for m in lab.server.heard if m["type"] == "backfill"] == [None, 7]


def test_the_queue_is_said_over_the_picture(lab: Lab) -> None:
    lab.server.status = "queued"
    page = lab.live()
    lab.server.tell(
        {"type": "status", "status": "queued", "message": "", "place": 3, "wait_s": 41.2}
    )
    expect(page.locator(".pf-notice")).to_have_text(
        "Your run is number 3 in the queue and starts in about 42 s."
    )
    assert len(np.unique(pixels(page, "latent").reshape(-1, 3), axis=0)) > 300
    lab.send(4)
    expect(page.locator(".pf-notice")).to_be_hidden()


def test_messages_are_text_and_never_markup(lab: Lab) -> None:
    page = lab.live()
    sentence = 'The loss <img src=x onerror="window.hurt = 1"> grew.'
    lab.send(4, status="stopped", message=sentence)
    expect(page.locator(".pf-notice")).to_have_text(sentence)
    assert page.locator(".pf-notice img").count() == 0 and not page.evaluate("window.hurt")
    assert state(page)["status"] == "stopped"
