"""One best affine layer after another, without training: each from the columns' means and spreads.

Among all affine couplings that read u and move v, the likelihood is highest for the one that gives
every column mean 0 and spread 1, and it lowers the loss by

    gain = 1/2 E_u[m(u)^2 + sd(u)^2 - 1 - ln sd(u)^2]   nats

with m and sd the mean and spread of v in the column at u (Draxler, Schwarz, Schnoerr & Koethe 2020,
doi 10.1007/978-3-030-71278-5_1). Numpy only.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from inn_core import registry
from inn_core.maps import evaluate, handmade
from inn_core.results import FlowMaps, LayerMap
from inn_core.specs import check_name

KNOTS, EDGE = 257, 4.0  # a knot every 64/2048: knots of layer maps are multiples of 1/2048
POINTS = 200_000
STEP = 2 * EDGE / (KNOTS - 1)

FloatArray = NDArray[np.float64]


class Block(NamedTuple):
    """One layer of a stack: what the formula promises, what fresh points show, what is left."""

    formula: float
    measured: float
    error: float
    gap: float


class Stack(NamedTuple):
    """Layer maps, one :class:`Block` a layer, and the gap before the first."""

    maps: FlowMaps
    blocks: tuple[Block, ...]
    start: float


class Columns(NamedTuple):
    """Mean and spread of v in the columns at u, and their masses; u in standardised units."""

    u: FloatArray
    mean: FloatArray
    spread: FloatArray
    mass: FloatArray


@lru_cache(maxsize=32)
def exact_columns(target: str, active: int) -> Columns:
    """Columns of a target's density, by quadrature."""
    entry = registry.TARGETS[check_name("target", target, registry.TARGETS)].load()
    grid = entry.quadrature()
    h = (grid.points - entry.centre) / entry.scale
    mass = np.exp(entry.log_prob(grid.points)) * grid.areas
    u, column = np.unique(h[:, 1 - active], return_inverse=True)
    weight, first, second = (
        np.bincount(column, mass * h[:, active] ** power) for power in range(3)
    )
    kept = weight > 1e-12 * weight.max()
    weight, first, second = weight[kept], first[kept], second[kept]
    mean = first / weight
    return Columns(u[kept], mean, np.sqrt(second / weight - mean**2), weight / weight.sum())


def exact_gain(target: str, active: int) -> float:
    """The formula for the first layer, from :func:`exact_columns`."""
    columns = exact_columns(target, active)
    return _gain(columns.mean, columns.spread**2, columns.mass)


def columns(points: FloatArray, active: int) -> tuple[FloatArray, FloatArray]:
    """Mean and spread of v at the knots of u, from points (N, 2): bins of one knot, then a blur.

    Where no points are, the mean is 0 and the spread 1: an optimal layer does nothing there.
    """
    inside = np.abs(points[:, 1 - active]) < EDGE
    u, v = points[inside, 1 - active], points[inside, active]
    place = np.rint((u + EDGE) / STEP).astype(np.int64)
    kernel = np.exp(-0.5 * (np.arange(-5, 6) / 1.3) ** 2)
    sums = [np.convolve(np.bincount(place, v**k, KNOTS), kernel, "same") for k in range(3)]
    weight, prior = sums[0], 30.0
    mean = sums[1] / (weight + prior)
    spread = np.sqrt((sums[2] - 2 * mean * sums[1] + mean**2 * weight + prior) / (weight + prior))
    return _calm(mean), _calm(spread)


def _calm(curve: FloatArray) -> FloatArray:
    """The curve without the shake that a finite number of points leaves."""
    kernel = np.exp(-0.5 * (np.arange(-5, 6) / 2) ** 2)
    return np.convolve(np.pad(curve, 5, "edge"), kernel / kernel.sum(), "valid")


def best_layer(points: FloatArray, active: int) -> LayerMap:
    """The affine layer that gives every column of ``points`` mean 0 and spread 1."""
    return _layer(*columns(points, active), active)


def exact_layer(target: str, active: int) -> LayerMap:
    """The same for the target itself; where its columns end, their last curves go on level."""
    exact = exact_columns(target, active)
    knots = np.linspace(-EDGE, EDGE, KNOTS)
    mean, spread = (np.interp(knots, exact.u, row) for row in (exact.mean, exact.spread))
    return _layer(mean, spread, active)


def _layer(mean: FloatArray, spread: FloatArray, active: int) -> LayerMap:
    s = np.clip(-np.log(spread), -3, 3)
    t = -mean * np.exp(s)
    for curve in (s, t):
        curve[0], curve[-1] = curve[1], curve[-2]
    return LayerMap("curves", "affine", active, np.linspace(-EDGE, EDGE, KNOTS), np.stack([s, t]))


def stack(target: str, count: int, same: bool, points: int = POINTS) -> Stack:
    """Stack ``count`` best layers; ``same``: always on the last coordinate, else alternating."""
    entry = registry.TARGETS[check_name("target", target, registry.TARGETS)].load()
    units: Any = {"centre": tuple(map(float, entry.centre)), "scale": float(entry.scale)}
    h = (entry.sample(points, np.random.default_rng(11)) - entry.centre) / entry.scale
    fresh, log_p = handmade.heldout(target, 50_000, 7)
    layers: list[LayerMap] = []
    before = log_p - evaluate.log_prob(FlowMaps((), **units), fresh)
    start, blocks = float(before.mean()), []
    for k in range(count):
        active = 1 if same else 1 - k % 2
        # The first layer meets the target itself, whose columns are known; later ones meet points.
        layer = best_layer(h, active) if k else exact_layer(target, active)
        promised = estimated_gain(h, active) if k else exact_gain(target, active)
        layers.append(layer)
        h, _ = evaluate.forward(layer, h)
        after = log_p - evaluate.log_prob(FlowMaps(tuple(layers), **units), fresh)
        gain = before - after
        error = float(gain.std() / np.sqrt(len(gain)))
        blocks.append(Block(promised, float(gain.mean()), error, float(after.mean())))
        before = after
    return Stack(FlowMaps(tuple(layers), **units), tuple(blocks), start)


def estimated_gain(points: FloatArray, active: int, bins: int = 400) -> float:
    """The formula from points (N, 2), in bins of equally many points along u.

    The mean of n points errs by sd^2/n in the square, the logarithm of their variance by 1/n: both
    are taken off.
    """
    order = np.argsort(points[:, 1 - active])
    n = len(order) // bins
    v = points[order[: n * bins], active].reshape(bins, n)
    variance = v.var(1, ddof=1)
    bias = 0.5 * (variance.mean() + 1) / n
    return _gain(v.mean(1), variance, np.full(bins, 1 / bins)) - float(bias)


def _gain(mean: Any, variance: Any, weight: Any) -> float:
    return float(0.5 * (weight * (mean**2 + variance - 1 - np.log(variance))).sum())
