"""A plain flow whose second latent number is turned down: its samples collapse onto a curve."""

from __future__ import annotations

from functools import cache

import altair as alt
import numpy as np
import streamlit as st

from inn_core.maps import evaluate
from inn_core.maps.codec import decode_frame
from inn_core.results import FlowMaps
from inn_core.specs import RunSpec
from pages.shell import pretrained
from pages.shell.words import Words

POINTS = 2_000


@cache
def flow() -> FlowMaps | None:
    """The shipped flow of the two moons, or None where it is missing."""
    frame = pretrained.last_frame(RunSpec())
    return decode_frame(frame)[2] if frame else None


def draw(words: Words) -> None:
    """The text, and samples at the chosen scale of z₂."""
    left, right = st.columns([2, 3])
    left.markdown(words("latent_dimension.plain_text"))
    scale = left.slider(
        words("latent_dimension.scale"), 0.0, 1.0, 0.0, 0.05, key="latent_dimension.scale"
    )
    maps = flow()
    if maps is None:
        return
    z = np.random.default_rng(0).normal(size=(POINTS, 2)) * [1.0, scale]
    x, _ = evaluate.decode(maps, z)
    rows = [
        {"x": float(a), "y": float(b), "z": float(c)} for (a, b), c in zip(x, z[:, 0], strict=True)
    ]
    chart = (
        alt.Chart(alt.Data(values=rows))
        .mark_circle(size=14)
        .encode(
            x=alt.X("x:Q", scale=alt.Scale(domain=[-4, 4]), title="x₁"),
            y=alt.Y("y:Q", scale=alt.Scale(domain=[-3, 3]), title="x₂"),
            color=alt.Color("z:Q", scale=alt.Scale(scheme="viridis"), title="z₁"),
        )
    )
    right.altair_chart(chart.properties(height=330))
