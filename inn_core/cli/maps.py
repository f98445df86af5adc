"""Commands on maps: ``train twist …``, ``check twist`` and ``pretrain twist-affine FILE``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inn_core import registry
from inn_core.cli.problems import tell
from inn_core.diffeos.presets import SHIPPED, SWEEPS, single
from inn_core.specs import SpecError
from inn_core.specs_map import PER_MEMBER, MapSpec

if TYPE_CHECKING:
    from inn_core.training.mapfit import MapTrainer

FILE = "map.safetensors"
FOLDER = Path(__file__).resolve().parents[2] / "assets" / "pretrained"
ENDING = ".map"
#: Snapshots of a shipped film; of a sweep the last one alone carries its arrays.
FRAMES = 24
#: Options that are fields of the spec itself.
OWN = {"amplitude", "l2", "lp", "sup", "power", "seed", "members"}


def known(name: str | None) -> bool:
    """Whether ``name`` is that of a map, or of a sweep on one."""
    return name in registry.DIFFEOS or name in SWEEPS


def train(options: argparse.Namespace) -> MapTrainer:
    """Fit a flow to a map, print a line now and then, keep it in ``--out``; last, measure it."""
    spec = spec_of(options, SWEEPS.get(options.problem) or single(options.problem))
    return run(spec, options, options.out_run)


def pretrain(options: argparse.Namespace) -> None:
    """Train what is shipped for a map and write it as a file."""
    options.json, options.out = False, None
    run(spec_of(options, SHIPPED[options.name]), options, options.file)


def run(spec: MapSpec, options: argparse.Namespace, path: str | None) -> MapTrainer:
    """Train a spec; write the run as a film to ``path``, its weights to the folder ``--out``."""
    from inn_core.export import weights
    from inn_core.training.film import Film, cadence
    from inn_core.training.mapfit import MapTrainer, numbers_of

    trainer, film, printed = MapTrainer(spec), Film(FRAMES), float("-inf")
    single_flow = spec.members == 1
    while True:
        snapshot = trainer.snapshot(maps=bool(path) and single_flow)
        if snapshot.status != "training":
            snapshot = trainer.final(maps=bool(path))
        film.add(snapshot)
        if snapshot.seconds - printed >= options.every or snapshot.status != "training":
            printed = snapshot.seconds
            told = snapshot.numbers()
            print(json.dumps(told) if options.json else line(told), flush=True)
        if snapshot.status != "training":
            break
        pause = options.every
        trainer.run_for(min(pause, cadence(snapshot.seconds)) if path else pause)
    report = numbers_of(trainer)
    if path:
        film.write(Path(path), spec, options.made_by, report)
    if options.out:
        folder = Path(options.out)
        folder.mkdir(parents=True, exist_ok=True)
        data = weights.dump(spec, trainer.state(), trainer.step, trainer.seconds)
        (folder / FILE).write_bytes(data)
    tell({"map": spec.diffeo, "step": trainer.step, "seconds": round(trainer.seconds, 1), **report},
         options.json)  # fmt: skip
    return trainer


def check(options: argparse.Namespace) -> None:
    """Measure the shipped flow of a map, or that of ``--run DIR``, on a fine grid."""
    if options.run_folder:
        spec, measure = kept(Path(options.run_folder))
    else:
        spec, measure = shipped(options.folder)
    if spec.diffeo != options.folder:
        raise SpecError(f"What is kept there is fitted to {spec.diffeo}, not {options.folder}.")
    tell({"map": spec.diffeo, **measure()}, options.json)


def kept(folder: Path) -> tuple[MapSpec, Callable[[], dict[str, Any]]]:
    """The spec of a folder that ``train --out`` kept, and how to measure its flows."""
    from inn_core.export import opening, weights
    from inn_core.training.mapfit import numbers_of

    try:
        spec, arrays, _ = weights.load((folder / FILE).read_bytes())
    except FileNotFoundError as error:
        raise SpecError(f"{folder} holds no fit to a map; train one with --out.") from error
    if not isinstance(spec, MapSpec):
        raise SpecError(f"{folder} holds a network of another kind, which is no fit to a map.")
    return spec, lambda: numbers_of(opening.trainer_of(spec, arrays))


def shipped(diffeo: str) -> tuple[MapSpec, Callable[[], dict[str, Any]]]:
    """The spec of the file that came with the lab, and how to measure its tables."""
    from inn_core.maps import codec, runfile
    from inn_core.maps.fitted import errors

    names = [n for n, spec in SHIPPED.items() if spec.diffeo == diffeo and spec.members == 1]
    if not names:
        raise SpecError(f"No flow came with the lab for {diffeo}; train it and give --run DIR.")
    hello, frames = runfile.read(FOLDER / f"{names[0]}{ENDING}")
    spec = MapSpec.from_json(hello["spec"])
    maps = codec.decode_frame(frames[-1])[2]
    if maps is None:
        raise SpecError(f"The file {names[0]}{ENDING} holds no flow; make it again.")
    return spec, lambda: errors(spec, maps)


def spec_of(options: argparse.Namespace, base: MapSpec) -> MapSpec:
    """A spec with what options were given; raises SpecError."""
    given = {k: v for k, v in vars(options).items() if v is not None}

    def changed(part: Any, names: set[str]) -> Any:
        return replace(part, **{name: given[name] for name in names if name in given})

    flow, training = (changed(p, {f.name for f in fields(p)}) for p in (base.flow, base.training))
    # Of one flow, what ``flow`` says counts; of a sweep, what each member has.
    sizes: dict[str, Any] = dict.fromkeys(PER_MEMBER, ()) if base.members == 1 else {}
    return changed(replace(base, flow=flow, training=training, **sizes), OWN)


def line(told: dict[str, Any]) -> str:
    """One snapshot for people: mean and largest error of the best member."""
    means, largest = told["nlls"], told["measures"]["max"]
    best = min(range(len(means)), key=lambda member: largest[member])
    who = f"  (member {best})" if len(means) > 1 else ""
    return (
        f"step {told['step']:6d}  {told['seconds']:6.1f} s  mean {means[best]:.4f}  "
        f"max {largest[best]:.4f}{who}  {told['steps_per_s']:.1f} steps/s"
    )
