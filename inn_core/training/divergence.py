"""The trainer of plane flows that differ by their loss: groups of members, by what a loss needs.

Likelihood, energy, transport and critics are a batched network each; all see the same points, and
all are measured by the same numbers, whatever they minimise.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from inn_core.diagnose.invert import PASS
from inn_core.flows.build import build_flow
from inn_core.flows.flow import Flow
from inn_core.losses.critic import Critic
from inn_core.losses.distances import sinkhorn
from inn_core.losses.nll import NLL
from inn_core.losses.plane import Energy, Transport, Variational
from inn_core.losses.variational import bound
from inn_core.maps.diverging import POINTS
from inn_core.results import Snapshot
from inn_core.specs_divergence import DivergenceSpec
from inn_core.targets.base import Target
from inn_core.training.adversarial import CriticStepper
from inn_core.training.batches import BatchStream
from inn_core.training.groups import Groups
from inn_core.training.guard import FINITE, Guard
from inn_core.training.heldout import FINAL_KEY, FINAL_POINTS, RUNNING_POINTS, HeldOut
from inn_core.training.loop import Trainer, finite
from inn_core.training.masks import mask_of
from inn_core.training.step import Stepper, initial_points
from inn_core.training.threads import one_thread

#: Angles of the sliced Wasserstein distance; points of its and of Sinkhorn's measured values.
ANGLES, SLICED, TRANSPORTED = 64, 4_096, 256
#: Seed of the latent points that a snapshot carries, the same for every run; of measured ones.
SHOWN_SEED, MEASURED_SEED = 0, 1
#: Keeps critics' weights apart from the flows' of the same seed.
CRITIC_SEED = 7_000_003


class DivergenceTrainer(Trainer):
    """One run of the members of a spec; see :class:`Trainer` for its face."""

    stepper: Any

    def __init__(self, spec: DivergenceSpec, target: Target | None = None) -> None:
        """Build the networks and draw the first points."""
        self.begin(spec)
        density: Any = target or spec.density()
        self.target = density
        self.batches = BatchStream(density, spec.seed)
        self.held_out = HeldOut(density, RUNNING_POINTS, spec.seed)
        start = initial_points(density, spec.seed)
        groups = spec.groups
        steppers = {name: stepper_of(spec, name, density, start) for name in groups}
        self.stepper = Groups(None, steppers, groups)
        self.weights = {
            name: weight for one in steppers.values() for name, weight in one.loss.weights.items()
        }

    @staticmethod
    def read_spec(values: Any) -> DivergenceSpec:
        """The spec of a checkpoint."""
        return DivergenceSpec.from_json(values)

    @property
    def shown(self) -> Any:
        """The flows with averaged weights, by group."""
        return self.stepper.shown

    def flow_of(self, member: int) -> tuple[Flow, int]:
        """The flow that holds a member, and the member's place in it."""
        for name, members in self.spec.groups.items():
            if member in members:
                return self.shown[name], members.index(member)
        raise ValueError(f"member is {member}; this run has members 0 to {self.spec.members - 1}.")

    def _snapshot(self, points: HeldOut, maps: bool, weights: bool, status: str) -> Snapshot:
        with one_thread(), torch.inference_mode():
            found = self.measured(points)
            net = self.points() if maps else None
        measures = {name: tuple(finite(float(v)) for v in row) for name, row in found.items()}
        entropy = float(self.target.entropy)
        trip = measures.pop("round_trip")
        return Snapshot(
            **self.told(tuple(finite(entropy + gap) for gap in measures["gap"]), status, weights),
            entropy=entropy, gap=measures["gap"][0], gap_error=measures["gap_error"][0],
            round_trip=max(trip), measures=measures, net=net,
        )  # fmt: skip

    def points(self) -> dict[str, Any]:
        """Where the flows take the same latent points at every snapshot, (E, POINTS, 2)."""
        rows = {name: draw(flow, POINTS, SHOWN_SEED) for name, flow in self.shown.items()}
        return {"points": self.stepper.woven(rows).numpy()}

    def measured(self, points: HeldOut) -> dict[str, Tensor]:
        """Numbers (E,) of every member against the held-out points.

        gap : KL(data, model); reverse : KL(model, data), each with its standard error, in nats
        sliced, sliced_floor : sliced W1 to the held-out points, and that of fresh ones to them
        own : what the member's loss says: a gap for nll, the critic's bound, Sinkhorn's divergence
        """
        x, log_p = points.x, torch.from_numpy(points.log_p)
        few = x[:SLICED]
        fresh = self.target.sample(len(few), np.random.default_rng(self.spec.seed))
        floor = sliced(torch.from_numpy(fresh.astype(np.float32))[None], few)
        parts: dict[str, dict[str, Tensor]] = {}
        for name, flow in self.shown.items():
            gap, error = mean_of(log_p - self.log_q(flow, x.expand(flow.members, -1, -1)))
            own = draw(flow, len(x), MEASURED_SEED)
            log_p_own = self.target.log_prob(own.double().reshape(-1, 2).numpy())
            back, back_error = mean_of(
                self.log_q(flow, own) - torch.from_numpy(log_p_own).reshape(own.shape[:-1])
            )
            some = x[:: max(1, len(x) // 100)]
            trip = (flow.decode(flow.encode(some)[0])[0] - some).abs().amax((1, 2))
            row = {
                "gap": gap, "gap_error": error, "reverse": back, "reverse_error": back_error,
                "sliced": sliced(own[:, :SLICED], few), "sliced_floor": floor.expand(flow.members),
                "round_trip": trip,
            }  # fmt: skip
            row["own"] = self.own_loss(name, x, own, row)
            for key, values in row.items():
                parts.setdefault(key, {})[name] = values.double()
        return {key: self.stepper.woven(rows) for key, rows in parts.items()}

    def own_loss(self, name: str, x: Tensor, own: Tensor, row: dict[str, Tensor]) -> Tensor:
        """What a group's own loss says of points ``own`` against the held-out ``x``, (E,)."""
        if name in ("nll", "energy"):
            return row["gap" if name == "nll" else "reverse"]
        loss = self.stepper.steppers[name].loss
        if name == "sinkhorn":
            return sinkhorn(x[None, :TRANSPORTED], own[:, :TRANSPORTED], loss.blur)
        v_real, v_fake = loss.critic(loss.units(x)), loss.critic(loss.units(own))
        return bound(loss.divergences, v_real, v_fake)

    def log_q(self, flow: Flow, x: Tensor) -> Tensor:
        """The model's log-density at x (E, N, 2), (E, N) float64."""
        return torch.cat([flow.log_prob(part).double() for part in x.split(PASS, 1)], 1)

    def final(self, maps: bool = True, weights: bool = False) -> Snapshot:
        """Like :meth:`snapshot`, on 50,000 fresh points: the numbers that a table may quote."""
        fresh = HeldOut(self.target, FINAL_POINTS, self.spec.seed, FINAL_KEY)
        return self._snapshot(fresh, maps, weights, "")


def numbers_of(trainer: DivergenceTrainer) -> dict[str, Any]:
    """What the check panel shows: every member's numbers on 50,000 fresh points."""
    snapshot = trainer.final(maps=False)
    trainer.seq -= 1  # a check is no snapshot of the run
    measures = {name: list(values) for name, values in snapshot.measures.items()}
    return {"points": FINAL_POINTS, "round_trip": snapshot.round_trip, **measures}


def stepper_of(spec: DivergenceSpec, name: str, target: Any, start: Tensor) -> Stepper:
    """The stepper of a group; actnorms start from the points ``start``."""
    members = spec.groups[name]
    flow, shown = build(spec, members, target), build(spec, members, target)
    flow.initialise(start)
    depths = [spec.of("depth", e) for e in members]
    whole = set(depths) == {spec.flow.layers}
    mask = None if whole else mask_of(flow, depths, [max(spec.flow.hidden)] * len(members))
    if name == "critic":
        seeds = [CRITIC_SEED + spec.seed_of(e) for e in members]
        critic = Critic(
            2, spec.critic.hidden, [torch.Generator().manual_seed(s) for s in seeds],
            spec.critic.clamp, spec.critic.sd,
        )  # fmt: skip
        names = [spec.of("loss", e) for e in members]
        loss = Variational(names, critic, spec.critic.objective, target, spec.seed)
        return CriticStepper(loss, flow, shown, spec.critic, mask=mask)
    if name == "sinkhorn":
        transport = Transport([spec.of("blur", e) for e in members], spec.seed)
        stepper = Stepper(transport, flow, shown, mask=mask)
        stepper.guard = Guard(stepper.weights, FINITE)  # it is not in nats
        return stepper
    return Stepper(NLL() if name == "nll" else Energy(target, spec.seed), flow, shown, mask=mask)


def build(spec: DivergenceSpec, members: list[int], target: Target) -> Flow:
    """The flows of some members, in the target's units."""
    flow = build_flow(spec.flow, [spec.seed_of(e) for e in members])
    flow.standardise([float(c) for c in target.centre], float(target.scale))
    return flow


def draw(flow: Flow, n: int, seed: int) -> Tensor:
    """N points of every member from the same latent ones, (E, n, 2)."""
    generator = torch.Generator().manual_seed(seed)
    z = flow.base.sample(n, generator).to(flow.units.scale.dtype)
    return torch.cat([flow.decode(part)[0] for part in z.split(PASS, 1)], 1)


def sliced(a: Tensor, b: Tensor) -> Tensor:
    """Sliced W1 of samples a (E, N, 2) and b (N, 2): the mean over angles of W1 on the line."""
    angle = torch.arange(ANGLES) * (torch.pi / ANGLES)
    ways = torch.stack([angle.cos(), angle.sin()])
    return ((a @ ways).sort(1).values - (b @ ways).sort(0).values).abs().mean((1, 2))


def mean_of(values: Tensor) -> tuple[Tensor, Tensor]:
    """Mean over points (E,) and its standard error."""
    return values.mean(-1), values.std(-1) / values.shape[-1] ** 0.5
