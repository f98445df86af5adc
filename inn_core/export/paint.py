"""Stamping into a picture with numpy: dots, rings, lines, heat. One picture takes some ms.

A picture is uint32 (H, W), each pixel 0xAABBGGRR as on the stage: red and blue are blended in one
multiplication. A canvas library that draws 4,000 anti-aliased discs a frame takes ten times as long
(measured with Agg: 110 to 147 ms).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint32]
Points = NDArray[np.floating[Any]]
Colour = tuple[float, float, float]

#: Sprites are drawn at SUB x SUB subpixel offsets, so that slow points glide.
SUB = 4
RED_BLUE, GREEN, OPAQUE = np.uint32(0xFF00FF), np.uint32(0x00FF00), np.uint32(0xFF000000)
WHOLE, SHIFT = np.uint32(256), np.uint32(8)


@dataclass(frozen=True)
class Window:
    """The part of the plane that a room shows: its middle and half widths, in the flow's units."""

    x: float
    y: float
    half_x: float
    half_y: float


@dataclass(frozen=True)
class Box:
    """A room on the picture, in pixels."""

    left: int
    top: int
    width: int
    height: int

    def scale(self, window: Window) -> float:
        """Pixels a unit: the same along both axes, and the whole window fits."""
        return min(self.width / (2 * window.half_x), self.height / (2 * window.half_y))

    def pixels(self, points: Points, window: Window) -> tuple[Points, Points]:
        """Columns and rows (N,) of points (N, 2), as fractions of pixels within the box."""
        k = self.scale(window)
        column = self.width / 2 + (points[..., 0] - window.x) * k
        row = self.height / 2 - (points[..., 1] - window.y) * k
        return column, row

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of pixels."""
        return self.height, self.width

    @property
    def part(self) -> tuple[slice, slice]:
        """The box as an index into a picture."""
        rows = slice(self.top, self.top + self.height)
        return rows, slice(self.left, self.left + self.width)


@dataclass(frozen=True)
class Sprite:
    """What a dot covers, at 4 × 4 subpixel offsets, as lists of pixels padded to one length.

    rows, columns : (16, S) steps from the dot's own pixel; covers : (16, S) coverage 0..256
    """

    half: int
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    covers: NDArray[np.uint32]


@cache
def sprite(radius: float, ring: float = 0.0) -> Sprite:
    """A disc, or a ring of stroke width ``ring``; coverage is linear over one pixel."""
    half = int(np.ceil(radius + ring / 2 + 0.5))
    side = np.arange(-half, half + 1)
    dy, dx = np.meshgrid(side, side, indexing="ij")
    covers = []
    for o in range(SUB * SUB):
        cy, cx = ((o // SUB) + 0.5) / SUB - 0.5, ((o % SUB) + 0.5) / SUB - 0.5
        distance = np.hypot(dy - cy, dx - cx)
        edge = ring / 2 + 0.5 - np.abs(distance - radius) if ring else radius + 0.5 - distance
        covers.append(np.clip(edge, 0, 1).ravel())
    cover = np.rint(256 * np.array(covers)).astype(np.uint32)
    used = (cover > 0).any(0)
    most = int((cover > 0).sum(1).max())
    order = np.argsort(-cover[:, used].astype(int), axis=1, kind="stable")[:, :most]
    take = np.take_along_axis
    rows = take(np.broadcast_to(dy.ravel()[used], cover[:, used].shape), order, 1)
    columns = take(np.broadcast_to(dx.ravel()[used], cover[:, used].shape), order, 1)
    return Sprite(half, rows, columns, take(cover[:, used], order, 1))


def pack(colours: Any) -> Picture:
    """Colours (…, 3) in 0..255 as opaque pixels (…)."""
    parts = np.clip(np.rint(np.asarray(colours, float)), 0, 255).astype(np.uint32)
    red, green, blue = parts[..., 0], parts[..., 1], parts[..., 2]
    return np.asarray(OPAQUE | (blue << np.uint32(16)) | (green << SHIFT) | red)


def mix(under: Picture, ink: Picture, cover: NDArray[np.uint32]) -> Picture:
    """Blend ink over pixels; cover 0..256. The two halves of a pixel cannot run into each other."""
    rest = WHOLE - cover
    red_blue = (ink & RED_BLUE) * cover + (under & RED_BLUE) * rest
    green = (ink & GREEN) * cover + (under & GREEN) * rest
    return np.asarray(((red_blue >> SHIFT) & RED_BLUE) | ((green >> SHIFT) & GREEN) | OPAQUE)


@dataclass(frozen=True)
class Stamp:
    """Dots that have found their pixels: ``at``, ``covers`` (N, S), and which of all they are."""

    at: NDArray[np.int32]
    covers: NDArray[np.uint32]
    inside: NDArray[np.bool_]


def stamp(size: tuple[int, int], column: Points, row: Points, shape: Sprite) -> Stamp:
    """Place a sprite at every (column, row) of a room of ``size`` (H, W).

    Dots whose sprite would leave the room are left out, as are those that are not finite.
    """
    height, width = size
    half = shape.half
    with np.errstate(invalid="ignore"):
        inside = (column >= half) & (column < width - half)
        inside &= (row >= half) & (row < height - half)
    column, row = column[inside].astype(np.float32), row[inside].astype(np.float32)
    whole_c, whole_r = column.astype(np.int32), row.astype(np.int32)
    part_r, part_c = (row - whole_r) * SUB, (column - whole_c) * SUB
    offset = part_r.astype(np.int32) * SUB + part_c.astype(np.int32)
    steps = (shape.rows * width + shape.columns).astype(np.int32)
    return Stamp((whole_r * width + whole_c)[:, None] + steps[offset], shape.covers[offset], inside)


def blend(room: Picture, dots: Stamp, ink: Picture, alpha: float) -> None:
    """Blend dots into a room, a contiguous picture; ink : one pixel, or one a dot (N,)."""
    colour = ink[dots.inside][:, None] if ink.ndim else ink
    pixels = room.reshape(-1)
    # Where dots overlap the last one wins: no eye sees it.
    covers = (dots.covers * np.uint32(256 * alpha)) >> SHIFT
    pixels[dots.at] = mix(pixels[dots.at], colour, covers)


def dots(
    room: Picture, column: Points, row: Points, shape: Sprite, ink: Picture, alpha: float
) -> None:
    """Place a sprite at every (column, row) and blend it into a room; see stamp and blend."""
    blend(room, stamp((room.shape[0], room.shape[1]), column, row, shape), ink, alpha)


def lines(
    room: Picture, column: Points, row: Points, width: float, ink: Picture, alpha: float
) -> None:
    """Blend polylines (L, V) of columns and rows into a room, anti-aliased.

    Each segment is walked pixel by pixel along its longer side; a step covers the pixels across it
    by their distance. Coverage takes the maximum, so that joints show no beads.
    ink : one pixel, or one a polyline (L,)
    """
    height, length = room.shape
    along, across, slope, steep, which = _walk(column, row, room.shape)
    if not len(along):
        return
    thick = (width / 2 * np.sqrt(1 + slope * slope) + 0.5).astype(np.float32)
    low = np.ceil(across - thick).astype(np.int32)
    limit = np.where(steep, length, height)
    stride = np.where(steep, 1, length)
    at, covers, inks = [], [], []
    flat = along * np.where(steep, length, 1)
    for k in range(int(np.ceil(2 * thick.max())) + 1):
        pixel = low + k
        cover = np.minimum(thick - np.abs(across - pixel), np.float32(1))
        hit = (cover > 0) & (pixel >= 0) & (pixel < limit)
        at.append((flat + pixel * stride)[hit])
        covers.append(cover[hit])
        if ink.ndim:
            inks.append(ink[which[hit]])
    place, cover = np.concatenate(at), np.concatenate(covers)
    # The largest cover of a pixel is written last: a dense maximum would scan the whole room.
    level = (cover * np.float32(256 * alpha)).astype(np.uint32)
    coverage = np.zeros(height * length, np.uint32)
    order = np.argsort(level.astype(np.uint16), kind="stable")  # of 16 bits: a radix sort
    coverage[place[order]] = level[order]
    if ink.ndim:
        colours = np.zeros(height * length, np.uint32)
        colours[place[order]] = np.concatenate(inks)[order]
        ink = colours[place]
    pixels = room.reshape(-1)
    pixels[place] = mix(pixels[place], ink, coverage[place])


def _walk(
    column: Points, row: Points, shape: tuple[int, ...]
) -> tuple[NDArray[np.int32], NDArray[Any], NDArray[Any], NDArray[np.bool_], NDArray[np.intp]]:
    """Steps of one pixel along polylines (L, V), those within a room of ``shape`` (H, W).

    Returns (pixel along the longer side, position across, slope, whether that side is upright,
    which polyline it belongs to).
    """
    limit = 4.0 * max(shape)
    x0, y0, x1, y1 = (
        np.clip(np.nan_to_num(part), -limit, limit).ravel()
        for part in (column[:, :-1], row[:, :-1], column[:, 1:], row[:, 1:])
    )
    steep = np.abs(y1 - y0) > np.abs(x1 - x0)
    u0, v0 = np.where(steep, y0, x0) - 0.5, np.where(steep, x0, y0) - 0.5
    u1, v1 = np.where(steep, y1, x1) - 0.5, np.where(steep, x1, y1) - 0.5
    length = u1 - u0
    slope = np.divide(v1 - v0, length, out=np.zeros_like(length), where=length != 0)
    side = np.where(steep, shape[0], shape[1])
    first = np.maximum(0, np.rint(np.minimum(u0, u1))).astype(np.int32)
    last = np.minimum(side - 1, np.rint(np.maximum(u0, u1))).astype(np.int32)
    steps = np.maximum(0, last - first + 1)
    segment = np.repeat(np.arange(len(steps)), steps)
    begun = np.cumsum(steps) - steps
    along = (first[segment] + np.arange(len(segment)) - begun[segment]).astype(np.int32)
    across = (v0[segment] + slope[segment] * (along - u0[segment])).astype(np.float32)
    which = segment // max(1, column.shape[1] - 1)
    return along, across, slope[segment].astype(np.float32), steep[segment], which


def heat(
    box: Box, share: NDArray[np.floating[Any]], paper: Colour, hue: Colour, strongest: float
) -> Picture:
    """A room filled with a field (h, w) of shares 0..1, scaled up smoothly, from paper to hue.

    share : row 0 on top, its samples evenly spread over the room
    """
    from PIL import Image

    ramp = np.linspace(0, strongest, 256)[:, None]
    colours = np.asarray(paper) + (np.asarray(hue) - np.asarray(paper)) * ramp
    levels = np.clip(np.rint(255 * np.nan_to_num(share)), 0, 255).astype(np.uint8)
    # One byte a pixel is scaled up, and coloured after that: a third of the time.
    image = Image.fromarray(levels).resize((box.width, box.height), Image.Resampling.BILINEAR)
    image.putpalette(np.rint(colours).astype(np.uint8).tobytes())
    full = image.convert("RGBA").tobytes()
    return np.frombuffer(full, np.uint32).reshape(box.height, box.width) | OPAQUE
