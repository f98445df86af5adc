"""The buttons that start runs: Train, Reset, New seed, and Fork for who only watches."""

from __future__ import annotations

import streamlit as st

from pages.shell import session
from pages.shell.session import Session
from pages.shell.words import Words


def draw(me: Session, words: Words) -> None:
    """Draw the buttons that this reader may press."""
    if me.watching and me.known:
        st.button(
            words("shell.fork"),
            type="primary",
            help=words("shell.fork_help"),
            on_click=session.fork,
            args=(me,),
        )
        return
    if st.button(words("shell.train"), type="primary", disabled=me.watching):
        session.train(me)
    # No shortcut R here: Streamlit keeps that key for itself.
    help_ = words("shell.reset_help")
    if st.button(words("shell.reset"), disabled=not me.owner, help=help_):
        session.start(me, me.spec)
    st.button(
        words("shell.new_seed"),
        help=words("shell.new_seed_help"),
        disabled=me.watching,
        shortcut="n",
        on_click=session.new_seed,
        args=(me,),
    )
