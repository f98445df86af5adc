"""Weights files (.safetensors): arrays, with spec, version and numbers as JSON in the metadata.

Any reader of the format opens them. Nothing in such a file is code. No torch.
"""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as save_arrays

from inn_core.export.request import ExportError
from inn_core.kinds import AnySpec, read_spec

KEY, VERSION, ENDING = "pushforward", 1, ".safetensors"
#: The largest flow of the lab has a tenth of it.
MOST_BYTES = 64_000_000
Arrays = dict[str, NDArray[Any]]


def dump(spec: AnySpec, arrays: Arrays, step: int = 0, seconds: float = 0.0) -> bytes:
    """The bytes of a weights file."""
    facts = {"version": VERSION, "spec": spec.to_json(), "step": step, "seconds": seconds}
    plain = {name: np.array(value, order="C") for name, value in arrays.items()}
    return bytes(save_arrays(plain, metadata={KEY: json.dumps(facts)}))


def is_weights(data: bytes) -> bool:
    """Whether ``data`` looks like a safetensors file: a length, then JSON."""
    return len(data) > 9 and data[8:9] == b"{" and struct.unpack_from("<Q", data)[0] < len(data)


def load(data: bytes) -> tuple[AnySpec, Arrays, dict[str, Any]]:
    """Read a weights file: (spec, float32 arrays, facts). Raises ExportError or SpecError."""
    if len(data) > MOST_BYTES:
        raise ExportError(f"A weights file may have {MOST_BYTES // 1_000_000} MB; this is larger.")
    try:
        arrays = load_arrays(data)
        header = json.loads(data[8 : 8 + struct.unpack_from("<Q", data)[0]])
        facts = json.loads((header.get("__metadata__") or {})[KEY])
        # The lab's own networks (.inn) hold the spec alone.
        facts = facts if "spec" in facts else {"version": VERSION, "spec": facts}
        version = facts["version"]
    except (SafetensorError, struct.error, KeyError, TypeError, ValueError, RecursionError) as why:
        raise ExportError(
            "This weights file is damaged, or was not written by this lab; save it again."
        ) from why
    if version != VERSION:
        raise ExportError(
            f"This weights file is of version {version!r:.20}; this lab reads {VERSION}."
        )
    if not all(np.issubdtype(a.dtype, np.floating) and np.isfinite(a).all() for a in
               arrays.values()):  # fmt: skip
        raise ExportError("This weights file holds values that are no numbers; it is damaged.")
    floats = {name: value.astype(np.float32) for name, value in arrays.items()}
    return read_spec(facts["spec"]), floats, facts
