"""Scene 5 of "universality" on its page: a volume-preserving flow trains against its bound."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from inn_core.targets import keeping
from tests.pages.conftest import Open
from tests.pages.fakelab import FakeLab, info
from tests.pages.reading import button, stage

PAGE = "universality"


def opened(visit: Open, scene: str | None = "limits", **parameters: Any) -> AppTest:
    app = visit()
    app.switch_page(f"{PAGE}.py")
    app.query_params.update(parameters)
    if scene:
        app.session_state[f"{PAGE}.stage"] = {"scene": scene}
    return app.run()


@pytest.mark.parametrize(
    ("scene", "menus"),
    [(None, []), ("pieces", []), ("law", []), ("proof", []), ("limits", ["kept.target"]),
     ("fit", ["fit.diffeo", "fit.what", "fit.term"])],
)  # fmt: skip
def test_menus_stand_above_their_own_scene_only(
    visit: Open, scene: str | None, menus: list[str]
) -> None:
    app = opened(visit, scene)
    keys = [box.key.removeprefix(f"{PAGE}.") for box in app.selectbox if box.key]
    assert [key for key in keys if key.startswith(("fit.", "kept."))] == menus
    assert any(one.label == "Train" for one in app.button) == bool(menus)
    assert stage(app)["options"]["shown"] == (scene or "pieces")


def test_what_is_chosen_trains_and_its_link_opens_it(visit: Open, lab: FakeLab) -> None:
    app = opened(visit)
    menu: Any = app.get_by_key(f"{PAGE}.kept.target")
    menu.select("moons").run()
    assert stage(app)["options"]["kept"] == "moons"
    button(app, "Train").click().run()
    assert lab.started[-1][0] == keeping.volume("moons")
    told = stage(app)
    assert told["options"]["live"] == "limits" and told["owner"] == "viewer1.secret"
    assert "".join(app.query_params["kept"]) == "moons"
    app.session_state[f"{PAGE}.stage"] = {"scene": "fit"}
    assert stage(app.run())["options"]["live"] == "limits", "it is no fit while one looks at fits"
    app.session_state[f"{PAGE}.stage"] = {"scene": "limits"}
    app.run()
    button(app, "Back to the shipped runs").click().run()
    assert stage(app)["run"] is None and stage(app)["options"]["live"] == "fit"


def test_a_link_to_a_run_opens_its_scene(visit: Open, lab: FakeLab) -> None:
    lab.runs["theirs"] = info("theirs", keeping.volume("checkerboard", seed=3))
    app = opened(visit, None, run="theirs")
    told = stage(app)
    assert told["run"] == "theirs" and told["options"]["shown"] == "limits"


def test_a_run_that_is_gone_is_trained_again(visit: Open, lab: FakeLab) -> None:
    app = opened(visit, None, run="gone", seed="5", kept="moons")
    assert not app.exception and lab.started[-1][0] == keeping.volume("moons", seed=5)
