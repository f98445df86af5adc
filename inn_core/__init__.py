"""The engine of Pushforward: invertible networks in two dimensions, trained live.

    import inn_core as inn
    run = inn.RunSpec(target="moons", flow=inn.FlowSpec(coupling="affine", layers=8), seed=0)
    for snapshot in inn.train(run, seconds=10):
        print(snapshot.step, snapshot.nll)
    flow = inn.build(run.flow, weights=snapshot.weights)
    x = flow.sample(1000)

Importing this package loads neither torch nor scipy: names are imported when first used (PEP 562).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inn_core.diagnose.report import check
    from inn_core.flows.notebook import build
    from inn_core.specs import FlowSpec, RunSpec, SpecError, TrainSpec
    from inn_core.training.stream import train

__all__ = [
    "FlowSpec",
    "RunSpec",
    "SpecError",
    "TrainSpec",
    "build",
    "check",
    "sample",
    "target",
    "train",
]

_HOMES = {
    "FlowSpec": "inn_core.specs",
    "RunSpec": "inn_core.specs",
    "SpecError": "inn_core.specs",
    "TrainSpec": "inn_core.specs",
    "build": "inn_core.flows.notebook",
    "check": "inn_core.diagnose.report",
    "train": "inn_core.training.stream",
}


def target(name: str) -> Any:
    """Return a target by name: sample(n, rng), log_prob(x), entropy; raises SpecError."""
    from inn_core.targets import library

    return library.find(name)


def sample(name: str, n: int, seed: int = 0) -> Any:
    """Draw n points (n, 2) of a target; the same seed, the same points. Raises ValueError."""
    import numpy as np

    from inn_core.specs import check_number

    return target(name).sample(n, np.random.default_rng(int(check_number("seed", seed))))


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"inn_core has no {name!r}; it has {', '.join(__all__)}.")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
