"""A trained network of an inverse problem (.inn) as a run of one snapshot. No torch."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from inn_core.export import weights
from inn_core.export.request import ExportError
from inn_core.maps import network
from inn_core.maps.codec import encode_frame
from inn_core.results import Snapshot
from inn_core.specs_inverse import InverseSpec


def run_of(path: Path) -> tuple[dict[str, Any], list[bytes]]:
    """Read a .inn file: (hello, [frame]), as of a run file. Raises ExportError or SpecError."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ExportError(f"There is no trained network at {path}.") from error
    spec, arrays, _ = weights.load(data)
    if not isinstance(spec, InverseSpec):
        raise ExportError(f"{path.name} holds no network of an inverse problem.")
    return network.hello(spec), [frame_of(spec, arrays)]


def frame_of(spec: InverseSpec, arrays: weights.Arrays) -> bytes:
    """A frame with a network whose training is not known (any more)."""
    return encode_frame(
        Snapshot(
            seq=0, step=0, seconds=0.0, nll=0.0, train_nll=0.0, entropy=math.nan, gap=math.nan,
            gap_error=0.0, lr=0.0, batch=0, steps_per_s=0.0, round_trip=0.0, status="done",
            nlls=(0.0,) * spec.members, net=arrays,
        )
    )  # fmt: skip
