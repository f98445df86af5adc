"""A run's curves as CSV and its samples as NPZ, for people's own plots. No torch."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import numpy as np

from inn_core.export.request import ExportError
from inn_core.maps import evaluate
from inn_core.maps.codec import decode_frame
from inn_core.maps.runfile import units_in
from inn_core.runs.history import FIXED

POINTS = 10_000


def curves(file: TextIO, hello: dict[str, Any]) -> int:
    """One row a snapshot: seq, step, seconds, nll, train_nll, nll of each member. Returns rows."""
    rows = hello["history"]
    members = max((len(row) for row in rows), default=len(FIXED)) - len(FIXED)
    table = csv.writer(file)
    table.writerow([*FIXED, *(f"nll_{e}" for e in range(members))])
    table.writerows(rows)
    return len(rows)


def write_curves(path: Path, hello: dict[str, Any]) -> int:
    """The same into a file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        return curves(file, hello)


def write_samples(path: Path | BinaryIO, hello: dict[str, Any], frame: bytes) -> None:
    """Arrays z, x = T^-1(z) (POINTS, 2) and log_prob of x, from the tables that the stage has."""
    maps = decode_frame(frame)[2]
    if maps is None:
        raise ExportError("The last snapshot of this run has no flow to draw samples from.")
    rng = np.random.default_rng(hello["spec"].get("seed", 0))
    z = rng.standard_normal((POINTS, 2))
    if maps.base[0] == "student":
        freedom = float(maps.base[1])
        z *= np.sqrt(freedom / rng.chisquare(freedom, (POINTS, 1)))
    x, _ = evaluate.decode(maps, z)
    units = units_in(hello)  # of a reader's own table: standardisation is undone
    log_prob = evaluate.log_prob(maps, x) - np.log(units.sd).sum()
    np.savez_compressed(path, z=z, x=units.undo(x), log_prob=log_prob)
