"""The check report: every number of results.CheckReport, measured on one flow and one target.

The work comes in slices (:func:`check_steps`), so that a worker can train other runs in between.
"""

from __future__ import annotations

import copy
from collections.abc import Generator
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from inn_core.diagnose.distance import energy, gap, wasserstein1
from inn_core.diagnose.invert import PASS, jacobian_error, round_trip
from inn_core.diagnose.mass import mass
from inn_core.flows.flow import Flow
from inn_core.maps import evaluate
from inn_core.maps.tabulate import tabulate
from inn_core.results import CheckReport
from inn_core.specs import SpecError, shown
from inn_core.targets import library

#: Points for the gap and the round trip, per slice.
SLICE = 10_000
#: Sample size of W1 (exact, so its cost grows with the cube) and of the energy distance.
SAMPLES = 1_000
JACOBIAN_POINTS = 500
TABLE_POINTS = 2_000
MOST_POINTS = 10_000_000
CHECK_KEY = 5
#: (reach, stretch) of the latent box that the mass is summed over, by the base's name.
LATENT_BOX = {"normal": (6.0, 0.0), "student": (1e5, 12.0)}


class Target(Protocol):
    """What a target can do; see inn_core/targets/base.py."""

    @property
    def entropy(self) -> float:
        """Entropy in nats."""
        ...

    @property
    def view(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Plot window."""
        ...

    def sample(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw n points."""
        ...

    def log_prob(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-density in nats."""
        ...


def check(model: Any, target: Any, points: int = 50_000, seed: int = 0) -> CheckReport:
    """Measure a flow (or a trainer, or a notebook's flow) against a target or a target's name.

    points : fresh points behind gap and round trip; seed : of those points
    Raises SpecError for what is no flow, no target or no number of points.
    """
    steps = check_steps(model, target, points, seed)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            report: CheckReport = end.value
            return report


def check_steps(
    model: Any, target: Any, points: int = 50_000, seed: int = 0
) -> Generator[str, None, CheckReport]:
    """Like :func:`check`, in slices of some hundred milliseconds at most; yields what was done."""
    flow, law = as_flow(model), as_target(target)
    if isinstance(points, bool) or not isinstance(points, int) or not 2 <= points <= MOST_POINTS:
        raise SpecError(
            f"points is {shown(points)}; it must be a whole number between 2 and {MOST_POINTS}."
        )
    rng = np.random.default_rng(np.random.SeedSequence([seed, CHECK_KEY]))
    generator = torch.Generator().manual_seed(seed)

    with torch.no_grad():
        samples = flow.sample(SAMPLES, generator)[0].double().numpy()
    fresh_points = getattr(law, "fresh", law.sample)
    data = fresh_points(SAMPLES, rng)
    samples, again = samples[: len(data)], law.sample(len(data), rng)
    distances = {
        "w1": wasserstein1(samples, data),
        "energy": energy(samples, data),
    }
    yield "samples"
    distances |= {"w1_floor": wasserstein1(again, data), "energy_floor": energy(again, data)}
    yield "floors"

    precise = copy.deepcopy(flow).double().requires_grad_(False)
    reach, stretch = LATENT_BOX[precise.base.describe(0)[0]]
    total = mass(precise, reach, stretch, torch.float64)
    yield "mass"

    x = torch.from_numpy(data[:JACOBIAN_POINTS])
    with torch.no_grad():
        z, _ = precise.encode(x)
    jacobians = max(
        float(jacobian_error(precise.encode, x)), float(jacobian_error(precise.decode, z))
    )
    yield "jacobian"

    tables = table_error(flow, law.view, generator)
    yield "tables"

    log_p, log_q, worst = [], [], 0.0
    known = getattr(law, "known", True)
    points = points if known else len(fresh_points(points, rng))
    for start in range(0, points, SLICE if known else points):
        fresh = fresh_points(min(SLICE, points - start) if known else points, rng)
        x = torch.from_numpy(fresh.astype(np.float32))
        log_p.append(law.log_prob(fresh))
        with torch.no_grad():
            parts = [flow.log_prob(part)[0] for part in x.split(PASS)]
        log_q.append(torch.cat(parts).double().numpy())
        worst = max(worst, float(round_trip(flow, x)))
        yield "gap"
    mean, error = gap(np.concatenate(log_p), np.concatenate(log_q))
    return CheckReport(
        nll=float(law.entropy + mean),
        entropy=float(law.entropy) if known else None,
        gap=float(mean) if known else None,
        gap_error=float(error),
        points=points,
        round_trip=worst,
        mass=float(total.value[0]),
        mass_error=float(total.error[0]),
        jacobian_error=jacobians,
        table_error=tables,
        **distances,
    )


def table_error(flow: Flow, view: Any, generator: torch.Generator) -> float:
    """99th percentile of the distance between the engine's decode and the tables', for 2,000 z.

    As a share of the plot's width: what a reader's picture is off by.
    """
    with torch.no_grad():
        z = flow.base.sample(TABLE_POINTS, generator)
        exact = flow.decode(z)[0][0].double().numpy()
        drawn, _ = evaluate.decode(tabulate(flow), z[0].double().numpy())
    distance = np.linalg.norm(exact - drawn, axis=-1)
    return float(np.quantile(distance, 0.99) / (view[0][1] - view[0][0]))


def as_flow(model: Any) -> Flow:
    """Member 0, copied, of a Flow, a Trainer (its averaged flow) or a NumpyFlow."""
    flow = getattr(model, "shown", getattr(model, "torch_flow", model))
    if not isinstance(flow, Flow):
        raise SpecError(f"model is {type(model).__name__}; pass a flow, a trainer or inn.build's.")
    return flow.member(0)


def as_target(target: Any) -> Target:
    """Return a registered target by name, or the target itself."""
    if isinstance(target, str):
        entry: Any = library.find(target)
        known: Target = entry
        return known
    if not all(hasattr(target, name) for name in ("sample", "log_prob", "entropy", "view")):
        raise SpecError(f"target is {type(target).__name__}; pass a target or its name.")
    law: Target = target
    return law


def numbers_of(trainer: Any) -> dict[str, Any]:
    """The report of a trainer's flow on its own target, as plain numbers."""
    return check(trainer, trainer.target).numbers()
