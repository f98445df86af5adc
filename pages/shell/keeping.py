"""Scene 5 of "universality": a volume-preserving flow that is trained against its bound."""

from __future__ import annotations

import streamlit as st

from inn_core import registry
from inn_core.specs import RunSpec
from inn_core.targets import keeping as presets
from pages.shell import tab
from pages.shell.fitting import Fitting
from pages.shell.words import Words


def live(room: Fitting) -> bool:
    """Whether the run on the stage belongs to this scene."""
    return room.viewer is not None and isinstance(room.made, RunSpec)


def controls(room: Fitting, words: Words) -> None:
    """Draw what is trained, and the buttons."""
    key = f"{room.lesson}.kept"
    st.session_state.setdefault(f"{key}.target", room.kept)
    room.kept = st.selectbox(
        words("fits.kept"), list(presets.TARGETS), key=f"{key}.target", width=260,
        format_func=lambda name: words.name("targets", name, registry.TARGETS[name]),
        help=words("fits.kept_help"),
    )  # fmt: skip
    with st.container(horizontal=True, width="content", key=f"{room.lesson}.go"):
        if st.button(words("fits.train"), type="primary", help=words("fits.kept_train_help")):
            tab.start(room, presets.volume(room.kept, room.seed))
        if room.viewer and st.button(words("fits.kept_shown"), help=words("fits.shown_help")):
            room.show(None)
