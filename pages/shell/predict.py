"""Predict, then reveal: a question whose answer is measured on the flow that is on the stage."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from inn_core.maps import evaluate
from inn_core.results import FlowMaps
from inn_core.targets import library
from pages.shell import flowdata
from pages.shell.session import Session
from pages.shell.words import Words

SHARE = 0.1
POINTS = 20_000
ANSWERS = ("less", "same", "more")


class Stain(NamedTuple):
    """A latent disc of probability SHARE after the flow: data in it, its error, area ÷ disc's."""

    share: float
    error: float
    area: float


def ink(session: Session, words: Words) -> None:
    """Ask how much probability a stretched drop of ink holds; reveal what is measured."""
    st.markdown(words("predict.question"))
    labels = {key: words(f"predict.{key}") for key in ANSWERS}
    answer = st.radio(
        words("predict.guess"),
        ANSWERS,
        index=None,
        format_func=lambda key: labels[key],
        key=f"{session.lesson}.guess",
        label_visibility="collapsed",
    )
    skipped = answer is None and st.button(words("predict.skip"), type="tertiary")
    if answer is None and not skipped:
        return
    flow = flowdata.present_flow(session)
    if flow is None:
        st.caption(words("examine.nothing"))
        return
    if answer:
        st.markdown(words("predict.right" if answer == "same" else "predict.wrong"))
    stain = measure(flow[1], library.find(session.spec.target))
    st.markdown(
        words(
            "predict.reveal",
            points=f"{POINTS:,}",
            share=f"{100 * stain.share:.1f}",
            error=f"{100 * stain.error:.1f}",
            area=f"{stain.area:.2f}",
            step=f"{flow[0]['step']:,}",
        )
    )


def measure(maps: FlowMaps, target: Any) -> Stain:
    """Count the data whose z lies in the disc that holds SHARE of the base; measure its image.

    The disc's radius is the SHARE-quantile of |z|: √(−2 ln(1 − SHARE)) for a normal base. The image
    has area ∫_disc |det ∂x/∂z| dz.
    """
    rng = np.random.default_rng(0)
    if maps.base[0] == "normal":
        radius = math.sqrt(-2 * math.log1p(-SHARE))
    else:
        latent = rng.standard_t(float(maps.base[1]), (10 * POINTS, 2))
        radius = float(np.quantile(np.hypot(*latent.T), SHARE))
    z, _ = evaluate.encode(maps, target.sample(POINTS, rng))
    share = float(np.mean(np.hypot(*z.T) < radius))
    angle, r = 2 * np.pi * rng.random(POINTS), radius * np.sqrt(rng.random(POINTS))
    _, log_det = evaluate.decode(maps, np.stack([r * np.cos(angle), r * np.sin(angle)], -1))
    return Stain(share, math.sqrt(share * (1 - share) / POINTS), float(np.exp(log_det).mean()))
