"""Targets by name: those of the registry, and what readers brought, kept in a folder.

Own data are content-addressed files ``own-<16 hex digits>.npz``; a spec that names one can be built
wherever its folder is in use, by a worker as by the web process. Numpy only.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from threading import get_ident
from typing import Any

from inn_core import registry
from inn_core.specs import SpecError, check_target
from inn_core.targets import own
from inn_core.targets.base import Target
from inn_core.targets.own import DataError, OwnData

#: Name of the folder below the store.
FOLDER = "data"

_folders: list[Path] = []


def use(folder: Path) -> None:
    """Look for own data in ``folder`` too, and before all others."""
    if folder in _folders:
        _folders.remove(folder)
    _folders.insert(0, folder)


def path_of(name: str) -> Path | None:
    """Return the file of own data, or None if no folder in use has it."""
    places = (folder / f"{name}.npz" for folder in _folders)
    return next((path for path in places if path.is_file()), None)


def keep(data: OwnData, folder: Path) -> str:
    """Write data into ``folder`` in one atomic step and return their name; raises OSError."""
    path = folder / f"{data.name}.npz"
    if _sound(path):
        os.utime(path)  # brought again: as if it were new
    else:
        folder.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(f".{os.getpid()}-{get_ident()}.new")
        try:
            beside.write_bytes(data.dump())
            os.replace(beside, path)
        finally:
            beside.unlink(missing_ok=True)
    return data.name


def data_of(name: str) -> OwnData:
    """Return own data by name; raises SpecError with a sentence."""
    path = path_of(check_target(name)) if registry.is_own(name) else None
    try:
        if path is None:
            raise FileNotFoundError(name)
        return _read(path)
    except OSError as error:
        raise DataError(
            "The data of this run are not here (any more); bring them again."
        ) from error


def find(name: str) -> Target:
    """Return a target by its name, the registry's or one of a reader; raises SpecError."""
    if registry.is_own(name):
        data_of(name)  # built once already or not: they may have gone since
        return _target(name)
    target: Target = registry.TARGETS[check_target(name)].load()
    return target


def label_of(name: str) -> str:
    """Return what menus call a target; the name itself where own data have gone."""
    if not registry.is_own(name):
        return registry.TARGETS[name].label
    try:
        return data_of(name).label
    except SpecError:
        return name


def describe(name: str) -> dict[str, Any]:
    """Return what pages say of own data: label, kind, n, units, note; raises SpecError."""
    data = data_of(name)
    return {
        "label": data.label,
        "kind": data.kind,
        "shape": data.values.shape,
        "units": data.units,
        "note": data.note,
    }


def units_of(name: str) -> own.Units:
    """Units that lead back to a reader's own numbers; of any other target they change nothing."""
    return data_of(name).units if registry.is_own(name) else own.Units()


def _sound(path: Path) -> bool:
    """Whether a file of own data is there and can be read."""
    try:
        return own.load(path.read_bytes()).name == path.stem
    except (DataError, OSError):
        return False


@lru_cache(maxsize=32)
def _read(path: Path) -> OwnData:
    return own.load(path.read_bytes())


@lru_cache(maxsize=32)
def _target(name: str) -> Target:
    return data_of(name).target()
