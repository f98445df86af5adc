"""Paired measurements: contenders in processes of their own take turns in short slices.

Machines drift, and neighbours come and go. A ratio of two figures from one round, taken seconds
apart, hardly notices; the median over rounds does not. Slices are CPU time: what other processes
take is not counted, and every contender computes on one thread.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PEERS_PYTHON = ROOT / ".venv-peers" / ("Scripts" if os.name == "nt" else "bin") / "python"
#: One thread for every library that would take more.
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS")}


class Process:
    """A contender: ``tests.benchmarks.ours`` or ``tests.benchmarks.peer`` in its own process."""

    def __init__(self, module: str, wanted: Mapping[str, Any]) -> None:
        python = str(PEERS_PYTHON) if module == "peer" else sys.executable
        self.process = subprocess.Popen(
            [python, "-m", f"tests.benchmarks.{module}", json.dumps(wanted)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | ONE_THREAD,
        )
        self.started = self.hear()

    def ask(self, do: str, **values: Any) -> dict[str, Any]:
        """Send an order and wait for what came of it."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps({"do": do, **values}) + "\n")
        self.process.stdin.flush()
        return self.hear()

    def hear(self) -> dict[str, Any]:
        """The next line; raises RuntimeError when the process is gone."""
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"A contender ended by itself: {self.process.args!r}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()


@contextmanager
def contenders(wanted: Mapping[str, tuple[str, Mapping[str, Any]]]) -> Iterator[dict[str, Process]]:
    """Start contenders by name -> (module, what to build), one after the other; end them all."""
    with ExitStack() as stack:
        started = {}
        for name, (module, facts) in wanted.items():
            started[name] = Process(module, facts)
            stack.callback(started[name].close)
        yield started


def rounds(names: Iterable[str], count: int) -> Iterator[list[str]]:
    """The order of each round: there and back in turn, so that a steady drift cancels too."""
    order = list(names)
    for index in range(count):
        yield order if index % 2 == 0 else order[::-1]


def rates(processes: Mapping[str, Process], count: int, seconds: float) -> dict[str, list[float]]:
    """Steps per CPU second of every contender in every round; a slice to warm up comes before."""
    found: dict[str, list[float]] = {name: [] for name in processes}
    for process in processes.values():
        process.ask("train", seconds=seconds)
    for order in rounds(processes, count):
        for name in order:
            slice_ = processes[name].ask("train", seconds=seconds)
            found[name].append(slice_["steps"] / slice_["cpu_s"])
    return found


def fastest(found: Mapping[str, list[float]], ours: str) -> str:
    """The peer with the highest median rate."""
    return max((name for name in found if name != ours), key=lambda name: median(found[name]))


def paired_ratio(found: Mapping[str, list[float]], ours: str, peer: str) -> float:
    """Median over the rounds of our rate by the peer's."""
    return median(a / b for a, b in zip(found[ours], found[peer], strict=True))
