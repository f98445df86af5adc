"""The first lesson as its reader meets it: what buttons and controls make the lab do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inn_core.specs import RunSpec
from pages.shell import pretrained
from tests.pages.conftest import Open
from tests.pages.fakelab import FakeLab
from tests.pages.reading import button, control, sentences, stage


def test_it_opens_with_a_title_one_stage_and_no_error(visit: Open) -> None:
    app = visit()
    assert not app.exception
    assert app.title[0].value == "Pushforward"
    data = stage(app)
    assert (data["id"], data["run"], data["owner"]) == ("pushforward", None, None)
    assert data["words"]["latent_room"] == "Latent room"


def test_four_controls_show_and_the_rest_waits(visit: Open) -> None:
    app = visit()
    row = app.container(key="pushforward.controls")
    shown = [row.selectbox[0], row.selectbox[1], row.slider[0], row.select_slider[0]]
    assert [c.label for c in shown] == ["Target", "Kind of layer", "Layers", "Learning rate"]
    inside = app.get("popover")
    assert {"Width", "Batch", "Seed"} <= {w.label for p in inside for w in _widgets(p)}


def _widgets(block: Any) -> list[Any]:
    return [*block.select_slider, *block.slider, *block.number_input, *block.selectbox]


def test_train_starts_the_run_that_the_controls_say(visit: Open, lab: FakeLab) -> None:
    app = visit()
    button(app, "Train").click().run()
    assert lab.started == [(RunSpec(), None)]
    data = stage(app)
    assert (data["run"], data["owner"], data["pretrained"]) == ("viewer1", "viewer1.secret", None)
    assert app.query_params["run"] == "viewer1"
    assert "secret" not in json.dumps(dict(app.query_params))


def test_settings_in_the_link_reach_the_controls_and_the_run(visit: Open, lab: FakeLab) -> None:
    app = visit(target="checkerboard", layers="4", hidden="32,32", lr="0.0007")
    assert control(app, "layers").value == 4
    assert control(app, "width").value == 32
    assert control(app, "lr").value == 0.0007
    button(app, "Train").click().run()
    wanted = RunSpec().with_(target="checkerboard", layers=4, hidden=(32, 32), lr=0.0007)
    assert lab.started[0][0] == wanted


def test_changing_the_architecture_forks_while_a_run_is_there(visit: Open, lab: FakeLab) -> None:
    app = visit()
    button(app, "Train").click().run()
    control(app, "layers").set_value(3).run()
    assert lab.started[1] == (RunSpec().with_(layers=3), "viewer1.secret")
    assert stage(app)["run"] == "viewer2"
    assert app.query_params["run"] == "viewer2"


def test_learning_rate_and_batch_change_the_run_itself(visit: Open, lab: FakeLab) -> None:
    app = visit()
    button(app, "Train").click().run()
    control(app, "lr").set_value(0.01).run()
    control(app, "batch").set_value(64).run()
    assert lab.asked == [("viewer1", "set", {"lr": 0.01}), ("viewer1", "set", {"batch": 64})]
    assert len(lab.started) == 1


def test_a_learning_rate_for_a_finished_run_waits_for_train(visit: Open, lab: FakeLab) -> None:
    app = visit()
    button(app, "Train").click().run()
    lab.becomes("viewer1", "done")
    control(app, "lr").set_value(0.01).run()
    assert lab.asked == []
    button(app, "Train").click().run()
    assert lab.asked == [("viewer1", "continue", {}), ("viewer1", "set", {"lr": 0.01})]


def test_train_lets_a_paused_run_go_on(visit: Open, lab: FakeLab) -> None:
    app = visit()
    button(app, "Train").click().run()
    lab.becomes("viewer1", "paused")
    button(app, "Train").click().run()
    assert lab.asked == [("viewer1", "play", {})]
    assert len(lab.started) == 1


def test_train_starts_a_stopped_run_afresh(visit: Open, lab: FakeLab) -> None:
    app = visit()
    button(app, "Train").click().run()
    lab.becomes("viewer1", "stopped")
    button(app, "Train").click().run()
    assert lab.started[1] == (RunSpec(), "viewer1.secret")


def test_reset_keeps_the_seed_and_new_seed_does_not(visit: Open, lab: FakeLab) -> None:
    app = visit(seed="5")
    assert button(app, "Reset").disabled
    button(app, "Train").click().run()
    button(app, "Reset").click().run()
    assert [spec.seed for spec, _ in lab.started] == [5, 5]
    button(app, "New seed").click().run()
    assert len(lab.started) == 3
    assert lab.started[2][0].seed != 5
    assert control(app, "seed").value == lab.started[2][0].seed
    assert lab.started[2][1] == "viewer2.secret"


def test_while_idle_a_change_shows_the_pretrained_run_if_there_is_one(
    visit: Open, lab: FakeLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pretrained, "shows", lambda spec: spec.target == "rings")
    app = visit()
    control(app, "target").set_value("rings").run()
    assert lab.started == []
    assert app.query_params["target"] == "rings"
    control(app, "layers").set_value(2).run()
    assert lab.started == []
    control(app, "target").set_value("moons").run()
    assert [spec.target for spec, _ in lab.started] == ["moons"]


def test_opening_a_link_never_starts_a_run_by_itself(visit: Open, lab: FakeLab) -> None:
    visit(target="pinwheel", layers="13")
    assert lab.started == []


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"layers": "1000000"}, "layers is 1000000; it must be a whole number between 1 and 32."),
        ({"layers": "many"}, "layers is 'many'; it must be a whole number"),
        ({"lr": "-1"}, "lr is -1; it must be a number between"),
        ({"lr": "nan"}, "lr is nan; it must be a number between"),
        ({"hidden": "0"}, "hidden is 0; it must be a whole number between 1 and 256."),
        ({"target": "moon"}, "target is 'moon'; it must be one of moons,"),
        ({"actnorm": "perhaps"}, "actnorm is 'perhaps'; it must be true or false."),
        ({"layer": "4"}, "'layer', which is no setting here; did you mean layers?"),
        ({"spec": "v9.abc"}, "This link is of version 'v9'"),
        ({"spec": "v1.!!!"}, "This link is damaged"),
        ({"run": "nobody"}, "no longer kept here"),
    ],
)
def test_a_bad_link_gives_a_sentence_and_a_working_page(
    visit: Open, lab: FakeLab, parameters: dict[str, str], said: str
) -> None:
    app = visit(**parameters)
    assert not app.exception
    assert len(sentences(app)) == 1
    assert said in sentences(app)[0]
    button(app, "Train").click().run()
    assert lab.started == [(RunSpec(), None)]
    assert sentences(app) == []


def test_a_full_lab_says_so(visit: Open, lab: FakeLab) -> None:
    lab.full = True
    app = visit()
    button(app, "Train").click().run()
    assert sentences(app) == ["Too many runs are waiting already; try again in a minute."]
    assert stage(app)["run"] is None
