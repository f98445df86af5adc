"""Arriving by a link: views go to the stage, lost runs are trained again, addresses stay."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from inn_core.specs import RunSpec
from inn_core.specs_inverse import InverseSpec
from pages.shell import stage as shell_stage
from pages.shell import tab
from tests.pages.conftest import ROOT, Open
from tests.pages.fakelab import FakeLab, info
from tests.pages.reading import button, sentences, share, stage
from tests.pages.test_links import token

LESSONS = (
    "pushforward", "change_of_variables", "coupling_layers", "latent_dimension", "prior_weight",
    "inverse_problems", "universality", "divergences",
)  # fmt: skip
VIEW = token({"depth": 2.5})


def said(app: AppTest, name: str) -> str:
    """A parameter of the address."""
    value = app.query_params[name]
    return value[-1] if isinstance(value, list) else str(value)


@pytest.fixture(autouse=True)
def _nothing_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tab, "_AGAIN", {})


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_lesson_hands_the_view_to_its_stage_once(visit: Open, lesson: str) -> None:
    app = visit(view=VIEW)
    app.switch_page(f"{lesson}.py").run()
    app.query_params["view"] = VIEW
    app.run()
    assert not app.exception
    data = stage(app)
    assert data["address"] is True and data["id"] == lesson
    if lesson == "pushforward":
        assert data["view"] == {"token": VIEW, "arrival": 1}
        assert said(app, "view") == VIEW  # nothing changed: the bar is the stage's


def test_a_view_that_cannot_be_read_is_a_sentence_and_a_working_page(visit: Open) -> None:
    app = visit(view="1.!!", target="pinwheel")
    assert [text for text in sentences(app) if "cannot be read" in text]
    assert stage(app)["view"]["token"] is None and not app.exception


def test_the_address_of_a_run_carries_its_spec_and_seed(visit: Open, lab: FakeLab) -> None:
    app = visit(target="pinwheel", layers="4")
    button(app, "Train").click().run()
    want = {"run": "viewer1", "target": "pinwheel", "layers": "4", "seed": "0"}
    assert {name: said(app, name) for name in want} == want
    kinds = share(app)["kinds"]
    assert kinds["run"] == "watch/viewer1?lang=en"
    assert kinds["picture"].startswith("?run=viewer1&") and "seed=0" in kinds["picture"]
    assert "run" not in kinds["settings"]


def test_a_lost_run_is_trained_again_and_the_page_says_so(visit: Open, lab: FakeLab) -> None:
    app = visit(run="lost", target="pinwheel", layers="4", seed="7", view=VIEW)
    assert [spec for spec, _ in lab.started] == [
        RunSpec().with_(target="pinwheel", layers=4, seed=7)
    ]
    assert [text for text in sentences(app) if "trained anew" in text and "seed 7" in text]
    assert stage(app)["run"] == "viewer1" and stage(app)["view"]["token"] == VIEW
    other = visit(run="lost", target="pinwheel", layers="4", seed="7")
    assert len(lab.started) == 1 and stage(other)["run"] == "viewer1"  # one run for the whole hall
    assert stage(other)["owner"] is None
    visit(run="lost", target="pinwheel", layers="4", seed="8")
    assert len(lab.started) == 2


def test_a_lost_run_without_its_seed_is_only_said(visit: Open, lab: FakeLab) -> None:
    app = visit(run="lost", target="pinwheel")
    assert not lab.started and [text for text in sentences(app) if "no longer kept" in text]


def test_a_lost_run_whose_settings_are_refused_is_not_trained(visit: Open, lab: FakeLab) -> None:
    app = visit(run="lost", layers="999", seed="7")
    assert not lab.started and [text for text in sentences(app) if "layers is 999" in text]


def test_a_full_lab_says_so(visit: Open, lab: FakeLab) -> None:
    lab.full = True
    app = visit(run="lost", seed="7")
    assert [text for text in sentences(app) if "Too many runs" in text] and not app.exception


def test_the_run_itself_wins_over_what_the_link_says_of_it(visit: Open, lab: FakeLab) -> None:
    lab.runs["here"] = info("here", RunSpec().with_(layers=3))
    app = visit(run="here", layers="12", seed="4")
    assert stage(app)["run"] == "here" and not lab.started
    assert said(app, "layers") == "3" and said(app, "seed") == "0"


@pytest.mark.parametrize("lesson", ["prior_weight", "latent_dimension", "inverse_problems"])
def test_sweeps_are_trained_again_too(visit: Open, lab: FakeLab, lesson: str) -> None:
    app = visit()
    app.switch_page(f"{lesson}.py")
    app.query_params.update({"run": "lost", "seed": "5"})
    app.run()
    started: list[Any] = [spec for spec, _ in lab.started]
    assert [(type(spec), spec.seed) for spec in started] == [(InverseSpec, 5)]
    assert stage(app)["run"] == "viewer1" and said(app, "seed") == "5"


def test_a_race_is_run_again(visit: Open, lab: FakeLab) -> None:
    app = visit()
    app.switch_page("coupling_layers.py")
    app.query_params.update({"run": "lost", "target": "banana", "layers": "2", "seed": "0"})
    app.run()
    assert [spec for spec, _ in lab.started] == [RunSpec().with_(target="banana", layers=2)]
    assert stage(app)["run"] == "viewer1"


def test_lost_runs_are_remembered_within_bounds(
    visit: Open, lab: FakeLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tab, "MOST_AGAIN", 3)
    for number in range(6):
        visit(run=f"lost{number}", seed="1")
    assert len(lab.started) == 6 and len(tab._AGAIN) <= 3


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"target": "zz"}, "target is 'zz'; it must be one of moons,"),
    ({"target": ""}, "target is ''; it must be one of moons,"),
    (
        {"target": ["moons", "banana"]},
        "The link sets 'target' 2 times; the last, 'banana', counts.",
    ),
    ({"hidden": "999999"}, "hidden"),
    ({"layers": "-3"}, "layers"),
    ({"layers": "💩"}, "layers"),
    ({"v": "1.\x00"}, "'v', which"),
    ({"view": "1.\x00"}, "The link's view '1.\\x00' cannot be read"),
    ({"view": "💩"}, "The link's view '💩' cannot be read"),
    ({"run": "zz"}, "no longer kept here"),
]
OF_DRAWINGS: list[tuple[dict[str, Any], str]] = [
    ({"hand": "AAAA"}, "The link's drawing was not read. The drawing is of version 'AAAA'"),
    ({"hand": "💩"}, "The link's drawing was not read. The drawing is of version '💩'"),
    ({"hand": ""}, "The link's drawing was not read. The drawing is of version ''"),
    ({"name": "zz"}, "name is 'zz'; it must be one of watch, kinds, best, draw."),
]
FLOWS, CURVES, DRAWINGS = LESSONS[:3]
ARRIVALS = [
    *((FLOWS, wrong, said) for wrong, said in WRONG),
    (FLOWS, {"start": "h1.AA"}, "The link's drawing was not read."),
    *((DRAWINGS, wrong, said) for wrong, said in WRONG + OF_DRAWINGS),
    *((CURVES, wrong, said) for wrong, said in WRONG if "view" in wrong),
    *(
        (CURVES, wrong, "which this lesson does not read")
        for wrong, _ in WRONG
        if "view" not in wrong
    ),
]


@pytest.mark.parametrize(("lesson", "wrong", "said"), ARRIVALS)
def test_a_wrong_address_opens_the_lesson_with_a_sentence(
    lab: FakeLab, lesson: str, wrong: dict[str, Any], said: str
) -> None:
    app = AppTest.from_file(str(ROOT / "pages" / f"{lesson}.py"), default_timeout=30)
    app.query_params.update(wrong)
    app.run()
    assert not app.exception
    assert stage(app)["id"] == lesson
    assert [text for text in sentences(app) if said in text], sentences(app)
    assert lab.started == []


def test_several_wrong_values_have_a_sentence_each(lab: FakeLab) -> None:
    app = AppTest.from_file(str(ROOT / "pages" / "coupling_layers.py"), default_timeout=30)
    app.query_params.update({"target": "zz", "hand": "AAAA"})
    app.run()
    assert [text.partition(" ")[0] for text in sentences(app)] == ["target", "The"]


def test_sentences_stay_while_only_the_stage_speaks(
    lab: FakeLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[str, Any] = {}
    monkeypatch.setattr(shell_stage, "said", lambda lesson: dict(told))
    app = AppTest.from_file(str(ROOT / "pages" / "coupling_layers.py"), default_timeout=30)
    app.query_params["target"] = "zz"
    app.run()
    (sentence,) = sentences(app)
    told["setup"] = {"layers": 2, "kind": "affine", "target": "moons"}
    assert sentences(app.run()) == [sentence]
    assert sentences(app.run()) == [], "the reader did something"


def test_a_link_in_an_address_is_no_link_on_the_page(visit: Open) -> None:
    app = visit(target="![a](http://a.b/c)")
    (warning,) = app.warning
    assert "](" not in warning.value and "![a](http://a.b/c)" in sentences(app)[0]
