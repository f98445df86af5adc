"""The command ``export``: a run leaves the lab as a film."""

from __future__ import annotations

import argparse
import sys
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from inn_core.export.request import KINDS, SIZES, THEMES, ExportError, FilmRequest, size_of

if TYPE_CHECKING:
    from inn_core.export.reel import Reel

FILMS = (".mp4", ".gif")


def export_command(options: argparse.Namespace) -> None:
    """Write a run as a film: MP4 or GIF by the name's ending."""
    from inn_core.export import film

    path = Path(options.file)
    if path.suffix.lower() not in FILMS:
        raise ExportError(f"{path.name} does not end in {' or '.join(FILMS)}.")
    options.format = path.suffix.lower()[1:]
    if options.size:
        options.width, options.height = size_of(options.size)
    names = {f.name for f in fields(FilmRequest)}
    given = {k: v for k, v in vars(options).items() if k in names and v is not None}
    request = FilmRequest(**given)
    reel = open_run(Path(options.source), request)
    progress = say if sys.stderr.isatty() else None
    film.write(path, request, reel, progress)
    print(f"{path}: {request.frames} pictures of {request.width} × {request.height}")


def say(done: int, all_: int) -> bool:
    """Show how far it is, on one line of a terminal."""
    end = "\n" if done == all_ else ""
    print(f"\r{done} of {all_} pictures", end=end, file=sys.stderr, flush=True)
    return True


def open_run(source: Path, request: FilmRequest) -> Reel:
    """Read a .run file, or the one in a folder that train --out kept."""
    from inn_core.export.reel import Reel
    from inn_core.maps import runfile
    from inn_core.maps.header import FrameError
    from inn_core.training.film import RUN_FILE

    path = source / RUN_FILE if source.is_dir() else source
    try:
        hello, frames = runfile.read(path)
    except FrameError as error:
        raise ExportError(str(error)) from error
    return Reel.of(hello, frames, request.from_step, request.to_step)


def add_options(sub: argparse.ArgumentParser) -> None:
    """Add what a film may be asked for; the request judges the values."""
    sub.add_argument("source", metavar="RUN", help="a .run file, or a folder of train --out")
    sub.add_argument("file", metavar="FILM", help="film.mp4 or film.gif")
    sub.add_argument("--kind", help=", ".join(KINDS))
    sub.add_argument("--size", help=f"1280x720, or {', '.join(SIZES)}")
    sub.add_argument("--seconds", type=float, help="length (10)")
    sub.add_argument("--fps", type=int, help="pictures a second (30)")
    sub.add_argument("--theme", help=", ".join(THEMES))
    sub.add_argument("--title", help="a line above the rooms")
    sub.add_argument("--from-step", type=int, help="begin of the span of training")
    sub.add_argument("--to-step", type=int, help="end of the span of training")
    for name in ("formula", "numbers"):
        sub.add_argument(f"--no-{name}", dest=name, action="store_false", help=f"leave out {name}")
