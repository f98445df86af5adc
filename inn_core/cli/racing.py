"""Command ``pretrain race FILE``: VINA's figure 4, every row of it, as one small JSON file.

Each row holds its spec and, at some steps, seconds of own computing a network and the l2 of every
seed. Where the file is there already, only the rows that it lacks (or ``--only``) are trained.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from pathlib import Path
from typing import Any

from inn_core.problems import race
from inn_core.specs import SpecError

NAME = "race"
VERSION = 1
#: Snapshots a row: at steps that grow like a geometric series, and the last.
SHOTS = 36


def pretrain(options: argparse.Namespace) -> None:
    """Train the rows one after the other, and write the file after each."""
    rows = race.rows()
    if options.only:
        keys = options.only.split(",")
        rows = [one for one in rows if one.key in keys]
        if len(rows) < len(keys):
            named = ", ".join(one.key for one in race.rows())
            raise SpecError(f"--only is {options.only!r}; its rows must be among {named}.")
    path = Path(options.file)
    path.parent.mkdir(parents=True, exist_ok=True)
    steps = int(options.steps or race.STEPS)
    keep(path, {}, options.made_by)
    for one in rows:
        if options.only or one.key not in read(path)["rows"]:
            found = trained(one, steps)
            keep(path, {one.key: found}, options.made_by)
            print(line(one.key, found), flush=True)


def keep(path: Path, rows: dict[str, Any], made_by: str) -> None:
    """Add rows to the file, which another process may have changed meanwhile."""
    every = read(path)["rows"] | rows
    order = [one.key for one in race.rows() if one.key in every]
    told = {
        "v": VERSION, "machine": machine(), "made_by": made_by,
        "rows": {key: every[key] for key in order},
    }  # fmt: skip
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_text(json.dumps(told, separators=(",", ":")) + "\n")
    os.replace(beside, path)


def read(path: Path) -> dict[str, Any]:
    """What the file holds; no rows where there is none."""
    if not path.exists():
        return {"rows": {}}
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def trained(one: race.Row, steps: int) -> dict[str, Any]:
    """One row: spec, target, and [step, seconds a network, l2 of each seed] at some steps."""
    import torch

    from inn_core.training.inverse import InverseTrainer

    torch.set_num_threads(1)
    spec = race.spec_of(one)
    trainer = InverseTrainer(spec)
    shots = []
    for step in marks(steps):
        trainer.steps(step - trainer.step)
        l2 = trainer.spread()[0]
        each = [float(f"{value:.4g}") for value in l2]
        shots.append([trainer.step, float(f"{trainer.seconds / spec.members:.4g}"), each])
        if trainer.status != "training":
            break
    return {
        "architecture": one.architecture, "loss": one.loss, "direction": one.direction,
        "spec": spec.to_json(), "y": trainer.problem.references[0].tolist(), "shots": shots,
        "frozen": {str(member): text for member, text in trainer.frozen.items()},
    }  # fmt: skip


def marks(steps: int) -> list[int]:
    """Steps at which a row is measured: 0, 10, … to the last."""
    ratio = (steps / 10) ** (1 / (SHOTS - 2)) if steps > 10 else 1.0
    return sorted({0, *(min(steps, round(10 * ratio**k)) for k in range(SHOTS - 1)), steps})


def machine() -> str:
    """What the seconds were measured on."""
    return f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}"


def line(key: str, found: dict[str, Any]) -> str:
    """A row for people."""
    step, seconds, l2 = found["shots"][-1]
    mean = sum(l2) / len(l2)
    sd = (sum((v - mean) ** 2 for v in l2) / max(1, len(l2) - 1)) ** 0.5
    frozen = f"; stopped: {', '.join(found['frozen'])}" if found["frozen"] else ""
    return f"{key:28} {step:6d} steps {seconds:7.1f} s a network  l2 {mean:.3f} ± {sd:.3f}{frozen}"
