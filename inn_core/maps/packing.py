"""Tables as few bytes: rounding, prediction along the line, zigzag base-128 numbers. No torch.

Knots lie on multiples of 1/2048 and are sent as differences. Values are rounded to multiples of a
step; knot i is predicted by the line through the two knots before it, and what is sent is the
difference. So a straight stretch costs one byte a knot, and nothing is lost after the rounding.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

GRID = 2048
LARGEST_LEVEL = 2**30
#: A number on the wire fits five base-128 digits: the difference of two levels, zigzag.
DIGITS = 5


def numbers_of(knots: Sequence[Array], tables: Sequence[Array], step: float) -> list[FloatArray]:
    """Knots (N,) and rows (R, N) of each of some layers as (R + 1) N whole numbers.

    N may differ from layer to layer, R may not. All layers stand in one line, so that twenty short
    operations do for all of them.
    """
    counts = [len(one) for one in knots]
    first = np.cumsum([0, *counts[:-1]])
    places = np.rint(np.concatenate(knots).astype(np.float64) * GRID)
    levels = np.rint(np.concatenate(tables, 1).astype(np.float64) / step)
    levels = np.clip(levels, -LARGEST_LEVEL, LARGEST_LEVEL)
    widths = np.diff(places)
    widths[first[1:] - 1] = 1.0  # from layer to layer
    if not (widths > 0).all():
        raise ValueError(f"Knots must increase by 1/{GRID} or more from one to the next.")
    guesses = np.zeros_like(levels)
    rise = np.diff(levels)[:, :-1] * widths[1:]
    line = np.floor(levels[:, 1:-1] + rise / widths[:-1] + 0.5)
    guesses[:, 2:] = np.clip(line, -LARGEST_LEVEL, LARGEST_LEVEL)
    second = first[np.array(counts) > 1] + 1
    guesses[:, second] = levels[:, second - 1]
    guesses[:, first] = 0.0
    steps = np.diff(places, prepend=0.0)
    steps[first] = places[first]
    ends = first[1:]
    parts = zip(np.split(steps, ends), np.split(levels - guesses, ends, 1), strict=True)
    return [np.concatenate([own, rows.ravel()]) for own, rows in parts]


def tables_of(
    numbers: IntArray, points: int, rows: int, step: float
) -> tuple[FloatArray, FloatArray] | None:
    """Inverse of :func:`numbers_of`: knots and rows; None when the knots do not increase."""
    places = numbers[:points].cumsum().astype(np.float64)
    widths = np.diff(places)
    if not (widths > 0).all():
        return None
    after, before = widths[1:].tolist(), widths[:-1].tolist()
    sent = numbers[points:].reshape(rows, points).tolist()
    levels = [_row(row, after, before) for row in sent]
    return places / GRID, np.array(levels) * step


def _row(numbers: list[int], after: list[float], before: list[float]) -> list[float]:
    """Levels of one row: each knot on the line through the two before it, plus what was sent."""
    old, now = float(numbers[0]), float(numbers[0] + numbers[1])
    levels = [old, now]
    for number, w1, w0 in zip(numbers[2:], after, before, strict=True):
        line = math.floor(now + (now - old) * w1 / w0 + 0.5)
        old, now = now, min(LARGEST_LEVEL, max(-LARGEST_LEVEL, line)) + float(number)
        levels.append(now)
    return levels


def differences(tables: Array, step: float) -> FloatArray:
    """Second differences from row to row of each half of a field (2 N, N), in whole steps."""
    levels = np.rint(np.asarray(tables, np.float64) / step).reshape(2, -1, tables.shape[1])
    zeros = np.zeros((2, 2, tables.shape[1]))
    sent = np.diff(np.concatenate([zeros, levels], 1), n=2, axis=1)
    return np.asarray(sent.reshape(tables.shape) * step)


def added_up(sent: FloatArray, step: float) -> FloatArray:
    """Inverse of :func:`differences`."""
    levels = np.rint(sent / step).reshape(2, -1, sent.shape[1])
    return np.asarray(levels.cumsum(1).cumsum(1).reshape(sent.shape) * step)


def to_varints(numbers: FloatArray) -> bytes:
    """Signed whole numbers as zigzag base-128 bytes, lowest digits first."""
    signed = numbers.astype(np.int64)
    rest = (signed << 1) ^ (signed >> 63)  # 0, -1, 1, -2, … become 0, 1, 2, 3, …
    sizes = np.ones(len(rest), np.int64)
    for digit in range(1, DIGITS):
        sizes += rest >= 1 << 7 * digit
    place = sizes.cumsum() - sizes
    out = np.empty(int(sizes.sum()), np.uint8)
    while len(rest):  # one digit of all numbers that have it; most have one
        longer = rest > 127
        out[place] = rest & 127 | longer << 7
        rest, place = rest[longer] >> 7, place[longer] + 1
    return out.tobytes()


def from_varints(data: bytes) -> IntArray | None:
    """Inverse of :func:`to_varints`; None for bytes that it cannot have made."""
    digits = np.frombuffer(data, np.uint8)
    last = np.flatnonzero(digits < 128)
    if len(digits) and (not len(last) or last[-1] != len(digits) - 1):
        return None
    first = np.concatenate([[0], last[:-1] + 1])[: len(last)]
    if len(last) and (last - first).max() >= DIGITS:
        return None
    place = np.arange(len(digits)) - np.repeat(first, last - first + 1)
    parts = (digits & 127).astype(np.int64) << (7 * place)
    zigzag = np.add.reduceat(parts, first) if len(first) else np.zeros(0, np.int64)
    return np.where(zigzag % 2 == 1, -(zigzag + 1) // 2, zigzag // 2)
