"""Command ``pretrain pareto-tails FILE``: how heavy the tails of trained flows are, as one file.

For each Pareto α and each law of z one affine flow of 4 layers is trained by maximum likelihood;
what is kept is not its points but how many of a million of them lie beyond thresholds:

    {"v": 1, "made_by": "…", "samples": 1000000, "step": 2000, "runs": [
       {"alpha": 3.0, "base": "normal", "spec": {…}, "gap": 0.03, "gap_error": 0.001,
        "dof": null, "scale": 0.47,
        "t": [0.047, …],              thresholds of |x|, evenly spaced in ln t
        "model": [1830021, …],        of 2 × samples coordinates of the flow, how many are beyond
        "data": [1829544, …],         the same of as many draws of the target
        "exact": [-0.06, …]}, …]}     ln P(|x| > t) = -α ln(1 + t)

1 + |x| has the Pareto law with its edge at 1: P(1 + |x| > s) = s^-α. Counts, not shares: a reader
sees how few points the end of a curve rests on. ``dof`` is the learned degrees of freedom of a
Student-t base. A page reads the file with ``JSON.parse``.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inn_core.specs_divergence import DivergenceSpec
from inn_core.targets.compared import TAILS

if TYPE_CHECKING:
    from inn_core.training.divergence import DivergenceTrainer

NAME = "pareto-tails"
VERSION = 1
#: Points of each flow, and how many are drawn at once.
SAMPLES, PART = 1_000_000, 50_000
#: Thresholds: from so much of the target's unit to where so few of a million remain.
THRESHOLDS, NEAREST, RAREST = 36, 0.1, 1e-7
#: Seeds of the points of model and data.
MODEL_SEED, DATA_SEED = 11, 12


def pretrain(options: argparse.Namespace) -> None:
    """Train a flow for every α and base; write the file."""
    from inn_core.training.divergence import DivergenceTrainer

    runs: list[dict[str, Any]] = []
    for (alpha, base), spec in TAILS.items():
        trainer = DivergenceTrainer(spec)
        while trainer.status == "training":
            trainer.steps(200)
        runs.append({"alpha": alpha, "base": base, "spec": spec.to_json(), **counted(trainer)})
        print(
            f"α {alpha:g}, {base}: gap {runs[-1]['gap']:.4f}, {trainer.seconds:.1f} s", flush=True
        )
    head = {"v": VERSION, "made_by": options.made_by, "samples": SAMPLES, "step": trainer.step}
    path = Path(options.file)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(head | {"runs": runs}, allow_nan=False) + "\n", encoding="utf-8")


def thresholds(spec: DivergenceSpec) -> list[float]:
    """Even in ln t, to five digits."""
    import numpy as np

    target: Any = spec.density()
    last = RAREST ** (-1 / target.alpha) - 1
    return [float(f"{t:.5g}") for t in np.geomspace(NEAREST * target.scale, last, THRESHOLDS)]


def counted(trainer: DivergenceTrainer) -> dict[str, Any]:
    """What is kept of a trained flow."""
    import numpy as np
    import torch

    from inn_core.diagnose.invert import PASS
    from inn_core.training.threads import one_thread

    t = np.array(thresholds(trainer.spec))
    flow, _ = trainer.flow_of(0)
    rng = np.random.default_rng(DATA_SEED)
    generator = torch.Generator().manual_seed(MODEL_SEED)
    model, data = np.zeros(len(t), int), np.zeros(len(t), int)
    with one_thread(), torch.inference_mode():
        for _ in range(SAMPLES // PART):
            z = flow.base.sample(PART, generator)
            x = torch.cat([flow.decode(part)[0][0] for part in z.split(PASS, 1)]).double().numpy()
            model += beyond(np.abs(x), t)
            data += beyond(np.abs(trainer.target.sample(PART, rng)), t)
    last = trainer.final(maps=False)
    target: Any = trainer.target
    dof = getattr(flow.base, "dof", None)
    return {
        "gap": round(last.gap, 5),
        "gap_error": round(last.gap_error, 5),
        "dof": None if dof is None else round(float(dof[0]), 4),
        "scale": float(target.scale),
        "t": t.tolist(),
        "model": model.tolist(),
        "data": data.tolist(),
        "exact": [round(v, 5) for v in (-target.alpha * np.log1p(t)).tolist()],
    }


def beyond(x: Any, t: Any) -> Any:
    """How many numbers of x exceed each threshold; what is no number exceeds none."""
    import numpy as np

    ordered = np.sort(x[np.isfinite(x)].ravel())
    return len(ordered) - np.searchsorted(ordered, t, side="right")
