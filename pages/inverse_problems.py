"""Lesson "inverse problems": hold the hand, circle in latent space, and the elbow dances."""

from __future__ import annotations

import streamlit as st

from pages.shell import planes, riddle, sweep

_room, words = sweep.draw(
    sweep.Lesson("inverse_problems", "kinematics", problems=planes.PROBLEMS),
    spoken="inverse_problems.stage",
    scenes=planes.scenes(),
)

idea, task, sources = st.tabs(
    [words("inverse_problems.idea"), words("sweep.task"), words("inverse_problems.sources")]
)
with idea:
    left, right = st.columns([3, 2])
    left.markdown(words("inverse_problems.idea_text"))
    right.markdown(words("inverse_problems.idea_mean"))
with task:
    riddle.draw("inverse_problems", words)
with sources:
    st.markdown(words("inverse_problems.sources_text"))
