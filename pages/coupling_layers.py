"""Lesson "coupling layers": rails, the curves that move them, and a flow drawn by hand."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from inn_core import registry
from inn_core.runs.settings import Settings
from pages.shell import drawn, hand, share, stage
from pages.shell.words import choose, selector

words = choose()
me = hand.of(words)
hand.choose(me, st.session_state.get(hand.TARGET_KEY))
hand.hear(me)

with st.container(horizontal=True, vertical_alignment="center", key=f"{hand.LESSON}.head"):
    st.title(words("coupling_layers.title"), anchor="lesson", width="content")
    st.caption(words("coupling_layers.sentence"))
    selector(words)

with st.container(horizontal=True, vertical_alignment="bottom", key=f"{hand.LESSON}.controls"):
    st.selectbox(
        words("controls.target.label"),
        list(registry.TARGETS),
        format_func=lambda name: words.name("targets", name, registry.TARGETS[name]),
        key=hand.TARGET_KEY,
        help=words("coupling_layers.target_help"),
        width=260,
    )
    help_ = words("coupling_layers.train_help")
    if st.button(words("coupling_layers.train"), type="primary", help=help_):
        hand.race(me)

for notice in me.notices:
    st.warning(notice)
me.notices.clear()

wants_best = hand.told_by_stage("view").get("name") == "best" or me.view == "best"
stage.mount(
    hand.LESSON,
    words,
    run=me.viewer,
    owner=me.owner,
    module=f"stage/lessons/{hand.LESSON}.js",
    options={
        "target": drawn.target_of(me.target, words),
        "heldout": drawn.heldout(me.target),
        "kinds": drawn.kinds(me.target, words),
        "best": drawn.best(me.target) if wants_best else None,
        "task": drawn.TASKS.get(me.target, drawn.FREE),
        "drawing": me.hand,
        "saved": me.saved,
        "view": me.view,
    },
)
hand.write_address(me, words)

if me.hand and me.saved and "gap" in me.saved:
    with st.container(border=True):
        st.subheader(words("coupling_layers.saved_title"), anchor=False)
        values = {name: f"{me.saved[name]:.3f}" for name in ("gap", "error", "nll")}
        st.markdown(words("coupling_layers.saved_text", points="50,000", **values))
        place = share.address(
            st.context.url, Settings.from_environment().url, st.get_option("server.address")
        )
        st.caption(words("coupling_layers.saved_link"))
        query = urlencode({hand.TARGET: me.target, hand.HAND: me.hand})
        st.code(f"{place.base}/{hand.LESSON}?{query}", language=None, wrap_lines=True)
        st.download_button(
            words("coupling_layers.saved_file"),
            data=lambda: drawn.run_file(str(me.hand), me.target),
            file_name=f"{me.target}-by-hand.run",
            mime="application/octet-stream",
            on_click="ignore",
        )

with st.expander(words("coupling_layers.about")):
    st.markdown(words("coupling_layers.sources"))
