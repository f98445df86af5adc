"""Scene 3 of "divergences": a row of the race, chosen in menus and trained from five seeds."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import streamlit as st

from inn_core.kinds import AnySpec
from inn_core.problems import race
from inn_core.specs import SpecError
from inn_core.specs_critic import OBJECTIVES, CriticSpec
from inn_core.specs_inverse import DIRECTIONS, InverseSpec
from pages.shell import tab
from pages.shell.words import Words

if TYPE_CHECKING:
    from pages.shell.diverging import Room

FILE = "pretrained/race.json"
KEY = "divergences.race"
#: Menus, what they offer, and where they stand at first; those of the critic are behind "More".
MENUS: dict[str, tuple[tuple[Any, ...], Any]] = {
    "architecture": (race.ARCHITECTURES, race.ARCHITECTURES[0]),
    "loss": (race.LOSSES, "kl"),
    "direction": (DIRECTIONS, DIRECTIONS[0]),
}
CRITIC: dict[str, tuple[tuple[Any, ...], Any]] = {
    "steps": ((1, 2, 5), race.CRITIC.steps),
    "critic_lr": ((2e-4, 1e-3, 3e-3), race.CRITIC.lr),
    "lr": ((1e-4, 3e-4, 1e-3), race.LR_AGAINST),
    "clamp": ((1.0, 4.0, 10.0), race.CRITIC.clamp),
    "clip": ((0.5, 5.0, 50.0), race.CLIP),
    "objective": (OBJECTIVES, race.CRITIC.objective),
}


def shows(spec: AnySpec) -> bool:
    """Whether a run is a row of the race."""
    return isinstance(spec, InverseSpec) and race.row_of(spec) is not None


def told(room: Room, words: Words) -> dict[str, Any]:
    """The recorded rows."""
    return {"file": FILE}


def adopt(room: Room, spec: AnySpec) -> None:
    """Set the menus as a run has them."""
    row = race.row_of(spec) if isinstance(spec, InverseSpec) else None
    if row is None or not isinstance(spec, InverseSpec):
        return
    values = {"architecture": row.architecture, "loss": row.loss}
    values |= {"direction": row.direction} if row.direction else {}
    for name, value in values.items():
        st.session_state[f"{KEY}.{name}"] = value


def chosen(name: str) -> Any:
    """What a menu says."""
    return st.session_state.get(f"{KEY}.{name}", (MENUS | CRITIC)[name][1])


def spec_of(seed: int = 0) -> InverseSpec:
    """The run of what is chosen; raises SpecError."""
    row = race.row(chosen("architecture"), chosen("loss"), chosen("direction"))
    critic = CriticSpec(
        steps=chosen("steps"), lr=chosen("critic_lr"), clamp=chosen("clamp"),
        objective=chosen("objective"),
    )  # fmt: skip
    lr = chosen("lr") if row.direction else race.LR
    return race.spec_of(row, seed, critic, lr, chosen("clip"))


def controls(room: Room, words: Words) -> None:
    """Draw the menus and buttons."""
    for name, (values, first) in (MENUS | CRITIC).items():
        if st.session_state.get(f"{KEY}.{name}") not in values:
            st.session_state[f"{KEY}.{name}"] = first
    alone = chosen("loss") in race.DIRECT
    for name, (values, _) in MENUS.items():
        if name != "direction" or not alone:
            menu(name, values, words, width=180)
    if not alone:
        with st.popover(words("divergences.race.more"), help=words("divergences.race.more_help")):
            for name, (values, _) in CRITIC.items():
                menu(name, values, words)
    with st.container(horizontal=True, width="content", key=f"{room.lesson}.go"):
        if st.button(
            words("divergences.race.train"),
            type="primary",
            help=words("divergences.race.train_help"),
        ):
            train(room)
        if room.viewer and st.button(
            words("divergences.race.shown"), help=words("divergences.race.shown_help")
        ):
            room.show(None)


def menu(name: str, values: tuple[Any, ...], words: Words, width: Any = "stretch") -> None:
    """One menu, whose values have names where they are no numbers."""

    def title(value: Any) -> str:
        return words(f"{KEY}.{name}_{value}") if isinstance(value, str) else f"{value:g}"

    st.selectbox(
        words(f"{KEY}.{name}"), values, key=f"{KEY}.{name}", format_func=title, width=width,
        help=words(f"{KEY}.{name}_help"),
    )  # fmt: skip


def train(room: Room) -> None:
    """Start what is chosen; a sentence if that cannot be."""
    try:
        tab.start(room, spec_of())
    except SpecError as error:
        room.notices.append(str(error))


@cache
def measured() -> dict[str, Any]:
    """What the recorded rows say of likelihood and critics, for the riddle's reveal."""
    import json

    from pages.shell.pretrained import FOLDER

    rows = json.loads((FOLDER / "race.json").read_text())["rows"]

    def end(key: str) -> float:
        l2 = rows[key]["shots"][-1][2]
        return float(sum(l2) / len(l2))

    critics = [key for key, row in rows.items() if row["direction"]]
    best = min(critics, key=end)
    return {"nll": f"{end('affine-nll'):.3f}", "best": f"{end(best):.3f}"}
