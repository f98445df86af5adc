"""The run files in assets/pretrained: flows trained beforehand, so that a page opens in motion."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from inn_core.maps import runfile
from inn_core.specs import RunSpec

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "pretrained"


def path_of(spec: RunSpec) -> Path:
    """Return where the run file of this target and coupling would be."""
    return FOLDER / f"{spec.target}-{spec.flow.coupling}.run"


def address_of(spec: RunSpec) -> str | None:
    """Return the address at which the browser finds the run file, relative to the page."""
    path = path_of(spec)
    return f"pretrained/{path.name}" if path.is_file() else None


def hello_of(spec: RunSpec) -> dict[str, Any] | None:
    """Return the first record of the run file (spec, target, history, …), or None."""
    return hello_in(path_of(spec))


def hello_in(path: Path) -> dict[str, Any] | None:
    """Return the first record of a run file, or None where there is no such file."""
    return _read(path, path.stat().st_mtime_ns)[0] if path.is_file() else None


def last_frame(spec: RunSpec) -> bytes | None:
    """Return the trained flow, the last frame of the run file, or None."""
    path = path_of(spec)
    return last_in(path) if path.is_file() else None


def last_in(path: Path) -> bytes:
    """Return the last frame of a run file."""
    return _read(path, path.stat().st_mtime_ns)[1][-1]


def shows(spec: RunSpec) -> bool:
    """Whether there is a run file of exactly this flow, seed and number of members."""
    hello = hello_of(spec)
    if hello is None:
        return False
    kept = RunSpec.from_json(hello["spec"])
    return (kept.flow, kept.seed, kept.members) == (spec.flow, spec.seed, spec.members)


@lru_cache(maxsize=64)
def _read(path: Path, changed: int) -> tuple[dict[str, Any], list[bytes]]:
    """Read a run file; ``changed``, its time of change, makes a rewritten file count as new."""
    return runfile.read(path)
