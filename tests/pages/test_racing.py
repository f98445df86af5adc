"""Scene 3 of "divergences" on its page: a row is chosen, trained, put aside; links open it."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest

from inn_core.problems import race
from inn_core.problems.sweeps import single
from inn_core.specs_critic import CriticSpec
from pages.shell import racing
from tests.pages.conftest import Open
from tests.pages.fakelab import FakeLab, info
from tests.pages.reading import button, stage

PAGE = "divergences"


def opened(visit: Open, scene: str = "race", **parameters: Any) -> AppTest:
    app = visit()
    app.switch_page(f"{PAGE}.py")
    app.query_params.update(parameters)
    app.session_state[f"{PAGE}.stage"] = {"scene": scene}
    return app.run()


def menu(app: AppTest, name: str) -> Any:
    return app.get_by_key(f"{racing.KEY}.{name}")


def keys(app: AppTest) -> set[str]:
    return {box.key.removeprefix(f"{racing.KEY}.") for box in app.selectbox if box.key}


def test_menus_stand_above_the_race_only_and_ask_what_a_loss_needs(visit: Open) -> None:
    assert not keys(opened(visit, "critic"))
    app = opened(visit)
    assert keys(app) == {*racing.MENUS, *racing.CRITIC}
    menu(app, "loss").select("nll").run()
    assert keys(app) == {"architecture", "loss"}
    menu(app, "loss").select("js").run()
    assert keys(app) == {*racing.MENUS, *racing.CRITIC}


def test_what_is_chosen_trains_beside_the_recorded_rows(visit: Open, lab: FakeLab) -> None:
    app = opened(visit)
    assert stage(app)["options"]["race"] == {"file": racing.FILE}
    for name, value in (
        ("architecture", "residual"), ("loss", "js"), ("direction", "backward"),
        ("steps", 5), ("objective", "trick"), ("lr", 1e-4), ("clip", 50.0),
    ):  # fmt: skip
        menu(app, name).select(value).run()
    button(app, "Train five seeds").click().run()
    critic = CriticSpec(lr=race.CRITIC.lr, steps=5, objective="trick")
    expected = race.spec_of(race.row("residual", "js", "backward"), 0, critic, 1e-4, 50.0)
    started: Any = lab.started[-1][0]
    assert started == expected
    told = stage(app)
    assert told["options"]["live"] == "race" and told["owner"] == "viewer1.secret"
    button(app, "Recorded rows").click().run()
    assert stage(app)["run"] is None


def test_a_link_to_a_row_opens_the_race_with_its_menus(visit: Open, lab: FakeLab) -> None:
    spec = race.spec_of(race.row("residual", "nll", ""))
    lab.runs["seen"] = info("seen", spec)
    app = opened(visit, run="seen")
    assert stage(app)["options"]["scene"] == stage(app)["options"]["live"] == "race"
    assert menu(app, "architecture").value == "residual" and menu(app, "loss").value == "nll"


def test_another_run_of_the_arm_is_none_of_its_rows() -> None:
    assert racing.shows(race.spec_of(race.row("affine", "gan", "forward"), 3))
    assert not racing.shows(single("kinematics"))


def test_the_reveal_is_what_was_recorded() -> None:
    told = racing.measured()
    assert float(told["nll"]) < float(told["best"])
