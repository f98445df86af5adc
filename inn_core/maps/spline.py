"""The rational-quadratic spline of a layer map in numpy (Durkan et al. 2019, arXiv 1906.04032).

With s = h/w and q = (x - x_k)/w inside bin k, and slopes d0, d1 at its ends:

    z = y_k + h [s q² + d0 q(1-q)] / [s + (d1 + d0 - 2s) q(1-q)];    identity outside [-B, B]
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from inn_core.results import LayerMap

Array = NDArray[np.floating[Any]]
FloatArray = NDArray[np.float64]


#: The tables' raw rows are linear in u; widths, heights and slopes are smooth functions of them and
#: are taken as linear on finer knots: between two of them no raw number moves by more than MOVE,
#: unless that would take more than PARTS pieces (far tails).
MOVE = 0.05
PARTS = 64


class Bins(NamedTuple):
    """Corners x, y (N, K + 1) and slopes (N, K + 1) of N splines with K bins; the bound B."""

    x: FloatArray
    y: FloatArray
    slopes: FloatArray
    bound: float


def corners(layer: LayerMap) -> tuple[FloatArray, FloatArray]:
    """Finer knots (M,), and rows x_1..x_{K-1}, y_1..y_{K-1}, slopes on them (3K - 3, M)."""
    knots, raw = refined(layer.knots, layer.tables)
    bound, least, log_slope = layer.numbers
    k = (len(raw) + 1) // 3
    sizes = raw[: 2 * k].reshape(2, k, -1)
    sizes = np.exp(sizes - sizes.max(1, keepdims=True))
    sizes = 2 * bound * (least + (1 - least * k) * sizes / sizes.sum(1, keepdims=True))
    inner = (sizes[:, :-1].cumsum(1) - bound).reshape(2 * k - 2, -1)
    return knots, np.concatenate([inner, np.exp(log_slope * np.tanh(raw[2 * k :] / log_slope))])


def refined(knots: Array, rows: Array, finer: float = 1.0) -> tuple[FloatArray, FloatArray]:
    """Knots and rows, every piece cut into equal parts (see MOVE, here divided by ``finer``)."""
    moves = np.abs(np.diff(rows)).max(0)
    parts = np.clip(np.ceil(finer * moves / MOVE), 1, PARTS).astype(np.int64)
    piece = np.repeat(np.arange(len(parts)), parts)
    share = (np.arange(parts.sum()) - np.repeat(parts.cumsum() - parts, parts)) / parts[piece]
    finer = knots[piece] + share * np.diff(knots)[piece]
    values = rows[:, piece] + share * np.diff(rows)[:, piece]
    return np.append(finer, knots[-1]), np.concatenate([values, rows[:, -1:]], 1)


def bins_of(rows: FloatArray, bound: float, t: float) -> Bins:
    """Splines of corner rows (3K - 3, N), a share t of the way from equal bins and slopes 1."""
    k, n = len(rows) // 3 + 1, rows.shape[1]
    even = np.linspace(-bound, bound, k + 1)
    x, y, slopes = np.tile(even, (n, 1)), np.tile(even, (n, 1)), np.ones((n, k + 1))
    x[:, 1:-1] += t * (rows[: k - 1].T - even[1:-1])
    y[:, 1:-1] += t * (rows[k - 1 : 2 * k - 2].T - even[1:-1])
    slopes[:, 1:-1] += t * (rows[2 * k - 2 :].T - 1)
    return Bins(x, y, slopes, bound)


def forward(v: FloatArray, bins: Bins) -> tuple[FloatArray, FloatArray]:
    """Return z (N,) and ln dz/dv of v (N,)."""
    inside, x, y, w, h, d0, d1 = _bin(v, bins.x, bins)
    q = (np.where(inside, v, x) - x) / w
    s, r = h / w, q * (1 - q)
    z = y + h * (s * q * q + d0 * r) / (s + (d1 + d0 - 2 * s) * r)
    return np.where(inside, z, v), np.where(inside, _log_slope(q, s, d0, d1), 0.0)


def inverse(v: FloatArray, bins: Bins) -> tuple[FloatArray, FloatArray]:
    """Return x (N,) and ln dx/dv of v (N,): the root of a quadratic in its sign-stable form."""
    inside, x, y, w, h, d0, d1 = _bin(v, bins.y, bins)
    g, s = np.where(inside, v, y) - y, h / w
    curve = d1 + d0 - 2 * s
    a, b, c = h * (s - d0) + g * curve, h * d0 - g * curve, -s * g
    q = 2 * c / (-b - np.sqrt(np.maximum(b * b - 4 * a * c, 0)))
    return np.where(inside, x + q * w, v), np.where(inside, -_log_slope(q, s, d0, d1), 0.0)


def _bin(v: FloatArray, corners: FloatArray, bins: Bins) -> tuple[Any, ...]:
    """Whether v lies inside, then x, y, width, height and end slopes of the bin it falls in."""
    k = (v[:, None] >= corners[:, 1:-1]).sum(1)
    at = np.arange(len(v))
    x, y = bins.x[at, k], bins.y[at, k]
    w, h = bins.x[at, k + 1] - x, bins.y[at, k + 1] - y
    inside = (v > -bins.bound) & (v < bins.bound)
    return inside, x, y, w, h, bins.slopes[at, k], bins.slopes[at, k + 1]


def _log_slope(q: FloatArray, s: FloatArray, d0: FloatArray, d1: FloatArray) -> FloatArray:
    """Return ln of s² [d1 q² + 2s q(1-q) + d0 (1-q)²] / [s + (d1 + d0 - 2s) q(1-q)]²."""
    r = q * (1 - q)
    top = s * s * (d1 * q * q + 2 * s * r + d0 * (1 - q) ** 2)
    return np.asarray(np.log(top) - 2 * np.log(s + (d1 + d0 - 2 * s) * r))
