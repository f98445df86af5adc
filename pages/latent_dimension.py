"""Lesson "latent dimension": z must carry what y threw away: two numbers of four."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from inn_core.problems.sweeps import latent_sweep
from inn_core.specs import LIMITS, SpecError
from inn_core.specs_inverse import LATENT, InverseSpec
from pages.shell import flattened, riddle, sweep


def make(values: tuple[float, ...], seed: int) -> InverseSpec:
    """Every size of z by maximum likelihood, then by Sinkhorn's divergence.

    Where there is room, each from two seeds: the plot then shows how far they are apart.
    """
    for value in values:
        if value != int(value) or not LATENT.low <= value <= MOST:
            raise SpecError(
                f"d_z is {value:g}; it must be a whole number between {LATENT.low:g} and {MOST}."
            )
    seeds = SEEDS if 2 * SEEDS * len(values) <= LIMITS["members"].high else 1
    return replace(latent_sweep(tuple(int(value) for value in values), seeds), seed=seed)


def values_of(spec: InverseSpec) -> tuple[float, ...]:
    """The sizes of a sweep."""
    return tuple(float(size) for size in sorted(set(spec.latent)))


#: Seeds of each size, where there is room.
SEEDS = 2
#: Larger ones no browser runs while a hand drags.
MOST = 20

_, words = sweep.draw(sweep.Lesson("latent_dimension", "latent-dimension", make, values_of))
idea, task, plain, sources = st.tabs(
    [
        words("latent_dimension.idea"),
        words("sweep.task"),
        words("latent_dimension.plain"),
        words("latent_dimension.sources"),
    ]
)
with idea:
    left, right = st.columns([3, 2])
    left.markdown(words("latent_dimension.idea_text"))
    right.markdown(words("latent_dimension.idea_plot"))
with task:
    riddle.draw("latent_dimension", words)
with plain:
    flattened.draw(words)
with sources:
    st.markdown(words("latent_dimension.sources_text"))
