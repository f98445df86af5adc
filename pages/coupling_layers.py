"""Lesson "coupling layers": rails, the curves that move them, and a flow drawn by hand."""

from __future__ import annotations

import streamlit as st

from inn_core import registry
from pages.shell import drawer, drawn, hand, kept, phone, share, stage, tab
from pages.shell.words import choose, selector

words = choose()
me = hand.of(words)
hand.choose(me, st.session_state.get(hand.TARGET_KEY))
hand.hear(me)
phone.picture_first(hand.LESSON)

embedded = share.embedded()
if not embedded:
    with st.container(horizontal=True, vertical_alignment="center", key=f"{hand.LESSON}.head"):
        st.title(words("coupling_layers.title"), anchor="lesson", width="content")
        st.caption(words("coupling_layers.sentence"))
        selector(words)
        share_slot = st.container(width="content")

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
        with st.container(horizontal=True, width="content", key=f"{hand.LESSON}.go"):
            if st.button(words("coupling_layers.train"), type="primary", help=help_):
                hand.race(me)

with st.container(gap=None, key=f"{hand.LESSON}.notices"):
    tab.tell(me)

wants_best = hand.told_by_stage("view").get("name") == "best" or me.name == "best"
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
        "view": me.name,
    },
    view=me.view,
)
hand.write_address(me, words)
if embedded:
    st.stop()
with share_slot, st.container(horizontal=True):
    drawer.popover(hand.leaves(me), words)
    wanted = hand.address_of(me)
    alike = {name: wanted[name] for name in wanted if name in (hand.TARGET, hand.HAND)}
    share.button(words, hand.LESSON, wanted, alike)

if me.hand and me.saved and "gap" in me.saved:
    kept.card(me, words)

with st.expander(words("coupling_layers.about")):
    st.markdown(words("coupling_layers.sources"))
