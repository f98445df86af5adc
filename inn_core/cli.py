"""The command line: ``python -m inn_core list | sample | train | check | pretrain``.

Bad input ends with one sentence on stderr and exit status 2, never with a traceback.
"""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inn_core import registry
from inn_core.specs import FlowSpec, Range, RunSpec, SpecError, TrainSpec

if TYPE_CHECKING:
    from inn_core.results import CheckReport, Snapshot

POINTS = Range(1, 10_000_000, integer=True)
TABLES = {
    "target": registry.TARGETS,
    "coupling": registry.COUPLINGS,
    "linear": registry.LINEARS,
    "base": registry.BASES,
}
#: Seconds of computing between two lines.
EVERY = 0.5


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status."""
    argv = list(sys.argv[1:] if arguments is None else arguments)
    options = parser().parse_args(argv)
    options.made_by = shlex.join(["python", "-m", "inn_core", *argv])
    try:
        options.run(options)
    except (SpecError, OSError) as error:
        print(f"{options.command}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"{options.command}: interrupted.", file=sys.stderr)
        return 130
    return 0


# ── commands ─────────────────────────────────────────────────────────────────────────────────


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
    snapshot = _train(run_spec(options), options, film=options.out_run)
    if options.json:
        print(json.dumps(done_line(snapshot)), flush=True)
    else:
        print(summary(snapshot))


def pretrain_command(options: argparse.Namespace) -> None:
    """Train and write a run file for assets/pretrained."""
    options.target, dash, options.coupling = options.name.rpartition("-")
    if not dash:
        raise SpecError(f"name is {options.name!r}; it must be TARGET-COUPLING: moons-affine.")
    options.json, options.out = False, None
    print(summary(_train(run_spec(options), options, film=options.file)))


def check_command(options: argparse.Namespace) -> None:
    """Print the check report of a kept run."""
    import inn_core
    from inn_core.training.film import kept

    _one_thread()
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
        reel.write(path, spec, options.made_by, check(trainer, trainer.target))
    if folder:
        keep(folder, spec, trainer.state())
    return snapshot


def _one_thread() -> None:
    import torch

    torch.set_num_threads(1)


# ── text ─────────────────────────────────────────────────────────────────────────────────────


def done_line(last: Snapshot) -> dict[str, Any]:
    """Return the last line of ``train --json``."""
    names = ("nll", "entropy", "gap", "gap_error", "round_trip", "seconds", "status", "message")
    numbers = last.numbers()
    return {
        "done": True,
        **{name: numbers[name] for name in names},
        "steps": last.step,
        "steps_per_s": round(last.step / last.seconds, 1) if last.seconds else 0.0,
    }


def line(s: Snapshot) -> str:
    """One snapshot for people."""
    return (
        f"step {s.step:6d}  {s.seconds:6.1f} s  nll {s.nll:8.4f}  "
        f"gap {s.gap:7.4f} ± {s.gap_error:.4f}  {s.steps_per_s:6.1f} steps/s"
    )


def summary(s: Snapshot) -> str:
    """The end of a run for people."""
    head = f"{s.message}\n" if s.message else ""
    return (
        f"{head}{s.status} after {s.step} steps: nll {s.nll:.4f} nats, entropy {s.entropy:.4f}, "
        f"gap {s.gap:.4f} ± {s.gap_error:.4f}, round trip {s.round_trip:.1e}"
    )


def report_lines(r: CheckReport) -> list[str]:
    """Return a check report for people."""
    rows = [
        ("nll", f"{r.nll:.4f} nats (entropy {r.entropy:.4f})"),
        ("gap", f"{r.gap:.4f} ± {r.gap_error:.4f} nats over {r.points} fresh points"),
        ("round trip", f"{r.round_trip:.1e} at most, in data units"),
        ("mass", f"{r.mass:.4f} (exact: 1; error of the sum about {r.mass_error:.1e})"),
        ("log-det", f"off by {r.jacobian_error:.1e} nats at most (float64, both directions)"),
        ("W1", f"{r.w1:.3f} (two samples of the target: {r.w1_floor:.3f})"),
        ("energy", f"{r.energy:.4f} (two samples of the target: {r.energy_floor:.4f})"),
        ("tables", f"off by {r.table_error:.1e} of the plot's width (99 % of points)"),
    ]
    return [f"{name:11}{text}" for name, text in rows]


# ── arguments ────────────────────────────────────────────────────────────────────────────────


def run_spec(options: argparse.Namespace) -> RunSpec:
    """Build the spec from whatever options were given; raises SpecError."""
    given = {k: v for k, v in vars(options).items() if v is not None}
    flow, training, own = (
        {f.name: given[f.name] for f in fields(cls) if f.name in given}
        for cls in (FlowSpec, TrainSpec, RunSpec)
    )
    return RunSpec(**own, flow=FlowSpec(**flow), training=TrainSpec(**training))


def number(text: str) -> int | float:
    """Read an argument as a number; whether it is allowed is the spec's business."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number.") from None


def positive(text: str) -> float:
    """Read a positive number."""
    value = float(number(text))
    if not value > 0:
        raise argparse.ArgumentTypeError(f"{text!r} must be more than 0.")
    return value


def widths(text: str) -> tuple[int | float, ...]:
    """Read "64,64"."""
    return tuple(number(part) for part in text.split(","))


#: Option, how it is read, help. Values are checked by the spec that they go into.
RUN_OPTIONS: tuple[tuple[str, Any, str], ...] = (
    ("layers", number, "number of coupling layers"),
    ("hidden", widths, "widths of the hidden layers, such as 64,64"),
    ("bins", number, "spline bins"),
    ("linear", str, ", ".join(registry.LINEARS)),
    ("base", str, ", ".join(registry.BASES)),
    ("seed", number, "seed of weights and data"),
    ("members", number, "how many flows to train side by side"),
    ("seconds", number, "budget of computing time"),
    ("steps", number, "budget of steps"),
    ("batch", number, "points a step"),
    ("lr", number, "peak learning rate"),
    ("clip", number, "largest gradient norm of a member"),
)


def parser() -> argparse.ArgumentParser:
    """Build the parser of all commands."""
    top = argparse.ArgumentParser(prog="python -m inn_core", description=__doc__.split("\n\n")[0])
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, run: Any) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=run.__doc__, description=run.__doc__)
        sub.set_defaults(run=run)
        return sub

    command("list", list_command)

    sub = command("sample", sample_command)
    sub.add_argument("target", help=", ".join(registry.TARGETS))
    sub.add_argument("--n", type=number, default=100_000, help="points (100000)")
    sub.add_argument("--seed", type=number, default=0)
    sub.add_argument("--out", required=True, metavar="F.npz")

    sub = command("train", train_command)
    sub.add_argument("--target", help=", ".join(registry.TARGETS))
    sub.add_argument("--json", action="store_true", help="one JSON line a snapshot")
    sub.add_argument("--out", metavar="DIR", help="keep the run in this folder")
    sub.add_argument("--out-run", metavar="FILE.run", help="write the run as a film")
    sub.add_argument("--coupling", help=", ".join(registry.COUPLINGS))
    _add_run_options(sub)

    sub = command("pretrain", pretrain_command)
    sub.add_argument("name", help="target-coupling, such as moons-affine")
    sub.add_argument("file", metavar="FILE.run")
    _add_run_options(sub)

    sub = command("check", check_command)
    sub.add_argument("folder", metavar="DIR", help="a folder that train --out kept")
    sub.add_argument("--points", type=number, default=50_000, help="fresh points (50000)")
    sub.add_argument("--json", action="store_true")
    return top


def _add_run_options(sub: argparse.ArgumentParser) -> None:
    for name, kind, text in RUN_OPTIONS:
        sub.add_argument(f"--{name}", type=kind, help=text)
    sub.add_argument("--actnorm", action="store_const", const=True, help="actnorm layers")
    sub.add_argument(
        "--every", type=positive, default=EVERY, help=f"seconds between lines ({EVERY})"
    )
