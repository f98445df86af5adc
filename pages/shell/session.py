"""What one browser tab has to do with runs: which it shows, whether it owns it, what it wants next.

The address bar always holds the viewer's form of a run; the owner's token stays in this session and
in the browser's own storage, from where the stage hands it back after a reload.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from inn_core import registry
from inn_core.kinds import AnySpec
from inn_core.maps import handmade
from inn_core.runs import client
from inn_core.specs import FlowSpec, RunSpec, is_drawing
from inn_core.targets import library
from pages.shell import controls, links, pretrained, tab
from pages.shell.tab import Tab
from pages.shell.words import Words

#: What makes a run go on from where it stands, by its status. One that stopped starts afresh.
GOES_ON = {"paused": "play", "done": "continue", "training": "play", "queued": "play"}
UNDER_WAY = ("queued", "training", "paused")


@dataclass
class Session(Tab):
    """One tab's place in a lesson on 2-D flows.

    spec : what the controls say; lang : language of the labels that menus show
    own : names of the data that this tab has brought; drawn : when its last drawing came, refused :
        whether nothing came of it
    """

    spec: RunSpec = field(default_factory=RunSpec)
    lang: str = ""
    own: list[str] = field(default_factory=list)
    drawn: Any = None
    refused: bool = False

    def adopted(self, spec: AnySpec) -> None:
        """The controls take the settings of a run that came as a file."""
        if isinstance(spec, RunSpec):
            self.spec = spec
            controls.adopt(self.lesson, spec)


def of(lesson: str, words: Words) -> Session:
    """Return this tab's session, brought in line with the address bar on arrival and on Back."""
    key = f"{lesson}.session"
    moved = tab.moved()
    session = st.session_state.get(key)
    if not isinstance(session, Session):
        session = st.session_state[key] = Session(lesson)
        moved = True
    if moved:
        _arrive(session, words)
    elif session.lang != words.lang:
        # A menu keeps its old label until it is told its value anew.
        controls.adopt(lesson, controls.read(lesson, session.spec)[0])
    session.lang = words.lang
    return session


def _arrive(session: Session, words: Words) -> None:
    """Take over what the address bar names: a run, or settings."""
    tab.arrive(session)
    viewer = st.query_params.get(links.RUN)
    info = client.current().describe(viewer) if viewer else None
    spec = info.spec if info else None
    lost = viewer if info is None else None
    if lost and links.SEED not in st.query_params:
        session.notices.append(words("shell.run_gone"))
    elif spec and not isinstance(spec, RunSpec):
        session.notices.append(words("shell.other_kind"))
    elif isinstance(spec, RunSpec) and not _at_hand(spec.target):
        session.notices.append(words("own.gone"))
        spec = None
    if isinstance(spec, RunSpec):
        session.show(viewer, spec)
        session.spec = spec
    else:
        session.show(None)
        session.spec, refused = links.read(st.query_params)
        session.notices += refused
        session.spec = _without_damage(session, session.spec, words)
        if not _at_hand(session.spec.target):
            session.notices.append(words("own.gone"))
            session.spec = RunSpec()
        elif lost and links.SEED in st.query_params and not refused:
            tab.again(session, lost, settled(session.spec), words)
    if registry.is_own(session.spec.target) and session.spec.target not in session.own:
        session.own.append(session.spec.target)
    controls.adopt(session.lesson, session.spec)


def _without_damage(session: Session, spec: RunSpec, words: Words) -> RunSpec:
    """``spec`` without a drawn start that cannot be read; a sentence says so."""
    if is_drawing(spec.start):
        try:
            handmade.from_token(spec.start)
        except handmade.DrawingError as error:
            session.notices.append(words("coupling_layers.not_drawing", reason=str(error)))
            return spec.with_(start="")
    return spec


def _at_hand(target: str) -> bool:
    """Whether a target is the registry's, or its data are in this lab."""
    return not registry.is_own(target) or library.path_of(target) is not None


def settled(spec: RunSpec) -> RunSpec:
    """``spec`` without a start that does not fit it any more."""
    if is_drawing(spec.start):
        return spec if handmade.fits(spec) else spec.with_(start="")
    plain = spec.flow == FlowSpec(coupling=spec.flow.coupling)
    fits = registry.is_own(spec.target) and plain
    return spec if fits or not spec.start else spec.with_(start="")


def start(session: Session, spec: RunSpec) -> None:
    """Start a run of ``spec`` in place of the one on the stage; a sentence if none can start."""
    spec = settled(spec)
    if tab.start(session, spec):
        session.spec = spec


def train(session: Session) -> None:
    """Train what the controls say: go on with our run if it rests, else start one."""
    info = client.current().describe(session.viewer) if session.viewer else None
    spec = info.spec if info else None
    changed = links.changes(spec, session.spec) if isinstance(spec, RunSpec) else set()
    if session.owner and info and info.status in GOES_ON and changed <= links.LIVE_FIELDS:
        tab.control(session, GOES_ON[info.status])
        _set_live(session, changed)
    else:
        start(session, session.spec)


def fork(session: Session) -> None:
    """Start a run of our own with the settings of the one we watch."""
    start(session, session.spec)


def follow(session: Session, spec: RunSpec) -> None:
    """Do what changed controls ask for: ``spec`` is what they say now.

    A live field goes to the running training, any other change is a new run at once. With no run
    on the stage a pretrained one is shown if there is one of this flow, else training starts.
    """
    if session.watching:
        controls.adopt(session.lesson, session.spec)
        return
    changed = links.changes(session.spec, spec)
    if not changed:
        return
    if "target" in changed and is_drawing(spec.start):
        spec = spec.with_(start="")  # it was drawn for the other one
    session.spec = spec
    if changed <= links.LIVE_FIELDS:
        info = client.current().describe(session.viewer) if session.viewer else None
        if info and info.status in UNDER_WAY:
            _set_live(session, changed)
    elif session.viewer or not pretrained.shows(spec):
        start(session, spec)


def new_seed(session: Session) -> None:
    """Draw another seed and start from it. A callback: it writes a widget's value."""
    # Four digits can be read out in a lecture hall.
    st.session_state[controls.key_of(session.lesson, "seed")] = secrets.randbelow(10_000)


def write_address(session: Session, words: Words) -> None:
    """Put into the address bar what another tab needs to show the same."""
    links.put(address_of(session), words)


def address_of(session: Session) -> dict[str, str]:
    """Return the parameters of the address."""
    if not session.viewer:
        return links.write(session.spec)
    made = session.made if isinstance(session.made, RunSpec) else session.spec
    return {links.RUN: session.viewer} | links.carried(made)


def _set_live(session: Session, names: set[str]) -> None:
    """Hand live fields to the running training."""
    if names:
        values = {name: getattr(session.spec.training, name) for name in names}
        tab.control(session, "set", **values)
