"""A run as a film: at most a few dozen of its snapshots, and as a folder that can be kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from inn_core.kinds import AnySpec, kind_of
from inn_core.maps import runfile
from inn_core.maps.codec import encode_frame
from inn_core.results import Snapshot
from inn_core.specs import RunSpec, SpecError

#: Frames of a film that is shipped with the app; rows of its loss curve.
FRAMES = 60
HISTORY = 400

SPEC_FILE, WEIGHTS_FILE, RUN_FILE = "spec.json", "weights.safetensors", "film.run"


class Film:
    """Collects the snapshots of a run and keeps few of them: dense at first, sparser later."""

    def __init__(self, frames: int = FRAMES) -> None:
        """Keep at most ``frames`` snapshots with their maps."""
        self.frames = frames
        self.snapshots: list[Snapshot] = []
        self.history: list[list[float]] = []

    def add(self, snapshot: Snapshot) -> None:
        """Take in the next snapshot."""
        self.snapshots.append(snapshot)
        numbers = (snapshot.seconds, snapshot.nll, snapshot.train_nll, *snapshot.nlls)
        self.history.append([snapshot.seq, snapshot.step, *(float(v) for v in numbers)])
        # Thinning at twice the size keeps memory bounded on long runs.
        if len(self.snapshots) >= 2 * self.frames:
            self.snapshots = thin(self.snapshots, [s.step for s in self.snapshots], self.frames)
        if len(self.history) >= 2 * HISTORY:
            self.history = thin(self.history, [row[1] for row in self.history], HISTORY)

    def write(
        self, path: Path, spec: AnySpec, made_by: str, report: dict[str, Any] | None = None
    ) -> None:
        """Write a run file."""
        head: dict[str, Any] = kind_of(spec).load("hello")(spec)
        head["history"] = thin(self.history, [row[1] for row in self.history], HISTORY)
        head["check"] = report
        head["made_by"] = made_by
        kept = thin(self.snapshots, [s.step for s in self.snapshots], self.frames)
        path.parent.mkdir(parents=True, exist_ok=True)
        runfile.write(path, head, [encode_frame(s) for s in kept])


def cadence(seconds: float) -> float:
    """Seconds from a snapshot at ``seconds`` to the next: learning is quick at first."""
    return max(0.01, 0.03 * seconds)


def thin(items: list[Any], steps: Sequence[float], most: int) -> list[Any]:
    """At most ``most`` items, the first and the last among them, evenly spaced in ln(1 + step/20).

    Dense at first, where much happens.
    """
    if len(items) <= most:
        return list(items)
    place = np.log1p(np.asarray(steps, dtype=float) / 20)
    wanted = np.linspace(place[0], place[-1], most)
    nearest = np.abs(place[None] - wanted[:, None]).argmin(1)
    return [items[i] for i in sorted({int(i) for i in nearest} | {0, len(items) - 1})][-most:]


def keep(folder: Path, spec: RunSpec, weights: dict[str, NDArray[Any]]) -> None:
    """Write spec.json and weights.safetensors into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SPEC_FILE).write_text(json.dumps(spec.to_json(), indent=2) + "\n", encoding="utf-8")
    plain = {name: np.ascontiguousarray(value) for name, value in weights.items()}
    save_file(plain, folder / WEIGHTS_FILE)


def kept(folder: Path) -> tuple[RunSpec, dict[str, NDArray[Any]]]:
    """Read what :func:`keep` wrote; raises SpecError with a sentence for anything else."""
    try:
        spec = RunSpec.from_json(json.loads((folder / SPEC_FILE).read_text(encoding="utf-8")))
        return spec, load_file(folder / WEIGHTS_FILE)
    except FileNotFoundError as error:
        raise SpecError(
            f"{folder} is no kept run: it has no {Path(str(error.filename)).name}. "
            "Make one with: train ... --out DIR."
        ) from error
    except SpecError:
        raise
    except (OSError, ValueError, RecursionError, SafetensorError) as error:
        raise SpecError(f"The run in {folder} is damaged; train it again.") from error
