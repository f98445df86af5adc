"""Arguments of the command line: how each is read, and the spec that a set of them makes."""

from __future__ import annotations

import argparse
from dataclasses import fields
from typing import Any

from inn_core import registry
from inn_core.specs import FlowSpec, RunSpec, TrainSpec

#: Seconds of computing between two lines.
EVERY = 0.5


def run_spec(options: argparse.Namespace, base: RunSpec | None = None) -> RunSpec:
    """Build the spec from whatever options were given, the rest from ``base``; raises SpecError."""
    names = {f.name for spec in (FlowSpec, TrainSpec, RunSpec) for f in fields(spec)}
    given = {k: v for k, v in vars(options).items() if k in names and v is not None}
    return (base or RunSpec()).with_(**given)


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


def numbers(text: str) -> tuple[int | float, ...]:
    """Read "1,2,4" as numbers; whether they are allowed is the spec's business."""
    return tuple(number(part) for part in text.split(","))


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
    ("bins", number, "pieces of a spline, sigmoids, degree of a sum of squares"),
    ("linear", str, ", ".join(registry.LINEARS)),
    ("base", str, ", ".join(registry.BASES)),
    ("seed", number, "seed of weights and data"),
    ("members", number, "how many flows to train side by side"),
    ("seconds", number, "budget of computing time"),
    ("steps", number, "budget of steps"),
    ("batch", number, "points a step"),
    ("lr", number, "peak learning rate"),
    ("clip", number, "largest gradient norm of a member"),
    ("start", str, "a target from whose pretrained weights to start; train: or nearest"),
)


def add_run_options(sub: argparse.ArgumentParser) -> None:
    """Add every option of a run to a command."""
    for name, kind, text in RUN_OPTIONS:
        sub.add_argument(f"--{name}", type=kind, help=text)
    sub.add_argument("--actnorm", action="store_const", const=True, help="actnorm layers")
    sub.add_argument(
        "--every", type=positive, default=EVERY, help=f"seconds between lines ({EVERY})"
    )
