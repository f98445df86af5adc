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


def dots(
    room: Picture, column: Points, row: Points, shape: Sprite, ink: Picture, alpha: float
) -> None:
    """Blend a sprite at every (column, row) into a room, a contiguous picture.

    ink : one pixel, or one a dot (N,). Dots whose sprite would leave the room are left out, as are
    those that are not finite.
    """
    height, width = room.shape
    half = shape.half
    with np.errstate(invalid="ignore"):
        inside = (column >= half) & (column < width - half)
        inside &= (row >= half) & (row < height - half)
    column, row = column[inside], row[inside]
    colour = ink[inside][:, None] if ink.ndim else ink
    whole_c, whole_r = column.astype(np.int32), row.astype(np.int32)
    part_r, part_c = (row - whole_r) * SUB, (column - whole_c) * SUB
    offset = part_r.astype(np.int32) * SUB + part_c.astype(np.int32)
    steps = (shape.rows * width + shape.columns).astype(np.int32)
    at = (whole_r * width + whole_c)[:, None] + steps[offset]
    covers = (shape.covers * np.uint32(256 * alpha)) >> SHIFT
    pixels = room.reshape(-1)
    # Where dots overlap the last one wins: no eye sees it.
    pixels[at] = mix(pixels[at], colour, covers[offset])


def lines(
    room: Picture, column: Points, row: Points, width: float, ink: Picture, alpha: float
) -> None:
    """Blend polylines (L, V) of columns and rows into a room, anti-aliased.

    Each segment is walked in steps of at most 0.9 pixels; a step covers the pixels around it by
    their distance. Coverage takes the maximum, so that joints show no beads.
    """
    height, length = room.shape
    x, y = _walk(column, row, limit=4.0 * max(height, length))
    half = int(np.ceil(width / 2))
    inside = (x >= half) & (x < length - half) & (y >= half) & (y < height - half)
    x, y = x[inside].astype(np.float32), y[inside].astype(np.float32)
    coverage = np.zeros(height * length, np.float32)
    if not len(x):
        return
    whole_x, whole_y = x.astype(np.intp), y.astype(np.intp)
    part_x, part_y = x - whole_x - np.float32(0.5), y - whole_y - np.float32(0.5)
    flat = whole_y * length + whole_x
    # Steps within one pixel follow each other: the largest of them counts.
    starts = np.flatnonzero(np.diff(flat, prepend=-1))
    flat = flat[starts]
    for dy in range(-half, half + 1):
        for dx in range(-half, half + 1):
            distance = np.sqrt((dx - part_x) ** 2 + (dy - part_y) ** 2)
            nearest = np.minimum.reduceat(distance, starts)
            cover = np.clip(np.float32(width / 2 + 0.5) - nearest, 0, 1)
            at = flat + (dy * length + dx)
            coverage[at] = np.maximum(coverage[at], cover)
    hit = np.flatnonzero(coverage)
    pixels = room.reshape(-1)
    opacity = (coverage[hit] * np.float32(256 * alpha)).astype(np.uint32)
    pixels[hit] = mix(pixels[hit], ink, opacity)


def _walk(column: Points, row: Points, limit: float) -> tuple[Points, Points]:
    """Points along polylines (L, V), at most 0.9 pixels apart."""
    x0, y0, x1, y1 = (
        np.clip(np.nan_to_num(part), -limit, limit).ravel()
        for part in (column[:, :-1], row[:, :-1], column[:, 1:], row[:, 1:])
    )
    steps = np.maximum(1, np.ceil(np.hypot(x1 - x0, y1 - y0) / 0.9)).astype(np.intp)
    segment = np.repeat(np.arange(len(steps)), steps)
    first = np.cumsum(steps) - steps
    t = (np.arange(len(segment)) - first[segment]) / steps[segment]
    return x0[segment] + t * (x1 - x0)[segment], y0[segment] + t * (y1 - y0)[segment]


def heat(
    box: Box, share: NDArray[np.floating[Any]], paper: Colour, hue: Colour, strongest: float
) -> Picture:
    """A room filled with a field (h, w) of shares 0..1, scaled up smoothly, from paper to hue.

    share : row 0 on top, its samples evenly spread over the room
    """
    from PIL import Image

    ground, top = np.asarray(paper, np.float32), np.asarray(hue, np.float32)
    small = ground + (top - ground) * (np.asarray(share, np.float32)[..., None] * strongest)
    image = Image.fromarray(pack(small).view(np.uint8).reshape(*share.shape, 4), "RGBX")
    full = image.resize((box.width, box.height), Image.Resampling.BILINEAR)
    return np.frombuffer(full.tobytes(), np.uint32).reshape(box.height, box.width) | OPAQUE
