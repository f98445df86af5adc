"""How a step grows with layers, batch and members, and what an ensemble adds in operations."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch
from matplotlib.figure import Figure
from torch.utils._python_dispatch import TorchDispatchMode

from inn_core.training.loop import Trainer
from tests.benchmarks.ours import spec_of
from tests.benchmarks.slices import rounds
from tests.benchmarks.table import Part, Result, Setting

AXES: dict[str, tuple[int, ...]] = {
    "layers": (2, 4, 8, 16, 32),
    "batch": (256, 512, 1024, 2048, 4096),
    "members": (1, 2, 4, 8, 16),
}
#: "Linear" leaves room for what a measurement scatters.
LINEAR = 1.05
PICTURE = "growth.svg"


class Operations(TorchDispatchMode):
    """Counts the operations that torch carries out."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.count += str(func).startswith("aten.")
        return func(*args, **(kwargs or {}))


def step_times(setting: Setting, axis: str) -> dict[int, float]:
    """CPU seconds of a step for every size along an axis: medians over rounds taken in turn."""
    own = {"seed": setting.seed} | setting.spec
    trainers = {n: Trainer(spec_of({axis: n} | own)) for n in AXES[axis]}
    found: dict[int, list[float]] = {n: [] for n in trainers}
    for trainer in trainers.values():
        trainer.steps(10)
    for order in rounds([str(n) for n in trainers], setting.rounds):
        for n in map(int, order):
            done, begin = 0, time.process_time()
            while time.process_time() < begin + 0.3 * setting.slice_s:
                done += trainers[n].steps(2)
            found[n].append((time.process_time() - begin) / done)
    return {n: median(times) for n, times in found.items()}


def exponent(times: Mapping[int, float]) -> float:
    """Slope of log time over log size by least squares."""
    sizes = np.log(np.array(list(times), dtype=float))
    return float(np.polyfit(sizes, np.log(list(times.values())), 1)[0])


def growth_line(setting: Setting) -> Result:
    """Exponents along all axes, and their plot beside the table."""
    torch.set_num_threads(1)
    times = {axis: step_times(setting, axis) for axis in AXES}
    slopes = {axis: exponent(measured) for axis, measured in times.items()}
    # Small sizes are all overhead and flatten the fit: the last doublings say whether it stays so.
    ends = {axis: exponent(dict(list(measured.items())[-3:])) for axis, measured in times.items()}
    draw(times, slopes, setting.folder / PICTURE)
    return Result(
        tuple(Part(slopes[axis], LINEAR, "", most=True) for axis in AXES),
        "exponents of " + ", ".join(AXES) + "; over the last two doublings "
        f"{', '.join(f'{end:.2f}' for end in ends.values())}",
        {"step_s": times, "exponents": slopes, "last_two_doublings": ends},
    )


def draw(times: Mapping[str, Mapping[int, float]], slopes: Mapping[str, float], to: Path) -> None:
    """The measured times and the fitted powers, log-log."""
    figure = Figure(figsize=(9, 3), layout="constrained")
    for axes, (axis, measured) in zip(figure.subplots(1, len(times)), times.items(), strict=True):
        sizes, values = np.array(list(measured)), 1e3 * np.array(list(measured.values()))
        slope = slopes[axis]
        height = np.exp(np.mean(np.log(values) - slope * np.log(sizes)))
        axes.loglog(sizes, height * sizes**slope, color="tab:orange", label=f"power {slope:.2f}")
        axes.loglog(sizes, values, "o", color="tab:blue")
        axes.set(xlabel=axis, ylabel="ms a step", xticks=sizes, xticklabels=map(str, sizes))
        axes.set_yticks(values, [f"{value:.3g}" for value in values])
        axes.minorticks_off()
        axes.legend(frameon=False)
    figure.savefig(to)


def operations(members: int, spec: Mapping[str, Any]) -> int:
    """Torch operations of one step."""
    trainer = Trainer(spec_of({"members": members, "batch": 64} | dict(spec)))
    trainer.steps(2)
    with Operations() as operations:
        trainer.steps(1)
    return operations.count


def operations_line(setting: Setting) -> Result:
    """Operations of a step at E = 16 by those at E = 1."""
    one, many = operations(1, setting.spec), operations(16, setting.spec)
    return Result((Part(many / one, 1.0, most=True),), f"{many} and {one} operations")
