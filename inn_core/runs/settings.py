"""Every limit and address of the lab, in one place, each with an override in the environment.

``PUSHFORWARD_WORKERS=4 streamlit run app.py`` sets the field ``workers``; the variable of any other
field is ``PUSHFORWARD_`` and its name in capitals. No torch, no streamlit.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

PREFIX = "PUSHFORWARD_"
CLUSTER_KINDS = ("auto", "subprocess", "local")


class SettingsError(ValueError):
    """A setting that cannot be used. The message is a sentence that names the variable."""


@dataclass(frozen=True)
class Parser:
    """Reads one environment variable: ``parse`` raises ValueError for what is not ``allowed``."""

    allowed: str
    parse: Callable[[str], Any]


def number(low: float, high: float) -> Parser:
    """Return a parser of numbers in [low, high]."""
    return Parser(f"a number between {low:g} and {high:g}", lambda t: within(float(t), low, high))


def whole(low: int, high: int) -> Parser:
    """Return a parser of whole numbers in [low, high]."""
    return Parser(f"a whole number between {low} and {high}", lambda t: within(int(t), low, high))


def within(value: float, low: float, high: float) -> float:
    """Return ``value`` if it lies in [low, high], else raise ValueError."""
    if not low <= value <= high:
        raise ValueError(value)
    return value


def parse_kind(text: str) -> str:
    """Return one of CLUSTER_KINDS."""
    if text not in CLUSTER_KINDS:
        raise ValueError(text)
    return text


def parse_scheduler(text: str) -> str:
    """Return a Dask address that only this machine, or only holders of a certificate, can reach."""
    parts = urlsplit(text)
    here = parts.scheme == "tcp" and parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not parts.port or parts.path or not parts.hostname or not (here or parts.scheme == "tls"):
        raise ValueError(text)
    return text


def parse_web(text: str) -> str:
    """Return an http or https address without a trailing slash."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(text)
    return text.rstrip("/")


def parse_webs(text: str) -> tuple[str, ...]:
    """Return the addresses of a comma-separated list."""
    return tuple(parse_web(part.strip()) for part in text.split(",") if part.strip())


def parse_folder(text: str) -> Path:
    """Return an absolute folder; ``~`` is the user's home."""
    if "\0" in text:
        raise ValueError(text)
    return Path(text).expanduser().resolve()


FOLDER = Parser("a folder", parse_folder)
KIND = Parser(f"one of {', '.join(CLUSTER_KINDS)}", parse_kind)
SCHEDULER = Parser(
    "tcp:// with a port on this machine, or tls:// (an open Dask port runs anybody's code)",
    parse_scheduler,
)
WEB = Parser("an address such as https://lab.example.org", parse_web)
WEBS = Parser("addresses such as https://lab.example.org, separated by commas", parse_webs)


#: What the environment may say about each field of Settings.
PARSERS = {
    "store": FOLDER,
    "store_bytes": whole(10_000_000, 10**13),
    "store_runs": whole(10, 10**6),
    "upload_bytes": whole(100_000, 10**9),
    "session_bytes": whole(100_000, 10**12),
    "step_flops": number(1e6, 1e15),
    "step_bytes": number(1e6, 1e12),
    "workers": whole(1, 256),
    "runs_per_worker": whole(1, 64),
    "slice_s": number(0.005, 1),
    "snapshot_rate": number(0.1, 60),
    "viewer_rate": number(0.1, 60),
    "crowd_rate": number(0.1, 60),
    "crowd": whole(1, 100_000),
    "viewer_bytes": number(1e4, 1e12),
    "checkpoint_s": number(0.1, 600),
    "idle_s": number(0.1, 86_400),
    "budget_s": number(1, 3600),
    "longest_s": number(1, 86_400),
    "deaths": whole(1, 100),
    "queue": whole(0, 10_000),
    "scheduler": SCHEDULER,
    "cluster": KIND,
    "message_bytes": whole(256, 16_000_000),
    "message_rate": number(1, 10_000),
    "sockets": whole(1, 100_000),
    "backfill_s": number(0, 600),
    "origins": WEBS,
    "url": WEB,
}


def default_store() -> Path:
    """Return the folder for runs: PUSHFORWARD_STORE, else below the user's data folder."""
    if os.name == "nt":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    else:
        base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "pushforward"


def default_workers() -> int:
    """Return one worker a core, at least 2 and at most 8."""
    return max(2, min(8, os.cpu_count() or 2))


@dataclass(frozen=True)
class Settings:
    """What the lab may use. Times in seconds, rates per second, sizes in bytes.

    store : folder of all runs; store_bytes, store_runs : its size and the number of runs, above
        which the oldest idle runs leave
    upload_bytes : largest file that a reader may bring (the server's maxUploadSize bounds it too)
    session_bytes : all files that one page session may bring before it is reloaded
    step_flops, step_bytes : operations and memory of one training step, layers × width × batch ×
        members, above which a run is refused
    workers : training processes; runs_per_worker : runs that share one
    slice_s : how long a run trains before the next run of its worker has its turn
    snapshot_rate, viewer_rate, crowd_rate : updates a second at most: from a worker (and to the
        owner), to a viewer, to a viewer when more than ``crowd`` watch
    viewer_bytes : bytes a second to all viewers of a run together: beyond, each gets fewer updates
    checkpoint_s : a checkpoint is never older; idle_s : a run unwatched for so long pauses
    budget_s : own compute that "continue" adds; longest_s : most own compute at one go
    deaths : workers a run may lose before it is given up; queue : runs that may wait for a place
    scheduler : address of an existing Dask scheduler, else the lab starts its own cluster
    cluster : which kind it starts: ``subprocess`` (not on Windows), ``local``, or ``auto``
    message_bytes, message_rate : largest message a browser may send, and how many a second
    sockets : live sockets at once, and as many doors of tabs
    backfill_s : least time between two backfills of one socket
    origins : further web origins that may open live sockets; url : the lab's public address
    """

    store: Path = field(default_factory=default_store)
    store_bytes: int = 2_000_000_000
    store_runs: int = 5000
    upload_bytes: int = 30_000_000
    session_bytes: int = 200_000_000
    step_flops: float = 30e9
    step_bytes: float = 1.5e9
    workers: int = field(default_factory=default_workers)
    runs_per_worker: int = 12
    slice_s: float = 0.05
    snapshot_rate: float = 20.0
    viewer_rate: float = 10.0
    crowd_rate: float = 6.0
    crowd: int = 100
    viewer_bytes: float = 20e6
    checkpoint_s: float = 2.0
    idle_s: float = 30.0
    budget_s: float = 60.0
    longest_s: float = 3600.0
    deaths: int = 3
    queue: int = 200
    scheduler: str | None = None
    cluster: str = "auto"
    message_bytes: int = 16_384
    message_rate: float = 60.0
    sockets: int = 2000
    backfill_s: float = 2.0
    origins: tuple[str, ...] = ()
    url: str | None = None

    @property
    def slots(self) -> int:
        """How many runs the embedded cluster trains at once."""
        return self.workers * self.runs_per_worker

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read overrides from ``environment`` (default: the process's); raises SettingsError."""
        given = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        for entry in fields(cls):
            name = PREFIX + entry.name.upper()
            text = given.get(name, "").strip()
            if not text:
                continue
            parser = PARSERS[entry.name]
            try:
                values[entry.name] = parser.parse(text)
            except ValueError as error:
                raise SettingsError(f"{name} is {text!r}; it must be {parser.allowed}.") from error
        return cls(**values)
