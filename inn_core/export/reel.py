"""What a film shows: the snapshots of a run, and where 4,000 points are in each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from inn_core.export.paint import Window
from inn_core.export.request import ExportError
from inn_core.maps import codec, evaluate, runfile
from inn_core.results import FlowMaps

Points = NDArray[np.float64]

POINTS = 4000
#: Snapshots that a film goes through at most: more would lie closer than its pictures.
MOST = 60
GRID_LINES, GRID_VERTICES = 13, 64
PLASTIC = 1.324717957244746


@dataclass(frozen=True)
class Still:
    """One snapshot: its numbers (header of the frame) and its maps."""

    numbers: dict[str, Any]
    maps: FlowMaps

    @property
    def step(self) -> int:
        """Optimiser steps done."""
        return int(self.numbers["step"])


@dataclass(frozen=True)
class Reel:
    """A run as a film needs it: hello (spec, target, data, history) and stills in order."""

    hello: dict[str, Any]
    stills: tuple[Still, ...]
    dances: ClassVar[bool] = False

    @classmethod
    def of(
        cls, hello: dict[str, Any], frames: Sequence[bytes], first: int | None = None,
        last: int | None = None, most: int = MOST,
    ) -> Reel:  # fmt: skip
        """Decode frames whose step lies in [first, last]; keep ``most``, dense where much happens.

        Raises ExportError when no frame with maps is left.
        """
        read = [codec.decode_frame(frame)[1:] for frame in frames if frame]
        stills = [Still(numbers, maps) for numbers, maps in read if maps is not None]
        low, high = first or 0, float("inf") if last is None else last
        within = [still for still in stills if low <= still.step <= high]
        if not within:
            raise ExportError(
                "There is no snapshot of this run in the span that was asked for; train first, or "
                "choose a longer span."
            )
        return cls(hello, tuple(thinned(within, most)))

    @cached_property
    def view(self) -> Points:
        """The target's window [[x_lo, x_hi], [y_lo, y_hi]], without its empty margin."""
        data = self.data
        whole = np.asarray(self.hello["target"]["view"], float)
        low, high = np.quantile(data, [0.005, 0.995], axis=0)
        margin = 0.14 * (high - low) + 0.02 * (whole[:, 1] - whole[:, 0])
        return np.stack(
            [np.maximum(whole[:, 0], low - margin), np.minimum(whole[:, 1], high + margin)], axis=1
        )

    @cached_property
    def data(self) -> Points:
        """The data points (n, 2), in data units."""
        target = self.hello["target"]
        return runfile.unpack_points(self.hello["data"], target["view"])

    @property
    def entropy(self) -> float | None:
        """Entropy of the target in nats, None where it is not known."""
        value = self.hello["target"]["entropy"]
        return None if value is None else float(value)

    def window(self, maps: FlowMaps) -> Window:
        """The data room's window in the flow's standardised units."""
        middle = (self.view.mean(1) - maps.centre) / maps.scale
        half = (self.view[:, 1] - self.view[:, 0]) / 2 / maps.scale
        return Window(float(middle[0]), float(middle[1]), float(half[0]), float(half[1]))


def thinned(stills: Sequence[Any], most: int) -> list[Any]:
    """At most ``most`` stills, first and last among them, evenly spaced in ln(1 + step / 20)."""
    if len(stills) <= most:
        return list(stills)
    place = pace([still.step for still in stills])
    nearest = np.abs(place[None] - np.linspace(place[0], place[-1], most)[:, None]).argmin(1)
    return [stills[i] for i in sorted({*nearest.tolist(), 0, len(stills) - 1})]


def pace(steps: Sequence[int]) -> NDArray[np.float64]:
    """Where steps stand in a film: early steps change much, late ones little."""
    return np.log1p(np.asarray(steps, float) / 20)


def latent_points(n: int = POINTS) -> Points:
    """N points of the standard normal, evenly spread: the same idea as on the stage.

    A Kronecker sequence with the plastic number's powers, shaken within its cells, through
    r = sqrt(-2 ln(1 - u)), angle = 2 pi v.
    """
    rng = np.random.default_rng(1)
    index = np.arange(1, n + 1)
    shake = 0.75 / np.sqrt(n) * (rng.random((2, n)) - 0.5)
    u = np.abs((0.5 + index / PLASTIC) % 1 + shake[0])
    v = (0.5 + index / PLASTIC**2) % 1 + shake[1]
    radius = np.sqrt(-2 * np.log(1 - np.minimum(np.minimum(u, 2 - u), 1 - 0.5 / n)))
    return np.stack([radius * np.cos(2 * np.pi * v), radius * np.sin(2 * np.pi * v)], axis=1)


def to_base(points: Points, base: tuple[Any, ...]) -> Points:
    """Carry normal points to the base by its quantiles, coordinate by coordinate."""
    if base[0] == "normal":
        return points
    carried = stats.t.ppf(stats.norm.cdf(points), float(base[1]))
    return np.asarray(carried, dtype=np.float64)


def latent_half(base: tuple[Any, ...]) -> float:
    """Half width of the latent window: a Student base has long tails."""
    return 3.4 if base[0] == "normal" else min(8.0, 3.2 + 8 / float(base[1]))


def grid(extent: float) -> Points:
    """The latent grid as polylines (2 × 13, 64, 2) over [-extent, extent]²."""
    fixed = np.linspace(-extent, extent, GRID_LINES)
    along = np.linspace(-extent, extent, GRID_VERTICES)
    across = np.stack(np.meshgrid(fixed, along, indexing="ij"), axis=-1)
    return np.concatenate([across, across[..., ::-1]])


def states(maps: FlowMaps, z: Points) -> list[Points]:
    """Positions of latent points at every whole depth 0..L, in standardised units."""
    places = [z]
    for layer in reversed(maps.layers):
        places.append(evaluate.inverse(layer, places[-1])[0])
    return places


def at_depth(maps: FlowMaps, places: Sequence[Points], depth: float) -> Points:
    """Positions at a depth in [0, L]: a fraction of one layer beyond the whole part."""
    whole = min(len(maps.layers), int(depth))
    part = depth - whole
    if part <= 0:
        return places[whole]
    layer = maps.layers[len(maps.layers) - 1 - whole]
    return evaluate.inverse(layer, places[whole], part)[0]
