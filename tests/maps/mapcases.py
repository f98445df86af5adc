"""Random layer maps and flows off the identity, of every formula, and snapshots to carry them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from inn_core.results import FlowMaps, LayerMap, Snapshot

#: Every formula, affine and spline with either coordinate moving.
CURVED = ("affine0", "affine1", "free1", "spline0", "spline1", "field")
#: Those whose inverse is found by steps.
ROOTS = ("sum_of_squares0", "sum_of_squares1", "sigmoidal0", "sigmoidal1")
PLAIN = (*CURVED, "rotation", "lu", "diagonal")
KINDS = (*PLAIN, *ROOTS)
NUMBERS: dict[str, float] = dict.fromkeys(
    ("seconds", "nll", "train_nll", "entropy", "gap", "gap_error", "lr", "steps_per_s"), 0.25
)


def layer(kind: str, seed: int, scale: float = 1.0, knots: int = 40, bins: int = 5) -> LayerMap:
    """A random layer with raw numbers of size ``scale``; "free" has log-scales without bound."""
    rng = np.random.default_rng(seed)
    formula, active = kind.rstrip("01"), int(kind[-1]) if kind[-1] in "01" else -1
    places = np.unique(rng.integers(-7 * 2048, 7 * 2048, knots)) / 2048
    if formula in ("affine", "free"):
        rows = scale * rng.standard_normal((2, len(places)))
        numbers = (2.0,) if formula == "affine" else ()
        if formula == "free":  # level ends, as drawn curves have them: exp has no bound here
            rows[0, 0], rows[0, -1] = rows[0, 1], rows[0, -2]
        return LayerMap("curves", "affine", active, places, rows, numbers)
    if formula == "spline":
        rows = scale * rng.standard_normal((3 * bins - 1, len(places)))
        return LayerMap("params", "spline", active, places, rows, (4.0, 0.02, float(np.log(10))))
    if formula == "sum_of_squares":
        rows = scale * rng.standard_normal((2 * min(bins, 6) + 2, len(places)))
        return LayerMap("params", formula, active, places, rows, (4.0, 0.1))
    if formula == "sigmoidal":
        rows = scale * rng.standard_normal((3 * bins, len(places)))
        steep = float(np.log(10))
        return LayerMap("params", formula, active, places, rows, (4.0, 0.05, steep, 4.0))
    if formula == "field":
        return LayerMap("field", "field", -1, *waves(rng, min(1.0, scale)), numbers=(0.25, -0.5))
    count = {"rotation": 1, "lu": 6, "diagonal": 4}[formula]
    return LayerMap("matrix", formula, numbers=tuple(0.7 * rng.standard_normal(count)))


def waves(rng: np.random.Generator, scale: float) -> tuple[Any, Any]:
    """Knots and values of smooth random waves whose slope is 0.8 ``scale`` at most."""
    knots = np.arange(-20, 21) * 640 / 2048
    x1, x2 = np.meshgrid(knots, knots)
    speeds, phases, sizes = (
        rng.uniform(-1, 1, (6, 2)),
        rng.uniform(0, 7, 6),
        rng.normal(size=(2, 6)),
    )
    sizes *= 0.8 * scale / (np.hypot(*speeds.T) * np.hypot(*sizes)).sum()
    turns = x1[..., None] * speeds[:, 0] + x2[..., None] * speeds[:, 1] + phases
    return knots, np.concatenate([np.sin(turns) @ size for size in sizes])


def maps(seed: int, kinds: tuple[str, ...] = PLAIN, **options: Any) -> FlowMaps:
    layers = tuple(layer(kind, 100 * seed + i, **options) for i, kind in enumerate(kinds))
    base = ("student", 3.5) if seed % 2 else ("normal",)
    return FlowMaps(layers, (0.3, -1.2), 1.7, base)


def snapshot(flow: FlowMaps | None, **changes: Any) -> Snapshot:
    facts: dict[str, Any] = {"seq": 3, "step": 40, "batch": 64, "round_trip": 1e-6, **NUMBERS}
    return Snapshot(**(facts | changes), maps=flow)


def points(seed: int, n: int = 200) -> NDArray[np.float64]:
    """Points inside and far outside, with zeros, ties and the spline's edge."""
    p = np.random.default_rng(seed).standard_normal((n, 2)) * 2.5
    special = np.array([0.0, 4.0, -4.0, 4.0 + 1e-9, 3.5, 30.0, -30.0, 1e-12])
    p[: len(special), 0], p[: len(special), 1] = special, special[::-1]
    return p
