"""A flow whose curves somebody drew: its short text for links, its layer maps, its score. No torch.

A drawn layer is two curves on 81 knots over [-3.75, 3.75], in the target's standardised units:

    z = x e^{s(u)} + t(u),    |s| <= 2,  |t| <= 8        (affine; s = 0: additive)

Beyond the outermost knots s stays and t goes on with the mean slope of its last five pieces.

With additive layers alone areas never change, so a free scale and shift of each coordinate may
follow, as in NICE (Dinh, Krueger & Bengio 2014, arXiv 1410.8516, section 3.3).
``assets/stage/lessons/coupling_layers/drawing.js`` writes and reads the same text.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inn_core import registry
from inn_core.maps import evaluate
from inn_core.maps.codec import encode_frame
from inn_core.maps.runfile import dump, hello
from inn_core.results import FlowMaps, LayerMap, Snapshot
from inn_core.specs import FlowSpec, RunSpec, check_name, shown

KNOTS, EDGE = 81, 3.75
STEP = 2 * EDGE / (KNOTS - 1)  # 192/2048: knots of layer maps are multiples of 1/2048
OUTER = 5  # pieces whose mean slope goes on beyond the knots
UNIT = 0.005  # of every curve: 1/1,400 of the plot's height
LARGEST_S, LARGEST_T = 2.0, 8.0
MOST_LAYERS = 4
VERSION = "h1"
LONGEST = 4096  # letters of the text
#: Hidden units of the network that goes on from a drawn layer (handweights.py): one a knot and 15.
WIDTH = 96

FloatArray = NDArray[np.float64]


class DrawingError(ValueError):
    """A text that is no drawing. The message is a sentence for the reader."""


@dataclass(frozen=True)
class DrawnLayer:
    """One layer: the coordinate that moves, t at the knots, and s there (None: additive)."""

    active: int
    t: FloatArray
    s: FloatArray | None = None


@dataclass(frozen=True)
class Drawing:
    """Layers in the order x -> z, then log-scales and shifts of both coordinates (or None)."""

    layers: tuple[DrawnLayer, ...]
    final: tuple[float, float, float, float] | None = None

    @property
    def coupling(self) -> str:
        """The coupling that draws such layers."""
        return "additive" if all(layer.s is None for layer in self.layers) else "affine"


@dataclass
class _Reader:
    """Bytes read from the front."""

    data: bytes
    at: int = field(default=0)

    def byte(self) -> int:
        if self.at >= len(self.data):
            raise DrawingError("This drawing is cut off; ask for a fresh link.")
        self.at += 1
        return self.data[self.at - 1]

    def number(self) -> int:
        """A whole number in groups of seven bits, lowest first; 0, -1, 1, -2, … are 0, 1, 2, 3."""
        value = shift = 0
        while True:
            part = self.byte()
            value |= (part & 127) << shift
            shift += 7
            if part < 128:
                return -(value + 1) // 2 if value & 1 else value // 2
            if shift > 28:
                raise DrawingError("This drawing is damaged; ask for a fresh link.")

    def curve(self, name: str, largest: float) -> FloatArray:
        """First level, first difference, second differences."""
        second = np.array([self.number() for _ in range(KNOTS)], np.int64)
        steps = np.cumsum(second[1:])
        values = UNIT * np.concatenate([second[:1], second[0] + np.cumsum(steps)])
        far = np.abs(values).max()
        if far > largest + 1e-9:
            raise DrawingError(
                f"A curve {name} reaches {far:.3g}; allowed is -{largest:g} to {largest:g}."
            )
        return values


def from_token(token: Any) -> Drawing:
    """Read a drawing from the text of a link; raises DrawingError with a sentence."""
    if not isinstance(token, str):
        raise DrawingError(f"The drawing is {shown(token)}; it must be a text such as h1.AQE….")
    if len(token) > LONGEST:
        raise DrawingError(f"The drawing has {len(token)} letters; at most {LONGEST} can be ours.")
    version, _, body = token.partition(".")
    if version != VERSION:
        raise DrawingError(f"The drawing is of version {shown(version)}; this lab reads {VERSION}.")
    try:
        data = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise DrawingError("This drawing is damaged; ask for a fresh link.") from error
    reader = _Reader(data)
    count = reader.byte()
    if not 1 <= count <= MOST_LAYERS:
        raise DrawingError(f"The drawing has {count} layers; it must have 1 to {MOST_LAYERS}.")
    layers = tuple(_layer(reader) for _ in range(count))
    final = _final(reader) if reader.byte() else None
    if final and any(layer.s is not None for layer in layers):
        raise DrawingError("Only additive layers take a final scale; ask for a fresh link.")
    if reader.at != len(data):
        raise DrawingError("This drawing is damaged; ask for a fresh link.")
    return Drawing(layers, final)


def _layer(reader: _Reader) -> DrawnLayer:
    flags = reader.byte()
    if flags > 3:
        raise DrawingError("This drawing is damaged; ask for a fresh link.")
    t = reader.curve("t", LARGEST_T)
    return DrawnLayer(flags & 1, t, reader.curve("s", LARGEST_S) if flags & 2 else None)


def _final(reader: _Reader) -> tuple[float, float, float, float]:
    a, b, c, d = (UNIT * reader.number() for _ in range(4))
    if max(abs(a), abs(b)) > 4 or max(abs(c), abs(d)) > 16:
        raise DrawingError("The final scale of this drawing is out of range; ask for a fresh link.")
    return a, b, c, d


def to_token(drawing: Drawing) -> str:
    """Write a drawing as text that :func:`from_token` reads."""
    data = bytearray([len(drawing.layers)])
    for layer in drawing.layers:
        data.append(layer.active + 2 * (layer.s is not None))
        for curve in (layer.t, layer.s):
            if curve is not None:
                levels = np.rint(np.asarray(curve) / UNIT).astype(np.int64)
                data += bytes(_varints([levels[0], levels[1] - levels[0], *np.diff(levels, n=2)]))
    data.append(drawing.final is not None)
    if drawing.final is not None:
        data += bytes(_varints([round(v / UNIT) for v in drawing.final]))
    return f"{VERSION}.{base64.urlsafe_b64encode(bytes(data)).decode().rstrip('=')}"


def _varints(values: Iterable[Any]) -> Iterator[int]:
    for value in map(int, values):
        folded = 2 * value if value >= 0 else -2 * value - 1
        while folded > 127:
            yield folded & 127 | 128
            folded >>= 7
        yield folded


def maps_of(drawing: Drawing, target: str) -> FlowMaps:
    """The layer maps of a drawing in the units of ``target``; raises SpecError for another name."""
    entry = registry.TARGETS[check_name("target", target, registry.TARGETS)].load()
    layers = [_map_of(layer) for layer in drawing.layers]
    if drawing.final is not None:
        layers.append(LayerMap("matrix", "diagonal", numbers=drawing.final))
    centre = (float(entry.centre[0]), float(entry.centre[1]))
    return FlowMaps(tuple(layers), centre, float(entry.scale))


def _map_of(layer: DrawnLayer) -> LayerMap:
    knots, rows = rows_of(layer)
    return LayerMap("curves", "affine", layer.active, knots, rows)


def rows_of(layer: DrawnLayer) -> tuple[FloatArray, FloatArray]:
    """Knots (K,) and rows s, t (2, K): one more knot at each end carries on what lies beyond."""
    s = np.zeros(KNOTS) if layer.s is None else layer.s
    first, last = (layer.t[OUTER] - layer.t[0]) / OUTER, (layer.t[-1] - layer.t[-1 - OUTER]) / OUTER
    t = np.concatenate([[layer.t[0] - first], layer.t, [layer.t[-1] + last]])
    knots = np.linspace(-EDGE - STEP, EDGE + STEP, KNOTS + 2)
    return knots, np.stack([np.pad(s, 1, "edge"), t])


def alternating(drawing: Drawing) -> tuple[DrawnLayer, ...]:
    """The layers as a trained flow has them, x2 first and then in turn.

    Where a drawing moves the same coordinate twice, or x1 first, a layer that does nothing yet
    stands between.
    """
    layers: list[DrawnLayer] = []
    for layer in drawing.layers:
        due = 1 - len(layers) % 2
        if layer.active != due:
            still = np.zeros(KNOTS)
            layers.append(DrawnLayer(due, still, None if layer.s is None else still))
        layers.append(layer)
    return tuple(layers)


@lru_cache(maxsize=32)
def heldout(target: str, points: int, seed: int) -> tuple[FloatArray, FloatArray]:
    """Fresh points (N, 2) of a target and their log-densities (N,), kept for the next score."""
    entry = registry.TARGETS[check_name("target", target, registry.TARGETS)].load()
    x = entry.sample(points, np.random.default_rng(seed))
    return x, entry.log_prob(x)


def gap(maps: FlowMaps, target: str, points: int = 50_000, seed: int = 7) -> tuple[float, float]:
    """Mean of log p - log q over fresh points of ``target``, in nats, and its standard error."""
    x, log_p = heldout(target, points, seed)
    difference = log_p - evaluate.log_prob(maps, x)
    return float(difference.mean()), float(difference.std() / np.sqrt(points))


def spec_of(drawing: Drawing, target: str) -> RunSpec:
    """The run that goes on from a drawing: the same layers, with a network for every curve."""
    layers = len(alternating(drawing))
    flow = FlowSpec(coupling=drawing.coupling, layers=layers, hidden=(WIDTH,))
    return RunSpec(target, flow, start=to_token(drawing))


def fits(spec: RunSpec) -> bool:
    """Whether a run can start from the drawing that it names: its flow is that of the drawing."""
    try:
        return spec.flow == spec_of(from_token(spec.start), spec.target).flow
    except DrawingError:
        return False


def run_file(drawing: Drawing, target: str) -> bytes:
    """A drawing as a .run file with one frame: any page that plays runs plays it."""
    maps = maps_of(drawing, target)
    loss, error = gap(maps, target)
    first = hello(spec_of(drawing, target))
    entropy = first["target"]["entropy"]
    x, _ = heldout(target, 50_000, 7)
    back, _ = evaluate.decode(maps, evaluate.encode(maps, x)[0])
    nll = entropy + loss
    snapshot = Snapshot(
        seq=0, step=0, seconds=0.0, nll=nll, train_nll=nll, entropy=entropy, gap=loss,
        gap_error=error, lr=0.0, batch=0, steps_per_s=0.0,
        round_trip=float(np.abs(back - x).max()), status="done", message="Drawn by hand.",
        nlls=(nll,), maps=maps,
    )  # fmt: skip
    first["history"] = [[0, 0, 0.0, nll, nll, nll]]
    first["made_by"] = f"drawn by hand: {to_token(drawing)}"
    return dump(first, [encode_frame(snapshot)])
