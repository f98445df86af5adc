"""One picture of a film after the other: the moving parts, stamped over the still ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from inn_core.export import page
from inn_core.export.colours import THEMES, wheel
from inn_core.export.letters import Letters, numbers
from inn_core.export.motion import Moment
from inn_core.export.paint import (
    Box,
    Picture,
    Window,
    blend,
    dots,
    heat,
    lines,
    pack,
    sprite,
    stamp,
)
from inn_core.export.reel import (
    Points,
    Reel,
    at_depth,
    grid,
    latent_half,
    latent_points,
    states,
    to_base,
)
from inn_core.export.request import FilmRequest
from inn_core.maps import evaluate
from inn_core.results import FlowMaps

#: Samples of the density along a room's longer side.
FINE = 84
#: Share of the heat's ramp at the reference density (see assets/stage/density.js).
STRONG = 0.62


@dataclass(frozen=True)
class Placed:
    """A still with all that is computed once for it: states of points and grid, encoded data."""

    maps: FlowMaps
    points: list[Points]
    grid: list[Points]
    data: Points
    latent_data: Points


class Studio:
    """Draws the pictures of one film."""

    def __init__(self, request: FilmRequest, reel: Reel) -> None:
        self.request, self.reel = request, reel
        self.theme = THEMES[request.theme]
        self.place = page.layout(request)
        base = reel.stills[-1].maps.base
        self.half = latent_half(base)
        normal = latent_points()
        self.colours = pack(wheel(normal, self.theme.dark))
        self.ink_data, self.ink_model = pack(self.theme.data), pack(self.theme.model)
        self.ink_latent = pack(self.theme.latent)
        self.z, self.grid = to_base(normal, base), grid(float(int(self.half)))
        self.ticked = page.background(request, reel, self.place, ticks=True)
        self.plain = page.background(request, reel, self.place, ticks=False)
        self.steps, self.loss = page.curve_points(reel)
        self.reference: float | None = None
        self.last: tuple[Moment, Picture] | None = None
        self.placed = lru_cache(maxsize=3)(self._placed)
        self.field = lru_cache(maxsize=3)(self._field)
        unit = self.place.unit
        self.disc, self.ring = sprite(0.3 * unit), sprite(0.42 * unit, 0.17 * unit)
        window = Window(0, 0, self.half, self.half)
        share = self._latent_heat(base)
        self.latent_shown: tuple[tuple[int, float], Picture] | None = None
        columns = self.place.latent.pixels(self.z, window)
        self.latent_dots = stamp(self.place.latent.shape, *columns, self.disc)
        self.latent_paper = heat(self.place.latent, share, self.theme.room, self.theme.latent, 0.34)
        self.net(self.latent_paper, self.place.latent, window, self.grid)
        self.history = self.whole_curve()
        self.write = Letters(round(3.4 * self.place.unit))

    def picture(self, moment: Moment) -> Picture:
        """One frame, uint32 (H, W). At rest it is the one before."""
        if self.last is None or self.last[0] != moment:
            self.last = moment, self.drawn(moment)
        return self.last[1]

    def drawn(self, moment: Moment) -> Picture:
        """Draw one frame."""
        still = self.reel.stills[moment.still]
        ticked = moment.depth >= len(still.maps.layers)
        picture = (self.ticked if ticked else self.plain).copy()
        here = self.placed(moment.still)
        points = at_depth(here.maps, here.points, moment.depth)
        mesh = at_depth(here.maps, here.grid, moment.depth)
        latent_data = here.latent_data
        window = self.window(here, moment.depth)
        share = self.field(moment.still) if moment.training else self.depth_field(here, moment)
        if moment.mix > 0:
            later, mix = self.placed(moment.still + 1), moment.mix
            points = points + mix * (later.points[-1] - points)
            mesh = mesh + mix * (later.grid[-1] - mesh)
            latent_data = latent_data + mix * (later.latent_data - latent_data)
            share = share + mix * (self.field(moment.still + 1) - share)
        picture[self.place.latent.part] = self.latent_room(moment, latent_data)
        data = here.data if ticked else None
        picture[self.place.data.part] = self.data_room(window, share, mesh, data, points)
        self.curve(picture, moment)
        return picture

    # ── rooms ────────────────────────────────────────────────────────────────────────────────

    def data_room(
        self, window: Window, share: NDArray[np.floating], mesh: Points, data: Points | None,
        points: Points,
    ) -> Picture:  # fmt: skip
        """Heat, grid, hollow data, coloured points."""
        box = self.place.data
        room = heat(box, share, self.theme.room, self.theme.model, 0.74)
        self.net(room, box, window, mesh.reshape(self.grid.shape))
        if data is not None:
            dots(room, *box.pixels(data, window), self.ring, self.ink_data, 0.75)
        dots(room, *box.pixels(points, window), self.disc, self.colours, 0.92)
        return room

    def latent_room(self, moment: Moment, data: Points) -> Picture:
        """Heat and grid stand still here, and were drawn once; so do the model's points."""
        key = moment.still, moment.mix
        if self.latent_shown is None or self.latent_shown[0] != key:
            room = self.latent_paper.copy()
            box, window = self.place.latent, Window(0, 0, self.half, self.half)
            dots(room, *box.pixels(data, window), self.ring, self.ink_data, 0.75)
            blend(room, self.latent_dots, self.colours, 0.92)
            self.latent_shown = key, room
        return self.latent_shown[1]

    def net(self, room: Picture, box: Box, window: Window, mesh: Points) -> None:
        """The latent grid's lines."""
        lines(room, *box.pixels(mesh, window), 0.16 * self.place.unit, self.ink_latent, 0.5)

    def window(self, here: Placed, depth: float) -> Window:
        """The data room's window: z's at depth 0, the target's at L, between them the points'."""
        layers = len(here.maps.layers)
        first = Window(0, 0, self.half, self.half)
        last = self.reel.window(here.maps)
        if depth >= layers:
            return last
        whole = int(depth)
        ends = [
            first if k == 0 else last if k == layers else fit(here.points[k])
            for k in (whole, whole + 1)
        ]
        return between(ends[0], ends[1], depth - whole)

    def _placed(self, index: int) -> Placed:
        """Carry everything through the flow of a still."""
        maps = self.reel.stills[index].maps
        data = (self.reel.data - maps.centre) / maps.scale
        return Placed(
            maps, states(maps, self.z), states(maps, self.grid.reshape(-1, 2)), data,
            evaluate.encode(maps, self.reel.data)[0],
        )  # fmt: skip

    # ── density ──────────────────────────────────────────────────────────────────────────────

    def _field(self, index: int) -> NDArray[np.float64]:
        """Shares of the heat's ramp over the data room, for a still's whole flow."""
        maps = self.reel.stills[index].maps
        log_q = self.log_density(maps, self.reel.window(maps), len(maps.layers))
        return self.tone(log_q, calm=0.4)

    def depth_field(self, here: Placed, moment: Moment) -> NDArray[np.float64]:
        """The same at a depth between z and x."""
        log_q = self.log_density(here.maps, self.window(here, moment.depth), moment.depth)
        return self.tone(log_q, calm=1.0)

    def log_density(self, maps: FlowMaps, window: Window, depth: float) -> NDArray[np.float64]:
        """Log-density (h, w) at the room's samples, row 0 on top."""
        box = self.place.data
        k = box.scale(window)
        longest = max(box.width, box.height)
        shape = [max(2, round(FINE * side / longest)) for side in (box.height, box.width)]
        y = window.y + box.height / 2 / k * np.linspace(1, -1, shape[0])
        x = window.x + box.width / 2 / k * np.linspace(-1, 1, shape[1])
        points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        z, log_det = evaluate.encode_partial(
            maps, np.asarray(maps.centre) + maps.scale * points, depth
        )
        return (evaluate.base_log_prob(maps.base, z) + log_det).reshape(shape)

    def tone(self, log_q: NDArray[np.float64], calm: float) -> NDArray[np.float64]:
        """Shares 0..1, growing like the root of the density: thin bridges stay visible."""
        density = np.exp(np.where(np.isfinite(log_q), log_q, -1e3))
        total = density.sum()
        reference = float((density * np.maximum(log_q, -1e3)).sum() / total) if total > 0 else 0.0
        if self.reference is not None:
            reference = calm * reference + (1 - calm) * self.reference
        self.reference = reference
        return np.asarray(np.minimum(1.0, STRONG * np.exp(0.5 * (log_q - reference))))

    def _latent_heat(self, base: tuple[object, ...]) -> NDArray[np.float64]:
        """The base's density over the latent room."""
        box, half = self.place.latent, self.half
        k = box.scale(Window(0, 0, half, half))
        y = box.height / 2 / k * np.linspace(1, -1, FINE)
        x = box.width / 2 / k * np.linspace(-1, 1, FINE)
        points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        log_p = evaluate.base_log_prob(base, points).reshape(FINE, FINE)
        return np.asarray(np.exp(0.5 * (log_p - log_p.max())))

    # ── the loss curve and the numbers ───────────────────────────────────────────────────────

    def whole_curve(self) -> Picture:
        """The strip of the loss curve with all of it inked: a picture shows what is past of it."""
        place, margin = self.place, round(1.4 * self.place.unit)
        box = place.curve
        strip = self.plain[box.top - margin : box.top + box.height + margin].copy()
        if len(self.steps) > 1:
            columns, rows = page.curve_pixels(self.reel, place, self.steps, self.loss)
            rows = rows - (box.top - margin)
            lines(strip, columns[None], rows[None], 0.36 * place.unit, self.ink_model, 1.0)
        return strip

    def curve(self, picture: Picture, moment: Moment) -> None:
        """The curve up to now, a dot at its end, and the numbers in words."""
        still, place, unit = self.reel.stills[moment.still], self.place, self.place.unit
        step = float(still.step)
        if moment.mix > 0:
            step += moment.mix * (self.reel.stills[moment.still + 1].step - step)
        box, margin = place.curve, round(1.4 * unit)
        rows = slice(box.top - margin, box.top + box.height + margin)
        if len(self.steps) and self.steps[0] <= step:
            now = np.interp(step, self.steps, self.loss)
            column, row = page.curve_pixels(self.reel, place, np.array([step]), np.array([now]))
            past = slice(0, int(column[0]) + 1)
            picture[rows, past] = self.history[:, past]
            strip = picture[rows]
            dots(strip, column, row - rows.start, sprite(0.9 * unit), self.ink_model, 1.0)
        if self.request.numbers:
            text = numbers(still, step, moment, self.reel.entropy)
            self.write(picture, place.curve.left, box.top - 5.2 * unit, text, self.theme.ink)


def fit(points: Points) -> Window:
    """The window that holds points (N, 2), but for those beyond four standard deviations."""
    mean, sd = points.mean(0), points.std(0)
    near = points[(np.abs(points - mean) <= 4 * sd + 1e-9).all(1)]
    low, high = near.min(0), near.max(0)
    half = np.clip(0.54 * (high - low), 0.8, 40)
    middle = (low + high) / 2
    return Window(float(middle[0]), float(middle[1]), float(half[0]), float(half[1]))


def between(a: Window, b: Window, t: float) -> Window:
    """From a to b: the middle moves evenly, the size by equal factors."""
    return Window(
        a.x + t * (b.x - a.x), a.y + t * (b.y - a.y),
        a.half_x * (b.half_x / a.half_x) ** t, a.half_y * (b.half_y / a.half_y) ** t,
    )  # fmt: skip
