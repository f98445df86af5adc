"""A lab without workers for page tests: it remembers what it was asked, and answers at once."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from inn_core.kinds import AnySpec
from inn_core.runs import imports
from inn_core.runs.run import LabError, RunInfo, Tickets
from inn_core.specs import RunSpec
from inn_core.targets import library
from inn_core.targets.own import OwnData

Call = tuple[str, dict[str, Any]]


class FakeLab:
    """Runs that never train. ``started`` and ``asked`` record what a page did."""

    def __init__(self) -> None:
        self.runs: dict[str, RunInfo] = {}
        self.started: list[tuple[RunSpec, str | None]] = []
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.kept: list[OwnData] = []
        self.full = False
        self.frame: bytes | None = None

    def start(self, spec: RunSpec, owner_of: str | None = None, **_: Any) -> Tickets:
        if self.full:
            raise LabError("Too many runs are waiting already; try again in a minute.")
        self.started.append((spec, owner_of))
        viewer = f"viewer{len(self.started)}"
        self.runs[viewer] = info(viewer, spec)
        return Tickets(viewer, f"{viewer}.secret")

    def adopt(self, data: bytes) -> Tickets:
        if self.full:
            raise LabError("Too many runs are waiting already; try again in a minute.")
        viewer = f"brought{len(self.runs)}"
        spec = imports.read(data).spec
        self.runs[viewer] = replace(info(viewer, spec), status="done")
        return Tickets(viewer, f"{viewer}.secret")

    def describe(self, viewer: Any) -> RunInfo | None:
        return self.runs.get(viewer)

    def owns(self, viewer: Any, owner: Any) -> bool:
        return viewer in self.runs and owner == f"{viewer}.secret"

    def control(self, owner: str, action: str, **values: Any) -> None:
        viewer = owner.removesuffix(".secret")
        if not self.owns(viewer, owner):
            raise LabError("This browser does not own the run; start one of your own.")
        self.asked.append((viewer, action, values))

    @staticmethod
    def info_of(spec: RunSpec) -> RunInfo:
        return info("viewer9", spec)

    def keep_data(self, data: OwnData) -> str:
        folder = Path(tempfile.mkdtemp(prefix="own-data-"))
        library.use(folder)
        self.kept.append(data)
        return library.keep(data, folder)

    def code(self, ending: str, spec: AnySpec, viewer: str | None) -> bytes:
        if self.full:
            raise LabError("The worker did not answer; try again.")
        return f"{ending} of {viewer}".encode()

    def export_state(self, job: str) -> None:
        return None

    def latest(self, viewer: Any) -> bytes | None:
        return self.frame

    def frames(self, viewer: Any) -> list[bytes]:
        return [self.frame] if self.frame else []

    def becomes(self, viewer: str, status: str) -> None:
        """Let a run have another status."""
        self.runs[viewer] = replace(self.runs[viewer], status=status)


def info(viewer: str, spec: AnySpec) -> RunInfo:
    """What the lab says of a run that has trained for ten snapshots."""
    rows = [
        [i, 10 * i, 0.1 * i, 3 - 0.1 * i, 3 - 0.1 * i, *[3 - 0.1 * i] * spec.members]
        for i in range(10)
    ]
    return RunInfo(
        viewer=viewer,
        spec=spec,
        status="training",
        message="",
        seq=9,
        step=90,
        seconds=0.9,
        paused=False,
        speed=None,
        place=None,
        wait_s=None,
        history=rows,
        check=None,
        parent=None,
    )
