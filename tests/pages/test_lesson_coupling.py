"""The lesson where flows are drawn: what links and the stage may say, and what the lab is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from inn_core import registry
from inn_core.maps import handmade, runfile
from inn_core.specs import FlowSpec, RunSpec
from pages.shell import drawn, hand, session
from tests.pages.fakelab import FakeLab
from tests.pages.reading import button, sentences, stage

PAGE = Path(__file__).resolve().parents[2] / "pages" / "coupling_layers.py"
U = np.linspace(-handmade.EDGE, handmade.EDGE, handmade.KNOTS)
DRAWING = handmade.Drawing((handmade.DrawnLayer(1, -0.6 * (U**2 - 1)),), (0.0, 0.635, 0.0, 0.0))
TOKEN = handmade.to_token(DRAWING)
DRAWING = handmade.from_token(TOKEN)
OTHER = handmade.to_token(handmade.Drawing((handmade.DrawnLayer(1, 0.5 * U),)))


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the stage has told the page, by name."""
    told: dict[str, Any] = {}
    monkeypatch.setattr(hand, "told_by_stage", lambda name: dict(told.get(name) or {}))
    return told


def visit(**parameters: str) -> AppTest:
    app = AppTest.from_file(str(PAGE), default_timeout=30)
    app.query_params.update(parameters)
    return app.run()


def test_it_opens_with_every_kind_of_the_registry(lab: FakeLab) -> None:
    app = visit()
    assert not app.exception
    data = stage(app)
    options = data["options"]
    assert (data["id"], data["run"], options["target"]["name"]) == (
        "coupling_layers",
        None,
        "moons",
    )
    assert [kind["name"] for kind in options["kinds"]] == list(registry.COUPLINGS)
    assert {kind["name"] for kind in options["kinds"] if kind["drawable"]} == {"additive", "affine"}
    assert options["task"] == drawn.TASKS["moons"]
    assert options["best"] is None
    assert data["words"]["view_draw"] == "Draw it by hand"


def test_a_link_opens_the_drawing_with_its_score(lab: FakeLab) -> None:
    app = visit(target="banana", hand=TOKEN)
    options = stage(app)["options"]
    assert (options["drawing"], options["view"]) == (TOKEN, "draw")
    assert abs(options["saved"]["gap"]) < 0.01
    assert app.query_params["hand"] == TOKEN
    assert any(TOKEN in code.value for code in app.code)


@pytest.mark.parametrize("damaged", ["h1.AQH", "x", TOKEN + "AAAA", "h1." + "A" * 9000])
def test_a_damaged_link_leaves_a_sentence_and_a_page(lab: FakeLab, damaged: str) -> None:
    app = visit(target="banana", hand=damaged)
    assert not app.exception
    (sentence,) = sentences(app)
    assert sentence.startswith("The link's drawing was not read. ")
    assert stage(app)["options"]["drawing"] is None
    assert "hand" not in app.query_params


def test_an_unknown_target_leaves_a_sentence(lab: FakeLab) -> None:
    app = visit(target="atlantis")
    (sentence,) = sentences(app)
    assert "atlantis" in sentence
    assert stage(app)["options"]["target"]["name"] == "moons"


def test_saving_measures_and_links(lab: FakeLab, said: dict[str, Any]) -> None:
    app = visit(target="banana")
    said["drawing"] = {"token": TOKEN, "target": "banana"}
    app.run()
    assert stage(app)["options"]["saved"]["token"] == TOKEN
    assert app.query_params["hand"] == TOKEN
    said["drawing"] = {"token": "h1.AQH", "target": "banana"}
    app.run()
    assert "cut off" in stage(app)["options"]["saved"]["refused"]
    said["drawing"] = {"token": TOKEN, "target": "moons"}  # left over from another target
    app.run()
    assert not app.exception


def test_a_saved_drawing_is_a_run_of_the_lab(lab: FakeLab, said: dict[str, Any]) -> None:
    app = visit(target="banana")
    assert lab.runs == {}
    said["drawing"] = {"token": TOKEN, "target": "banana", "wish": "keep", "at": 1}
    app.run()
    app.run()
    ((viewer, kept),) = lab.runs.items()
    assert kept.spec == handmade.spec_of(DRAWING, "banana")
    room = app.session_state[f"{hand.LESSON}.session"]
    assert room.owners == {viewer: f"{viewer}.secret"}
    assert stage(app)["run"] is None, "nothing races the hand"
    lab.full = True
    said["drawing"] = {"token": OTHER, "target": "banana", "wish": "keep", "at": 2}
    app.run()
    assert "Too many runs" in sentences(app)[0]
    assert stage(app)["options"]["saved"]["token"] == OTHER, "it has its score and its link"


def test_training_goes_on_from_a_drawing(lab: FakeLab, said: dict[str, Any]) -> None:
    app = visit(target="banana")
    said["drawing"] = {"token": TOKEN, "target": "banana", "wish": "train", "at": 1}
    app.run()
    app.run()
    (started,) = lab.started
    assert started[0] == handmade.spec_of(DRAWING, "banana")
    assert stage(app)["run"] == "viewer1"
    said["drawing"] = {"token": TOKEN, "target": "banana", "wish": "train", "at": 2}
    app.run()
    assert len(lab.started) == 2, "asked again, it starts again"
    button(app, "Train on from here").click().run()
    assert lab.started[-1][0].start == TOKEN


def test_a_drawing_opens_in_the_lesson_on_flows_as_ours(lab: FakeLab) -> None:
    room = hand.Room(hand.LESSON, target="banana", hand=TOKEN)
    assert hand.open_elsewhere(room)
    (there,) = [v for v in st.session_state.values() if isinstance(v, session.Session)]
    assert (there.lesson, there.spec) == (hand.MAIN, handmade.spec_of(DRAWING, "banana"))
    assert there.owner == f"{there.viewer}.secret" and not there.watching
    session.train(there)
    assert lab.asked == [(there.viewer, "continue", {})]
    lab.full = True
    assert not hand.open_elsewhere(hand.Room(hand.LESSON, target="moons", hand=TOKEN))


def test_the_file_is_a_run(lab: FakeLab) -> None:
    hello, frames = runfile.load(drawn.run_file(TOKEN, "banana"))
    assert (hello["target"]["name"], len(frames)) == ("banana", 1)


def test_train_races_with_as_many_layers_of_the_same_kind(
    lab: FakeLab, said: dict[str, Any]
) -> None:
    app = visit(target="banana")
    button(app, "Train against my hand").click().run()
    wanted = RunSpec(target="banana", flow=FlowSpec(coupling="additive", layers=1))
    assert lab.started[-1][0] == wanted
    assert (stage(app)["run"], app.query_params["run"]) == ("viewer1", "viewer1")
    said["setup"] = {"layers": 3, "kind": "affine", "target": "banana"}
    button(app, "Train against my hand").click().run()
    wanted = RunSpec(target="banana", flow=FlowSpec(coupling="affine", layers=3))
    assert lab.started[-1][0] == wanted


@pytest.mark.parametrize(
    ("setup", "says"),
    [
        ({"layers": 10**6, "kind": "affine"}, "layers"),
        ({"layers": "many", "kind": "affine"}, "layers"),
        ({"layers": 1, "kind": "magic"}, "coupling"),
        ({}, "layers"),
    ],
)
def test_a_stage_that_lies_starts_nothing(
    lab: FakeLab, said: dict[str, Any], setup: dict[str, Any], says: str
) -> None:
    app = visit(target="banana")
    said["setup"] = {**setup, "target": "banana"}
    button(app, "Train against my hand").click().run()
    assert lab.started == []
    assert says in sentences(app)[0]


def test_another_target_has_its_own_drawing_and_race(lab: FakeLab) -> None:
    app = visit(target="banana", hand=TOKEN)
    target: Any = app.get_by_key(hand.TARGET_KEY)
    target.set_value("rings").run()
    options = stage(app)["options"]
    assert (options["target"]["name"], options["drawing"]) == ("rings", None)
    assert set(app.query_params) == {"target"}
    assert options["task"] == drawn.FREE


def test_the_best_layers_are_computed_when_asked_for(lab: FakeLab, said: dict[str, Any]) -> None:
    app = visit(target="banana")
    said["view"] = {"name": "best"}
    best = stage(app.run())["options"]["best"]
    assert best["alternate"]["active"] == [1, 0, 1, 0, 1, 0]
    assert best["same"]["active"] == [1, 1, 1]
    assert best["alternate"]["blocks"][0][0] == pytest.approx(0.6365, abs=1e-3)
