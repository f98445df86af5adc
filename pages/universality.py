"""Lesson "universality": Teshima et al. (2020) as things one sees, drags and measures."""

from __future__ import annotations

import streamlit as st

from pages.shell import (
    drawer,
    fitting,
    keeping,
    leaving,
    links,
    phone,
    proofs,
    riddle,
    share,
    stage,
    tab,
)  # fmt: skip
from pages.shell.words import choose, selector

LESSON = "universality"
#: Scene of the stage -> what the page draws above it.
CONTROLS = {"fit": fitting.controls, "limits": keeping.controls}

words = choose()
room = fitting.of(LESSON, words)
scene = stage.scene_shown(LESSON) or fitting.home_of(room)
if not share.embedded():
    phone.picture_first(LESSON)
    with st.container(horizontal=True, vertical_alignment="center", key=f"{LESSON}.head"):
        st.title(words(f"{LESSON}.title"), anchor="lesson", width="content")
        st.caption(words(f"{LESSON}.sentence"))
        selector(words)
        share_slot = st.container(width="content")
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"{LESSON}.controls"):
        if scene in CONTROLS:
            CONTROLS[scene](room, words)
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
    options={
        "fit": fitting.told(room, words),
        "scene": fitting.home_of(room),
        "shown": scene,
        "kept": room.kept,
        "live": "limits" if keeping.live(room) else "fit",
        **proofs.options(words),
    },
    spoken=f"fits.stage {LESSON}.stage",
    view=room.view,
)
wanted = fitting.address_of(room)
links.put(wanted, words)
if share.embedded():
    st.stop()
with share_slot, st.container(horizontal=True):
    if scene == "limits":
        subject = leaving.kept_of(LESSON, room, room.kept)
    else:
        recorded = fitting.RECORDED[fitting.recorded_of(room) or fitting.SWEEP]
        subject = leaving.fit_of(LESSON, room, recorded)
    drawer.popover(subject, words)
    alike = {name: value for name, value in wanted.items() if name != links.RUN}
    share.button(words, LESSON, wanted, alike)
idea, task, fit, sources = st.tabs(
    [
        words("universality.idea"),
        words("sweep.task"),
        words("universality.tab_fit"),
        words("universality.sources"),
    ]
)
with idea:
    left, right = st.columns([3, 2])
    left.markdown(words("universality.idea_text"))
    right.markdown(words("universality.idea_seams"))
with task:
    riddle.draw(LESSON, words)
with fit:
    st.markdown(words("fits.says"))
with sources:
    st.markdown(words("universality.sources_text"))
