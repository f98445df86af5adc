"""Lesson "change of variables": what a map does to a density; all of it happens in the browser."""

from __future__ import annotations

import streamlit as st

from pages.shell import drawer, leaving, links, phone, share, stage, tab
from pages.shell.words import choose, selector

LESSON = "change_of_variables"

words = choose()
me = tab.of(LESSON)

embedded = share.embedded()
if not embedded:
    phone.close_head(LESSON)
    with st.container(horizontal=True, vertical_alignment="center", key=f"{LESSON}.head"):
        st.title(words("change_of_variables.title"), anchor="lesson", width="content")
        st.caption(words("change_of_variables.sentence"))
        selector(words)
        with st.container(horizontal=True, width="content"):
            drawer.popover(leaving.stage_of(LESSON), words)
            share.button(words, LESSON, {}, {})
tab.tell(me)
stage.mount(LESSON, words, module=f"stage/lessons/{LESSON}.js", view=me.view)
links.put({}, words)
if embedded:
    st.stop()

idea, sources = st.tabs([words("change_of_variables.idea"), words("change_of_variables.sources")])
with idea:
    left, right = st.columns([3, 2])
    left.markdown(words("change_of_variables.idea_text"))
    right.markdown(words("change_of_variables.idea_invertible"))
with sources:
    st.markdown(words("change_of_variables.sources_text"))
