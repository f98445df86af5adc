"""What can be done with a drawing that was saved: link it, open it as a run, train on, keep it."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from inn_core.runs.settings import Settings
from pages.shell import drawn, hand, share
from pages.shell.hand import Room
from pages.shell.words import Words


def card(me: Room, words: Words) -> None:
    """Draw the score on fresh points, the link, and the ways on."""
    score = me.saved or {}
    with st.container(border=True):
        st.subheader(words("coupling_layers.saved_title"), anchor=False)
        values = {name: f"{score[name]:.3f}" for name in ("gap", "error", "nll")}
        st.markdown(words("coupling_layers.saved_text", points="50,000", **values))
        with st.container(horizontal=True):
            _ways_on(me, words)
        st.caption(words("coupling_layers.saved_link"))
        st.code(_link(me), language=None, wrap_lines=True)


def _ways_on(me: Room, words: Words) -> None:
    """The buttons."""
    open_it = st.button(
        words("coupling_layers.saved_open"),
        help=words("coupling_layers.saved_open_help"),
        icon=":material/grain:",
        key=f"{hand.LESSON}.open",
    )
    if open_it and hand.open_elsewhere(me):
        st.switch_page(f"{hand.MAIN}.py")
    st.button(
        words("coupling_layers.saved_train"),
        help=words("coupling_layers.saved_train_help"),
        icon=":material/model_training:",
        key=f"{hand.LESSON}.train_on",
        on_click=hand.train_on,
        args=(me,),
    )
    st.download_button(
        words("coupling_layers.saved_file"),
        data=lambda: drawn.run_file(str(me.hand), me.target),
        file_name=f"{me.target}-by-hand.run",
        mime="application/octet-stream",
        on_click="ignore",
        icon=":material/download:",
    )


def _link(me: Room) -> str:
    """The address that brings the drawing."""
    place = share.address(
        st.context.url, Settings.from_environment().url, st.get_option("server.address")
    )
    query = urlencode({hand.TARGET: me.target, hand.HAND: str(me.hand)})
    return f"{place.base}/{hand.LESSON}?{query}"
