"""Commands on losses: ``train divergence --loss nll,js …``, ``pretrain hills-losses FILE``."""

from __future__ import annotations

import argparse
import json
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inn_core.cli.problems import tell
from inn_core.specs_critic import CriticSpec
from inn_core.specs_divergence import KIND, DivergenceSpec
from inn_core.targets.compared import CRITIC, SHIPPED

if TYPE_CHECKING:
    from inn_core.training.divergence import DivergenceTrainer

FILE = "divergence.safetensors"
#: Snapshots of a shipped film: each carries the points of all members.
FRAMES = 8
#: Options of the critic, and the fields of its spec that they are.
CRITICS = {"critic_lr": "lr", "critic_steps": "steps", "objective": "objective", "clamp": "clamp"}
#: Options that are fields of the spec itself.
OWN = ("target", "shape", "depth", "blur", "seed")


def known(name: str | None) -> bool:
    """Whether ``name`` asks for flows that differ by their loss."""
    return name == KIND


def add_options(sub: argparse.ArgumentParser, number: Any, numbers: Any) -> None:
    """What only these runs have."""
    sub.add_argument("--shape", type=number, help="divergence: hills' half distance, Pareto's α")
    sub.add_argument("--depth", type=numbers, help="divergence: layers, or one a member: 1,2,4")
    sub.add_argument("--blur", type=numbers, help="divergence: Sinkhorn's blur, or one a member")
    sub.add_argument("--objective", help="divergence: saddle or trick")
    sub.add_argument("--critic-lr", type=number, help="divergence: the critics' learning rate")
    sub.add_argument("--critic-steps", type=number, help="divergence: critic updates a step")
    sub.add_argument("--clamp", type=number, help="divergence: the critic's output is held in ± it")


def train(options: argparse.Namespace) -> DivergenceTrainer:
    """Train one flow a loss, print a line now and then, keep them in ``--out``; last, measure."""
    return run(spec_of(options, DivergenceSpec(critic=CRITIC)), options, options.out_run)


def pretrain(options: argparse.Namespace) -> None:
    """Train what is shipped and write it as a file."""
    options.json, options.out = False, None
    run(spec_of(options, SHIPPED[options.name]), options, options.file)


def run(spec: DivergenceSpec, options: argparse.Namespace, path: str | None) -> DivergenceTrainer:
    """Train a spec; write the run as a film to ``path``, its weights to the folder ``--out``."""
    from inn_core.export import weights
    from inn_core.training.divergence import DivergenceTrainer, numbers_of
    from inn_core.training.film import Film

    trainer, film, printed = DivergenceTrainer(spec), Film(FRAMES), float("-inf")
    while True:
        snapshot = trainer.snapshot(maps=bool(path))
        over = snapshot.status != "training"
        if over:
            snapshot = trainer.final(maps=bool(path))
        film.add(snapshot)
        if over or snapshot.seconds - printed >= options.every:
            printed = snapshot.seconds
            told = snapshot.numbers()
            print(json.dumps(told) if options.json else line(spec, told), flush=True)
        if over:
            break
        # A snapshot of all members costs as much as a few steps: fewer of them than of one flow.
        trainer.run_for(0.5 + 0.4 * snapshot.seconds if path else options.every)
    report = numbers_of(trainer)
    if path:
        film.write(Path(path), spec, options.made_by, report)
    if options.out:
        folder = Path(options.out)
        folder.mkdir(parents=True, exist_ok=True)
        data = weights.dump(spec, trainer.state(), trainer.step, trainer.seconds)
        (folder / FILE).write_bytes(data)
    about = {"target": spec.target, "step": trainer.step, "seconds": round(trainer.seconds, 1)}
    tell(about | report, options.json)
    return trainer


def spec_of(options: argparse.Namespace, base: DivergenceSpec) -> DivergenceSpec:
    """A spec with what options were given; raises SpecError."""
    given = {k: v for k, v in vars(options).items() if v is not None}

    def changed(part: Any) -> Any:
        return replace(part, **{f.name: given[f.name] for f in fields(part) if f.name in given})

    critic: CriticSpec = replace(
        base.critic, **{name: given[o] for o, name in CRITICS.items() if o in given}
    )
    new: dict[str, Any] = {name: given[name] for name in OWN if name in given}
    if "loss" in given:
        new["loss"] = tuple(str(given["loss"]).split(","))
        new["members"] = len(new["loss"])
    if "target" in new and new["target"] != base.target:
        new.setdefault("shape", None)
    if "depth" not in new and "layers" in given:
        new["depth"] = ()
    new |= {"flow": changed(base.flow), "training": changed(base.training), "critic": critic}
    return replace(base, **new)


def line(spec: DivergenceSpec, told: dict[str, Any]) -> str:
    """One snapshot for people: both divergences of every member."""
    measures = told["measures"]
    parts = [
        f"{spec.of('loss', e)}·{spec.of('depth', e)} {gap:.3f}/{back:.3f}"
        for e, (gap, back) in enumerate(zip(measures["gap"], measures["reverse"], strict=True))
    ]
    return f"step {told['step']:6d}  {told['seconds']:6.1f} s  " + "  ".join(parts)
