"""Lesson "divergences": what a divergence charges for, what a critic certifies, what follows."""

from __future__ import annotations

import streamlit as st

from pages.shell import diverging, drawer, leaving, links, phone, riddle, share, stage, tab
from pages.shell.words import choose, selector

LESSON = diverging.LESSON

words = choose()
room = diverging.of(words)
shown = stage.scene_shown(LESSON) or diverging.home_of(room)
if not share.embedded():
    phone.picture_first(LESSON)
    with st.container(horizontal=True, vertical_alignment="center", key=f"{LESSON}.head"):
        st.title(words("divergences.title"), anchor="lesson", width="content")
        st.caption(words("divergences.sentence"))
        selector(words)
        share_slot = st.container(width="content")
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"{LESSON}.controls"):
        if shown in diverging.SCENES:
            diverging.SCENES[shown].controls(room, words)
with st.container(gap=None, key=f"{LESSON}.notices"):
    tab.tell(room)
    if room.watching and room.known:
        st.caption(words("sweep.watching"))
stage.mount(
    LESSON,
    words,
    run=room.viewer,
    owner=room.owner,
    module=f"stage/lessons/{LESSON}.js",
    options=diverging.options(room, shown, words),
    view=room.view,
)
wanted = diverging.address_of(room)
links.put(wanted, words)
if share.embedded():
    st.stop()
with share_slot, st.container(horizontal=True):
    drawer.popover(leaving.stage_of(LESSON), words)
    share.button(words, LESSON, wanted, {})
idea, task, sources = st.tabs(
    [words("divergences.idea"), words("sweep.task"), words("divergences.sources")]
)
with idea:
    left, right = st.columns([3, 2])
    left.markdown(words("divergences.idea_text"))
    right.markdown(words("divergences.idea_critic"))
with task:
    riddle.draw(f"{LESSON}.{shown}", words)
with sources:
    st.markdown(words("divergences.sources_text"))
