"""What is on a lesson's stage, as the drawer "Export" needs it: the run, its files, its page."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inn_core.diffeos.presets import SHIPPED
from inn_core.export import figures, player, shipped, tables
from inn_core.kinds import AnySpec, kind_of
from inn_core.maps import runfile
from inn_core.runs import client
from inn_core.specs import RunSpec
from inn_core.specs_map import MapSpec
from inn_core.targets import keeping as presets
from pages.shell import pretrained
from pages.shell.tab import Tab
from pages.shell.words import Words

#: (hello, frames), as a run file has them.
Content = tuple[dict[str, Any], list[bytes]]
#: Steps that a time span can begin or end at.
MOST_STEPS = 120


@dataclass(frozen=True)
class Subject:
    """What the drawer of a lesson acts on.

    lesson : of the page; stem : how its files are called
    tab : whose run it is; None where nothing is trained
    spec : of what is shown while there is no run; still : its content
    groups : of the drawer; none for all
    module, options : how the lesson's own stage is mounted, for a page that opens offline
    """

    lesson: str
    stem: str
    tab: Tab | None = None
    spec: AnySpec | None = None
    still: Callable[[], Content] | None = None
    module: str = ""
    spoken: str = ""
    options: dict[str, Any] | None = None
    groups: tuple[str, ...] = ()

    @property
    def viewer(self) -> str | None:
        """Token of the run on the stage."""
        return self.tab.viewer if self.tab else None

    @property
    def shown(self) -> AnySpec | None:
        """The spec of what is on the stage."""
        info = client.current().describe(self.viewer) if self.viewer else None
        return info.spec if info else self.spec

    @property
    def flow(self) -> bool:
        """Whether a 2-D flow is on the stage."""
        return isinstance(self.shown, RunSpec)

    @property
    def name(self) -> str:
        """How a file of what is shown is called, without its ending."""
        spec = self.shown
        if isinstance(spec, RunSpec):
            return f"{spec.target}-{spec.flow.coupling}"
        if isinstance(spec, MapSpec):
            return f"{spec.diffeo}-{'sweep' if spec.members > 1 else spec.coupling[0]}"
        return Path(self.stem).name

    def content(self) -> Content:
        """The run on the stage up to now, or what is shown in its place."""
        lab = client.current()
        info = lab.describe(self.viewer) if self.viewer else None
        if info is None:
            return self.still() if self.still else ({}, [])
        hello = kind_of(info.spec).load("hello")(info.spec)
        hello |= {"history": info.history, "check": info.check}
        return hello, [frame for frame in lab.frames(info.viewer) if frame]

    def steps(self) -> list[int]:
        """Steps of the run's snapshots, thinned: where a time span can begin or end."""
        info = client.current().describe(self.viewer) if self.viewer else None
        if info is None:
            rows = (self.content()[0].get("history") or []) if self.still else []
        else:
            rows = info.history
        steps = sorted({int(row[1]) for row in rows})
        stride = -(-len(steps) // MOST_STEPS) or 1
        return steps[:-1:stride] + steps[-1:]


# ── files that are there at once ─────────────────────────────────────────────────────────────


def run(subject: Subject, words: Words) -> bytes:
    """The run file."""
    return runfile.dump(*subject.content())


def page(subject: Subject, words: Words) -> bytes:
    """The stand-alone page: the player of a flow, or the lesson's own stage."""
    if subject.flow:
        return player.page(*subject.content(), lang=words.lang).encode()
    return player.lesson(
        subject.module,
        words.section(subject.spoken or f"{subject.lesson}.stage"),
        words.lang,
        words(f"{subject.lesson}.title"),
        subject.options or {},
        *(subject.content() if subject.tab else ({}, [])),
    ).encode()


def curves(subject: Subject, words: Words) -> bytes:
    """The table of the loss curves."""
    text = io.StringIO()
    tables.curves(text, subject.content()[0])
    return text.getvalue().encode()


def samples(subject: Subject, words: Words) -> bytes:
    """Samples of the newest flow."""
    hello, frames = subject.content()
    held = io.BytesIO()
    tables.write_samples(held, hello, frames[-1])
    return held.getvalue()


def figure_page(subject: Subject, words: Words) -> bytes:
    """Density and loss curves as figures that Plotly opens and edits."""
    return figures.page(*subject.content()).encode()


def stage_of(lesson: str) -> Subject:
    """The subject of a lesson in which nothing is trained."""
    return Subject(lesson, lesson.replace("_", "-"), module=f"lessons/{lesson}.js")


def flow_of(lesson: str, tab: Tab, spec: RunSpec) -> Subject:
    """The subject of a lesson on flows; with no run, the flow that is shipped."""

    def still() -> Content:
        return runfile.read(pretrained.path_of(spec))

    return Subject(lesson, spec.target, tab, spec, still)


def fit_of(lesson: str, tab: Tab, recorded: str) -> Subject:
    """The subject of a lesson that fits flows to maps; with no run, what is shipped."""
    path = pretrained.FOLDER / f"{recorded}.map"
    return Subject(
        lesson, recorded, tab, SHIPPED[recorded], lambda: runfile.read(path),
        groups=("data", "code", "open"),
    )  # fmt: skip


def kept_of(lesson: str, tab: Tab, target: str) -> Subject:
    """The subject of a lesson that trains volume-preserving flows; with no run, what is shipped."""
    name = f"volume-{target}"
    path = pretrained.FOLDER / f"{name}.run"
    return Subject(
        lesson, name, tab, presets.SHIPPED[name], lambda: runfile.read(path),
        groups=("data", "code", "open"),
    )  # fmt: skip


def network_of(lesson: str, tab: Tab, spec: AnySpec, sweep: str, spoken: str, **options: Any
               ) -> Subject:  # fmt: skip
    """The subject of a lesson on inverse problems; with no run, the shipped network."""
    path = pretrained.FOLDER / f"{sweep}.inn"
    return Subject(
        lesson, sweep, tab, spec, lambda: shipped.run_of(path), f"lessons/{lesson}.js", spoken,
        options,
    )  # fmt: skip
