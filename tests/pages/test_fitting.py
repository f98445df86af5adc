"""Fits to maps on a page: what is chosen trains, the stage is told, and links say it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from inn_core.diffeos import presets
from inn_core.diffeos.warp import NUMBERS
from inn_core.specs import RunSpec
from inn_core.specs_map import MapSpec
from pages.shell import fitting, leaving, watch
from pages.shell.pretrained import FOLDER
from pages.shell.words import Words
from tests.pages.conftest import Open
from tests.pages.fakelab import FakeLab, info
from tests.pages.reading import button, sentences, stage

PAGE = "universality"
BENT = (0.0,) * (NUMBERS - 2) + (0.1, -0.1)


def opened(visit: Open, **parameters: Any) -> AppTest:
    app = visit()
    app.switch_page(f"{PAGE}.py")
    app.query_params.update(parameters)
    app.session_state[f"{PAGE}.stage"] = {"scene": "fit"}
    return app.run()


def fit(app: AppTest) -> dict[str, Any]:
    return dict(stage(app)["options"]["fit"])


def menu(app: AppTest, name: str) -> Any:
    return app.get_by_key(f"{PAGE}.fit.{name}")


def test_every_recorded_fit_is_a_shipped_file() -> None:
    assert set(fitting.RECORDED.values()) == set(presets.SHIPPED)
    assert all((FOLDER / f"{name}.map").is_file() for name in presets.SHIPPED)


def test_what_is_chosen_is_shown_and_trained(visit: Open, lab: FakeLab) -> None:
    app = opened(visit)
    assert not app.exception and fit(app)["show"] == "sweep" and fit(app)["hello"] is None
    menu(app, "what").select("spline").run()
    assert fit(app)["show"] == "spline"
    menu(app, "diffeo").select("swirl").run()
    assert fit(app)["show"] is None and fit(app)["hello"]["spec"]["diffeo"] == "swirl"
    menu(app, "term").select("sup").run()
    menu(app, "depth").select(4).run()
    button(app, "Train").click().run()
    spec: Any = lab.started[-1][0]
    weighted = replace(presets.single("swirl", "spline"), l2=0.0, sup=1.0)
    flow = replace(weighted.flow, layers=4)
    assert (
        spec == replace(weighted, flow=flow, depth=(4,)) and stage(app)["owner"] == "viewer1.secret"
    )
    for name, value in {
        "diffeo": "swirl",
        "what": "spline",
        "term": "sup",
        "depth": "4",
        "seed": "0",
    }.items():
        assert "".join(app.query_params[name]) == value
    button(app, "Back to the recorded fits").click().run()
    assert stage(app)["run"] is None


def test_a_warp_from_the_hand_is_trained_and_one_that_folds_is_a_sentence(
    visit: Open, lab: FakeLab
) -> None:
    app = opened(visit, diffeo="warp", what="affine")
    assert fit(app)["hello"]["spec"]["diffeo"] == "warp"
    app.session_state[f"{PAGE}.stage"] = {"scene": "fit", "warp": {"numbers": list(BENT)}}
    app.run()
    button(app, "Train").click().run()
    spec: Any = lab.started[-1][0]
    assert spec.warp == BENT and fit(app)["hello"]["spec"]["warp"] == []
    app.session_state[f"{PAGE}.stage"] = {
        "scene": "fit",
        "warp": {"numbers": [0.9, 0.0] * 12 + [-0.9, 0.0] * 13},
    }
    app.run()
    button(app, "Train").click().run()
    assert any("folds near" in text for text in sentences(app)) and len(lab.started) == 1
    app.session_state[f"{PAGE}.stage"] = {"scene": "fit", "warp": {"numbers": ["x"]}}
    app.run()
    button(app, "Train").click().run()
    assert not app.exception and len(lab.started) == 1


def test_a_recorded_fit_that_the_stage_asks_for_takes_the_runs_place(visit: Open) -> None:
    app = opened(visit, diffeo="fold", what="affine")
    button(app, "Train").click().run()
    app.session_state[f"{PAGE}.stage"] = {
        "scene": "fit",
        "recorded": {"name": "reflection", "at": 3},
    }
    app.run()
    assert stage(app)["run"] is None and fit(app)["show"] == "reflection"
    assert menu(app, "diffeo").value == "reflection"


def test_a_link_opens_the_run_and_its_settings(visit: Open, lab: FakeLab) -> None:
    spec: Any = replace(presets.single("square", "spline"), l2=0.0, lp=1.0, seed=7)
    lab.runs["theirs"] = info("theirs", spec)
    app = opened(visit, run="theirs")
    assert stage(app)["run"] == "theirs" and stage(app)["owner"] is None
    assert [menu(app, n).value for n in ("diffeo", "what", "term")] == ["square", "spline", "lp"]


@pytest.mark.parametrize(
    ("asked", "says"),
    [({"diffeo": "knot"}, "diffeo is 'knot'"), ({"what": "x"}, "what is 'x'"), ({"run": "no"}, "")],
)
def test_a_wrong_link_is_a_sentence(visit: Open, asked: dict[str, str], says: str) -> None:
    app = opened(visit, **asked)
    assert not app.exception and any(says in text for text in sentences(app))
    assert fit(app)["show"] == "sweep"


def test_a_run_that_is_gone_is_trained_again(visit: Open, lab: FakeLab) -> None:
    app = opened(visit, run="gone", seed="5", diffeo="swirl", what="affine")
    assert not app.exception
    spec: Any = lab.started[-1][0]
    assert isinstance(spec, MapSpec) and (spec.seed, spec.diffeo) == (5, "swirl")


def test_a_run_of_another_kind_is_a_sentence(visit: Open, lab: FakeLab) -> None:
    lab.runs["flow"] = info("flow", RunSpec())
    app = opened(visit, run="flow")
    assert stage(app)["run"] is None and len(sentences(app)) == 1


def test_files_of_the_recorded_fit_and_of_the_run_leave(visit: Open, lab: FakeLab) -> None:
    app = opened(visit, diffeo="reflection", what="affine")
    subject = leaving.fit_of(PAGE, app.session_state[f"{PAGE}.session"], "reflection-affine")
    hello, frames = subject.content()
    assert subject.name == "reflection-affine" and len(frames) > 10
    assert leaving.run(subject, Words("en")) == (FOLDER / "reflection-affine.map").read_bytes()
    table = leaving.curves(subject, Words("en")).decode().splitlines()
    assert len(table) == 1 + len(hello["history"])
    tickets = lab.adopt((FOLDER / "twist-affine.map").read_bytes())
    assert isinstance(lab.runs[tickets.viewer].spec, MapSpec)


def test_a_watcher_gets_the_scene_without_menus() -> None:
    what = watch.contents(info("theirs", presets.single("fold")), Words("en"))
    assert what["module"] == "lessons/universality.js" and "fit_f" in what["words"]
    assert watch.lesson_of(presets.sweep()) == "universality"
