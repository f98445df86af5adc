"""Predict, then reveal, in the lessons on inverse problems: what is revealed is measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import streamlit as st

from inn_core.diffeos.turns import least_slope
from inn_core.problems.base import find
from pages.shell import bounds, heavytails, posterior, racing
from pages.shell.shrinking import fitted_variance
from pages.shell.words import Words

POINTS = 4_000
#: Step of the central differences behind a Jacobian, and singular values that count as none.
STEP, NOTHING = 1e-5, 1e-6


def ask(lesson: str, answers: Sequence[str], right: str, words: Words) -> bool:
    """Ask the lesson's question; say whether the answer fits; return whether to reveal."""
    st.markdown(words(f"{lesson}.question"))
    answer = st.radio(
        words("predict.guess"),
        answers,
        index=None,
        format_func=lambda key: words(f"{lesson}.guess_{key}"),
        key=f"{lesson}.guess",
        label_visibility="collapsed",
    )
    if answer:
        st.markdown(words("sweep.right") if answer == right else words("sweep.wrong"))
    skip = words("predict.skip")
    return bool(answer) or st.button(skip, type="tertiary", key=f"{lesson}.skip")


def draw(lesson: str, words: Words) -> None:
    """The lesson's question, if it has one, and what is measured once it is answered or skipped."""
    if lesson not in RIDDLES:
        return
    answers, right, measure = RIDDLES[lesson]
    if ask(lesson, answers, right, words):
        st.markdown(words(f"{lesson}.reveal", **measure()))


@cache
def mean_pose() -> dict[str, Any]:
    """How far the hand of the mean of exact answers is from the first reference."""
    problem = find("kinematics")
    y = problem.references[0]
    mean = problem.posterior(y, POINTS, np.random.default_rng(0)).mean(0)
    miss = float(np.linalg.norm(problem.simulate(mean) - y))
    return {"count": f"{POINTS:,}", "miss": f"{miss:.2f}"}


@cache
def missing() -> dict[str, Any]:
    """The rank of the arm's Jacobian at poses of the prior, by central differences."""
    problem = find("kinematics")
    poses = problem.prior_sample(POINTS, np.random.default_rng(0))
    poses[0] = problem.posterior(problem.references[0], 1, np.random.default_rng(1))
    steps = STEP * np.eye(problem.dim_x)
    columns = [(problem.simulate(poses + s) - problem.simulate(poses - s)) for s in steps]
    values = np.linalg.svd(np.stack(columns, -1) / (2 * STEP), compute_uv=False)
    rank = int((values > NOTHING).sum(1).min())
    return {
        "count": f"{POINTS:,}",
        "rank": rank,
        "left": problem.dim_x - rank,
        "values": ", ".join(f"{value:.2f}" for value in values[0]),
    }


@cache
def shrunk() -> dict[str, Any]:
    """What a prior loss of weight 1 and 100 leaves of a Gaussian half as wide as its prior."""
    left = {name: fitted_variance(w, 1.0, 0.5) ** 0.5 / 0.5 for name, w in WEIGHTS.items()}
    return {name: f"{100 * share:.0f} %" for name, share in left.items()}


@cache
def steps_needed() -> dict[str, Any]:
    """The least partial derivative of a step, where half a turn is cut into one, two, three."""
    told = {"one": 1, "two": 2, "three": 3}
    return {name: f"{least_slope(np.pi, n):.3f}" for name, n in told.items()}


WEIGHTS = {"one": 1.0, "hundred": 100.0}
#: Lesson -> its answers, the right one, and what is measured for the reveal.
RIDDLES: dict[str, tuple[tuple[str, ...], str, Callable[[], dict[str, Any]]]] = {
    "inverse_problems": (("on", "near", "off"), "off", mean_pose),
    "latent_dimension": (("0", "1", "2", "4"), "2", missing),
    "prior_weight": (("prior", "same", "point"), "point", shrunk),
    "divergences.hills": (("kl", "both", "reverse", "none"), "both", bounds.valley),
    "divergences.chain": (("less", "same", "more"), "more", bounds.conditioned),
    "divergences.critic": (("below", "at", "above"), "below", bounds.one_unit),
    "divergences.race": (("nll", "critic", "sinkhorn"), "nll", racing.measured),
    "divergences.posterior": (("same", "less", "more"), "same", posterior.kept),
    "divergences.tails": (("same", "fewer", "none"), "none", heavytails.counted),
    "universality": (("1", "2", "3", "4"), "3", steps_needed),
}
