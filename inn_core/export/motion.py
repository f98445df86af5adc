"""The timeline of a film: which snapshot and which depth each of its pictures shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from inn_core.export.reel import pace

#: Shares of a film in which nothing moves: a viewer must see where it starts and where it ends.
FIRST_REST, LAST_REST = 0.05, 0.12
#: Share of a layer's time that is rest.
LAYER_REST = 0.26
#: Share of a film of both kinds that shows training.
TRAINING_SHARE = 0.55


@dataclass(frozen=True)
class Moment:
    """One picture: between stills ``still`` and ``still + 1`` by ``mix``, at ``depth`` layers."""

    still: int
    mix: float
    depth: float
    training: bool


def timeline(reel: Any, kind: str, frames: int) -> list[Moment]:
    """The moments of a film of ``kind`` with so many frames."""
    last = len(reel.stills) - 1
    if kind == "both" and not last:  # one snapshot has no training to show
        kind = "depth"
    if reel.dances:
        first = 0 if kind == "depth" else frames
        first = round(TRAINING_SHARE * frames) if kind == "both" else first
        return training_part(reel, 1, first) + dance_part(last, frames - first)
    layers = len(reel.stills[-1].maps.layers)
    if kind == "depth":
        return depth_part(last, layers, frames)
    first = frames if kind == "training" else max(1, round(TRAINING_SHARE * frames))
    return training_part(reel, layers, first) + depth_part(last, layers, frames - first)


def training_part(reel: Any, layers: int, frames: int) -> list[Moment]:
    """From the first still to the last, evenly in ln(1 + step / 20), with a rest at both ends."""
    place = pace([still.step for still in reel.stills])
    moments = []
    for share in shares(frames):
        at = place[0] + share * (place[-1] - place[0])
        still = int(np.clip(np.searchsorted(place, at, side="right") - 1, 0, len(place) - 1))
        gap = place[still + 1] - place[still] if still + 1 < len(place) else 0.0
        mix = float(np.clip((at - place[still]) / gap, 0, 1)) if gap > 0 else 0.0
        moments.append(Moment(still, mix, float(layers), True))
    return moments


def depth_part(still: int, layers: int, frames: int) -> list[Moment]:
    """Through the layers of one still, z to x, easing inside a layer and resting between."""
    moments = []
    for share in shares(frames):
        layer = min(layers - 1, int(share * layers)) if layers else 0
        within = share * layers - layer
        depth = layer + ease(min(1.0, within / (1 - LAYER_REST))) if layers else 0.0
        moments.append(Moment(still, 0.0, float(depth), False))
    return moments


def dance_part(still: int, frames: int) -> list[Moment]:
    """Once round the circle in latent space; ``depth`` is the share of the round."""
    return [Moment(still, 0.0, k / max(1, frames), False) for k in range(frames)]


def shares(frames: int) -> list[float]:
    """From 0 to 1 in so many frames, resting first and last."""
    if frames < 2:
        return [1.0] * frames
    time = np.linspace(0, 1, frames)
    return [float(t) for t in np.clip((time - FIRST_REST) / (1 - FIRST_REST - LAST_REST), 0, 1)]


def ease(t: float) -> float:
    """Slow at both ends."""
    return 4 * t**3 if t < 0.5 else 1 - (2 - 2 * t) ** 3 / 2
