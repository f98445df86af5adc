"""Checkpoints: one safetensors file whose metadata holds the rest as JSON. Never a pickle.

One file, written beside its final name and renamed, so that a reader (or a resumed worker) sees
the old checkpoint or the new one, never half of one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

VERSION = 1
KEY = "pushforward"


class CheckpointError(ValueError):
    """A checkpoint that cannot be read. The message is a sentence for the reader."""


def write(path: str | Path, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
    """Write tensors and JSON facts to ``path`` in one atomic step."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    text = json.dumps({"version": VERSION, **facts})
    # clone: the parameters are views of one storage, which the format refuses to hold twice.
    plain = {name: value.detach().clone().contiguous() for name, value in tensors.items()}
    try:
        save_file(plain, beside, metadata={KEY: text})
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def read(path: str | Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Return (tensors, facts); raises :class:`CheckpointError` for anything else at ``path``."""
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        facts = json.loads(metadata[KEY])
        if facts["version"] != VERSION:
            raise CheckpointError(
                f"{path} is a checkpoint of version {facts['version']}; this lab reads {VERSION}."
            )
    except FileNotFoundError as error:
        raise CheckpointError(f"There is no checkpoint at {path}.") from error
    except (SafetensorError, OSError, KeyError, TypeError, json.JSONDecodeError) as error:
        raise CheckpointError(f"{path} is no checkpoint of this lab, or it is damaged.") from error
    return tensors, facts
