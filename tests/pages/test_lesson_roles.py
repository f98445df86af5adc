"""Who may do what: owners, viewers, and who comes back after a reload; in any language."""

from __future__ import annotations

from typing import Any

import pytest

from inn_core.specs import RunSpec
from pages.shell import tab
from tests.pages.conftest import Open
from tests.pages.fakelab import FakeLab, info
from tests.pages.reading import button, control, sentences, stage


def test_a_viewer_sees_the_run_and_can_change_nothing(visit: Open, lab: FakeLab) -> None:
    lab.runs["theirs"] = info("theirs", RunSpec().with_(layers=5, lr=0.005))
    app = visit(run="theirs")
    assert not app.exception
    assert (stage(app)["run"], stage(app)["owner"]) == ("theirs", None)
    assert button(app, "Train").disabled and not any("watching" in c.value for c in app.caption)
    app.session_state["pushforward.stage"] = {"owner": {"run": "theirs", "owner": None}}
    app.run()
    assert control(app, "layers").value == 5
    assert control(app, "lr").value == 0.005
    widgets = [*app.selectbox, *app.slider, *app.select_slider, *app.number_input, *app.toggle]
    own = [
        widget for widget in widgets if ".export" not in str(widget.key)
    ]  # anybody may take a film
    assert own and all(widget.disabled for widget in own)
    assert [b.label for b in app.button if b.label in ("Train", "Reset", "New seed")] == []
    assert any("You are watching" in caption.value for caption in app.caption)
    app.session_state["pushforward.layers"] = 9
    app.run()
    assert lab.started == [] and lab.asked == []
    button(app, "Fork").click().run()
    assert lab.started == [(RunSpec().with_(layers=5, lr=0.005), None)]
    assert stage(app)["owner"] == "viewer1.secret"
    assert not control(app, "layers").disabled


def test_a_browser_that_never_answers_only_watches(
    visit: Open, lab: FakeLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tab, "PATIENCE_S", 0.0)
    lab.runs["theirs"] = info("theirs", RunSpec())
    app = visit(run="theirs")
    assert any("You are watching" in caption.value for caption in app.caption)
    assert not button(app, "Fork").disabled


@pytest.mark.parametrize(
    ("found", "mine"),
    [
        ({"run": "theirs", "owner": "theirs.secret"}, True),
        ({"run": "theirs", "owner": "guess"}, False),
        ({"run": "other", "owner": "theirs.secret"}, False),
        ({"run": "theirs", "owner": None}, False),
        ("theirs.secret", False),
    ],
)
def test_only_the_right_token_from_the_browser_gives_the_run_back(
    visit: Open, lab: FakeLab, found: Any, mine: bool
) -> None:
    lab.runs["theirs"] = info("theirs", RunSpec())
    app = visit(run="theirs")
    app.session_state["pushforward.stage"] = {"owner": found}
    app.run()
    assert (stage(app)["owner"] == "theirs.secret") is mine
    assert control(app, "layers").disabled is not mine


def test_it_speaks_japanese(visit: Open) -> None:
    app = visit(lang="ja")
    assert not app.exception
    assert control(app, "target").label == "目標分布"
    assert stage(app)["words"]["data_room"] == "データ空間"
    assert "二つの三日月" in control(app, "target").options
    assert app.query_params["lang"] == "ja"


def test_changing_the_language_keeps_everything_else(visit: Open, lab: FakeLab) -> None:
    app = visit()
    control(app, "layers").set_value(3).run()
    control_of_language: Any = app.get_by_key("lang")
    control_of_language.set_value("ja").run()
    assert not app.exception
    assert control(app, "layers").value == 3
    assert control(app, "target").proto.raw_value == "二つの三日月"
    assert control(app, "target").proto.set_value
    app.run()
    assert sentences(app) == []
    assert len(lab.started) == 1
