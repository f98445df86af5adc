"""An INN as a browser needs it: half-precision weights in a frame, and what their numbers mean.

In a frame's header ``net`` lists [name, shape] of every array; the arrays follow the header, one
after the other, as little-endian float16. ``assets/stage/lessons/inverse/net.js`` reads them. No
torch.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from inn_core.flows.inn import Layout
from inn_core.maps.header import FrameError
from inn_core.problems.base import problem_of
from inn_core.results import FloatArray
from inn_core.specs_inverse import InverseSpec

VERSION = 1


def pack(net: Mapping[str, FloatArray]) -> tuple[list[list[Any]], bytes]:
    """Names with shapes, and all numbers as float16; what is beyond its range becomes its edge."""
    names = [[name, list(values.shape)] for name, values in net.items()]
    edge = float(np.finfo(np.float16).max)
    parts = [np.nan_to_num(np.clip(values, -edge, edge)) for values in net.values()]
    return names, b"".join(part.astype("<f2").tobytes() for part in parts)


def unpack(names: Any, data: bytes) -> dict[str, FloatArray]:
    """Inverse of :func:`pack`; raises FrameError."""
    arrays: dict[str, FloatArray] = {}
    at = 0
    try:
        for name, shape in names:
            if not all(type(size) is int and 0 <= size <= len(data) for size in shape):
                raise ValueError("shape")
            count = math.prod(shape)
            values = np.frombuffer(data, "<f2", count, at)
            arrays[str(name)] = values.reshape(shape).astype(np.float32)
            at += 2 * count
    except (ValueError, TypeError) as error:
        raise FrameError("A frame came whose network cannot be read; it is damaged.") from error
    if at != len(data):
        raise FrameError("A frame came whose network has the wrong size; it is damaged.")
    return arrays


def hello(spec: InverseSpec) -> dict[str, Any]:
    """What a viewer must know before the first frame: spec, problem, units; no history."""
    problem = problem_of(spec)
    latent = [int(d) for d in np.broadcast_to(spec.latent, spec.members)]
    layout = Layout.of(problem, latent)
    return {
        "v": VERSION,
        "spec": spec.to_json(),
        "problem": {
            "name": spec.problem,
            "dim": layout.dim,
            "dim_x": problem.dim_x,
            "dim_y": problem.dim_y,
            "latent": latent,
            "x_mean": plain(problem.prior_mean),
            "x_sd": plain(problem.prior_sd),
            "y_mean": plain(layout.y_mean),
            "y_sd": plain(layout.y_sd),
            "slack": plain(layout.slack),
            "reference": plain(problem.references[0]),
        },
        "history": [],
        "check": None,
        "made_by": "",
    }


def plain(values: Any) -> list[float]:
    """Plain floats."""
    return [float(v) for v in np.asarray(values, float)]
