"""Lesson "prior weight": λ' = 0 is Bayes, and a heavy prior loss shrinks every posterior."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from inn_core.problems.sweeps import PRIOR_WEIGHT
from inn_core.specs_inverse import InverseSpec
from pages.shell import riddle, shrinking, sweep


def make(values: tuple[float, ...], seed: int) -> InverseSpec:
    """Every weight with the normal prior, then with the box."""
    families = ("normal",) * len(values) + ("uniform",) * len(values)
    weights = values * 2
    return replace(
        PRIOR_WEIGHT, members=len(weights), prior_weight=weights, prior=families, seed=seed
    )


def values_of(spec: InverseSpec) -> tuple[float, ...]:
    """The weights of a sweep."""
    return tuple(sorted(set(spec.prior_weight)))


_, words = sweep.draw(sweep.Lesson("prior_weight", "prior-weight", make, values_of))
idea, task, derivation, sources = st.tabs(
    [
        words("prior_weight.idea"),
        words("sweep.task"),
        words("prior_weight.derivation"),
        words("prior_weight.sources"),
    ]
)
with idea:
    left, right = st.columns([3, 2])
    left.markdown(words("prior_weight.idea_text"))
    right.markdown(words("prior_weight.idea_plot"))
with task:
    riddle.draw("prior_weight", words)
with derivation:
    shrinking.draw(words)
with sources:
    st.markdown(words("prior_weight.sources_text"))
