"""From residual layers to their displacement fields on grids. Needs torch; see tabulate.py."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from inn_core.bijections.base import Bijection
from inn_core.bijections.residual import Residual
from inn_core.flows.flow import Flow
from inn_core.maps.packing import GRID
from inn_core.results import LayerMap

#: Distance of two nodes, in standardised units, and how many there may be along an axis: a wild
#: flow that carries its points far gets wider cells.
STEP, FEWEST, MOST = 0.3, 8, 48
#: A layer's grid covers what comes there from this square around either end of the flow.
REACH, EDGE_POINTS = 4.5, 16
#: Fixed-point steps for where a grid shall end: never further off than g is large.
ROUNDS = 4


def field_maps(flow: Flow, member: int = 0) -> dict[int, LayerMap]:
    """The maps of a flow's residual layers, by their place in the chain."""
    layers = list(flow.chain)
    places = [k for k, layer in enumerate(layers) if isinstance(layer, Residual)]
    if not places:
        return {}
    seen = _seen(flow, member)
    return {k: _map(layers[k], seen[k], member) for k in places}


def _seen(flow: Flow, member: int) -> list[Tensor]:
    """Points (n, 2) on the edge of what reaches each layer: from the data's end and from z's.

    A layer is a homeomorphism: what lies inside the square lies inside the edge's image.
    """
    side = torch.linspace(-REACH, REACH, EDGE_POINTS, dtype=flow.units.scale.dtype)
    ends = torch.stack([side, torch.full_like(side, REACH)], -1)
    edge = torch.cat([ends, -ends, ends.flip(-1), -ends.flip(-1)]).expand(flow.members, -1, -1)
    layers = list(flow.chain)
    there, back = [edge], [edge]
    for layer in layers:
        there.append(_nearly(layer, there[-1], False))
    for layer in reversed(layers):
        back.append(_nearly(layer, back[-1], True))
    return [torch.cat([a[member], b[member]]) for a, b in zip(there, back[::-1], strict=True)]


def _nearly(layer: Bijection, x: Tensor, inverse: bool) -> Tensor:
    """A layer's value without its Jacobian; a residual layer's inverse by ROUNDS steps."""
    if not isinstance(layer, Residual):
        return (layer.inverse if inverse else layer.forward)(x)[0]
    if not inverse:
        return x + layer.displacement(x.mT).mT
    start = rows = x.mT
    for _ in range(ROUNDS):
        rows = start - layer.displacement(rows)
    return rows.mT


def _map(layer: Bijection, seen: Tensor, member: int) -> LayerMap:
    assert isinstance(layer, Residual)
    seen = seen.double()[torch.isfinite(seen).all(-1)]
    low, high = (seen.amin(0), seen.amax(0)) if len(seen) else (torch.zeros(2), torch.zeros(2))
    centre = (low + high) / 2
    half = float((high - low).max()) / 2
    count = int(np.clip(np.ceil(2 * half / STEP) + 1, FEWEST, MOST))
    step = max(1.0, np.ceil(max(2 * half / (count - 1), STEP / 2) * GRID)) / GRID
    knots = step * np.arange(count) - np.floor(step * (count - 1) / 2 * GRID) / GRID
    x1, x2 = np.meshgrid(knots + float(centre[0]), knots + float(centre[1]))
    nodes = torch.from_numpy(np.stack([x1.ravel(), x2.ravel()]))
    parameter = next(layer.parameters())
    rows = nodes.to(parameter.dtype).expand(len(parameter), -1, -1)
    value = layer.displacement(rows)[member].double().numpy()
    return LayerMap(
        "field", "field", knots=knots, tables=value.reshape(2 * count, count),
        numbers=(float(centre[0]), float(centre[1])),
    )  # fmt: skip
