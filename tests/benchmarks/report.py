"""The table as text, as Markdown and as JSON, with the machine that it was made on."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.benchmarks.slices import ROOT
from tests.benchmarks.table import Line, Part, Result


def machine() -> dict[str, Any]:
    """Where and when: processor, cores, versions, commit, how busy it is."""
    return {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="minutes"),
        "processor": processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "torch": version("torch"),
        "commit": git("describe", "--always", "--dirty"),
        "load": [round(v, 2) for v in os.getloadavg()] if hasattr(os, "getloadavg") else None,
    }


def processor() -> str:
    """The processor's name as the system gives it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def git(*arguments: str) -> str:
    """What git says, nothing where there is none."""
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    except OSError:
        return ""
    return done.stdout.strip()


def number(part: Part, value: float) -> str:
    """A figure with its unit, three digits of it."""
    digits = f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"
    return f"{digits}{part.unit}" if part.unit in ("×", "%") else f"{digits} {part.unit}".strip()


def cells(line: Line, result: Result) -> tuple[str, str, str, str, str]:
    """A row: what, goal, figure, yes or no, note."""
    goals = "; ".join(("≤ " if p.most else "≥ ") + number(p, p.goal) for p in result.parts)
    figures = "; ".join(number(p, p.value) for p in result.parts)
    return line.what, goals, figures, "yes" if result.holds else "NO", result.note


def as_text(line: Line, result: Result) -> str:
    """One line for a terminal."""
    what, goal, figure, holds, note = cells(line, result)
    return f"{what:<58} {goal:>16} {figure:>16}  {holds:<3}  {note}"


def as_markdown(rows: list[tuple[Line, Result]], facts: Mapping[str, Any]) -> str:
    """The table of the README."""
    head = f"{facts['processor']}, {facts['cores']} cores, {facts['date'][:10]}:"
    table = ["| what | goal | measured | reached | |", "|---|---|---|---|---|"]
    table += ["| " + " | ".join(cells(line, result)) + " |" for line, result in rows]
    return "\n".join([head, "", *table])


def as_json(rows: list[tuple[Line, Result]], facts: Mapping[str, Any]) -> dict[str, Any]:
    """Everything."""
    return {
        "machine": dict(facts),
        "lines": {
            line.key: {"what": line.what, "holds": result.holds, **asdict(result)}
            for line, result in rows
        },
    }
