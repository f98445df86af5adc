"""What a viewer of a fit to a map is told first: f on a grid of K, from which errors are drawn.

The map travels as its values, so that a browser needs no formula of its own. No torch.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from inn_core import registry
from inn_core.diffeos.base import edge, grid
from inn_core.maps.evaluate import encode
from inn_core.maps.network import plain
from inn_core.maps.runfile import POINTS, VERSION, pack_points
from inn_core.results import FlowMaps
from inn_core.specs_map import MapSpec

#: Points a side of the grid on which a browser knows f; of that on which a sweep's snapshot carries
#: the errors, every second one of them; of the fine one behind final numbers, and along its edge.
SIDE, CARRIED, FINE, FINE_EDGE = 65, 33, 201, 1001


def hello(spec: MapSpec) -> dict[str, Any]:
    """What a viewer must know before the first frame: spec, map, view, values; no history."""
    diffeo = spec.target()
    rng = np.random.default_rng(0)
    fine = grid(FINE)
    off = np.linalg.norm(diffeo.forward(fine) - fine, axis=-1)
    view = diffeo.view
    return {
        "v": VERSION,
        "spec": spec.to_json(),
        "target": {
            "name": spec.diffeo,
            "label": registry.DIFFEOS[spec.diffeo].label,
            "view": view,
            "entropy": None,
            "known": False,
            "centre": [0.0, 0.0],
            "scale": 1.0,
            "units": None,
        },
        "map": {
            "side": SIDE,
            "ends": pack_points(diffeo.forward(grid(SIDE)), view, SIDE**2),
            "sign": diffeo.sign,
            "floor": diffeo.floor,
            "identity": {"mean": float(off.mean()), "max": float(off.max())},
        },
        "data": pack_points(diffeo.sample(2 * POINTS, rng), view),
        "history": [],
        "check": None,
        "made_by": "",
    }


def errors(spec: MapSpec, maps: FlowMaps) -> dict[str, Any]:
    """Mean and largest |z - f(x)| on the fine grid, z by the tables that a browser runs."""
    points = np.concatenate([grid(FINE), edge(FINE_EDGE)])
    z, log_det = encode(maps, points)
    r = np.linalg.norm(z - spec.target().forward(points), axis=-1)
    return {
        "mean": float(r[: FINE**2].mean()),
        "max": float(r.max()),
        "worst": plain(points[int(r.argmax())]),
        "points": len(points),
        "area_least": float(np.exp(log_det.min())),
        "area_most": float(np.exp(log_det.max())),
    }
