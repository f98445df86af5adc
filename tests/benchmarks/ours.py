"""Our side in its own process, through the same doors as a notebook: RunSpec, Trainer, build."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

import inn_core
from inn_core.specs import RunSpec
from inn_core.training.loop import Trainer
from tests.benchmarks.data import target_of
from tests.benchmarks.serve import Contender, serve

#: Steps between two looks at the clock.
STRIDE = 5
#: A budget that no measurement reaches.
HOUR = 3600.0


def spec_of(wanted: dict[str, Any]) -> RunSpec:
    """A RunSpec from its fields, those of flow and training among them."""
    given = {key: tuple(v) if isinstance(v, list) else v for key, v in wanted.items()}
    return RunSpec().with_(**({"seconds": HOUR} | given))


def make(wanted: dict[str, Any]) -> Contender:
    """The contender for {"spec": fields, "target": name, "data": its file, if it is to be fitted}.

    A target that is not registered goes to the trainer beside the spec.
    """
    torch.set_num_threads(1)
    spec = spec_of(wanted["spec"])
    trainer = Trainer(spec, target_of(wanted["target"]))

    def gap() -> float:
        with np.load(wanted["data"]) as file:
            points, log_p = file["points"], file["log_p"]
        flow = inn_core.build(spec.flow, weights=trainer.state())
        return float(np.mean(log_p - flow.log_prob(points)))

    return Contender(lambda: trainer.steps(STRIDE), gap)


if __name__ == "__main__":
    serve(make)
