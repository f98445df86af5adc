"""The still parts of a film of an inverse problem: where its rooms stand, frames, words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from inn_core.export import page
from inn_core.export.colours import THEMES, hexed
from inn_core.export.paint import Box, Picture
from inn_core.export.request import FilmRequest
from inn_core.specs_inverse import InverseSpec

FORMULA = r"$x \;=\; T^{-1}(y, z), \quad z \sim N(0, I)$"


@dataclass(frozen=True)
class FanLayout:
    """The latent plane on the left, one room a member on the right, the loss below.

    data : around all members' rooms; curve : of no height where there is nothing to show
    words : left edge and top of the line of numbers
    """

    width: int
    height: int
    unit: float
    latent: Box
    data: Box
    members: tuple[Box, ...]
    curve: Box
    words: tuple[float, float]


def layout(request: FilmRequest, members: int, curve: bool) -> FanLayout:
    """Rooms as large as fit; the arm's plane is a little taller than wide."""
    width, height = request.width, request.height
    unit = min(width / 1.4, height) / 100
    margin = 3.4 * unit
    top = (9.5 if request.title or request.formula else 0) * unit + 6.5 * unit
    foot = (24 if curve else 11) * unit
    side = min(0.26 * width, height - top - foot)
    left, tall = 2 * margin + side, height - top - foot
    data = Box(round(left), round(top), round(width - left - margin), round(tall))
    # As many columns as make the smaller side of a room largest.
    gap, head = 1.6 * unit, (4.2 * unit if members > 1 else 0.0)
    columns = max(
        range(1, members + 1),
        key=lambda n: min(
            (data.width - (n - 1) * gap) / n,
            (tall - (-(-members // n) - 1) * gap) / -(-members // n) - head,
        ),
    )
    rows = -(-members // columns)
    wide = (data.width - (columns - 1) * gap) / columns
    high = (tall - (rows - 1) * gap) / rows - head
    rooms = tuple(
        Box(
            round(left + (k % columns) * (wide + gap)),
            round(top + head + (k // columns) * (high + head + gap)), round(wide), round(high),
        )
        for k in range(members)
    )  # fmt: skip
    low = height - foot + 9.4 * unit
    box = Box(
        round(margin + 8 * unit), round(low), round(width - 2 * margin - 8 * unit),
        round(height - low - 5.8 * unit) if curve else 0,
    )  # fmt: skip
    latent = Box(round(margin), round(top), round(side), round(side))
    words = (box.left if curve else margin, height - foot + (4.2 if curve else 2.6) * unit)
    return FanLayout(width, height, unit, latent, data, rooms, box, words)


def background(request: FilmRequest, reel: Any, place: FanLayout, names: list[str]) -> Picture:
    """The page without moving parts, uint32 (H, W)."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    theme, unit = THEMES[request.theme], place.unit
    dpi = page.DPI
    figure = Figure((place.width / dpi, place.height / dpi), dpi=dpi, facecolor=hexed(theme.paper))
    canvas = FigureCanvasAgg(figure)
    write = page.Writer(figure, request, place, theme)
    write.head(FORMULA)
    write(place.latent.left, place.latent.top - 1.6 * unit, "latent  $z$", 3.4, theme.latent,
          weight="bold")  # fmt: skip
    write(place.data.left, place.data.top - 1.6 * unit, "answers  $x$", 3.4, theme.model,
          weight="bold")  # fmt: skip
    write.frame(place.latent, theme)
    for box, name in zip(place.members, names, strict=True):
        write.frame(box, theme)
        if name:
            write(box.left + 0.5 * unit, box.top - 1.1 * unit, name, 2.6, theme.soft)
    if place.curve.height:
        write.curve(reel, theme)
    elif request.source:
        right = place.width - 3.4 * unit
        row = place.height - 3 * unit
        write(right, row, page.source(reel), 2.6, theme.soft, align="right")
    canvas.draw()
    pixels = np.ascontiguousarray(canvas.buffer_rgba(), dtype=np.uint8)
    return pixels.view(np.uint32)[..., 0].copy()


def label_of(spec: InverseSpec, member: int) -> str:
    """What sets a member of a sweep apart from the others."""
    if spec.members == 1:
        return ""
    parts = []
    for name, sign in (("prior_weight", "λ′ = "), ("latent", "d = "), ("loss", ""), ("prior", "")):
        values = getattr(spec, name)
        if len(set(values)) > 1:
            value = values[member]
            parts.append(f"{sign}{value}" if isinstance(value, str) else f"{sign}{value:g}")
    return ", ".join(parts) or f"seed {spec.seed + member}"
