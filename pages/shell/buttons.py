"""The buttons that start runs: Train, Reset, New seed, and Fork for who only watches."""

from __future__ import annotations

import streamlit as st

from pages.shell import session
from pages.shell.session import Session
from pages.shell.words import Words


def hear(me: Session) -> None:
    """Do what was pressed, before anything is drawn: a worker begins while the page is drawn."""
    if st.session_state.get(_key(me, "train")):
        session.train(me)
    elif st.session_state.get(_key(me, "reset")):
        session.start(me, me.spec)


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
    st.button(words("shell.train"), type="primary", disabled=me.watching, key=_key(me, "train"))
    # No shortcut R here: Streamlit keeps that key for itself.
    help_ = words("shell.reset_help")
    st.button(words("shell.reset"), disabled=not me.owner, help=help_, key=_key(me, "reset"))
    st.button(
        words("shell.new_seed"),
        help=words("shell.new_seed_help"),
        disabled=me.watching,
        shortcut="n",
        on_click=session.new_seed,
        args=(me,),
    )


def _key(me: Session, name: str) -> str:
    return f"{me.lesson}.press_{name}"
