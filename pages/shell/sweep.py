"""A tab in a lesson that trains networks on inverse problems: its values, its run, its stage.

It sweeps something over many small networks, or trains one network on the problem that its stage
shows. The address says what another tab needs: ``?values=0,1,100&seed=3``, ``?problem=strip`` or
``?run=…``.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from inn_core.kinds import AnySpec
from inn_core.maps import network
from inn_core.problems.sweeps import SIZES, SWEEPS, single, size_of, sized
from inn_core.runs import client
from inn_core.specs import SpecError, check_number, shown
from inn_core.specs_inverse import InverseSpec
from pages.shell import drawer, leaving, links, phone, planes, share, stage, tab
from pages.shell.words import Words, selector

VALUES, SEED, SIZE, PROBLEM = "values", links.SEED, "size", "problem"
MOST = 8
#: Characters of the values in a link.
LONGEST = 200
#: Makes a spec of the swept values and a seed; raises SpecError.
Make = Callable[[tuple[float, ...], int], InverseSpec]


@dataclass(frozen=True)
class Lesson:
    """One lesson of this kind.

    name : of its page; sweep : key of ``SWEEPS`` or a problem, and its file in assets/pretrained
    make : (values, seed) -> spec; values_of : spec -> values, none where nothing is swept
    problems : scene of the stage -> problem, where the reader chooses among several
    """

    name: str
    sweep: str
    make: Make = lambda values, seed: InverseSpec(seed=seed)
    values_of: Callable[[InverseSpec], tuple[float, ...]] = lambda spec: ()
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def shipped(self) -> InverseSpec:
        """What the file in assets/pretrained holds."""
        return SWEEPS.get(self.sweep) or single(self.sweep)

    @property
    def swept(self) -> bool:
        """Whether the reader types values."""
        return bool(self.values_of(self.shipped))

    def shows(self, spec: InverseSpec) -> bool:
        """Whether the stage has a picture of the problem of a run."""
        return not self.problems or spec.problem in self.problems.values()

    def on(self, problem: str) -> Lesson:
        """The lesson with another of its problems on the stage."""
        known = problem in self.problems.values()
        return replace(self, sweep=problem) if known else self


@dataclass
class Room(tab.Tab):
    """A tab with what its reader has chosen: values as text, seed, size of networks, problem."""

    text: str = ""
    problem: str = ""
    seed: int = 0
    size: str = ""
    values_of: Callable[[InverseSpec], tuple[float, ...]] = lambda spec: ()

    def adopted(self, spec: AnySpec) -> None:
        """Show the values of a run that came as a file."""
        if isinstance(spec, InverseSpec):
            self.text, self.seed = text_of(self.values_of(spec)), spec.seed
            self.size, self.problem, self.made = size_of(spec), spec.problem, spec
            st.session_state[f"{self.lesson}.values"] = self.text
            st.session_state[f"{self.lesson}.size"] = self.size


def of(lesson: Lesson, words: Words) -> Room:
    """Return this tab's room, brought in line with the address bar on arrival and on Back."""
    key = f"{lesson.name}.session"
    moved = tab.moved()
    room = st.session_state.get(key)
    if not isinstance(room, Room):
        room = st.session_state[key] = Room(lesson.name, values_of=lesson.values_of)
        moved = True
    if moved:
        _arrive(lesson, room, words)
    else:
        room.problem = lesson.problems.get(stage.scene_shown(lesson.name) or "", room.problem)
    tab.claim(room, stage.owner_found(lesson.name))
    tab.go_on(room, stage.next_found(lesson.name))
    return room


def _arrive(lesson: Lesson, room: Room, words: Words) -> None:
    tab.arrive(room)
    asked = st.query_params
    viewer = asked.get(links.RUN)
    info = client.current().describe(viewer) if viewer else None
    spec = info.spec if info else None
    lost = viewer if info is None else None
    if lost and SEED not in asked:
        room.notices.append(words("shell.run_gone"))
    elif spec and not isinstance(spec, InverseSpec):
        room.notices.append(words("shell.other_kind"))
        spec = None
    room.show(viewer if spec else None, spec)
    if isinstance(spec, InverseSpec):
        room.text, room.seed = text_of(lesson.values_of(spec)), spec.seed
        room.size, room.problem = size_of(spec), spec.problem
    else:
        room.problem = lesson.on(asked.get(PROBLEM, "")).sweep
        room.text = asked.get(VALUES, text_of(lesson.values_of(lesson.shipped)))[:LONGEST]
        seed, size = asked.get(SEED, "0"), asked.get(SIZE, "")
        room.seed = int(seed) if seed.isascii() and seed.isdecimal() and len(seed) < 10 else 0
        room.size = size if size in SIZES else size_of(lesson.shipped)
        if lost and SEED in asked:
            _train_again(lesson, room, lost, words)
    st.session_state[f"{lesson.name}.size"] = room.size
    st.session_state[f"{lesson.name}.values"] = room.text


def _train_again(lesson: Lesson, room: Room, lost: str, words: Words) -> None:
    try:
        spec = _spec(lesson, room, room.seed)
    except SpecError as error:
        room.notices.append(str(error))
    else:
        tab.again(room, lost, spec, words)


def text_of(values: tuple[float, ...]) -> str:
    """The values as a reader types them."""
    return ", ".join(f"{value:g}" for value in values)


def numbers_of(text: str) -> tuple[float, ...]:
    """Read "0, 1, 100"; raises SpecError with a sentence."""
    parts = [part for part in text.replace(";", ",").replace("、", ",").split(",") if part.strip()]
    if not 1 <= len(parts) <= MOST:
        raise SpecError(f"There are {len(parts)} values; write 1 to {MOST}, with commas between.")
    values = []
    for part in parts:
        try:
            value = float(part)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise SpecError(f"{shown(part.strip())} is no number; write numbers with commas.")
        values.append(value)
    if len(set(values)) < len(values):
        raise SpecError("A value comes twice; each needs to be there once only.")
    return tuple(sorted(values))


def draw(lesson: Lesson, spoken: str = "sweep.stage", **options: Any) -> tuple[Room, Words]:
    """Draw the head of the page, its controls and the stage.

    spoken : where in the text files the stage's words are; options : what else the stage is told
    """
    from pages.shell.words import choose

    words = choose()
    room = of(lesson, words)
    lesson = lesson.on(room.problem)
    embedded = share.embedded()
    if not embedded:
        phone.picture_first(lesson.name)
        with st.container(horizontal=True, vertical_alignment="center", key=f"{lesson.name}.head"):
            st.title(words(f"{lesson.name}.title"), anchor="lesson", width="content")
            st.caption(words(f"{lesson.name}.sentence"))
            selector(words)
            share_slot = st.container(width="content")
        with st.container(
            horizontal=True, vertical_alignment="bottom", key=f"{lesson.name}.controls"
        ):
            _controls(lesson, room, words)
    made = room.made if room.viewer and isinstance(room.made, InverseSpec) else lesson.shipped
    if not lesson.shows(made):
        room.notices.append(words("sweep.no_picture", problem=made.problem))
        room.show(None)
        made = lesson.shipped
    told = options | {
        "net": f"pretrained/{lesson.sweep}.inn",
        "hello": network.hello(made),
        "scene": planes.scene_of(room.problem) if lesson.problems else None,
    }
    with st.container(gap=None, key=f"{lesson.name}.notices"):
        tab.tell(room)
        if room.watching and room.known:
            st.caption(words("sweep.watching"))
    stage.mount(
        lesson.name,
        words,
        run=room.viewer,
        owner=room.owner,
        module=f"stage/lessons/{lesson.name}.js",
        options=told,
        spoken=spoken,
        view=room.view,
    )
    wanted = address_of(lesson, room)
    links.put(wanted, words)
    if embedded:
        st.stop()
    with share_slot, st.container(horizontal=True):
        drawer.popover(
            leaving.network_of(lesson.name, room, lesson.shipped, lesson.sweep, spoken, **told),
            words,
        )
        alike = {name: wanted[name] for name in wanted if name not in (links.RUN, PROBLEM)}
        alike |= _named(room.problem) if lesson.problems else {}
        share.button(words, lesson.name, wanted, alike)
    return room, words


def _controls(lesson: Lesson, room: Room, words: Words) -> None:
    own = lesson.name if lesson.problems else "sweep"
    if lesson.swept:
        room.text = st.text_input(
            words(f"{lesson.name}.values"),
            key=f"{lesson.name}.values",
            help=words(f"{lesson.name}.values_help"),
            width=260,
        )
    chosen = st.selectbox(
        words(f"{own}.network"),
        list(SIZES),
        format_func=lambda size: words(f"sweep.size_{size}"),
        key=f"{lesson.name}.size",
        help=words(f"{own}.network_help"),
        width=210,
    )
    room.size = chosen if chosen in SIZES else room.size
    with st.container(horizontal=True, width="content", key=f"{lesson.name}.go"):
        if st.button(words("shell.train"), type="primary", help=words(f"{own}.train_help")):
            _train(lesson, room, room.seed)
        if st.button(words("shell.new_seed"), help=words("shell.new_seed_help")):
            _train(lesson, room, secrets.randbelow(10_000))
        if room.viewer and st.button(words(f"{own}.shipped"), help=words(f"{own}.shipped_help")):
            room.show(None)


def _train(lesson: Lesson, room: Room, seed: int) -> None:
    try:
        spec = _spec(lesson, room, seed)
    except SpecError as error:
        room.notices.append(str(error))
        return
    if tab.start(room, spec):
        room.seed = seed


def _spec(lesson: Lesson, room: Room, seed: int) -> InverseSpec:
    """What the reader has chosen to train; raises SpecError."""
    seed = check_seed(seed)
    if lesson.problems:
        spec = replace(single(room.problem), seed=seed)
    else:
        spec = lesson.make(numbers_of(room.text) if lesson.swept else (), seed)
    return sized(spec, room.size)


def check_seed(seed: int) -> int:
    """The seed as specs allow it; raises SpecError."""
    return int(check_number("seed", seed))


def address_of(lesson: Lesson, room: Room) -> dict[str, str]:
    """Return the parameters of the address."""
    wanted = {}
    made = room.made if isinstance(room.made, InverseSpec) else None
    text = text_of(lesson.values_of(made)) if made else room.text
    if room.viewer:
        wanted = {links.RUN: room.viewer, SEED: str(made.seed if made else room.seed)}
        if made and lesson.problems:
            wanted |= _named(made.problem)
    if text != text_of(lesson.values_of(lesson.shipped)):
        wanted[VALUES] = text[:LONGEST]
    size = size_of(made) if made else room.size
    if size != size_of(lesson.shipped):
        wanted[SIZE] = size
    return wanted


def _named(problem: str) -> dict[str, str]:
    """The parameter that names a problem, none for the one that is there anyhow."""
    return {} if problem == planes.PROBLEMS["arm"] else {PROBLEM: problem}
