"""Run and weights files that readers bring: checked, then kept as a run that has ended. No torch.

Nothing in a run file is code: a JSON head and frames of numbers. What does not fit is a sentence.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from safetensors.numpy import save

from inn_core.export import weights
from inn_core.kinds import AnySpec, carries_arrays, read_spec
from inn_core.maps import handmade, runfile
from inn_core.maps.codec import decode_frame
from inn_core.maps.header import FrameError
from inn_core.runs import files
from inn_core.runs.history import FIXED
from inn_core.runs.run import LabError
from inn_core.runs.store import RunFolder, Store
from inn_core.specs import RunSpec, SpecError, is_drawing
from inn_core.specs_divergence import DivergenceSpec
from inn_core.specs_map import MapSpec
from inn_core.targets import library

#: A run file of more bytes, or with more frames, is refused.
MOST_BYTES, MOST_FRAMES = 30_000_000, 1_000
#: Of the numbers in a history; NaN and infinity are none.
LARGEST = 1e300


@dataclass(frozen=True)
class Brought:
    """A run file that has been checked.

    frames : (numbers, bytes) in the order of their seq; history : rows as History holds them
    """

    spec: AnySpec
    frames: list[tuple[dict[str, Any], bytes]]
    history: list[list[float]]
    check: dict[str, Any] | None
    weights: bytes | None = None


def read_weights(data: bytes, frame: bytes) -> Brought:
    """A weights file that a worker has opened, with the snapshot that it made."""
    spec, arrays, _ = weights.load(data)
    numbers = decode_frame(frame)[1]
    row = row_of(numbers, len(FIXED) + spec.members)
    if row is None:
        raise LabError("These weights make a flow whose numbers cannot be shown.")
    return Brought(spec, [(numbers, frame)], [row], None, bytes(save(arrays)))


def read(data: bytes) -> Brought:
    """Check a run file; raises LabError with a sentence."""
    if len(data) > MOST_BYTES:
        raise LabError(f"A run file may have {MOST_BYTES // 1_000_000} MB; this one is larger.")
    try:
        hello, frames = runfile.load(data)
        spec = read_spec(hello.get("spec"))
        if isinstance(spec, RunSpec):
            library.find(spec.target)
            if is_drawing(spec.start):
                handmade.from_token(spec.start)
        if not 1 <= len(frames) <= MOST_FRAMES:
            raise LabError(f"A run file has 1 to {MOST_FRAMES:,} pictures; this has {len(frames)}.")
        parts = [(decode_frame(frame)[1], frame) for frame in frames]
        sort = {numbers.get("net") is not None for numbers, _ in parts}
        if sort != {carries_arrays(spec)}:
            raise LabError("This run file's pictures are not of the kind that it names.")
    except (FrameError, SpecError, handmade.DrawingError) as error:
        raise LabError(str(error)) from error
    width = len(FIXED) + spec.members
    shown = [row for numbers, _ in parts if (row := row_of(numbers, width))]
    if len(shown) < len(parts):
        raise LabError("This run file's pictures do not say what they show; it is damaged.")
    parts.sort(key=lambda part: part[0]["seq"])
    for numbers, _ in parts:
        numbers.pop("net", None)  # it stays in the frame
    seqs = [numbers["seq"] for numbers, _ in parts]
    if len(set(seqs)) < len(seqs):
        raise LabError("This run file has two pictures with the same number; it is damaged.")
    rows: Any = hello.get("history")
    history = rows if sound(rows, width) else sorted(shown)
    return Brought(spec, parts, history, report_of(hello.get("check")))


def row_of(numbers: dict[str, Any], width: int) -> list[float] | None:
    """A history row of a frame's numbers; None if they are no numbers."""
    row: list[Any] = [numbers.get(name) for name in FIXED]
    nlls = numbers.get("nlls")
    row += nlls if isinstance(nlls, list) else []
    return [float(v) for v in row] if sound([row], width) else None


def report_of(check: Any) -> dict[str, Any] | None:
    """What a run file says that was measured; None if that is no report, or no finite one."""
    try:
        json.dumps(check, allow_nan=False)  # browsers read neither NaN nor infinity
    except (ValueError, RecursionError):
        return None
    return check if isinstance(check, dict) else None


def sound(rows: Any, width: int) -> bool:
    """Whether ``rows`` is a list of rows of ``width`` finite numbers with rising seq."""
    if not isinstance(rows, list) or not rows:
        return False
    for row in rows:
        if not isinstance(row, list) or len(row) != width:
            return False
        if not all(type(v) in (int, float) and abs(v) < LARGEST for v in row):
            return False
    return all(a[0] < b[0] for a, b in pairwise(rows)) and rows[0][0] >= 0


def keep(store: Store, brought: Brought) -> tuple[RunFolder, str]:
    """Write what was brought as a run that has ended; return its folder and owner token."""
    folder, owner = store.create(brought.spec)
    folder.history.fill(brought.history)
    for numbers, frame in brought.frames:
        folder.frames.append(int(numbers["seq"]), frame)
    last = brought.frames[-1][0]
    names = ("seq", "step", "seconds")
    status = {name: last[name] for name in names} | {"wish": "end", "status": "done"}
    folder.status = status | {"message": "", "deaths": 0}
    if brought.check:
        folder.check = brought.check
        folder.save_check(brought.check)
    if brought.weights:
        files.write_atomic(folder.path / files.WEIGHTS, brought.weights)
    folder.save(folder.status)
    return folder, owner


def lesson_of(spec: AnySpec) -> str:
    """The lesson in which a run of ``spec`` opens: the name of its page."""
    if isinstance(spec, RunSpec):
        return "pushforward"
    if isinstance(spec, MapSpec):
        return "universality"
    if isinstance(spec, DivergenceSpec):
        return "divergences"
    if len(set(spec.prior_weight)) > 1:
        return "prior_weight"
    return "latent_dimension" if spec.members > 1 else "inverse_problems"
