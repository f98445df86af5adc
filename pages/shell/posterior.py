"""Scene 4 of "divergences": INNs trained on the line at the prior and noise on the stage."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import streamlit as st

from inn_core.kinds import AnySpec
from inn_core.problems.sweeps import LINE_WEIGHTS, line_sweep
from inn_core.specs_inverse import InverseSpec
from pages.shell import stage, tab
from pages.shell.shrinking import fitted_variance
from pages.shell.words import Words

if TYPE_CHECKING:
    from pages.shell.diverging import Room

FILE = "pretrained/line.inn"
#: What the stage's sliders say, with the limits that they have.
PLAIN = {"spread": 1.0, "noise": 0.5, "weight": 1.0}
LIMITS = {"spread": (0.2, 2.0), "noise": (0.1, 2.0), "weight": (0.0, 100.0)}


def shows(spec: AnySpec) -> bool:
    """Whether a run is one on the line."""
    return isinstance(spec, InverseSpec) and spec.problem == "line"


def told(room: Room, words: Words) -> dict[str, Any]:
    """The shipped INNs."""
    return {"file": FILE}


def said(lesson: str) -> dict[str, float]:
    """Prior sd, noise and weight as the stage last said them."""
    line = stage.said(lesson).get("line")
    found = dict(PLAIN)
    for name, value in line.items() if isinstance(line, dict) else ():
        if name in found and isinstance(value, (int, float)):
            low, high = LIMITS[name]
            found[name] = round(min(high, max(low, float(value))), 4)
    return found


def spec_of(lesson: str, seed: int) -> InverseSpec:
    """One INN without the prior loss, one at the dial, and those that are shipped."""
    line = said(lesson)
    weights = tuple(sorted({*LINE_WEIGHTS, line["weight"]}))
    return line_sweep(line["spread"], line["noise"], weights, seed)


def controls(room: Room, words: Words) -> None:
    """Draw the buttons."""
    with st.container(horizontal=True, width="content", key=f"{room.lesson}.go"):
        if st.button(
            words("divergences.posterior.train"),
            type="primary",
            help=words("divergences.posterior.train_help"),
        ):
            tab.start(room, spec_of(room.lesson, 0))
        shown = words("divergences.posterior.shown")
        if room.viewer and st.button(shown, help=words("divergences.posterior.shown_help")):
            room.show(None)


@cache
def kept() -> dict[str, Any]:
    """What the prior loss leaves of the sd at weight 1 and 100, whatever prior and noise are."""
    weights = {"one": 1.0, "hundred": 100.0}
    shares = {name: fitted_variance(w, 1.0, 1.0) ** 0.5 for name, w in weights.items()}
    return {name: f"{100 * share:.0f} %" for name, share in shares.items()}
