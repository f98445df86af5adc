"""What a viewer of flows that differ by their loss is told first; the points of their snapshots.

A snapshot's ``net`` is one array, ``points`` (members, POINTS, 2): where each member's flow takes
latent points that are the same ones all the time, so that a reader can follow a dot. No torch.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from inn_core import registry
from inn_core.maps.runfile import POINTS as DATA
from inn_core.maps.runfile import VERSION, pack_points
from inn_core.specs_divergence import DivergenceSpec

#: Latent points whose images every snapshot carries.
POINTS = 400


def hello(spec: DivergenceSpec) -> dict[str, Any]:
    """What a viewer must know before the first frame: spec, target, data; no history."""
    target = spec.density()
    view = [[float(low), float(high)] for low, high in target.view]
    entry = {**registry.FAMILIES, **registry.TARGETS}[spec.target]
    return {
        "v": VERSION,
        "spec": spec.to_json(),
        "target": {
            "name": spec.target,
            "label": entry.label,
            "view": view,
            "entropy": float(target.entropy),
            "known": True,
            "centre": [float(c) for c in target.centre],
            "scale": float(target.scale),
            "units": None,
        },
        "data": pack_points(target.sample(8 * DATA, np.random.default_rng(0)), view),
        "history": [],
        "check": None,
        "made_by": "",
    }
