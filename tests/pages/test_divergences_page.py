"""The lesson "divergences" on its page: what its scenes train, and what they are told."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from inn_core.specs import RunSpec
from inn_core.targets.compared import contest
from pages.shell import diverging, heavytails, watch
from tests.pages.conftest import Open
from tests.pages.fakelab import FakeLab, info
from tests.pages.reading import button, sentences, stage

PAGE = "divergences"


def opened(visit: Open, said: dict[str, Any], **parameters: Any) -> AppTest:
    app = visit()
    app.switch_page(f"{PAGE}.py")
    app.query_params.update(parameters)
    app.session_state[f"{PAGE}.stage"] = said
    return app.run()


@pytest.mark.parametrize(
    ("said", "shape"), [({}, None), ({"shape": 1.26}, 1.26), ({"shape": 9}, 4.0)]
)
def test_train_takes_the_hills_of_the_stage(
    visit: Open, lab: FakeLab, said: dict[str, Any], shape: float | None
) -> None:
    app = opened(visit, {"scene": "hills", "hills": said} if said else {"scene": "hills"})
    button(app, "Train").click().run()
    trained: Any = lab.started[-1][0]
    assert trained == contest(shape=shape)
    told = stage(app)
    assert told["run"] == "viewer1" and told["options"]["live"] == "hills"
    assert "".join(app.query_params["run"]) == "viewer1"
    button(app, "Recorded flows").click().run()
    assert stage(app)["run"] is None and stage(app)["options"]["live"] is None


def test_a_link_to_a_run_opens_its_scene_and_other_kinds_are_refused(
    visit: Open, lab: FakeLab
) -> None:
    lab.runs["theirs"] = info("theirs", contest())
    app = opened(visit, {}, run="theirs")
    assert stage(app)["run"] == "theirs" and stage(app)["options"]["scene"] == "hills"
    lab.runs["other"] = info("other", RunSpec())
    assert watch.lesson_of(contest()) == PAGE and watch.lesson_of(RunSpec()) == "pushforward"


def test_a_run_of_another_kind_is_a_sentence(visit: Open, lab: FakeLab) -> None:
    lab.runs["other"] = info("other", RunSpec())
    app = opened(visit, {}, run="other")
    assert stage(app)["run"] is None and sentences(app)


@pytest.mark.parametrize("scene", diverging.SCENES)
def test_every_scene_has_its_question(visit: Open, scene: str) -> None:
    app = opened(visit, {"scene": scene})
    assert not app.exception
    (radio,) = app.radio
    assert len(radio.options) >= 3
    skip = button(app, "Show me without a guess")
    skip.click().run()
    assert not app.exception


def test_what_the_riddle_on_tails_reveals_was_counted() -> None:
    told = {name: float(text.replace(",", "")) for name, text in heavytails.counted().items()}
    for alpha, end, rare in ((1, "", 1e-4), (5, "5", 1e-5)):
        share = (1 + told[f"x{end}"]) ** -alpha
        assert 0.6 < share / rare < 1.7, "the place that the question names"
        assert told[f"expected{end}"] == pytest.approx(told["count"] * share, abs=1)
    assert told["normal"] == 0, "as the riddle's right answer says"
    assert abs(told["student"] - told["expected"]) < 3 * told["expected"] ** 0.5
    assert told["normal5"] > 2 * told["expected5"]
