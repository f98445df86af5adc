"""Scene 1 of "divergences": flows of four depths by four losses, trained on the stage's hills."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from inn_core.kinds import AnySpec
from inn_core.specs import SpecError
from inn_core.specs_divergence import DivergenceSpec
from inn_core.targets.compared import SHIPPED, contest
from inn_core.targets.families import Hills
from pages.shell import pretrained, stage, tab
from pages.shell.words import Words

if TYPE_CHECKING:
    from pages.shell.diverging import Room

#: The recorded run, in assets/pretrained.
NAME = "hills-losses"


def shows(spec: AnySpec) -> bool:
    """Whether a run is one on two hills."""
    return isinstance(spec, DivergenceSpec) and spec.target == "hills"


def told(room: Room, words: Words) -> dict[str, Any]:
    """Where the recorded run is, if it is there."""
    found = next(iter(pretrained.FOLDER.glob(f"{NAME}.*")), None) if NAME in SHIPPED else None
    return {"file": f"pretrained/{found.name}"} if found else {}


def spec_of(lesson: str) -> DivergenceSpec:
    """Every loss at every depth, on hills as far apart as those of the stage."""
    said = stage.said(lesson).get("hills")
    shape = said.get("shape") if isinstance(said, dict) else None
    if not isinstance(shape, int | float):
        return contest()
    low, high = Hills.allowed
    return contest(shape=round(min(high, max(low, float(shape))), 2))


def controls(room: Room, words: Words) -> None:
    """Draw the buttons."""
    with st.container(horizontal=True, width="content", key=f"{room.lesson}.go"):
        help_ = words("divergences.hills.train_help")
        if st.button(words("divergences.hills.train"), type="primary", help=help_):
            try:
                tab.start(room, spec_of(room.lesson))
            except SpecError as error:
                room.notices.append(str(error))
        shown = words("divergences.hills.shown")
        if room.viewer and st.button(shown, help=words("divergences.hills.shown_help")):
            room.show(None)
