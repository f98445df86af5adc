"""Own data on the command line: a table or a picture becomes a target, and finds its start."""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

from inn_core.specs import RunSpec, SpecError

#: Endings of pictures; every other file is read as a table.
PICTURES = frozenset((".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff"))
NEAREST = "nearest"


def check_options(options: argparse.Namespace) -> None:
    """Raise SpecError where --data and the options beside it contradict each other."""
    if options.data and options.target:
        raise SpecError("--data and --target name two targets; give one of them.")
    picture = options.data and Path(options.data).suffix.lower() in PICTURES
    if options.columns and (picture or not options.data):
        raise SpecError("--columns chooses from the table of --data; there is none.")


def keep(options: argparse.Namespace, folder: Path) -> str:
    """Read --data and --columns, keep them in ``folder``, return the target's name."""
    from inn_core.targets import library, photo, reading
    from inn_core.targets.own import DataError

    path = Path(options.data)
    size = path.stat().st_size
    if size > max(reading.MOST_BYTES, photo.MOST_BYTES):
        raise DataError(f"{path.name} has {size / 1e6:,.0f} MB; that is too much to read.")
    content = path.read_bytes()
    if path.suffix.lower() in PICTURES:
        data = photo.picture_of(content, path.stem)
    else:
        table = reading.read_table(content)
        asked = options.columns
        names = next(csv.reader([asked])) if asked else list(table.names[:2])
        if len(names) != 2:
            raise SpecError(f"--columns names {len(names)} columns; it needs two: --columns A,B.")
        data = reading.points_of(table, names[0].strip(), names[1].strip(), path.stem)
    library.use(folder)
    return library.keep(data, folder)


def nearest_start(target: str | None) -> str:
    """The preset that ``--start nearest`` means for a target."""
    from inn_core.targets import library
    from inn_core.targets.nearest import nearest

    return nearest(library.find(target or RunSpec().target))
