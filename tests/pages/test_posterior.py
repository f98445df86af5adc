"""Scene 4 of "divergences" on its page: what the stage says is what trains."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from inn_core.problems.sweeps import LINE_WEIGHTS, line_sweep
from pages.shell import heavytails, posterior
from pages.shell.pretrained import FOLDER
from tests.pages.conftest import Open
from tests.pages.fakelab import FakeLab, info
from tests.pages.reading import button, sentences, stage

PAGE = "divergences"


def opened(visit: Open, said: dict[str, Any], **parameters: Any) -> AppTest:
    app = visit()
    app.switch_page(f"{PAGE}.py")
    app.query_params.update(parameters)
    app.session_state[f"{PAGE}.stage"] = {"scene": "posterior"} | said
    return app.run()


def test_what_is_shown_is_shipped() -> None:
    assert (FOLDER / heavytails.FILE).is_file()
    assert (FOLDER / posterior.FILE.removeprefix("pretrained/")).is_file()


def test_train_takes_prior_noise_and_weight_from_the_stage(visit: Open, lab: FakeLab) -> None:
    line = {"spread": 0.73, "noise": 1.21, "weight": 3.9811}
    app = opened(visit, {"line": line})
    assert not app.exception
    assert stage(app)["options"]["posterior"] == {"file": posterior.FILE}
    button(app, "Train INNs").click().run()
    weights = tuple(sorted({*LINE_WEIGHTS, 3.9811}))
    spec: Any = lab.started[-1][0]
    assert spec == line_sweep(0.73, 1.21, weights, 0)
    assert stage(app)["options"]["live"] == "posterior" and stage(app)["run"] == "viewer1"
    button(app, "Recorded INNs").click().run()
    assert stage(app)["run"] is None


@pytest.mark.parametrize(
    "line", [None, 3, {"spread": "wide", "noise": 1e9, "weight": -4}, {"other": 1}]
)
def test_what_no_slider_can_say_is_left_at_its_limits(visit: Open, lab: FakeLab, line: Any) -> None:
    app = opened(visit, {"line": line})
    button(app, "Train INNs").click().run()
    spec: Any = lab.started[-1][0]
    wild = isinstance(line, dict) and "noise" in line
    assert dict(spec.setting) == {"spread": 1.0, "noise": 2.0 if wild else 0.5}
    assert spec.prior_weight == LINE_WEIGHTS


def test_a_link_to_a_run_on_the_line_opens_its_scene(visit: Open, lab: FakeLab) -> None:
    lab.runs["abc"] = info("abc", spec=line_sweep(1.0, 0.5, (0.0, 1.0), 0))
    app = visit()
    app.switch_page(f"{PAGE}.py")
    app.query_params["run"] = "abc"
    app.run()
    assert stage(app)["options"]["scene"] == "posterior" == stage(app)["options"]["live"]
    assert stage(app)["run"] == "abc" and not sentences(app)
