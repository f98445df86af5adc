"""The part of a frame's header that describes its layer maps: written, and read with suspicion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from inn_core.results import FlowMaps

#: formula -> (kind, how many numbers it may have, step of its table on the wire). The step of a
#: spline's raw numbers may be coarser: a softmax flattens them.
FORMULAS: dict[str, tuple[str, tuple[int, ...], float]] = {
    "affine": ("curves", (0, 1), 1e-4),
    "spline": ("params", (3,), 2e-4),
    "sum_of_squares": ("params", (2,), 1e-4),
    "sigmoidal": ("params", (4,), 2e-4),
    "field": ("field", (2,), 5e-4),
    "rotation": ("matrix", (1,), 0.0),
    "lu": ("matrix", (6,), 0.0),
    "diagonal": ("matrix", (4,), 0.0),
}
BASES = {"normal": 0, "student": 1}
LAYER_FIELDS = {"kind", "formula", "active", "points", "rows", "step", "numbers"}


class FrameError(ValueError):
    """Bytes that are no frame, or no run file. The message is a sentence for the reader."""


@dataclass(frozen=True)
class LayerSpec:
    """One layer of a header, checked: ``points`` knots, ``rows`` rows in multiples of ``step``."""

    kind: str
    formula: str
    active: int
    points: int
    rows: int
    step: float
    numbers: tuple[float, ...]

    @property
    def count(self) -> int:
        """How many numbers its table takes."""
        return self.points * (self.rows + 1)


def maps_header(maps: FlowMaps) -> dict[str, Any]:
    """Centre, scale, base and layers as JSON types."""
    layers = [
        {
            "kind": layer.kind,
            "formula": layer.formula,
            "active": layer.active,
            "points": len(layer.knots),
            "rows": len(layer.tables),
            "step": FORMULAS[layer.formula][2],
            "numbers": [float(f"{v:.9g}") for v in layer.numbers],
        }
        for layer in maps.layers
    ]
    return {
        "centre": list(maps.centre),
        "scale": maps.scale,
        "base": list(maps.base),
        "layers": layers,
    }


def layers_of(header: dict[str, Any]) -> list[LayerSpec] | None:
    """Return the checked layers of a header, None where it has none. Raises FrameError."""
    layers = header.get("layers")
    if layers is None:
        return None
    centre, scale, base = (header.get(name) for name in ("centre", "scale", "base"))
    sound = (
        isinstance(layers, list)
        and isinstance(centre, list)
        and isinstance(base, list)
        and len(centre) == 2
        and len(base) >= 1
        and isinstance(base[0], str)
        and BASES.get(base[0]) == len(base) - 1
        and _numbers([*centre, scale, *base[1:]])
        and min([scale, *base[1:]]) > 0
    )
    if not sound:
        raise FrameError("A frame came whose units or base cannot be read; it is damaged.")
    return [_layer(values) for values in layers]


def _layer(values: Any) -> LayerSpec:
    error = FrameError("A frame came with a layer that cannot be read; it is damaged.")
    if not isinstance(values, dict) or set(values) != LAYER_FIELDS:
        raise error
    whole = (values["active"], values["points"], values["rows"])
    if not (
        isinstance(values["formula"], str)
        and values["formula"] in FORMULAS
        and isinstance(values["numbers"], list)
        and _numbers([*values["numbers"], values["step"]])
        and all(type(v) is int and -1 <= v < 2**24 for v in whole)
    ):
        raise error
    spec = LayerSpec(**{**values, "numbers": tuple(map(float, values["numbers"]))})
    kind, counts, _ = FORMULAS[spec.formula]
    if spec.kind != kind or len(spec.numbers) not in counts or not _fits(spec):
        raise error
    return spec


def _fits(spec: LayerSpec) -> bool:
    """Whether the table's shape and the numbers belong to the formula."""
    if spec.kind == "matrix":
        return spec.rows == spec.points == 0 and spec.active == -1
    if spec.kind == "field":
        square = spec.rows == 2 * spec.points and spec.points >= 4
        return square and spec.active == -1 and 0 < spec.step <= 1
    return (
        _sound(spec.formula, spec.rows, spec.numbers)
        and spec.active in (0, 1)
        and spec.points >= 2
        and 0 < spec.step <= 1
    )


def _sound(formula: str, rows: int, numbers: tuple[float, ...]) -> bool:
    """Whether so many rows belong to these numbers."""
    if formula == "affine":
        return rows == 2
    bound, least, *logs = numbers
    if formula == "spline":
        bins = (rows + 1) / 3
        right = bins >= 1 and bins == int(bins) and 0 <= least * bins <= 1
    elif formula == "sum_of_squares":  # polynomials of degree 20 at most
        right = rows % 2 == 0 and 4 <= rows <= 42 and 0 < least < 1
    else:
        right = rows % 3 == 0 and rows >= 3 and 0 < least < 1 and max(logs) <= 20
    return right and bound > 0 and all(log > 0 for log in logs)


def _numbers(values: Any) -> bool:
    """Whether ``values`` is a list of finite numbers of ordinary size."""
    return isinstance(values, list) and all(
        isinstance(v, (int, float)) and not isinstance(v, bool) and abs(v) < 1e30 for v in values
    )
