"""Layer maps evaluated in numpy: the plain version that the browser's must agree with. No torch.

x is data, z is latent; forward and encode go x -> z. Points have shape (N, 2), log-dets (N,). A
``fraction`` t in [0, 1] is a place on a layer's path from the identity (t = 0) to itself (t = 1).
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inn_core.maps import field, monotone, spline
from inn_core.results import FlowMaps, LayerMap

Array = NDArray[np.floating[Any]]
FloatArray = NDArray[np.float64]
Mapped = tuple[FloatArray, FloatArray]


class Trace(NamedTuple):
    """L + 1 states (N, 2) from h = (x - centre)/scale to z, and L log-dets (N,)."""

    states: list[FloatArray]
    log_dets: list[FloatArray]


def forward(layer: LayerMap, x: ArrayLike, t: float = 1.0) -> Mapped:
    """Return z and ln |det dz/dx| of one layer at fraction ``t``."""
    return _apply(layer, _points(x), t, inverse=False)


def inverse(layer: LayerMap, z: ArrayLike, t: float = 1.0) -> Mapped:
    """Return x with ``forward(layer, x, t) = z``, and ln |det dx/dz|."""
    return _apply(layer, _points(z), t, inverse=True)


def encode(maps: FlowMaps, x: ArrayLike) -> Mapped:
    """Return z and ln |det dz/dx| of the whole flow, x in data units."""
    return encode_partial(maps, x, len(maps.layers))


def decode(maps: FlowMaps, z: ArrayLike) -> Mapped:
    """Return x in data units and ln |det dx/dz| of the whole flow."""
    return decode_partial(maps, z, len(maps.layers))


def encode_partial(maps: FlowMaps, x: ArrayLike, depth: float) -> Mapped:
    """Inverse of :func:`decode_partial`: through the last ``depth`` layers only."""
    h = (_points(x) - maps.centre) / maps.scale
    log_det = np.full(len(h), -2 * math.log(maps.scale))
    for layer, t in reversed(_steps(maps, depth)):
        h, more = forward(layer, h, t)
        log_det = log_det + more
    return h, log_det


def decode_partial(maps: FlowMaps, z: ArrayLike, depth: float) -> Mapped:
    """Go ``depth`` in [0, L] layers from z towards x; the part after the point is a fraction t.

    depth 0 gives x = centre + scale·z, depth L gives decode: the units are always applied.
    """
    h = _points(z)
    log_det = np.full(len(h), 2 * math.log(maps.scale))
    for layer, t in _steps(maps, depth):
        h, more = inverse(layer, h, t)
        log_det = log_det + more
    return np.asarray(maps.centre) + maps.scale * h, log_det


def trace(maps: FlowMaps, x: ArrayLike) -> Trace:
    """Return every state from h to z and every layer's log-det."""
    states, log_dets = [(_points(x) - maps.centre) / maps.scale], []
    for layer in maps.layers:
        state, log_det = forward(layer, states[-1])
        states.append(state)
        log_dets.append(log_det)
    return Trace(states, log_dets)


def log_prob(maps: FlowMaps, x: ArrayLike) -> FloatArray:
    """Return ln q(x) in nats, x in data units."""
    z, log_det = encode(maps, x)
    return base_log_prob(maps.base, z) + log_det


def base_log_prob(base: tuple[object, ...], z: ArrayLike) -> FloatArray:
    """Return ln p(z) of two independent coordinates: standard normal or Student-t."""
    squares = _points(z) ** 2
    if base[0] == "normal":
        return np.asarray(-0.5 * squares.sum(-1) - math.log(2 * math.pi))
    nu = float(str(base[1]))
    log_norm = math.lgamma((nu + 1) / 2) - math.lgamma(nu / 2) - 0.5 * math.log(nu * math.pi)
    return np.asarray(2 * log_norm - (nu + 1) / 2 * np.log1p(squares / nu).sum(-1))


def matrix(layer: LayerMap, t: float = 1.0) -> tuple[FloatArray, FloatArray, float]:
    """A (2, 2), b (2,) and ln det A of a linear layer z = A x + b at fraction ``t``."""
    n = [t * v for v in layer.numbers]
    if layer.formula == "rotation":  # exp(tA), A = [[0, angle], [-angle, 0]]
        c, s = math.cos(n[0]), math.sin(n[0])
        return np.array([[c, s], [-s, c]]), np.zeros(2), 0.0
    if layer.formula == "lu":
        lower = np.array([[1.0, 0.0], [n[0], 1.0]])
        upper = np.array([[math.exp(n[1]), n[3]], [0.0, math.exp(n[2])]])
        return lower @ upper, np.array(n[4:6]), n[1] + n[2]
    if layer.formula == "diagonal":
        return np.diag(np.exp(n[:2])), np.array(n[2:4]), n[0] + n[1]
    raise ValueError(
        f"The layer's formula is {layer.formula!r}; it must be affine, spline, "
        "sum_of_squares, sigmoidal, field, rotation, lu or diagonal."
    )


def rows_at(knots: Array, rows: Array, u: FloatArray) -> FloatArray:
    """Rows (R, N) of a table at u (B,), (R, B): linear between knots, the outer pieces go on."""
    k = np.searchsorted(knots[1:-1], u, side="right")
    slopes = np.diff(rows) / np.diff(knots)
    return np.asarray(rows[:, k] + slopes[:, k] * (u - knots[k]))


def _apply(layer: LayerMap, p: FloatArray, t: float, inverse: bool) -> Mapped:
    if layer.formula == "affine":
        return _affine(layer, p, t, inverse)
    if layer.formula == "spline":
        return _spline(layer, p, t, inverse)
    if layer.formula in monotone.CURVES:
        return _monotone(layer, p, t, inverse)
    if layer.formula == "field":
        return (field.inverse if inverse else field.forward)(layer, p, t)
    a, b, log_det = matrix(layer, t)
    if inverse:
        return np.asarray(np.linalg.solve(a, (p - b).T).T), np.full(len(p), -log_det)
    return np.asarray(p @ a.T + b), np.full(len(p), log_det)


def _affine(layer: LayerMap, p: FloatArray, t: float, inverse: bool) -> Mapped:
    """Affine coupling: z = x e^{ts} + t·shift with s = S tanh(r) or s = r."""
    s, shift = rows_at(layer.knots, layer.tables, p[:, 1 - layer.active])
    if layer.numbers:
        s = layer.numbers[0] * np.tanh(s)
    moved = p[:, layer.active]
    moved = (moved - t * shift) * np.exp(-t * s) if inverse else moved * np.exp(t * s) + t * shift
    return _join(layer, p, moved), -t * s if inverse else t * s


def _spline(layer: LayerMap, p: FloatArray, t: float, inverse: bool) -> Mapped:
    knots, corners = spline.corners(layer)
    u = np.clip(p[:, 1 - layer.active], knots[0], knots[-1])
    bins = spline.bins_of(rows_at(knots, corners, u), layer.numbers[0], t)
    moved, log_slope = (spline.inverse if inverse else spline.forward)(p[:, layer.active], bins)
    return _join(layer, p, moved), log_slope


def _monotone(layer: LayerMap, p: FloatArray, t: float, inverse: bool) -> Mapped:
    knots, parts = monotone.parts(layer)
    u = np.clip(p[:, 1 - layer.active], knots[0], knots[-1])
    go = monotone.inverse if inverse else monotone.forward
    moved, log_slope = go(layer, p[:, layer.active], rows_at(knots, parts, u), t)
    return _join(layer, p, moved), log_slope


def _join(layer: LayerMap, p: FloatArray, moved: FloatArray) -> FloatArray:
    result = p.copy()
    result[:, layer.active] = moved
    return result


def _steps(maps: FlowMaps, depth: float) -> list[tuple[LayerMap, float]]:
    """Layers and fractions of the partial flow, from z towards x."""
    held = min(float(len(maps.layers)), max(0.0, depth))
    layers = maps.layers[::-1]
    steps = [(layer, 1.0) for layer in layers[: int(held)]]
    return [*steps, (layers[int(held)], held - int(held))] if held > int(held) else steps


def _points(points: ArrayLike) -> FloatArray:
    values = np.asarray(points, dtype=np.float64)
    if values.ndim != 2 or values.shape[1] != 2:
        raise ValueError(f"Points have shape {values.shape}; they must be (N, 2).")
    return values
