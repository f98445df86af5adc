"""What stands below the stage of the first lesson: formulas, task, charts, sources."""

from __future__ import annotations

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from inn_core.maps.codec import encode_frame
from inn_core.results import FlowMaps, LayerMap, Snapshot
from tests.pages.conftest import Open
from tests.pages.fakelab import FakeLab
from tests.pages.reading import button


def flat_frame() -> bytes:
    """A frame of a flow of one layer that does nothing."""
    knots = np.linspace(-4, 4, 17)
    layer = LayerMap("curves", "affine", 0, knots, np.zeros((2, 17)), (3.0,))
    snapshot = Snapshot(
        seq=3,
        step=40,
        lr=1e-3,
        batch=64,
        steps_per_s=100.0,
        round_trip=1e-6,
        maps=FlowMaps((layer,), (0.0, 0.0), 1.0),
        seconds=1.0,
        nll=2.5,
        train_nll=2.5,
        entropy=2.4,
        gap=0.1,
        gap_error=0.01,
    )
    return encode_frame(snapshot)


def open_part(app: AppTest, label: str) -> AppTest:
    app.session_state["pushforward.part"] = label
    return app.run()


def test_examine_draws_the_surface_and_the_losses_of_the_run(visit: Open, lab: FakeLab) -> None:
    lab.frame = flat_frame()
    app = visit(members="3")
    button(app, "Train").click().run()
    open_part(app, "Examine")
    assert not app.exception
    figure = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert figure["data"][0]["type"] == "surface"
    assert len(app.get("vega_lite_chart")) == 1
    assert any("Step 40" in caption.value for caption in app.caption)


def test_examine_without_a_snapshot_says_so(visit: Open, lab: FakeLab) -> None:
    app = visit()
    button(app, "Train").click().run()
    open_part(app, "Examine")
    assert not app.exception
    assert any("nothing to measure" in caption.value for caption in app.caption)


def test_the_prediction_is_measured_on_the_flow_of_the_stage(visit: Open, lab: FakeLab) -> None:
    lab.frame = flat_frame()
    app = visit(target="correlated")
    button(app, "Train").click().run()
    open_part(app, "Predict")
    assert not any("Measured on" in markdown.value for markdown in app.markdown)
    app.radio[0].set_value("same").run()
    assert not app.exception
    assert any("flow of step 40" in markdown.value for markdown in app.markdown)


@pytest.mark.parametrize("part", ["The idea", "Sources"])
@pytest.mark.parametrize("coupling", ["additive", "affine", "spline"])
def test_the_other_parts_draw(visit: Open, part: str, coupling: str) -> None:
    app = open_part(visit(coupling=coupling), part)
    assert not app.exception
    assert app.latex if part == "The idea" else any("arXiv" in m.value for m in app.markdown)
