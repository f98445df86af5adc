"""Commands on 2-D flows: list, sample, train, pretrain, check."""

from __future__ import annotations

import argparse
import contextlib
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from inn_core import registry
from inn_core.cli import depths, divergences, maps, owndata, problems, racing, tails
from inn_core.cli.arguments import run_spec
from inn_core.cli.lines import done_line, line, report_lines, summary
from inn_core.specs import FlowSpec, Range, RunSpec, SpecError
from inn_core.targets import keeping

if TYPE_CHECKING:
    from inn_core.results import Snapshot

POINTS = Range(1, 10_000_000, integer=True)
TABLES = {
    "target": registry.TARGETS,
    "coupling": registry.COUPLINGS,
    "linear": registry.LINEARS,
    "base": registry.BASES,
    "problem": registry.PROBLEMS,
    "map": registry.DIFFEOS,
    "family": registry.FAMILIES,
    "divergence": registry.DIVERGENCES,
}


def list_command(options: argparse.Namespace) -> None:
    """Print what can be chosen, with sources."""
    for title, table in TABLES.items():
        print(f"--{title}")
        for name, entry in table.items():
            reference = f"  ({entry.reference})" if entry.reference else ""
            print(f"  {name:16} {entry.label}{reference}")


def sample_command(options: argparse.Namespace) -> None:
    """Write x (n, 2) and log_p (n,) of a target as .npz."""
    import numpy as np

    import inn_core

    law = inn_core.target(options.target)
    if not POINTS.low <= options.n <= POINTS.high or options.n != int(options.n):
        raise SpecError(f"n is {options.n}; it must be a whole number {POINTS}.")
    x = inn_core.sample(options.target, int(options.n), options.seed)
    with open(options.out, "wb") as file:
        np.savez(file, x=x, log_p=law.log_prob(x))


def train_command(options: argparse.Namespace) -> None:
    """Train, print the numbers, keep what is asked for."""
    if maps.known(options.problem):
        maps.train(options)
        return
    if divergences.known(options.problem):
        divergences.train(options)
        return
    if options.problem:
        problems.train(options)
        return
    owndata.check_options(options)
    with contextlib.ExitStack() as stack:
        if options.data:  # kept beside the run, or for as long as it trains
            folder = options.out or stack.enter_context(TemporaryDirectory(prefix="pushforward-"))
            options.target = owndata.keep(options, Path(folder))
        if options.start == owndata.NEAREST:
            options.start = owndata.nearest_start(options.target)
        snapshot = _train(run_spec(options), options, film=options.out_run)
    if options.json:
        print(json.dumps(done_line(snapshot)), flush=True)
    else:
        print(summary(snapshot))


def pretrain_command(options: argparse.Namespace) -> None:
    """Train and write a run file (of a problem: its network) for assets/pretrained."""
    if options.name in registry.PROBLEMS or options.name in problems.SWEEPS:
        return problems.pretrain(options)
    if options.name in maps.SHIPPED:
        return maps.pretrain(options)
    if options.name in divergences.SHIPPED:
        return divergences.pretrain(options)
    if options.name == tails.NAME:
        return tails.pretrain(options)
    if options.name in depths.SHIPPED:
        return depths.pretrain(options)
    if options.name == racing.NAME:
        return racing.pretrain(options)
    options.json, options.out = False, None
    if options.name in keeping.SHIPPED:
        spec = run_spec(options, keeping.SHIPPED[options.name])
        return print(summary(_train(spec, options, film=options.file)))
    options.target, dash, options.coupling = options.name.rpartition("-")
    if not dash:
        raise SpecError(f"name is {options.name!r}; it must be TARGET-COUPLING: moons-affine.")
    from inn_core.training import beginning

    spec = run_spec(options)
    print(summary(_train(spec, options, film=options.file)))
    if spec.flow == FlowSpec(coupling=spec.flow.coupling):
        flow = options.trainer.shown
        beginning.save(flow, Path(options.file).with_suffix(".weights"))


def check_command(options: argparse.Namespace) -> None:
    """Print the check report of a kept run, or of a problem's network."""
    if options.folder in registry.PROBLEMS:
        return problems.check(options)
    if options.folder in registry.DIFFEOS:
        return maps.check(options)
    import inn_core
    from inn_core.targets import library
    from inn_core.training.film import kept

    _one_thread()
    library.use(Path(options.folder))
    spec, weights = kept(Path(options.folder))
    if spec.members > 1:
        weights = {k: v if k.startswith("units.") else v[:1] for k, v in weights.items()}
    try:
        flow = inn_core.build(spec.flow, weights=weights)
    except ValueError as error:
        raise SpecError(str(error)) from error
    report = inn_core.check(flow, spec.target, points=options.points)
    if options.json:
        print(json.dumps(report.numbers()))
    else:
        print("\n".join(report_lines(report)))


def _train(spec: RunSpec, options: argparse.Namespace, film: str | None) -> Snapshot:
    """Train, print each line, write files; return the final snapshot."""
    from inn_core.diagnose.report import check
    from inn_core.training.film import RUN_FILE, Film, cadence, keep
    from inn_core.training.stream import stream, trainer_for

    _one_thread()
    folder = Path(options.out) if options.out else None
    path = Path(film) if film else folder / RUN_FILE if folder else None
    if path:  # fail before the work, not after it
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    trainer, reel, printed = trainer_for(spec), Film(), float("-inf")
    every = (lambda seconds: min(options.every, cadence(seconds))) if path else options.every
    for snapshot in stream(trainer, every, maps=path is not None):
        if path:
            reel.add(snapshot)
        if snapshot.seconds - printed >= options.every or snapshot.status != "training":
            printed = snapshot.seconds
            print(json.dumps(snapshot.numbers()) if options.json else line(snapshot), flush=True)
    if path:
        reel.write(path, spec, options.made_by, check(trainer, trainer.target).numbers())
    options.trainer = trainer
    if folder:
        keep(folder, spec, trainer.state())
    return snapshot


def _one_thread() -> None:
    import torch

    torch.set_num_threads(1)
