"""The command ``export``: a run leaves the lab as a film, a page, a script, a table."""

from __future__ import annotations

import argparse
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

from inn_core.export import weights, whole
from inn_core.export.request import KINDS, SIZES, THEMES, ExportError, FilmRequest, size_of

FILMS = (".mp4", ".gif")


def export_command(options: argparse.Namespace) -> None:
    """Write a run as what the name's ending says."""
    path = Path(options.file)
    name = path.name.lower()
    write = next((make for ending, make in WRITERS.items() if name.endswith(ending)), None)
    if write is None:
        raise ExportError(f"{path.name} does not end in {', '.join(WRITERS)}.")
    write(path, options)


def write_player(path: Path, options: argparse.Namespace) -> None:
    """One HTML file that plays the run offline."""
    from inn_core.export import player

    hello, frames = read_run(Path(options.source))
    if "problem" in hello:
        raise ExportError("Pages of inverse problems are saved in their lessons: Export, Page.")
    player.write(path, hello, frames, options.lang)
    print(f"{path}: {path.stat().st_size / 1e6:.2f} MB, opens offline")


def write_curves(path: Path, options: argparse.Namespace) -> None:
    """The numbers of every snapshot as a table."""
    from inn_core.export import tables

    hello, _ = read_run(Path(options.source))
    with whole.place(path, "table") as beside:
        rows = tables.write_curves(beside, hello)
    print(f"{path}: {rows} rows")


def write_samples(path: Path, options: argparse.Namespace) -> None:
    """Points, their codes and densities as arrays."""
    from inn_core.export import tables

    hello, frames = read_run(Path(options.source))
    with whole.place(path, "table") as beside, beside.open("wb") as file:
        tables.write_samples(file, hello, frames[-1])
    print(f"{path}: {tables.POINTS} samples of the model, with z and log_prob")


def write_script(path: Path, options: argparse.Namespace) -> None:
    """A Python file that rebuilds the flow with torch alone."""
    from inn_core.export import script

    print(f"{path}: prints NLL {script.write(path, Path(options.source)):.6f} when it is run")


def write_picture(path: Path, options: argparse.Namespace) -> None:
    """A PNG of where the run has come to."""
    from inn_core.export import film

    request = wish_of(options)
    film.write_picture(path, request, open_run(Path(options.source), request))
    print(f"{path}: {request.width} × {request.height}")


def wish_of(options: argparse.Namespace) -> FilmRequest:
    """The request that the options make; raises ExportError."""
    if options.size:
        options.width, options.height = size_of(options.size)
    names = {f.name for f in fields(FilmRequest)}
    given = {k: v for k, v in vars(options).items() if k in names and v is not None}
    return FilmRequest(**given)


def write_film(path: Path, options: argparse.Namespace) -> None:
    """MP4 or GIF."""
    from inn_core.export import film

    options.format = path.suffix.lower()[1:]
    request = wish_of(options)
    reel = open_run(Path(options.source), request)
    progress = say if sys.stderr.isatty() else None
    film.write(path, request, reel, progress)
    print(f"{path}: {request.frames} pictures of {request.width} × {request.height}")


def read_weights(source: Path) -> tuple[dict[str, Any], list[bytes]]:
    """A weights file as a run of one snapshot."""
    from inn_core.export import opening
    from inn_core.kinds import kind_of
    from inn_core.targets import library

    library.use(source.parent)
    spec, arrays, facts = weights.load(source.read_bytes())
    hello = kind_of(spec).load("hello")(spec)
    return hello, [opening.frame_of(spec, arrays, facts.get("step", 0))]


def write_weights(path: Path, options: argparse.Namespace) -> None:
    """Weights with their spec."""
    from inn_core.export import script

    source = Path(options.source)
    if source.suffix == ".inn":
        spec, arrays, _ = weights.load(source.read_bytes())
    else:
        spec, arrays = script.read(source)
    with whole.place(path, "weights") as beside:
        beside.write_bytes(weights.dump(spec, arrays))
    print(f"{path}: {path.stat().st_size / 1e6:.2f} MB, spec inside")


def write_figures(path: Path, options: argparse.Namespace) -> None:
    """Density and loss as Plotly figures."""
    from inn_core.export import figures

    figures.write(path, *read_run(Path(options.source)))
    print(f"{path}: {path.stat().st_size / 1e6:.2f} MB, opens offline")


WRITERS = {
    **dict.fromkeys(FILMS, write_film),
    ".png": write_picture,
    ".figures.html": write_figures,
    ".html": write_player,
    ".safetensors": write_weights,
    ".csv": write_curves,
    ".npz": write_samples,
    ".py": write_script,
}


def say(done: int, all_: int) -> bool:
    """Show how far it is, on one line of a terminal."""
    end = "\n" if done == all_ else ""
    print(f"\r{done} of {all_} pictures", end=end, file=sys.stderr, flush=True)
    return True


def open_run(source: Path, request: FilmRequest) -> Any:
    """Read a run for a film."""
    from inn_core.export import film

    hello, frames = read_run(source)
    return film.reel_of(hello, frames, request.from_step, request.to_step)


def read_run(source: Path) -> tuple[dict[str, Any], list[bytes]]:
    """Read a .run file, or the one in a folder that train --out kept."""
    from inn_core.maps import runfile
    from inn_core.maps.header import FrameError
    from inn_core.training.film import RUN_FILE

    nets = source / "inn.inn" if source.is_dir() else source
    if nets.suffix == ".inn" and nets.exists():  # of train PROBLEM --out, or shipped
        from inn_core.export import shipped

        return shipped.run_of(nets)
    if source.suffix == weights.ENDING:
        return read_weights(source)
    path = source / RUN_FILE if source.is_dir() else source
    try:
        hello, frames = runfile.read(path)
    except FrameError as error:
        raise ExportError(str(error)) from error
    if not frames:
        raise ExportError(f"{path} holds no pictures; train it for a moment first.")
    return hello, frames


def add_options(sub: argparse.ArgumentParser) -> None:
    """Add what a film may be asked for; the request judges the values."""
    sub.add_argument("source", metavar="RUN", help="a .run file, or a folder of train --out")
    sub.add_argument(
        "file",
        metavar="FILE",
        help="film.mp4, film.gif, picture.png, player.html, page.figures.html, curves.csv, "
        "samples.npz, flow.py or flow.safetensors",
    )
    sub.add_argument("--kind", help=", ".join(KINDS))
    sub.add_argument("--size", help=f"1280x720, or {', '.join(SIZES)}")
    sub.add_argument("--seconds", type=float, help="length (10)")
    sub.add_argument("--fps", type=int, help="pictures a second (30)")
    sub.add_argument("--theme", help=", ".join(THEMES))
    sub.add_argument("--lang", choices=("en", "ja"), default="en", help="of a player (en)")
    sub.add_argument("--title", help="a line above the rooms")
    sub.add_argument("--from-step", type=int, help="begin of the span of training")
    sub.add_argument("--to-step", type=int, help="end of the span of training")
    for name in ("formula", "numbers", "source"):
        sub.add_argument(f"--no-{name}", dest=name, action="store_false", help=f"leave out {name}")
