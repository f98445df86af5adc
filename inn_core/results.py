"""What comes back from the engine: frozen dataclasses of numbers and numpy arrays. No torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]

#: Every status a run or a stage can be in.
STATUSES = ("idle", "queued", "training", "paused", "done", "stopped", "disconnected")


@dataclass(frozen=True)
class LayerMap:
    """One layer of a 2-D flow x -> z as small tables (architecture: "a handful of curves").

    A coupling's network reads one number, the passive coordinate u, and a ReLU network of one
    number is piecewise linear: with knots at its kinks, its raw outputs are a table without error.

    kind : ``"curves"`` (additive, affine), ``"params"`` (spline, sum of squares,
        sigmoidal), ``"field"`` (residual), ``"matrix"`` (linear layers)
    formula : which formula reads the tables: ``"affine"``, ``"spline"``,
        ``"sum_of_squares"``, ``"sigmoidal"``, ``"field"``, ``"rotation"``, ``"lu"``, ``"diagonal"``
    active : index of the coordinate that moves (curves and params), else -1
    knots : (N,) increasing positions of u, not evenly spaced; the wire rounds them to 1/2048
    tables : (R, N) rows, linear between knots. affine: r, t with  z = x e^s + t  and
        s = S tanh(r), or s = r without S; beyond the knots the outer pieces go on. spline with K
        bins: raw K widths, K heights, K - 1 slopes; beyond the knots constant.
        sum_of_squares: raw shift, q_1 without its 1, q_2; sigmoidal with K sigmoids: raw K slopes,
        K centres, K weights (bijections/univariate); both constant beyond. field: values of g
        in z = x + g(x) on N x N nodes, (2 N, N): N rows of its first component, row j at x2 =
        knots[j] + c2 along x1 = knots + c1, then of its second; the knots are even (maps/field.py)
    numbers : parameters without knots. affine: [S] or []; spline: [bound B, least share of a bin,
        largest |log slope|]; sum_of_squares: [B, least slope]; sigmoidal: [B, least slope, largest
        |log a|, largest |log w|]; field: [c1, c2]; rotation: [angle]; lu: [l, log_d1, log_d2,
        u, b1, b2]; diagonal: [log_s1, log_s2, b1, b2]
    """

    kind: str
    formula: str
    active: int = -1
    knots: FloatArray = field(default_factory=lambda: np.zeros(0))
    tables: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))
    numbers: tuple[float, ...] = ()


@dataclass(frozen=True)
class FlowMaps:
    """A whole 2-D flow as layer maps, in the order x -> z.

    centre, scale : units of the data: layer 0 reads h = (x - centre) / scale
    base : ``("normal",)`` or ``("student", degrees of freedom)``
    """

    layers: tuple[LayerMap, ...]
    centre: tuple[float, float] = (0.0, 0.0)
    scale: float = 1.0
    base: tuple[Any, ...] = ("normal",)


@dataclass(frozen=True)
class Snapshot:
    """The state of a run at one step, as a reader or a browser needs it.

    seq : counts snapshots from 0; step : optimiser steps done; seconds : own compute so far
    nll : held-out negative log-likelihood in nats of member 0: ``entropy + gap``
    entropy : of the target in nats; NaN, as is ``gap``, where its density is not known
    gap : mean of log p - log q over the held-out points, in nats; gap_error : its standard error
    nlls : the same as ``nll`` for every member; frozen : members that stopped, with the reason
    round_trip : largest |decode(encode(x)) - x| over the held-out points, in data units
    status : one of STATUSES; message : a sentence when the status needs one
    measures : further numbers by name, one or more a member (training/inverse.py)
    maps : layer maps of member 0, or None; net : arrays by name that a browser runs by itself, or
        None (maps/network.py); weights : name -> array, or None
    """

    seq: int
    step: int
    seconds: float
    nll: float
    train_nll: float
    entropy: float
    gap: float
    gap_error: float
    lr: float
    batch: int
    steps_per_s: float
    round_trip: float
    status: str = "training"
    message: str = ""
    nlls: tuple[float, ...] = ()
    frozen: dict[int, str] = field(default_factory=dict)
    measures: dict[str, tuple[float, ...]] = field(default_factory=dict)
    maps: FlowMaps | None = None
    net: dict[str, FloatArray] | None = None
    weights: dict[str, FloatArray] | None = None

    def numbers(self) -> dict[str, Any]:
        """Everything but the arrays, as a dict of JSON types."""
        return {
            "seq": self.seq,
            "step": self.step,
            "seconds": round(self.seconds, 4),
            "nll": self.nll,
            "train_nll": self.train_nll,
            "entropy": None if isnan(self.entropy) else self.entropy,
            "gap": None if isnan(self.gap) else self.gap,
            "gap_error": self.gap_error,
            "lr": self.lr,
            "batch": self.batch,
            "steps_per_s": round(self.steps_per_s, 1),
            "round_trip": self.round_trip,
            "status": self.status,
            "message": self.message,
            "nlls": list(self.nlls),
            "frozen": {str(k): v for k, v in self.frozen.items()},
            **(
                {"measures": {k: list(v) for k, v in self.measures.items()}}
                if self.measures
                else {}
            ),
        }


@dataclass(frozen=True)
class CheckReport:
    """Measured numbers of one flow against one target (the check panel and the tests read these).

    nll, entropy, gap : nats; gap over ``points`` fresh points with standard error ``gap_error``
    round_trip : largest |decode(encode(x)) - x|; mass : integral of q over the plane
    table_error : largest distance between the engine's and the tables' decode, 99th percentile,
        as a share of the plot's width
    w1, w1_floor : Wasserstein-1 distance of samples, and the same between two samples of p
    mass_error : estimated error of ``mass``
    jacobian_error : largest |log_det - ln |det J|| in either direction, in nats (float64)
    """

    nll: float
    entropy: float | None
    gap: float | None
    gap_error: float
    points: int
    round_trip: float
    mass: float
    w1: float
    w1_floor: float
    energy: float
    energy_floor: float
    table_error: float | None = None
    mass_error: float | None = None
    jacobian_error: float | None = None

    def numbers(self) -> dict[str, float | int | None]:
        """All fields as a dict of JSON types."""
        return dict(self.__dict__)
