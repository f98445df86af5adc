"""Lesson "pushforward": a flow moves the dots of a simple cloud onto data, and learns it live."""

from __future__ import annotations

import streamlit as st

from pages.shell import (
    buttons,
    controls,
    drawer,
    examine,
    leaving,
    links,
    owndata,
    phone,
    predict,
    pretrained,
    session,
    share,
    stage,
    tab,
    theory,
)
from pages.shell.words import choose, selector

LESSON = "pushforward"

words = choose()
me = session.of(LESSON, words)
tab.claim(me, stage.owner_found(LESSON))
tab.go_on(me, stage.next_found(LESSON))
wanted, refused = controls.read(LESSON, me.spec)
me.notices += refused
session.follow(me, wanted)
owndata.hear(me, words)
buttons.hear(me)
phone.picture_first(LESSON)

if share.embedded():  # the stage alone
    tab.tell(me)
    found = None if me.viewer else pretrained.address_of(me.spec)
    stage.mount(
        LESSON,
        words,
        run=me.viewer,
        owner=me.owner,
        pretrained=found,
        options={"player": True},
        view=me.view,
        door=me.door,
    )
    session.write_address(me, words)
    st.stop()

head = st.container(horizontal=True, vertical_alignment="center", key=f"{LESSON}.head")
row = st.container(horizontal=True, vertical_alignment="bottom", key=f"{LESSON}.controls")
found = None if me.viewer else pretrained.address_of(me.spec)
with st.container(gap=None, key=f"{LESSON}.notices"):
    tab.tell(me)
    if me.watching and me.known:
        st.caption(words("shell.watching"))
    elif me.watching:
        tab.await_owner(me)
    elif not me.viewer and not pretrained.shows(me.spec):
        st.caption(words("shell.other_flow" if found else "shell.no_flow"))

# Before the controls above it: the picture is what a reader waits for.
stage.mount(
    LESSON,
    words,
    run=me.viewer,
    owner=me.owner,
    pretrained=found,
    options={"taken": me.drawn, "refused": me.refused},
    view=me.view,
    door=me.door,
)
with head:
    # Its own anchor: an element with the id "pushforward" would stand in for window.pushforward.
    st.title(words("pushforward.title"), anchor="lesson", width="content")
    st.caption(words("pushforward.sentence"))
    selector(words)
    share_slot = st.container(width="content")
with row:
    controls.row(LESSON, me.spec, words, disabled=me.watching, own=me.own)
    controls.more(LESSON, me.spec, words, disabled=me.watching)
    owndata.popover(me, words)
    with st.container(horizontal=True, width="content", key=f"{LESSON}.go"):
        buttons.draw(me, words)
owndata.about(me, words)
with share_slot, st.container(horizontal=True):
    if me.viewer or pretrained.shows(me.spec):
        drawer.popover(leaving.flow_of(LESSON, me, me.spec), words)
    share.button(words, LESSON, session.address_of(me), links.write(me.spec))
session.write_address(me, words)


@st.fragment
def below() -> None:
    """Draw what explains the stage: only the open part is computed, and it alone runs again."""
    parts = {
        words("pushforward.idea"): theory.formulas,
        words("pushforward.predict"): predict.ink,
        words("pushforward.examine"): examine.draw,
        words("pushforward.sources"): theory.sources,
    }
    tabs = st.tabs(list(parts), on_change="rerun", key=f"{LESSON}.part")
    for part, draw in zip(tabs, parts.values(), strict=True):
        if part.open:
            with part:
                draw(me, words)


below()
