"""Commands on inverse problems: ``train kinematics …`` and ``check kinematics --y 1.7,0.1``."""

from __future__ import annotations

import argparse
import json
from dataclasses import fields, replace
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inn_core import registry
from inn_core.problems.sweeps import SWEEPS, single
from inn_core.specs import SpecError
from inn_core.specs_inverse import InverseSpec

if TYPE_CHECKING:
    from inn_core.training.inverse import InverseTrainer

FILE = "inn"
#: What ``make pretrained`` trains, besides flows.
SHIPPED = (*registry.PROBLEMS, *SWEEPS)


def train(options: argparse.Namespace) -> InverseTrainer:
    """Train an INN, print a line now and then, keep it in ``--out``; last, measure member 0."""
    from inn_core.training import inverse

    trainer = inverse.InverseTrainer(spec(options))
    while True:
        snapshot = trainer.snapshot()
        numbers = snapshot.numbers()
        text = json.dumps(numbers) if options.json else line(numbers)
        print(text, flush=True)
        if snapshot.status != "training":
            break
        trainer.run_for(options.every)
    if options.out:
        folder = Path(options.out)
        folder.mkdir(parents=True, exist_ok=True)
        inverse.save(trainer, folder / f"{FILE}{inverse.ENDING}")
    told = {name: numbers[name] for name in ("status", "step", "seconds")}
    tell({"problem": trainer.spec.problem, **told, **inverse.numbers_of(trainer)}, options.json)
    return trainer


def tell(numbers: dict[str, Any], as_json: bool) -> None:
    """Print numbers as one line of JSON, or one a line for people."""
    if as_json:
        # JSON has no NaN: poses of a raw network may be beyond what the simulator knows.
        lost = {k: None for k, v in numbers.items() if isinstance(v, float) and not isfinite(v)}
        print(json.dumps(numbers | lost))
    else:
        print("\n".join(f"{name:11}{shown(value)}" for name, value in numbers.items()))


def pretrain(options: argparse.Namespace) -> None:
    """Train the network that is shipped for a problem and write it as a file."""
    from inn_core.training import inverse

    options.problem, options.json, options.out = options.name, False, None
    inverse.save(train(options), Path(options.file))


def check(options: argparse.Namespace) -> None:
    """Measure the shipped network of a problem, or that of ``--run DIR``, at ``--y``."""
    from inn_core.diagnose.posterior import report
    from inn_core.training import inverse

    path = inverse.FOLDER / f"{options.folder}{inverse.ENDING}"
    if options.run_folder:
        path = Path(options.run_folder) / f"{FILE}{inverse.ENDING}"
    spec, flow, layout = inverse.load(path)
    if spec.problem != options.folder:
        raise SpecError(f"{path} solves {spec.problem}, not {options.folder}.")
    problem = layout.problem
    y = observation(options.y) if options.y else [float(v) for v in problem.references[0]]
    try:
        told = report(problem, lambda y, n, rng: inverse.draw(flow, layout, y, n, rng), y)
    except ValueError as error:  # another number of numbers, or out of reach
        raise SpecError(str(error)) from error
    tell({"problem": spec.problem, **told.numbers()}, options.json)


def observation(text: str) -> list[float]:
    """Read "1.7,0.1"."""
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise SpecError(f"--y is {text!r}; write numbers with commas: --y 1.7,0.1") from None


def spec(options: argparse.Namespace) -> InverseSpec:
    """Build the spec of a problem or sweep with what options were given; raises SpecError."""
    base = SWEEPS.get(options.problem) or single(options.problem)
    given = {k: v for k, v in vars(options).items() if v is not None}

    def changed(part: Any) -> Any:
        return replace(part, **{f.name: given[f.name] for f in fields(part) if f.name in given})

    given |= {"flow": changed(base.flow), "training": changed(base.training)}
    given["problem"] = base.problem
    return changed(base)


def line(numbers: dict[str, Any]) -> str:
    """One snapshot for people."""
    measures = numbers["measures"]
    terms = "  ".join(f"{k} {v[0]:.3f}" for k, v in measures.items() if k not in ("l2", "sd"))
    l2 = ", ".join(f"{v:.3f}" for v in measures["l2"])
    return f"step {numbers['step']:6d}  {numbers['seconds']:6.1f} s  l2 {l2}  {terms}"


def shown(value: Any) -> str:
    """A number, or a list of them."""
    if isinstance(value, list):
        return ", ".join(f"{v:.4g}" for v in value)
    return value if isinstance(value, str) else f"{value:.4g}"
