"""A drawn flow as the weights of a network, so that training can go on from it. numpy only.

A curve that is straight between its knots is a ReLU network with one hidden layer, exactly:

    f(u) = c + a relu(u - m) + a' relu(m - u) + sum_k b_k relu(±(u - u_k))

with m the middle knot, a and -a' the slopes beside it, b_k the change of slope at knot k. Every
unit faces outwards: near the middle, where most points are, few units are awake, and a step of
Adam, which moves all weights alike, moves the curve by little.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from inn_core.maps.handmade import LARGEST_S, WIDTH, Drawing, DrawnLayer, alternating, rows_of

#: |s| / 2 goes no nearer to 1 than this: an affine coupling's s is 2 tanh of what its network says.
NEAR_1 = 0.999
#: Kinks of the units that no knot needs; their outgoing weights are 0.
SPARE_RANGE = 3.0

Weights = dict[str, NDArray[np.float32]]


def weights(drawing: Drawing) -> Weights:
    """The layers of ``handmade.spec_of(drawing)``'s flow by name, first axis the one member."""
    state: dict[str, Any] = {}
    layers = alternating(drawing)
    for number, layer in enumerate(layers):
        path = f"chain.layers.{number}.conditioner"
        for name, value in _network(layer, drawing.coupling == "affine").items():
            state[f"{path}.{name}"] = value
    if drawing.coupling == "additive":
        a, b, c, d = drawing.final or (0.0, 0.0, 0.0, 0.0)
        path = f"chain.layers.{len(layers)}"
        state[f"{path}.log_scale"] = [[[a, b]]]
        state[f"{path}.shift"] = [[[c, d]]]
        state[f"{path}.initialised"] = [1.0]
    return {name: np.asarray(value, np.float32) for name, value in state.items()}


def _network(layer: DrawnLayer, scales: bool) -> dict[str, Any]:
    """Weights and biases of a layer's network u -> (raw s, t), or u -> t."""
    knots, (s, t) = rows_of(layer)
    curves = [t]
    if scales:
        curves = [np.arctanh(np.clip(s / LARGEST_S, -NEAR_1, NEAR_1)), t]
    facing, kinks, out, constants = _units(knots, np.stack(curves))
    spare = WIDTH - len(kinks)
    kinks = np.concatenate([kinks, np.linspace(-SPARE_RANGE, SPARE_RANGE, spare)])
    facing = np.concatenate([facing, np.where(np.arange(spare) % 2, 1.0, -1.0)])
    out = np.concatenate([out, np.zeros((spare, len(curves)))])
    return {
        "weights.0": facing[None, None],  # (1, 1, WIDTH)
        "biases.0": -(facing * kinks)[None, None],
        "weights.1": out[None],  # (1, WIDTH, curves)
        "biases.1": constants[None, None],
    }


def _units(knots: NDArray[Any], curves: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """Directions (U,), kinks (U,), outgoing weights (U, C) and constants (C,) of curves (C, K)."""
    middle = len(knots) // 2
    slopes = np.diff(curves) / np.diff(knots)  # (C, K - 1)
    bends = np.diff(slopes)  # (C, K - 2), at the inner knots 1 .. K - 2
    inner = np.arange(1, len(knots) - 1)
    away = inner != middle
    side = np.sign(inner[away] - middle).astype(float)
    facing = np.concatenate([[1.0, -1.0], side])
    kinks = np.concatenate([[knots[middle]] * 2, knots[inner[away]]])
    ends = np.stack([slopes[:, middle], -slopes[:, middle - 1]])
    return facing, kinks, np.concatenate([ends, bends[:, away].T]), curves[:, middle]
