"""From a trained 2-D flow to layer maps. Needs torch; everything that reads the maps does not.

A coupling's conditioner reads one number u and is a ReLU network: piecewise linear, so its kinks
and its values there say everything about it, on the whole line. Their number is small (about 130
for a 64-64 network), no data is needed to find them, and the tables depend on the weights only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from inn_core.bijections.coupling import Coupling
from inn_core.bijections.linear import LU, ActNorm, Rotation
from inn_core.bijections.residual import Residual
from inn_core.bijections.univariate import affine, sigmoidal, spline, sum_of_squares
from inn_core.bijections.univariate.additive import Additive
from inn_core.bijections.univariate.affine import Affine
from inn_core.bijections.univariate.base import Univariate
from inn_core.bijections.univariate.sigmoidal import Sigmoidal
from inn_core.bijections.univariate.spline import RationalQuadraticSpline
from inn_core.bijections.univariate.sum_of_squares import SumOfSquares
from inn_core.flows.flow import Flow
from inn_core.maps.fields import field_maps
from inn_core.maps.packing import GRID
from inn_core.results import FlowMaps, LayerMap

Array = NDArray[np.floating]
#: C networks of one shape: weights (C, in, out) and biases (C, 1, out), layer by layer.
Networks = list[tuple[Array, Array]]

#: Kinks are looked for in [-REACH, REACH], in standardised units; beyond, the outer pieces go on.
REACH = 16.0

#: A kink is dropped when its value is this close to the line through its neighbours (raw numbers).
TOLERANCE = {"affine": 2e-4, "spline": 1e-3, "sum_of_squares": 5e-5, "sigmoidal": 1e-3}


class Curves(NamedTuple):
    """Knots (N,) and rows (R, N) of one coupling's conditioner."""

    knots: NDArray[np.float64]
    rows: NDArray[np.float64]


@torch.no_grad()
def tabulate(flow: Flow, member: int = 0) -> FlowMaps:
    """Layer maps of one member; raises ValueError for a flow that is not 2-D or has conditions."""
    if flow.dim != 2:
        raise ValueError(f"The flow has dimension {flow.dim}; layer maps exist in 2 dimensions.")
    chain = list(flow.chain.layers)
    couplings = [layer for layer in chain if isinstance(layer, Coupling)]
    curves = dict(zip(map(id, couplings), _curves(couplings, member), strict=True))
    fields = field_maps(flow, member)
    layers = []
    for k, layer in enumerate(chain):
        if isinstance(layer, Coupling):
            layers.append(_coupling_map(layer, curves[id(layer)]))
        elif isinstance(layer, Residual):
            layers.append(fields[k])
        elif isinstance(layer, Rotation):
            layers.append(LayerMap("matrix", "rotation", numbers=layer.map_numbers(member)))
        elif isinstance(layer, LU):
            layers.append(LayerMap("matrix", "lu", numbers=layer.map_numbers(member)))
        elif isinstance(layer, ActNorm):
            layers.append(LayerMap("matrix", "diagonal", numbers=layer.map_numbers(member)))
        else:
            raise ValueError(f"A layer of type {type(layer).__name__} has no layer map.")
    x, y = flow.units.centre.tolist()
    return FlowMaps(tuple(layers), (x, y), float(flow.units.scale), flow.base.describe(member))


def _coupling_map(layer: Coupling, curves: Curves) -> LayerMap:
    knots, rows = curves
    if isinstance(layer.univariate, Additive):
        rows = np.concatenate([np.zeros_like(rows), rows])
    formula = layer.univariate.formula
    kind = "curves" if formula == "affine" else "params"
    return LayerMap(kind, formula, layer.active, knots, rows, _numbers(layer.univariate))


def _numbers(univariate: Univariate) -> tuple[float, ...]:
    """The constants that the formula needs."""
    if isinstance(univariate, Affine):
        return (affine.LOG_SCALE_BOUND,)
    if isinstance(univariate, RationalQuadraticSpline):
        return (spline.BOUND, spline.MIN_BIN, spline.LOG_SLOPE_BOUND)
    if isinstance(univariate, SumOfSquares):
        return (sum_of_squares.BOUND, sum_of_squares.LEAST)
    if isinstance(univariate, Sigmoidal):
        own = sigmoidal
        return (own.BOUND, own.LEAST, own.LOG_SLOPE, own.LOG_WEIGHT)
    return ()


def _curves(couplings: Sequence[Coupling], member: int) -> list[Curves]:
    """Knots and rows of every coupling; networks of one shape go through in one batch."""
    alike: dict[tuple[object, ...], list[int]] = {}
    for i, layer in enumerate(couplings):
        if layer.condition_dim:
            raise ValueError("A coupling reads a condition; layer maps exist without one.")
        shapes = tuple(w.shape for w in layer.conditioner.weights)
        alike.setdefault((layer.univariate.formula, shapes), []).append(i)
    found: dict[int, Curves] = {}
    for places in alike.values():
        group = [couplings[i] for i in places]
        networks = _networks(group, member)
        knots = np.rint(kinks(networks) * GRID) / GRID  # (C, N)
        rows = _values(networks, knots)  # (C, N, R)
        tolerance = TOLERANCE[group[0].univariate.formula]
        found |= dict(zip(places, needed(knots, rows, tolerance), strict=True))
    return [found[i] for i in range(len(couplings))]


def _networks(couplings: Sequence[Coupling], member: int) -> Networks:
    layers = zip(*(c.conditioner.views() for c in couplings), strict=True)
    return [
        (
            torch.stack([view.weight[member] for view in views]).numpy(),
            torch.stack([view.bias[member] for view in views]).mT.numpy(),
        )
        for views in layers
    ]


def _values(networks: Networks, u: Array) -> Array:
    """Pre-activations (C, N, out) of the last layer at u (C, N)."""
    h = u.astype(networks[0][0].dtype)[..., None]
    for i, (weight, bias) in enumerate(networks):
        h = (np.maximum(h, 0) if i else h) @ weight + bias
    return h


def kinks(networks: Networks) -> NDArray[np.float64]:
    """Where C ReLU networks of one number bend, (C, N), increasing, with both ends of the range.

    Between the kinks of the layers before, a unit is linear: it bends where it crosses zero. Rows
    with fewer kinks repeat REACH at their end.
    """
    count = len(networks[0][0])
    u = np.tile([-REACH, REACH], (count, 1))
    for i in range(1, len(networks)):
        value = _values(networks[:i], u)
        network, piece, unit = np.nonzero((value[:, :-1] < 0) != (value[:, 1:] < 0))
        left, right = value[network, piece, unit], value[network, piece + 1, unit]
        start, end = u[network, piece], u[network, piece + 1]
        crossings = np.bincount(network, minlength=count)
        more = np.full((count, crossings.max(initial=0)), REACH)
        place = np.arange(len(network)) - np.repeat(crossings.cumsum() - crossings, crossings)
        more[network, place] = start + left / (left - right) * (end - start)
        u = np.sort(np.concatenate([u, more], 1))
    return u


def needed(knots: NDArray[np.float64], rows: Array, tolerance: float) -> list[Curves]:
    """Tables from knots (C, N) and rows (C, N, R) without repeated and without idle knots.

    Round by round, the knots closest to the line through their neighbours go, if closer than
    ``tolerance``, but no two neighbours in one round. All C tables stand in one line, far apart, so
    that every round is a few operations; their ends always stay.
    """
    new = np.diff(knots, prepend=-np.inf) > 0
    table, column = np.nonzero(new)
    end = np.diff(table, prepend=-1, append=-2) != 0
    x = knots[table, column] + 4 * REACH * table  # (T,)
    y = rows[table, column].T.astype(np.float64)  # (R, T)
    end = end[1:] | end[:-1]
    while True:
        share = (x[1:-1] - x[:-2]) / (x[2:] - x[:-2])
        off = np.abs(y[:, 1:-1] - y[:, :-2] - share * (y[:, 2:] - y[:, :-2])).max(0)
        off = np.concatenate([[np.inf], off, [np.inf]])
        off[end] = np.inf
        idle = (off[1:-1] < tolerance) & (off[1:-1] <= off[:-2]) & (off[1:-1] < off[2:])
        if not idle.any():
            break
        kept = np.concatenate([[True], ~idle, [True]])
        x, y, table, end = x[kept], y[:, kept], table[kept], end[kept]
    first = np.flatnonzero(np.diff(table)) + 1
    parts = zip(np.split(x - 4 * REACH * table, first), np.split(y, first, axis=1), strict=True)
    return [Curves(*part) for part in parts]
