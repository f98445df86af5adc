"""The trainer of flows that are fitted to a map: the ordinary trainer with another batch and loss.

Encode is what approximates f: x in K ↦ z. The chain reads x / UNIT, where its networks and splines
are at home, and ends with a scale and shift that first undo that: it starts at the identity.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inn_core.bijections.linear import ActNorm
from inn_core.diagnose.invert import PASS
from inn_core.diffeos.base import Diffeo, edge, grid
from inn_core.flows.build import build_flow
from inn_core.flows.flow import Flow
from inn_core.losses.fit import FitLoss
from inn_core.maps.fitted import CARRIED, FINE, FINE_EDGE
from inn_core.maps.tabulate import tabulate
from inn_core.results import Snapshot
from inn_core.specs_map import MapSpec
from inn_core.training.batches import BatchStream
from inn_core.training.groups import FitStepper, Groups
from inn_core.training.loop import Trainer, finite
from inn_core.training.masks import mask_of
from inn_core.training.step import initial_points
from inn_core.training.threads import one_thread

#: K is [-1, 1]²; the chain sees it as [-2.5, 2.5]².
UNIT = 0.4
#: Points a side of the grid on K behind a snapshot's numbers, and along its edge, where the largest
#: error of a reflection hides; final numbers are measured on FINE and FINE_EDGE.
SHOWN, SHOWN_EDGE = 41, 129
#: Points behind a snapshot's round trip.
BACK = 100


class Rows:
    """Rows (x, f(x)) with x uniform in K."""

    def __init__(self, diffeo: Diffeo) -> None:
        self.diffeo = diffeo

    def sample(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw n rows (n, 4)."""
        return rows_of(self.diffeo, self.diffeo.sample(n, rng))


class MapTrainer(Trainer):
    """One run of the members of a spec; see :class:`Trainer` for its face.

    diffeo : the map that they are fitted to
    """

    stepper: Any

    def __init__(self, spec: MapSpec, target: Diffeo | None = None) -> None:
        """Build the networks and draw the first points."""
        self.begin(spec)
        self.diffeo = target or spec.target()
        source = Rows(self.diffeo)
        self.batches = BatchStream(source, spec.seed)
        loss = FitLoss(spec.weights, spec.power)
        groups = spec.groups
        start = initial_points(source, spec.seed)[:, :2]
        steppers = {name: stepper_of(spec, name, loss, start) for name in groups}
        self.stepper = Groups(loss, steppers, groups)
        self.weights = dict(loss.weights)
        self.rows = as_tensor(rows_of(self.diffeo, measured(SHOWN, SHOWN_EDGE)))
        self.held_out = None  # the grid is held in ``rows``

    @staticmethod
    def read_spec(values: Any) -> MapSpec:
        """The spec of a checkpoint."""
        return MapSpec.from_json(values)

    @property
    def shown(self) -> Any:
        """The flows with averaged weights, by coupling."""
        return self.stepper.shown

    def flow_of(self, member: int) -> tuple[Flow, int]:
        """The flow that holds a member, and the member's place in it."""
        name = self.spec.of("coupling", member)
        return self.shown[name], self.spec.groups[name].index(member)

    @torch.inference_mode()
    def off(self, rows: Tensor) -> Tensor:
        """Errors z - f(x) of every member at rows (N, 4), (E, N, 2)."""
        with one_thread():
            parts = [
                self.stepper.woven(
                    {
                        name: flow.encode(part[:, :2])[0] - part[:, 2:]
                        for name, flow in self.shown.items()
                    }
                )
                for part in rows.split(PASS)
            ]
        return torch.cat(parts, 1)

    def _snapshot(self, points: Any, maps: bool, weights: bool, status: str) -> Snapshot:
        side, rows = (SHOWN, self.rows) if points is None else (FINE, points)
        r = self.off(rows).norm(dim=-1)
        inside = r[:, : side**2]  # the edge counts for the largest error only
        terms = self.stepper.loss.of(inside)
        mean, largest = numbers(inside.mean(-1)), numbers(r.amax(-1))
        single = self.spec.members == 1
        return Snapshot(
            **self.told(mean, status, weights),
            entropy=math.nan, gap=math.nan, gap_error=0.0, round_trip=self.round_trip(),
            measures={"max": largest} | {name: numbers(value) for name, value in terms.items()},
            maps=tabulate(self.flow_of(0)[0]) if maps and single else None,
            net={"off": self.off(self.carried).numpy()} if maps and not single else None,
        )  # fmt: skip

    @property
    def carried(self) -> Tensor:
        """The rows of the grid whose errors a sweep's snapshot carries: a browser knows f there."""
        return as_tensor(rows_of(self.diffeo, grid(CARRIED)))

    @torch.inference_mode()
    def round_trip(self) -> float:
        """Largest |decode(encode(x)) - x| over some points of K and all members."""
        x = self.rows[: SHOWN**2 : SHOWN**2 // BACK, :2]
        with one_thread():
            worst = [
                (flow.decode(flow.encode(x)[0])[0] - x).abs().amax() for flow in self.shown.values()
            ]
        return finite(float(torch.stack(worst).amax()))

    def final(self, maps: bool = True, weights: bool = False) -> Snapshot:
        """Like :meth:`snapshot`, on the fine grid: the numbers that a table may quote."""
        fine = as_tensor(rows_of(self.diffeo, measured(FINE, FINE_EDGE)))
        return self._snapshot(fine, maps, weights, "")


def numbers_of(trainer: MapTrainer) -> dict[str, Any]:
    """What the check panel shows: errors on the fine grid, and the areas of member 0."""
    points = measured(FINE, FINE_EDGE)
    r = trainer.off(as_tensor(rows_of(trainer.diffeo, points))).norm(dim=-1)
    means, maxes = numbers(r[:, : FINE**2].mean(-1)), numbers(r.amax(-1))
    flow, place = trainer.flow_of(0)
    with one_thread(), torch.inference_mode():
        area = flow.encode(as_tensor(points))[1][place].exp()
    return {
        "mean": means[0],
        "max": maxes[0],
        "means": list(means),
        "maxes": list(maxes),
        "worst": [float(v) for v in points[int(r[0].argmax())]],
        "points": len(points),
        "area_least": finite(float(area.amin())),
        "area_most": finite(float(area.amax())),
        "round_trip": trainer.round_trip(),
    }


def stepper_of(spec: MapSpec, coupling: str, loss: FitLoss, start: Tensor) -> FitStepper:
    """The stepper of the members that have a coupling; actnorms start from the points ``start``."""
    members = spec.groups[coupling]
    flow, shown = build(spec, coupling), build(spec, coupling)
    flow.initialise(start)
    depths, widths = ([spec.of(name, e) for e in members] for name in ("depth", "width"))
    return FitStepper(loss, flow, shown, mask_of(flow, depths, widths))


def build(spec: MapSpec, coupling: str) -> Flow:
    """The flows of a group, one seed a member, with scale and shift at the end."""
    seeds = [spec.seed + e for e in spec.groups[coupling]]
    flow = build_flow(replace(spec.flow, coupling=coupling), seeds)
    flow.standardise([0.0, 0.0], UNIT)
    end = ActNorm(2, [torch.Generator() for _ in seeds])
    with torch.no_grad():
        end.log_scale.fill_(math.log(UNIT))
        end.initialised.fill_(1.0)
    flow.chain.layers.append(end)
    return flow


def measured(side: int, along: int) -> NDArray[np.float64]:
    """A grid of K of ``side`` points a side, then its edge, ``along`` points a side."""
    return np.concatenate([grid(side), edge(along)])


def rows_of(diffeo: Diffeo, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows (x, f(x)), (n, 4)."""
    return np.concatenate([x, diffeo.forward(x)], 1)


def as_tensor(values: NDArray[np.float64]) -> Tensor:
    """Numbers as float32."""
    return torch.from_numpy(values.astype(np.float32))


def numbers(values: Tensor) -> tuple[float, ...]:
    """Plain finite floats."""
    return tuple(finite(float(v)) for v in values)
