"""The static figures of a run as one HTML page that Plotly draws offline, and people can edit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from inn_core.export import page as filmpage
from inn_core.export import whole
from inn_core.export.colours import THEMES, hexed
from inn_core.export.reel import Reel, latent_points, to_base
from inn_core.maps import evaluate
from inn_core.maps.runfile import units_in

GRID, POINTS = 121, 2_000
CONFIG = {"editable": True, "displaylogo": False, "toImageButtonOptions": {"format": "svg"}}


def page(hello: dict[str, Any], frames: list[bytes]) -> str:
    """Density with samples, and the loss curve, in one self-contained page."""
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    reel = Reel.of(hello, frames)
    theme = THEMES["light"]
    maps, units = reel.stills[-1].maps, units_in(hello)
    x, y = (np.linspace(low, high, GRID) for low, high in reel.view)
    plane = np.stack(np.meshgrid(x, y), -1).reshape(-1, 2)
    log_q = evaluate.log_prob(maps, plane) - np.log(units.sd).sum()
    model = units.undo(evaluate.decode(maps, to_base(latent_points(POINTS), maps.base))[0])
    data = units.undo(reel.data)
    figure: Any = make_subplots(1, 2, column_widths=[0.55, 0.45], subplot_titles=["q(x)", "NLL"])
    axes = units.undo(np.stack([x, y], 1))
    figure.add_trace(
        go.Contour(
            x=axes[:, 0], y=axes[:, 1], z=np.exp(log_q).reshape(GRID, GRID), name="q(x)",
            colorscale=[[0, "#ffffff"], [1, hexed(theme.model)]], showscale=False,
            line={"width": 0.5},
        ), 1, 1,
    )  # fmt: skip
    for name, points, colour in (("data", data, theme.data), ("model", model, theme.latent)):
        marker = {"size": 3, "color": hexed(colour), "opacity": 0.6}
        figure.add_trace(
            go.Scattergl(x=points[:, 0], y=points[:, 1], mode="markers", name=name, marker=marker),
            1, 1,
        )  # fmt: skip
    steps, loss = filmpage.curve_points(reel)
    floor = reel.entropy
    curve = go.Scatter(
        x=steps, y=loss + (floor or 0.0), name="NLL", line={"color": hexed(theme.model)}
    )
    figure.add_trace(curve, 1, 2)
    if floor is not None:
        figure.add_hline(y=floor, row=1, col=2, line={"dash": "dash", "color": hexed(theme.data)})
    names = units.names
    figure.update_xaxes(title=names[0], row=1, col=1)
    figure.update_yaxes(title=names[1], scaleanchor="x", row=1, col=1)
    figure.update_xaxes(title="step", row=1, col=2)
    figure.update_yaxes(title="nats", row=1, col=2)
    figure.update_layout(title=filmpage.source(reel), template="plotly_white", height=620)
    text: str = figure.to_html(include_plotlyjs=True, full_html=True, config=CONFIG)
    return text


def write(path: Path, hello: dict[str, Any], frames: list[bytes]) -> None:
    """Write the page."""
    text = page(hello, frames)
    with whole.place(path, "page") as beside:
        beside.write_text(text, encoding="utf-8")
