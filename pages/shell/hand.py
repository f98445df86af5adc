"""One tab's place in the lesson where flows are drawn: target, drawing, and the run that races it.

The address says all of it that another tab needs: ``?target=banana&hand=h1.…&run=…``. What comes
from a browser or a link is checked here; a refused part is told in a sentence and the page goes on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from inn_core import registry
from inn_core.maps import handmade, runfile
from inn_core.runs import client
from inn_core.specs import FlowSpec, RunSpec, SpecError, check_name, check_number
from pages.shell import controls, drawn, leaving, links, session, stage, tab
from pages.shell.words import Words

LESSON = "coupling_layers"
#: The lesson that plays, trains and exports any run of a 2-D flow.
MAIN = "pushforward"
DEFAULT = "moons"
TARGET, HAND, NAME = "target", "hand", "name"
#: Parts of the lesson, as in assets/stage/lessons/coupling_layers/skeleton.js.
VIEWS = ("watch", "kinds", "best", "draw")
#: What an address may set here; beside a run, the run's settings too.
READS = (TARGET, HAND, NAME, links.RUN)
#: Key of the widget that chooses the target.
TARGET_KEY = f"{LESSON}.{TARGET}"


@dataclass
class Room(session.Session):
    """A session with a drawing.

    target : key of ``registry.TARGETS``; hand : text of the drawing that a link or the stage gave
    saved : its score, or ``{"refused": sentence}``; name : of the part that the link asks for
    kept : (target, drawing) -> viewer's token of the run that the lab keeps of it
    heard : what the stage last said of a drawing
    """

    target: str = DEFAULT
    hand: str | None = None
    saved: dict[str, Any] | None = None
    name: str | None = None
    kept: dict[tuple[str, str], str] = field(default_factory=dict)
    heard: dict[str, Any] = field(default_factory=dict)


def of(words: Words) -> Room:
    """Return this tab's room, brought in line with the address bar on arrival and on Back."""
    key = f"{LESSON}.session"
    moved = tab.moved()
    room = st.session_state.get(key)
    if not isinstance(room, Room):
        room = st.session_state[key] = Room(LESSON)
        moved = True
    if moved:
        _arrive(room, words)
    return room


def _arrive(room: Room, words: Words) -> None:
    asked = st.query_params
    tab.arrive(room, READS + (tuple(links.DEFAULTS) if links.RUN in asked else ()))
    viewer = asked.get(links.RUN)
    info = client.current().describe(viewer) if viewer else None
    lost = viewer if info is None else None
    if lost and links.SEED not in asked:
        room.notices.append(words("shell.run_gone"))
    elif info and not isinstance(info.spec, RunSpec):
        room.notices.append(words("shell.other_kind"))
        info = None
    room.show(viewer if info else None, info.spec if info else None)
    try:
        room.name = check_name(NAME, asked[NAME], VIEWS) if NAME in asked else None
    except SpecError as error:
        room.notices.append(str(error))
    try:
        room.target = check_name(TARGET, asked.get(TARGET, DEFAULT), registry.TARGETS)
    except SpecError as error:
        room.notices.append(str(error))
        room.target = DEFAULT
    st.session_state[TARGET_KEY] = room.target
    room.hand = room.saved = None
    if HAND in asked:
        refused = _take(room, asked[HAND])
        if refused:
            room.notices.append(words("coupling_layers.not_drawing", reason=refused))
        room.name = room.name or "draw"
    if lost and links.SEED in asked and not room.notices:
        given = {name: asked[name] for name in asked if name in links.DEFAULTS}
        spec, wrong = links.read(given)
        room.notices += wrong
        if not wrong:
            tab.again(room, lost, session.settled(spec), words)


def choose(room: Room, target: str | None) -> None:
    """Take the target of the widget: another one has its own drawing, and its own race."""
    if target is None or target not in registry.TARGETS or target == room.target:
        return
    room.target = target
    room.hand = room.saved = room.viewer = room.owner = None


def hear(room: Room) -> None:
    """Take what the stage has said since: a drawing to save, the token of a run that is ours.

    A drawing's ``wish`` is "keep" (it becomes a run of the lab) or "train" (and training goes on).
    """
    tab.claim(room, stage.owner_found(LESSON))
    tab.go_on(room, stage.next_found(LESSON))
    told = told_by_stage("drawing")
    if told == room.heard or told.get("target") != room.target or told.get("token") is None:
        return
    room.heard = told
    room.told.clear()
    refused = None if told["token"] == room.hand else _take(room, told["token"])
    if refused:
        room.saved = {"refused": refused}
    elif told.get("wish") == "train":
        train_on(room)
    else:
        run_of(room)


def _take(room: Room, token: Any) -> str | None:
    """Measure a drawing and keep it; return a sentence for what cannot be read."""
    try:
        room.saved = drawn.measured(token, room.target)
    except handmade.DrawingError as error:
        return str(error)
    room.hand = token
    return None


def run_of(room: Room) -> str | None:
    """Return the viewer's token of the drawing as a run of the lab, which it becomes when asked.

    None, and a notice, if the lab cannot keep it.
    """
    if room.hand is None:
        return None
    key = (room.target, room.hand)
    if key not in room.kept:
        try:
            tickets = client.current().adopt(drawn.run_file(room.hand, room.target))
        except client.LabError as error:
            room.notices.append(str(error))
            return None
        room.kept[key] = tickets.viewer
        room.owners[tickets.viewer] = tickets.owner
    return room.kept[key]


def train_on(room: Room) -> None:
    """Train from where the drawing stands: its curves are the start of the networks."""
    if room.hand is not None:
        session.start(room, handmade.spec_of(handmade.from_token(room.hand), room.target))


def open_elsewhere(room: Room) -> bool:
    """Put the drawing's run onto the stage of the lesson on flows; returns whether it is there."""
    viewer = run_of(room)
    info = client.current().describe(viewer) if viewer else None
    if info is None or not isinstance(info.spec, RunSpec):
        return False
    there = session.Session(MAIN, spec=info.spec, owners=dict(room.owners))
    there.show(info.viewer)
    controls.adopt(MAIN, there.spec)
    st.session_state[f"{MAIN}.session"] = there
    return True


def told_by_stage(name: str) -> dict[str, Any]:
    """Return what the stage last said under ``name``, {} for nothing or for what is no dict."""
    value = stage.said(LESSON).get(name)
    return dict(value) if isinstance(value, dict) else {}


def rival(room: Room) -> RunSpec:
    """Return the run that races the hand: as many layers of the same kind on the same target.

    Raises SpecError for what no page of ours sends.
    """
    task = drawn.TASKS.get(room.target, drawn.FREE)
    setup = told_by_stage("setup")
    if setup.get("target") != room.target:
        setup = task
    layers = int(check_number("layers", setup.get("layers")))
    kind = check_name("coupling", setup.get("kind"), registry.COUPLINGS)
    return RunSpec(target=room.target, flow=FlowSpec(coupling=kind, layers=layers))


def race(room: Room) -> None:
    """Start the rival; a callback or the answer to a button."""
    try:
        session.start(room, rival(room))
    except SpecError as error:
        room.notices.append(str(error))


def leaves(room: Room) -> leaving.Subject:
    """What the drawer acts on: the race, the saved drawing, or the shipped flow of the target."""
    spec = RunSpec().with_(target=room.target)
    if room.viewer or not room.hand:
        return leaving.flow_of(LESSON, room, spec)
    token, drawing = room.hand, handmade.from_token(room.hand)
    return leaving.Subject(
        LESSON,
        f"{room.target}-by-hand",
        room,
        handmade.spec_of(drawing, room.target),
        lambda: runfile.load(drawn.run_file(token, room.target)),
    )


def write_address(room: Room, words: Words) -> None:
    """Put into the address bar what another tab needs to show the same."""
    links.put(address_of(room), words)


def address_of(room: Room) -> dict[str, str]:
    """Return the parameters of the address."""
    wanted = {} if room.target == DEFAULT else {TARGET: room.target}
    if room.hand:
        wanted[HAND] = room.hand
    if room.viewer:
        made = room.made if isinstance(room.made, RunSpec) else RunSpec(target=room.target)
        wanted |= {links.RUN: room.viewer} | links.carried(made)
    return wanted
