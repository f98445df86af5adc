"""The displacement field of a residual layer in numpy: z = x + t g(x), g read from a table.

Values of g stand on an even grid of N x N nodes. In between, g is the bicubic Hermite interpolant
whose slopes at the nodes are those of the cubic splines along the grid's lines, so that g and its
derivative are continuous and off by O(h⁴) and O(h³); the log-det is that of the interpolant itself.
Beyond the grid g is what it is at the nearest point of it: as steep as inside at most, so that the
layer stays invertible on the whole plane.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from inn_core.results import LayerMap

Array = NDArray[np.floating[Any]]
FloatArray = NDArray[np.float64]

#: Evaluations of g for an inverse, at most; a residual so small, relative to 1 + |z|, ends it.
MOST, CLOSE = 400, 1e-13
#: A step of Newton's method must shrink the residual by this factor, or a fixed-point step follows.
GOOD = 0.95


class Field(NamedTuple):
    """Nodes of a table.

    nodes : (2, 2, 2, N, N) [component, x1-slope or not, x2-slope or not, place along x2, along x1]
    low : the first node (2,); step : distance of two nodes
    """

    nodes: FloatArray
    low: FloatArray
    step: float


def field(layer: LayerMap) -> Field:
    """Values and slopes at the nodes of a layer; slopes are a node's distance times dg."""
    count = len(layer.knots)
    values = np.asarray(layer.tables, np.float64).reshape(2, count, count)
    slopes = spline_slopes(count)
    along1, along2 = values @ slopes.T, slopes @ values
    nodes = np.stack([values, along2, along1, slopes @ along1], 1).reshape(2, 2, 2, count, count)
    low = float(layer.knots[0]) + np.asarray(layer.numbers)
    return Field(nodes, low, float(layer.knots[-1] - layer.knots[0]) / (count - 1))


@lru_cache(maxsize=64)
def spline_slopes(count: int) -> FloatArray:
    """Slopes m of a cubic spline through values f at 0, 1, 2, … as a matrix: m = S f.

    m_{i-1} + 4 m_i + m_{i+1} = 3 (f_{i+1} - f_{i-1}); at the ends the slope of the cubic through
    the four outer values.
    """
    left, right = np.zeros((count, count)), np.zeros((count, count))
    for i in range(1, count - 1):
        left[i, i - 1 : i + 2] = 1, 4, 1
        right[i, i - 1], right[i, i + 1] = -3, 3
    left[0, 0] = left[-1, -1] = 1
    right[0, :4] = np.array([-11, 18, -9, 2]) / 6
    right[-1, -4:] = np.array([-2, 9, -18, 11]) / 6
    return np.asarray(np.linalg.solve(left, right))


def displacement(made: Field, x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return g (N, 2) and its Jacobian (N, 2, 2) at points x (N, 2)."""
    count = made.nodes.shape[-1]
    place = (x - made.low) / made.step
    held = np.clip(place, 0, count - 1)
    cell = np.minimum(held.astype(np.int64), count - 2)
    weights, rises = _hermite(held - cell)  # (N, 2, 2, 2): point, axis, value or slope, end
    rises = rises * (held == place)[:, :, None, None] / made.step
    ends = np.arange(2)
    rows, columns = cell[:, 1, None, None] + ends[:, None], cell[:, 0, None, None] + ends
    corners = made.nodes[..., rows, columns]  # (2, 2, 2, N, 2, 2)
    read = "cpqnba,npa,nqb->nc"
    value = np.einsum(read, corners, weights[:, 0], weights[:, 1])
    slopes = [
        np.einsum(read, corners, rises[:, 0], weights[:, 1]),
        np.einsum(read, corners, weights[:, 0], rises[:, 1]),
    ]
    return value, np.stack(slopes, -1)


def _hermite(q: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Hermite's four cubics at q (...), and their derivatives: (..., 2, 2)."""
    p = 1 - q
    weights = [p * p * (1 + 2 * q), q * q * (3 - 2 * q), q * p * p, -q * q * p]
    rises = [-6 * q * p, 6 * q * p, p * (1 - 3 * q), q * (3 * q - 2)]
    return tuple(np.stack(parts, -1).reshape(*q.shape, 2, 2) for parts in (weights, rises))  # type: ignore[return-value]


def forward(layer: LayerMap, x: FloatArray, t: float) -> tuple[FloatArray, FloatArray]:
    """Return z = x + t g(x) and ln det(I + t J)."""
    value, slopes = displacement(field(layer), x)
    return x + t * value, np.log(np.abs(_det(t * slopes)))


def inverse(layer: LayerMap, z: FloatArray, t: float) -> tuple[FloatArray, FloatArray]:
    """Return x with x + t g(x) = z, and -ln det(I + t J) there; see bijections/contraction.py."""
    made = field(layer)
    x, plain, over = z.copy(), np.zeros(len(z), bool), np.zeros(len(z), bool)
    value, slopes = displacement(made, x)
    off = t * value
    size, close = np.hypot(*off.T), CLOSE * (1 + np.hypot(*z.T))
    for _ in range(MOST):
        over |= size <= close
        if over.all():
            break
        step = np.where(plain[:, None], off, _solved(t * slopes, off))
        there = x - np.where(over[:, None], 0.0, step)
        value, new_slopes = displacement(made, there)
        new = there + t * value - z
        new_size = np.hypot(*new.T)
        better = new_size <= GOOD * size
        over, plain = over | (plain & ~better), ~better
        x, off = (np.where(better[:, None], b, a) for a, b in ((x, there), (off, new)))
        slopes = np.where(better[:, None, None], new_slopes, slopes)
        size = np.where(better, new_size, size)
    return x, -np.log(np.abs(_det(t * slopes)))


def _det(slopes: FloatArray) -> FloatArray:
    """Det(I + J)."""
    a, b, c, d = (slopes[:, i, j] for i in range(2) for j in range(2))
    return np.asarray((1 + a) * (1 + d) - b * c)


def _solved(slopes: FloatArray, off: FloatArray) -> FloatArray:
    """Solve (I + J) step = off."""
    a, b, c, d = (slopes[:, i, j] for i in range(2) for j in range(2))
    first = (1 + d) * off[:, 0] - b * off[:, 1]
    second = (1 + a) * off[:, 1] - c * off[:, 0]
    return np.asarray(np.stack([first, second], 1) / _det(slopes)[:, None])
