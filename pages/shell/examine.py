"""What a reader examines when it stands still: the density as a surface, the loss curves."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

from inn_core.maps import evaluate
from inn_core.targets import library
from pages.shell import flowdata
from pages.shell.session import Session
from pages.shell.words import Words

GRID = 151
DATA, MODEL = "#0072B2", "#E69F00"


def draw(session: Session, words: Words) -> None:
    """Draw the surface beside the loss charts, of the flow as it is now."""
    flow = flowdata.present_flow(session)
    if flow is None:
        st.caption(words("examine.nothing"))
        return
    numbers, maps = flow
    target = library.find(session.spec.target)
    sides = {"model": words("examine.model")}
    if target.known:
        sides["data"] = words("examine.data")
    with st.container(horizontal=True, vertical_alignment="center"):
        side = st.segmented_control(
            words("examine.surface"),
            list(sides),
            default="model",
            required=True,
            format_func=lambda key: sides[key],
            key=f"{session.lesson}.side",
            label_visibility="collapsed",
        )
        # Any button of a fragment runs it again, and that is all that is wanted here.
        st.button(words("examine.refresh"), icon=":material/refresh:")
        st.caption(words("examine.shown", step=f"{numbers['step']:,}", nll=f"{numbers['nll']:.3f}"))
    left, right = st.columns(2)
    with left:
        x, y, points = grid(target.view)
        log_density = target.log_prob(points) if side == "data" else evaluate.log_prob(maps, points)
        figure = surface(x, y, np.exp(log_density).reshape(len(y), len(x)), side or "model", words)
        st.plotly_chart(figure, key=f"{session.lesson}.surface", alt=words("examine.surface_alt"))
    with right:
        rows = flowdata.history(session)
        if rows:
            chart = losses(pd.DataFrame(rows), target.entropy if target.known else None, words)
            key = f"{session.lesson}.losses"
            st.altair_chart(chart, key=key, width="stretch", alt=words("examine.losses_alt"))


def grid(view: Any) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return the axes and the points (GRID·GRID, 2) of the plot window."""
    x, y = (np.linspace(low, high, GRID) for low, high in view)
    return x, y, np.stack(np.meshgrid(x, y), -1).reshape(-1, 2)


def surface(
    x: NDArray[Any], y: NDArray[Any], density: NDArray[Any], side: str, words: Words
) -> go.Figure:
    """Return the density over the plane as a 3-D surface; its colour says whose it is."""
    colour = DATA if side == "data" else MODEL
    figure = go.Figure(
        go.Surface(
            x=x.astype(np.float32),
            y=y.astype(np.float32),
            z=density.astype(np.float32),
            colorscale=[[0, "rgba(128,128,128,0.25)"], [0.05, "#8a8f98"], [1, colour]],
            showscale=False,
            contours_z={"show": True, "usecolormap": True, "width": 1},
            hovertemplate="x₁ %{x:.2f}<br>x₂ %{y:.2f}<br>%{z:.4f}<extra></extra>",
        )
    )
    figure.update_layout(
        height=440,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        uirevision="kept",
        scene={
            "xaxis_title": "x₁",
            "yaxis_title": "x₂",
            "zaxis_title": words("examine.density_axis"),
            "aspectratio": {"x": 1, "y": 1, "z": 0.6},
            "camera": {
                "eye": {"x": 0.95, "y": -1.15, "z": 0.8},
                "center": {"x": 0, "y": 0, "z": -0.15},
            },
        },
    )
    return figure


def losses(rows: pd.DataFrame, entropy: float | None, words: Words) -> alt.VConcatChart:
    """Return every member's loss over the steps, above the members at the step under the pointer.

    The step is one selection that both charts share. The dashed line is the entropy of the target,
    below which no held-out loss can stay; without one the gap is to the lowest loss. Axis labels
    stand inside, so that both charts may be as wide as their column: Vega-Lite adds what stands
    outside to that width.
    """
    lowest = float(rows["nll"].min()) if entropy is None else entropy
    rows = rows.assign(member=rows["member"].astype(str), gap=rows["nll"] - lowest)
    hover = alt.selection_point(
        name="at",
        on="pointerover",
        nearest=True,
        fields=["step"],
        value=[{"step": float(rows["step"].max())}],
    )
    colour = alt.Color("member:N", legend=None)
    if rows["member"].nunique() < 2:
        colour = colour.scale(range=[MODEL])
    height = 22 * rows["member"].nunique() + 4
    above = _curves(rows, entropy, hover, colour, words).properties(height=240)
    below = _members(rows, hover, colour, words).properties(height=height)
    return alt.vconcat(above, below, padding={"left": 0, "right": 0, "top": 0, "bottom": 0})


def _curves(
    rows: pd.DataFrame, entropy: float | None, hover: Any, colour: Any, words: Words
) -> Any:
    top = float(np.quantile(rows["nll"], 0.97)) + 0.05
    base = alt.Chart(rows).encode(
        x=alt.X(
            "step:Q",
            title=words("examine.step"),
            axis=alt.Axis(labelFlush=True),
            scale=alt.Scale(nice=False),
        ),
        y=alt.Y(
            "nll:Q",
            title=None,
            scale=alt.Scale(zero=False, domainMax=top, clamp=True),
            axis=alt.Axis(labelAlign="left", labelBaseline="bottom", labelPadding=-2, ticks=False),
        ),
        color=colour,
    )
    tooltip = [
        alt.Tooltip("step:Q", format=",", title=words("examine.step")),
        alt.Tooltip("nll:Q", format=".4f", title="NLL"),
        alt.Tooltip("gap:Q", format=".4f", title=words("examine.gap")),
        alt.Tooltip("member:N", title=words("examine.member")),
    ]
    shown = alt.condition(hover, alt.value(1), alt.value(0))
    points = base.mark_point(filled=True, size=60).encode(opacity=shown, tooltip=tooltip)
    rule = alt.Chart(rows).mark_rule(color="gray").encode(x="step:Q").transform_filter(hover)
    layers = [rule, base.mark_line(), points.add_params(hover)]
    if entropy is not None:
        floor = alt.Chart(pd.DataFrame({"nll": [entropy]})).mark_rule(strokeDash=[5, 4], color=DATA)
        layers.insert(0, floor.encode(y="nll:Q"))
    return alt.layer(*layers, title=_title(words("examine.nats")))


def _members(rows: pd.DataFrame, hover: Any, colour: Any, words: Words) -> Any:
    base = (
        alt.Chart(rows, title=_title(words("examine.gap_axis")))
        .transform_filter(hover)
        .transform_calculate(label="datum.member + ':  ' + format(datum.gap, '.4f')")
        .encode(y=alt.Y("member:N", axis=None))
    )
    x = alt.X("gap:Q", title=None, axis=alt.Axis(labelFlush=True, tickCount=4))
    bars = base.mark_bar(height=6, yOffset=6).encode(x=x, color=colour)
    labels = base.mark_text(align="left", baseline="bottom", dx=2, dy=1, color="gray").encode(
        x=alt.datum(0), text="label:N"
    )
    return bars + labels


def _title(text: str) -> alt.TitleParams:
    return alt.TitleParams(text, anchor="start", offset=4, fontSize=13, fontWeight="normal")
