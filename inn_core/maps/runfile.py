r"""Run files (.run): a recorded training run, as the stage, the store and a download read it.

    8 bytes  b"PFRUN1\n\0"
    uint32   length, then the hello as JSON (utf-8)
    then for every frame (see codec): uint32 length, the frame

Little-endian. The hello says what was trained: spec, target with its view, 1,500 data points,
history, check report, and the command that made the file. No torch.
"""

from __future__ import annotations

import base64
import json
import os
import struct
from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inn_core.maps.header import FrameError
from inn_core.specs import RunSpec
from inn_core.targets import library
from inn_core.targets.own import Units

MAGIC = b"PFRUN1\n\0"
VERSION = 1
POINTS = 1500


def hello(spec: RunSpec) -> dict[str, Any]:
    """What a viewer must know before the first frame: spec, target, data; no history, no check."""
    target = library.find(spec.target)
    points = target.plotted(8 * POINTS, np.random.default_rng(0))
    view = [[float(lo), float(hi)] for lo, hi in target.view]
    return {
        "v": VERSION,
        "spec": spec.to_json(),
        "target": {
            "name": spec.target,
            "label": library.label_of(spec.target),
            "view": view,
            "entropy": float(target.entropy) if target.known else None,
            "known": target.known,
            "centre": [float(c) for c in target.centre],
            "scale": float(target.scale),
            "units": units_json(spec.target),
        },
        "data": pack_points(points, view),
        "history": [],
        "check": None,
        "made_by": "",
    }


def units_json(name: str) -> dict[str, list[Any]] | None:
    """How a reader's own points were standardised (names, mean, sd), or None."""
    units = library.units_of(name)
    if units == Units():
        return None
    return {"names": list(units.names), "mean": list(units.mean), "sd": list(units.sd)}


def units_in(hello: dict[str, Any]) -> Units:
    """The units of a run file's hello; those that change nothing where it names none."""
    told = hello["target"].get("units")
    try:
        (a, b), (m0, m1), (s0, s1) = (told[name] for name in ("names", "mean", "sd"))
        return Units((str(a), str(b)), (float(m0), float(m1)), (float(s0), float(s1)))
    except (TypeError, KeyError, ValueError):
        return Units()


def pack_points(
    points: NDArray[np.floating[Any]], view: list[list[float]], most: int = POINTS
) -> str:
    """The first ``most`` points (N, 2) inside the view: base64 of int16 levels x0, y0, x1, …."""
    low, high = np.array(view).T
    inside = points[((points >= low) & (points <= high)).all(1)][:most]
    levels = np.rint((inside - low) / (high - low) * 65535) - 32768
    return base64.b64encode(levels.astype("<i2").tobytes()).decode()


def unpack_points(text: str, view: list[list[float]]) -> NDArray[np.float64]:
    """Inverse of :func:`pack_points`."""
    low, high = np.array(view).T
    levels = np.frombuffer(base64.b64decode(text), "<i2").reshape(-1, 2)
    return np.asarray(low + (levels.astype(np.float64) + 32768) / 65535 * (high - low))


def dump(hello: dict[str, Any], frames: Iterable[bytes]) -> bytes:
    """The bytes of a run file."""
    text = json.dumps(hello, separators=(",", ":"), allow_nan=False).encode()
    return MAGIC + b"".join(struct.pack("<I", len(p)) + p for p in (text, *frames))


def load(data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Read a run file's bytes: (hello, frames). Raises FrameError for anything else."""
    if not data.startswith(MAGIC):
        raise FrameError("This is not a run file of this lab (it does not begin with PFRUN1).")
    parts, at = [], len(MAGIC)
    while at < len(data):
        end = at + 4 + struct.unpack_from("<I", data, at)[0] if at + 4 <= len(data) else len(data)
        if end > len(data) or end < at + 4:
            raise FrameError("This run file is cut off; download it again.")
        parts.append(data[at + 4 : end])
        at = end
    try:
        values = json.loads(parts[0]) if parts else None
    except (ValueError, RecursionError) as error:
        raise FrameError("This run file's first part is no JSON; it is damaged.") from error
    if not isinstance(values, dict) or values.get("v") != VERSION:
        raise FrameError(f"This run file is of another version; this lab reads {VERSION}.")
    return values, parts[1:]


def write(path: str | PathLike[str], hello: dict[str, Any], frames: Iterable[bytes]) -> None:
    """Write a run file, whole or not at all: what lay there before stays until it is."""
    final = Path(path)
    beside = final.with_name(f".{final.name}.part")
    try:
        beside.write_bytes(dump(hello, frames))
        os.replace(beside, final)
    finally:
        beside.unlink(missing_ok=True)


def read(path: str | PathLike[str]) -> tuple[dict[str, Any], list[bytes]]:
    """Read a run file: (hello, frames). Raises FrameError, or OSError for a missing file."""
    return load(Path(path).read_bytes())
