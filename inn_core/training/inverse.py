"""The trainer of an INN on an inverse problem: the ordinary trainer with another batch and loss."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from inn_core.bijections.residual import scaled_once
from inn_core.diagnose.posterior import report, resimulation
from inn_core.flows.build import build_flow
from inn_core.flows.flow import Flow
from inn_core.flows.inn import Layout
from inn_core.losses.inverse import ConditionalLoss, InverseLoss
from inn_core.losses.inverse_divergence import InverseDivergence
from inn_core.losses.nll import weighted_sum
from inn_core.problems.base import Problem, problem_of
from inn_core.results import Snapshot
from inn_core.specs import SpecError
from inn_core.specs_inverse import InverseSpec
from inn_core.training.adversarial import CriticStepper
from inn_core.training.batches import BatchStream
from inn_core.training.heldout import HELD_OUT_KEY
from inn_core.training.loop import Trainer, finite
from inn_core.training.step import Stepper, initial_points
from inn_core.training.threads import one_thread

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "pretrained"
ENDING = ".inn"
#: Held-out rows behind the loss terms of a snapshot; draws behind its l2 and sd.
HELD_OUT, DRAWS = 1_024, 500
KEY = "pushforward"


class Pairs:
    """Rows of simulated pairs: x side, standardised observation, normal draws for the z side."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def sample(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw n rows (n, D + dim_y + D - dim_y)."""
        layout, problem = self.layout, self.layout.problem
        x = problem.prior_sample(n, rng)
        y = problem.observe(x, rng)
        if layout.conditional and not problem.noise:  # or the density would have to be infinite
            y = y + problem.slack * rng.standard_normal(y.shape)
        pad = rng.standard_normal((n, layout.dim - problem.dim_x))
        z = rng.standard_normal((n, layout.free))
        rows = np.concatenate([layout.x_side(x, pad), layout.y_side(y), z], axis=1)
        return np.asarray(rows, np.float64)


class InverseTrainer(Trainer):
    """One run of the INNs of ``spec.own`` side by side; see :class:`Trainer` for its face.

    problem, layout : what is trained on, and what the coordinates mean
    """

    def __init__(self, spec: InverseSpec, target: Any = None) -> None:
        """Build the networks and simulate the first pairs."""
        self.begin(spec)
        self.problem: Problem = target or problem_of(spec)
        self.layout = layout_of(spec, self.problem)
        source = Pairs(self.layout)
        self.batches = BatchStream(source, spec.seed)
        flow, shown = build(spec, self.layout), build(spec, self.layout)
        rows = initial_points(source, spec.seed)
        known = rows[:, self.layout.dim :][:, : self.problem.dim_y].expand(len(spec.own), -1, -1)
        flow.initialise(rows[:, : self.layout.dim], known if spec.conditional else None)
        self.stepper = stepper_of(spec, self.layout, flow, shown)
        self.weights = dict(self.stepper.loss.weights)
        seeds = np.random.SeedSequence([spec.seed, HELD_OUT_KEY])
        held_out = source.sample(HELD_OUT, np.random.default_rng(seeds))
        self.rows = torch.from_numpy(held_out.astype(np.float32))
        self.held_out = None  # the rows of the loss are held in ``rows``

    @staticmethod
    def read_spec(values: Any) -> InverseSpec:
        """The spec of a checkpoint."""
        return InverseSpec.from_json(values)

    def _snapshot(self, points: Any, maps: bool, weights: bool, status: str) -> Snapshot:
        with one_thread(), torch.inference_mode(), scaled_once(self.shown.chain):
            terms = self.stepper.loss.terms(self.shown, self.rows)
            totals = weighted_sum(terms, self.weights)
            l2, sd = self.spread()
        nlls = tuple(finite(float(v)) for v in totals)
        measures = {name: tuple(finite(float(v)) for v in term) for name, term in terms.items()}
        measures |= {"l2": l2, "sd": sd}
        return Snapshot(
            **self.told(nlls, status, weights),
            entropy=math.nan, gap=math.nan, gap_error=0.0, round_trip=0.0,
            measures=measures, net=self.state() if maps else None,
        )  # fmt: skip

    def final(self, maps: bool = True, weights: bool = False) -> Snapshot:
        """The last snapshot; ``diagnose.posterior`` measures more."""
        return self._snapshot(None, maps, weights, "")

    def spread(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Each member's l2 at the first reference, and its sd of every x (members × dim_x)."""
        y = self.problem.references[0]
        l2: list[float] = []
        sd: list[float] = []
        # The same draws for all: a fair comparison.
        for x in draws(self.shown, self.layout, y, DRAWS, np.random.default_rng(0)):
            l2.append(finite(resimulation(self.problem, x, y)))
            sd.extend(finite(float(v)) for v in x.std(0))
        return tuple(l2), tuple(sd)

    def sampler(self, member: int = 0) -> Any:
        """A function (y, n, rng) -> x (n, dim_x): posterior draws of a member."""
        return lambda y, n, rng: draw(self.shown, self.layout, y, n, rng, member)


def stepper_of(spec: InverseSpec, layout: Layout, flow: Flow, shown: Flow) -> Stepper:
    """The steps of a spec's loss; those of a divergence take turns with its critics."""
    if spec.adversarial:
        return CriticStepper(InverseDivergence(layout, spec), flow, shown, spec.critic)
    loss = (ConditionalLoss if spec.conditional else InverseLoss)(layout, spec)
    return Stepper(loss, flow, shown)


def numbers_of(trainer: InverseTrainer) -> dict[str, Any]:
    """The report on member 0 at the problem's first reference."""
    y = trainer.problem.references[0]
    return report(trainer.problem, trainer.sampler(), y).numbers()


def layout_of(spec: InverseSpec, problem: Problem) -> Layout:
    """The layout of a spec's own members; it is as wide as the largest z of the whole sweep."""
    return Layout.of(problem, spec.of_own("latent"), spec.conditional, widest=max(spec.latent))


def build(spec: InverseSpec, layout: Layout) -> Flow:
    """The network of a spec: couplings in D dimensions, one seed a member."""
    seeds = [spec.seed + e for e in spec.own]
    told = layout.problem.dim_y if layout.conditional else 0
    return build_flow(spec.flow, seeds, dim=layout.dim, condition_dim=told)


@torch.inference_mode()
def draws(
    flow: Flow, layout: Layout, y: Any, n: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Posterior draws x = T^-1(y, z) of every member, from the same z: (E, n, dim_x).

    What the loss fits is q(x | y) = N(T_y(x); y, R R^T) N(T_z(x); 0, I) |det J|, R the root of the
    slack. Where the observation is noisy this is the posterior, and T^-1 starts from y + R e; so it
    does where y is a label, whose region has as many dimensions as x. Else the slack is the
    network's own, and a clean y asks for the posterior on the fibre.
    """
    problem, code = layout.problem, np.asarray(y, float)
    if not layout.conditional and (problem.noise or problem.labels_only):
        code = code + rng.standard_normal((n, problem.dim_y)) @ layout.slack_root.T
    z = rng.standard_normal((n, layout.free))
    sides = [layout.z_side(code, z, member) for member in range(flow.members)]
    with one_thread():
        points = torch.from_numpy(np.stack(sides).astype(np.float32))
        if layout.conditional:
            known = torch.from_numpy(layout.y_side(code).astype(np.float32))
            x = flow.decode(points, known.expand(flow.members, n, -1))[0]
        else:
            x = flow.decode_points(points)
    return np.asarray(layout.x_of(x.double().numpy()), np.float64)


def draw(
    flow: Flow, layout: Layout, y: Any, n: int, rng: np.random.Generator, member: int = 0
) -> NDArray[np.float64]:
    """Those of one member, (n, dim_x)."""
    return np.asarray(draws(flow, layout, y, n, rng)[member], np.float64)


# ── files ────────────────────────────────────────────────────────────────────────────────────


def save(trainer: InverseTrainer, path: Path) -> None:
    """Write spec and averaged weights as one safetensors file (float16)."""
    weights = trainer.shown.state_dict().items()
    parts = {name: value.to(torch.float16).contiguous() for name, value in weights}
    save_file(parts, path, metadata={KEY: json.dumps(trainer.spec.to_json())})


def load(path: Path) -> tuple[InverseSpec, Flow, Layout]:
    """Read :func:`save`'s file; raises SpecError with a sentence."""
    try:
        with safe_open(path, framework="pt") as file:
            spec = InverseSpec.from_json(json.loads((file.metadata() or {})[KEY]))
            parts = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
        layout = layout_of(spec, problem_of(spec))
        flow = build(spec, layout)
        flow.load_state_dict(parts)
    except FileNotFoundError as error:
        raise SpecError(f"There is no trained network at {path}.") from error
    except (SafetensorError, OSError, KeyError, ValueError, RuntimeError) as error:
        raise SpecError(f"{path} is no trained network of this lab, or it is damaged.") from error
    return spec, flow.requires_grad_(False), layout
