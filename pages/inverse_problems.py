"""Lesson "inverse problems": hold the hand, circle in latent space, and the elbow dances."""

from __future__ import annotations

import streamlit as st

from inn_core.maps import network
from inn_core.specs_inverse import InverseSpec
from pages.shell import planes, stage
from pages.shell.words import choose, selector

LESSON = "inverse_problems"
#: The network that is shipped.
NET = "pretrained/kinematics.inn"

words = choose()

with st.container(horizontal=True, vertical_alignment="center", key=f"{LESSON}.head"):
    st.title(words("inverse_problems.title"), anchor="lesson", width="content")
    st.caption(words("inverse_problems.sentence"))
    selector(words)

stage.mount(
    LESSON,
    words,
    module=f"stage/lessons/{LESSON}.js",
    options={
        "net": NET,
        "hello": network.hello(InverseSpec()),
        "clouds": {"modes": planes.modes(), "strip": planes.strip()},
    },
)

idea, sources = st.tabs([words("inverse_problems.idea"), words("inverse_problems.sources")])
with idea:
    left, right = st.columns([3, 2])
    left.markdown(words("inverse_problems.idea_text"))
    right.markdown(words("inverse_problems.idea_mean"))
with sources:
    st.markdown(words("inverse_problems.sources_text"))
