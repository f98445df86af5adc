"""The still parts of a film's picture, drawn once by matplotlib: frames, ticks, words, formula."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inn_core.export.colours import THEMES, Rgb, Theme, hexed
from inn_core.export.paint import Box, Picture
from inn_core.export.reel import Reel, pace
from inn_core.export.request import FilmRequest
from inn_core.maps.runfile import units_in

FORMULA = r"$\log\, q(x) \;=\; \log\, p_Z(T(x)) \;+\; \log\,|\det\, J_T(x)|$"
#: Fonts in which a title may be written; the first that has the sign is used.
FONTS = ("DejaVu Sans", "Noto Sans CJK JP", "Noto Sans JP", "Hiragino Sans", "Yu Gothic")
DPI = 100


@dataclass(frozen=True)
class Layout:
    """Where things stand on a picture of width × height pixels; ``unit`` is a hundredth of it."""

    width: int
    height: int
    unit: float
    latent: Box
    data: Box
    curve: Box
    header: bool


def layout(request: FilmRequest) -> Layout:
    """Two rooms side by side, the loss curve below them, words above if there are any."""
    width, height = request.width, request.height
    unit = min(width / 1.4, height) / 100
    margin, header = 3.4 * unit, bool(request.title or request.formula)
    top = (9.5 if header else 0) * unit + 6.5 * unit
    foot = 26 * unit
    room = (width - 3 * margin) / 2
    tall = min(height - top - foot, 1.15 * room)
    spare = height - top - foot - tall
    top += spare / 3
    boxes = [
        Box(round(left), round(top), round(room), round(tall))
        for left in (margin, 2 * margin + room)
    ]
    low = top + tall + 9.4 * unit
    curve = Box(
        round(margin + 8 * unit), round(low),
        round(width - 2 * margin - 8 * unit), round(height - low - 5.8 * unit),
    )  # fmt: skip
    return Layout(width, height, unit, boxes[0], boxes[1], curve, header)


def curve_points(reel: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Steps (n,) and heights (n,) of the loss curve: nats above the floor, or NLL without one."""
    rows = [row for row in reel.hello["history"] if row[3] is not None]
    if not rows:
        rows = [[0, s.step, 0, s.numbers["nll"]] for s in reel.stills]
    steps = np.array([row[1] for row in rows], float)
    loss = np.array([row[3] for row in rows], float) - (reel.entropy or 0.0)
    low, high = reel.stills[0].step, reel.stills[-1].step
    within = (steps >= low) & (steps <= high) & np.isfinite(loss)
    return steps[within], loss[within]


def span(loss: NDArray[np.float64], floor: bool) -> tuple[float, float]:
    """Lowest and highest value that the curve's box shows."""
    if not len(loss):
        return 0.0, 1.0
    high = float(np.quantile(loss, 0.98))
    low = 0.0 if floor else float(loss.min())
    room = 0.08 * max(high - low, 0.1)
    return low - room, high + room


def background(request: FilmRequest, reel: Reel, place: Layout, ticks: bool) -> Picture:
    """The page without moving parts, uint32 (H, W). ``ticks``: at x, in data units."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    theme = THEMES[request.theme]
    figure = Figure(
        (request.width / DPI, request.height / DPI), dpi=DPI, facecolor=hexed(theme.paper)
    )
    canvas = FigureCanvasAgg(figure)
    write = Writer(figure, request, place, theme)
    unit = place.unit
    write.head(FORMULA)
    for box, text, hue in (
        (place.latent, r"latent  $z$", theme.latent),
        (place.data, r"data  $x$" if ticks else r"$z \rightarrow x$", theme.data),
    ):
        write(box.left, box.top - 1.6 * unit, text, 3.4, hue, weight="bold")
    write.frame(place.latent, theme)
    write.frame(place.data, theme)
    if ticks:
        write.ticks(place.data, reel, theme)
    write.curve(reel, theme)
    canvas.draw()
    pixels = np.ascontiguousarray(canvas.buffer_rgba(), dtype=np.uint8)
    return pixels.view(np.uint32)[..., 0].copy()


class Writer:
    """Draws on a matplotlib figure in pixels, rows counted from the top."""

    def __init__(self, figure: Any, request: FilmRequest, place: Any, theme: Theme) -> None:
        self.figure, self.request, self.place, self.theme = figure, request, place, theme

    def __call__(
        self, left: float, row: float, text: str, size: float, colour: Rgb,
        align: str = "left", weight: str = "normal",
    ) -> None:  # fmt: skip
        """Write a line whose base stands at ``row``; ``size`` in units."""
        plain = text
        if text is self.request.title:
            plain = text.replace("$", r"\$")
        self.figure.text(
            left / self.place.width, 1 - row / self.place.height, plain,
            fontsize=size * self.place.unit * 72 / DPI, color=hexed(colour), ha=align,
            va="baseline", fontweight=weight, fontfamily=fonts(), math_fontfamily="stix",
        )  # fmt: skip

    def head(self, formula: str) -> None:
        """Title and formula above the rooms."""
        place, unit, request = self.place, self.place.unit, self.request
        right = place.data.left + place.data.width
        if request.title:
            room = right - place.latent.left - (54 * unit if request.formula else 0)
            # Long titles are written smaller.
            size = min(4.2, 1.6 * room / max(1, len(request.title)) / unit)
            self(place.latent.left, 6.6 * unit, request.title, size, self.theme.ink, weight="bold")
        if request.formula:
            self(right, 6.4 * unit, formula, 3.0, self.theme.soft, align="right")

    def line(self, x: Any, y: Any, colour: Rgb, width: float, **style: Any) -> None:
        """Draw a polyline in pixels."""
        from matplotlib.lines import Line2D

        place = self.place
        xs, ys = np.asarray(x, float) / place.width, 1 - np.asarray(y, float) / place.height
        self.figure.add_artist(
            Line2D(xs, ys, color=hexed(colour), linewidth=width * 72 / DPI, **style)
        )

    def frame(self, box: Box, theme: Theme) -> None:
        """A hairline around a room, just outside its pixels."""
        left, top = box.left - 1, box.top - 1
        right, low = box.left + box.width + 1, box.top + box.height + 1
        self.line([left, right, right, left, left], [top, top, low, low, top], theme.faint, 1.5)

    def ticks(self, box: Box, reel: Reel, theme: Theme) -> None:
        """Round numbers below the data room, in data units."""
        window = reel.window(reel.stills[-1].maps)
        maps = reel.stills[-1].maps
        units = units_in(reel.hello)
        scale = maps.scale * units.sd[0]
        k = box.scale(window) / scale
        middle = units.mean[0] + units.sd[0] * (maps.centre[0] + maps.scale * window.x)
        half = box.width / 2 / k
        for value in round_values(middle - half, middle + half):
            column = box.left + box.width / 2 + (value - middle) * k
            low = box.top + box.height + 1
            self.line([column, column], [low, low + 0.9 * self.place.unit], theme.soft, 1.2)
            text = f"{value:g}".replace("-", "−")
            self(column, low + 3.9 * self.place.unit, text, 2.8, theme.soft, align="center")

    def curve(self, reel: Any, theme: Theme) -> None:
        """The whole loss curve, faint, with its floor and its axis."""
        box, unit = self.place.curve, self.place.unit
        steps, loss = curve_points(reel)
        columns, rows = curve_pixels(reel, self.place, steps, loss)
        self.line(columns, rows, theme.faint, 2.4)
        low, high = span(loss, reel.entropy is not None)
        for value in round_values(low, high, most=3):
            row = box.top + box.height * (1 - (value - low) / (high - low))
            self(box.left - 1.2 * unit, row + 1.0 * unit, f"{value:g}", 2.8, theme.soft, "right")
            width = 1.6 if value == 0 and reel.entropy is not None else 0.6
            colour = theme.data if value == 0 and reel.entropy is not None else theme.faint
            self.line([box.left, box.left + box.width], [row, row], colour, width)
        about = "nats above the entropy" if reel.entropy is not None else "NLL in nats"
        write_at = box.top + box.height + 4.2 * unit
        self(box.left, write_at, about, 2.6, theme.soft)
        if self.request.source:
            self(box.left + box.width, write_at, source(reel), 2.6, theme.soft, align="right")


def curve_pixels(
    reel: Any, place: Any, steps: Any, loss: Any
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Columns and rows, in pixels of the picture, of points of the loss curve."""
    box = place.curve
    _, all_loss = curve_points(reel)
    low, high = span(all_loss, reel.entropy is not None)
    first, last = pace([reel.stills[0].step, reel.stills[-1].step])
    along = (pace(steps) - first) / max(float(last - first), 1e-9)
    up = (np.asarray(loss, float) - low) / (high - low)
    return box.left + box.width * along, box.top + box.height * (1 - np.clip(up, 0, 1))


def source(reel: Any) -> str:
    """What was trained, in a line."""
    spec, flow = reel.hello["spec"], reel.hello["spec"]["flow"]
    about = reel.hello["target"]["label"] if "target" in reel.hello else spec["problem"]
    return f"{about} · {flow['coupling']} × {flow['layers']} · Pushforward"


def round_values(low: float, high: float, most: int = 7) -> list[float]:
    """At most ``most`` multiples of 1, 2 or 5 times a power of ten within [low, high]."""
    least = (high - low) / most
    power = 10.0 ** np.floor(np.log10(least))
    step = next(f * power for f in (1, 2, 5, 10) if f * power >= least * 0.999)
    first = int(np.ceil(low / step))
    return [round(i * step, 12) for i in range(first, int(np.floor(high / step)) + 1)]


@cache
def fonts() -> tuple[str, ...]:
    """The fonts of FONTS that this machine has."""
    from matplotlib import font_manager

    known = {font.name for font in font_manager.fontManager.ttflist}
    return tuple(name for name in FONTS if name in known)
