"""Held-out points: how good the shown flow is, measured again and again on the same points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inn_core.diagnose.distance import gap
from inn_core.diagnose.invert import PASS
from inn_core.flows.flow import Flow
from inn_core.training.recorded import Recorded

#: Points behind the numbers of a running fit: a snapshot must stay a few per cent of the training.
RUNNING_POINTS = 512
#: Points behind the round-trip error of a snapshot (the check report takes all).
ROUND_TRIP_POINTS = 100
#: Where an inverse takes iterations, one score in so many measures the round trip anew.
ROUND_TRIP_EVERY = 8
#: Points behind a final number: the "gap" of every table in this project.
FINAL_POINTS = 50_000

#: Keys of the random streams that one seed is split into (data: 1, checks: 5).
HELD_OUT_KEY, FINAL_KEY, INITIAL_KEY = 2, 3, 4


class Density(Protocol):
    """What a target can do; see inn_core/targets/base.py."""

    @property
    def entropy(self) -> float:
        """Entropy in nats."""
        ...

    @property
    def centre(self) -> NDArray[np.float64]:
        """Mean, (D,)."""
        ...

    @property
    def scale(self) -> float:
        """Root mean square deviation of a coordinate."""
        ...

    def sample(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw n points (n, D)."""
        ...

    def log_prob(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-density in nats, (n,)."""
        ...


@dataclass(frozen=True)
class Score:
    """Gaps of E members in nats, their standard errors, and the round-trip error in data units."""

    gaps: NDArray[np.float64]
    errors: NDArray[np.float64]
    round_trip: float


class HeldOut:
    """n points of the target and their log-densities, from a random stream of their own."""

    def __init__(self, target: Density, n: int, seed: int, key: int = HELD_OUT_KEY) -> None:
        """Draw the points; ``key`` separates this stream from the other streams of the seed."""
        rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, key])))
        points = getattr(target, "fresh", target.sample)(n, rng)
        # log p before rounding: a point on the edge of a support may round to the far side of it.
        self.log_p = target.log_prob(points)
        self.x = torch.from_numpy(points.astype(np.float32))

        self._flow: Flow | None = None
        self._scores, self._worst = 0, 0.0

    @torch.no_grad()
    def score(self, flow: Flow) -> Score:
        """Measure the gap of every member and the largest |decode(encode(x)) - x|.

        Of a flow with an iterative inverse the latter is measured at the first score and at every
        eighth from there; in between the last measured one stands.
        """
        if flow is not self._flow:
            self._flow, self._scores = flow, 0
            self._measure = Recorded(lambda x: self._measured(flow, x), flow.parameters())
        if not any(layer.iterative for layer in flow.chain):
            parts = [self._measure(x) for x in self.x.split(PASS)]
        else:
            again = self._scores % ROUND_TRIP_EVERY == 0
            parts = [self._measured(flow, x, again) for x in self.x.split(PASS)]
        self._scores += 1
        log_q = torch.cat([log_q for log_q, _ in parts], -1)
        gaps, errors = gap(self.log_p, log_q.double().numpy())
        self._worst = max(float(worst) for _, worst in parts)
        return Score(gaps, errors, self._worst)

    def _measured(self, flow: Flow, x: Tensor, again: bool = True) -> tuple[Tensor, Tensor]:
        """Ln q(x) (E, B), and the largest error of the round trip of some of the points."""
        z, log_det = flow.encode(x)
        if not again:
            return flow.base.log_prob(z) + log_det, torch.tensor(self._worst)
        some = slice(max(1, ROUND_TRIP_POINTS * len(x) // len(self.x)))
        worst = (flow.decode(z[:, some])[0] - x[some]).abs().amax()
        return flow.base.log_prob(z) + log_det, worst
