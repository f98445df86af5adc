"""The closed form behind lesson "prior weight": how far its loss shrinks a Gaussian."""

from __future__ import annotations

import altair as alt
import numpy as np
import streamlit as st

from pages.shell.words import Words

#: Weights that the curve runs through; 0 stands at its left end.
WEIGHTS = np.concatenate([[0.0], np.geomspace(1e-3, 1e3, 121)])


def fitted_variance(weight: float, noise: float, spread: float) -> float:
    """s² = σ²/(2λ') (√(1 + 4 λ' s₀²/σ²) − 1); s₀² itself at λ' = 0.

    weight : λ'; noise : σ, the scale of the prior loss; spread : s₀, the exact posterior's sd
    """
    if weight == 0:
        return spread**2
    # The same, without the difference of nearly equal numbers at small weights.
    ratio = 4 * weight * spread**2 / noise**2
    return 2 * spread**2 / (1 + (1 + ratio) ** 0.5)


def draw(words: Words) -> None:
    """The derivation, and its curve for a posterior spread that the reader chooses."""
    left, right = st.columns([3, 2])
    left.markdown(words("prior_weight.derivation_text"))
    with right:
        spread = st.slider(
            words("prior_weight.spread"), 0.05, 1.0, 0.5, 0.05, key="prior_weight.spread"
        )
        rows = [
            {"weight": max(w, 1e-3), "sd": fitted_variance(w, 1.0, spread) ** 0.5 / spread}
            for w in WEIGHTS
        ]
        whole = alt.Scale(domain=[0, 1.05])
        axes = {
            "x": alt.X("weight:Q", scale=alt.Scale(type="log"), title=words("prior_weight.weight")),
            "y": alt.Y("sd:Q", scale=whole, title=words("prior_weight.share")),
        }
        curve = alt.Chart(alt.Data(values=rows)).mark_line(strokeWidth=3).encode(**axes)
        marked = [
            {"weight": w, "sd": fitted_variance(w, 1.0, spread) ** 0.5 / spread} for w in (1, 100)
        ]
        dots = alt.Chart(alt.Data(values=marked)).mark_point(size=110, filled=True).encode(**axes)
        labels = dots.mark_text(dx=24, dy=-10, fontSize=14).encode(
            text=alt.Text("sd:Q", format=".2f")
        )
        st.altair_chart((curve + dots + labels).properties(height=270))
