"""Sum-of-squares and deep sigmoidal curves of a layer map in numpy (univariate/ has the formulas).

The tables' raw rows are linear in u; what they stand for is worked out on finer knots, as for
splines: the shift and the polynomials to square, or a, b and w of each sigmoid. Whatever lies
between two knots is an increasing curve again.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray

from inn_core.maps import spline
from inn_core.results import LayerMap

FloatArray = NDArray[np.float64]
Mapped = tuple[FloatArray, FloatArray]

#: A square doubles what a raw number moves: its knots lie closer than a spline's.
FINER = {"sum_of_squares": 2.5, "sigmoidal": 1.0}
DOUBLINGS, STEPS = 40, 100


def parts(layer: LayerMap) -> tuple[FloatArray, FloatArray]:
    """Finer knots (M,) and rows (P, M): c, q_1, q_2 (1 + 2 (r + 1)); or K a, K b, K w."""
    knots, raw = spline.refined(layer.knots, layer.tables, FINER[layer.formula])
    return knots, PARTS[layer.formula](raw, layer.numbers)


def _squares(raw: FloatArray, numbers: tuple[float, ...]) -> FloatArray:
    """Shift and coefficients, in powers of x/B, of both q: the slope is ε + Σ q²."""
    bound, least = numbers
    r = len(raw) // 2 - 1
    a = np.concatenate([np.ones_like(raw[:1]), raw[1:]])
    a = (a / np.sqrt((a * a).sum(0))).reshape(2, r + 1, -1)
    powers = np.zeros((r + 1, r + 1))
    for n in range(r + 1):
        powers[n, : n + 1] = np.sqrt(2 * n + 1) * legendre.leg2poly([0] * n + [1])
    a = np.sqrt(1 - least) * np.einsum("knm,np->kpm", a, powers)
    return np.concatenate([bound * np.tanh(raw[:1] / bound), *a])


def _sigmoids(raw: FloatArray, numbers: tuple[float, ...]) -> FloatArray:
    """Slopes a, offsets b and weights w of the sigmoids."""
    bound, _, log_slope, log_weight = numbers
    slope, centre, weight = np.split(raw, 3)
    a = np.exp(log_slope * np.tanh(slope / log_slope))
    b = -a * bound * np.tanh(centre / bound)
    return np.concatenate([a, b, np.exp(log_weight * np.tanh(weight / log_weight))])


def _sum_of_squares(v: FloatArray, rows: FloatArray, numbers: tuple[float, ...]) -> Mapped:
    """S(v) and S'(v): the integral of the slope, and its tangents outside [-B, B]."""
    bound, least = numbers
    u, r = v / bound, len(rows) // 2 - 1
    p = np.zeros((2 * r + 1, len(v)))
    p[0] = least
    for q in np.split(rows[1:], 2):
        for i in range(r + 1):
            p[i : i + r + 1] += q[i] * q
    inside = np.clip(u, -1, 1)
    value, slope = np.zeros_like(v), np.zeros_like(v)
    for m in reversed(range(2 * r + 1)):
        value = value * inside + p[m] / (m + 1)
        slope = slope * inside + p[m]
    return rows[0] + bound * (value * inside + slope * (u - inside)), slope


def _sigmoidal(v: FloatArray, rows: FloatArray, numbers: tuple[float, ...]) -> Mapped:
    """(1-ε) D(v) + ε v and its slope, in logarithms."""
    a, b, w = np.split(rows, 3)
    c, least = a * v + b, numbers[1]
    up, down = np.log(w) - np.logaddexp(0, -c), np.log(w) - np.logaddexp(0, c)
    log_p, log_q = np.logaddexp.reduce(up), np.logaddexp.reduce(down)
    # D' = Σ a (R σ(-c) + Q σ(c)), R and Q the shares of the sigmoids in p and q.
    slope = np.exp(up - log_p - np.logaddexp(0, c)) + np.exp(down - log_q - np.logaddexp(0, -c))
    slope = (a * slope).sum(0)
    return v + (1 - least) * (log_p - log_q - v), least + (1 - least) * slope


PARTS: dict[str, Callable[[FloatArray, tuple[float, ...]], FloatArray]] = {
    "sum_of_squares": _squares,
    "sigmoidal": _sigmoids,
}
CURVES: dict[str, Callable[[FloatArray, FloatArray, tuple[float, ...]], Mapped]] = {
    "sum_of_squares": _sum_of_squares,
    "sigmoidal": _sigmoidal,
}


def curve(layer: LayerMap, v: FloatArray, rows: FloatArray, t: float) -> Mapped:
    """Value and slope of (1-t) v + t S(v)."""
    value, slope = CURVES[layer.formula](v, rows, layer.numbers)
    return v + t * (value - v), 1 + t * (slope - 1)


def forward(layer: LayerMap, v: FloatArray, rows: FloatArray, t: float) -> Mapped:
    """Return z (N,) and ln dz/dv of v (N,) for rows (P, N)."""
    value, slope = curve(layer, v, rows, t)
    return value, np.log(slope)


def inverse(layer: LayerMap, z: FloatArray, rows: FloatArray, t: float) -> Mapped:
    """Return x (N,) and ln dx/dz of z (N,): Newton's method in a bracket that only shrinks."""
    width = np.ones_like(z)
    low, high = z - width, z + width
    for _ in range(DOUBLINGS):
        above, below = (curve(layer, end, rows, t)[0] for end in (low, high))
        if not ((above > z) | (below < z)).any():
            break
        width = 2 * width
        low, high = np.where(above > z, z - width, low), np.where(below < z, z + width, high)
    x = (low + high) / 2
    for step in range(STEPS):
        value, slope = curve(layer, x, rows, t)
        off = value - z
        if (np.abs(off) <= 1e-13 * (1 + np.abs(z))).all():
            break
        low, high = np.where(off <= 0, x, low), np.where(off > 0, x, high)
        newton, middle = x - off / slope, (low + high) / 2
        x = np.where((newton >= low) & (newton <= high) & (step % 3 < 2), newton, middle)
    return x, -np.log(slope)
