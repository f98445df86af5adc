"""One browser tab and the run on its stage, whatever kind of run it is.

The owner's token stays in this session and in the browser's own storage, from where the stage hands
it back after a reload; the address bar always holds the viewer's form.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from inn_core.kinds import AnySpec
from inn_core.runs import client, tokens
from inn_core.specs import SpecError
from pages.shell import links, stage
from pages.shell.words import Markdown, Words, plain

#: Runs that took the place of lost ones: (lost token, spec) -> viewer's token. Whoever else opens
#: the same old link watches the same new run.
_AGAIN: dict[tuple[str, str], str] = {}
MOST_AGAIN = 256
#: Seconds that the browser has to find an owner's token, before "You are watching" is said.
PATIENCE_S = 3.0


@dataclass
class Tab:
    """One tab's place in one lesson.

    viewer : token of the run on the stage, None before any; owner : its owner's token, if ours
    notices : sentences for the reader; told : those on the page now, said : by the stage until then
    owners : viewer's -> owner's token of every run of this tab, for the browser's Back
    asked_at, answered : when the browser was asked for an owner's token, and whether it has replied
    made : what the run on the stage was made from; view : the view that the address bar named on
        arrival, and which arrival it was: the stage takes it over once
    door : key of the tab's door, through which the stage hears of a run before the page is drawn
    """

    lesson: str
    viewer: str | None = None
    owner: str | None = None
    notices: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    said: dict[str, Any] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    asked_at: float = field(default_factory=time.monotonic)
    answered: bool = False
    made: AnySpec | None = None
    view: dict[str, Any] | None = None
    door: str = field(default_factory=tokens.new_viewer)

    @property
    def watching(self) -> bool:
        """Whether the run on the stage is not ours to change, as far as is known."""
        return self.viewer is not None and self.owner is None

    @property
    def known(self) -> bool:
        """Whether the browser has had its time to hand back an owner's token after a reload."""
        return self.answered or time.monotonic() - self.asked_at > PATIENCE_S

    def adopted(self, spec: AnySpec) -> None:
        """A file was opened as the run on the stage: bring the controls in line with its spec."""

    def show(self, viewer: str | None, made: AnySpec | None = None) -> None:
        """Put a run on the stage, or none; whose it is shows when the browser has answered."""
        self.viewer, self.owner = viewer, self.owners.get(viewer or "")
        self.made = made
        self.asked_at, self.answered = time.monotonic(), False


def arrive(tab: Tab, known: Collection[str] | None = None) -> None:
    """Take the view that the address bar names; one that cannot be read becomes a notice.

    known : the other parameters that the lesson reads, if it does not judge them itself
    """
    asked = st.query_params
    tab.notices += links.unread({name: asked.get_all(name) for name in asked}, known)
    token, refused = links.view_of(asked)
    if refused:
        tab.notices.append(refused)
    arrival = tab.view["arrival"] + 1 if tab.view else 1
    tab.view = {"token": token, "arrival": arrival}


def moved() -> bool:
    """Whether the reader went back or forth in the browser's history."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def of(lesson: str) -> Tab:
    """Return this tab's place in a lesson that has no runs and no settings in its address."""
    key = f"{lesson}.session"
    tab = st.session_state.get(key)
    if not isinstance(tab, Tab) or moved():
        tab = st.session_state[key] = tab if isinstance(tab, Tab) else Tab(lesson)
        arrive(tab, ())
    return tab


def again(tab: Tab, lost: str, spec: AnySpec, words: Words) -> None:
    """Train anew what a link names whose run is gone, and say so."""
    key = (lost[:80], json.dumps(spec.to_json()))
    there = _AGAIN.get(key)
    if there and client.current().describe(there):
        tab.show(there, spec)
    elif start(tab, spec) and tab.viewer:
        while len(_AGAIN) >= MOST_AGAIN:
            _AGAIN.pop(next(iter(_AGAIN)), None)
        _AGAIN[key] = tab.viewer
    else:
        return
    tab.notices.append(words("shell.run_again", seed=spec.seed))


def claim(tab: Tab, found: Any) -> None:
    """Become the owner of the run on the stage, if ``found`` (from the browser) proves it."""
    if not isinstance(found, dict) or found.get("run") != tab.viewer:
        return
    tab.answered = True
    if tab.owner:
        return
    viewer, owner = tab.viewer, found.get("owner")
    if viewer and isinstance(owner, str) and client.current().owns(viewer, owner):
        tab.owner = tab.owners[viewer] = owner


def go_on(tab: Tab, found: Any) -> None:
    """Follow the owner of the run that is watched to the next one, as ``found`` by the stage."""
    if not isinstance(found, dict) or found.get("run") != tab.viewer or not tab.watching:
        return
    following = found.get("next")
    info = client.current().describe(following) if isinstance(following, str) else None
    if info and type(info.spec) is type(tab.made):
        tab.show(info.viewer, info.spec)
        tab.adopted(info.spec)


def tell(tab: Tab) -> None:
    """Show the sentences that have gathered, until the reader does something.

    A stage that has something to say makes the page run again by itself; the sentences stay then.
    """
    said = stage.said(tab.lesson)
    if said == tab.said:
        tab.told.clear()
    tab.said = said
    tab.told += [notice for notice in dict.fromkeys(tab.notices) if notice not in tab.told]
    tab.notices.clear()
    for notice in tab.told:
        st.warning(notice if isinstance(notice, Markdown) else plain(notice))


def start(tab: Tab, spec: AnySpec) -> bool:
    """Start a run in place of the one on the stage; a sentence and False if none can start."""
    try:
        context = get_script_run_ctx()
        name = context.session_id if context else None
        tickets = client.current().start(spec, owner_of=tab.owner, session=name, door=tab.door)
    except (client.LabError, SpecError) as error:
        tab.notices.append(str(error))
        return False
    tab.viewer, tab.owner, tab.made = tickets.viewer, tickets.owner, spec
    tab.owners[tickets.viewer] = tickets.owner
    return True


def control(tab: Tab, action: str, **values: Any) -> None:
    """Steer our run; a refusal becomes a notice."""
    try:
        client.current().control(tab.owner or "", action, **values)
    except (client.LabError, SpecError) as error:
        tab.notices.append(str(error))


@st.fragment(run_every=PATIENCE_S)
def await_owner(tab: Tab) -> None:
    """Run the page once more when the browser's time is over."""
    if tab.known:
        tab.notices[:0] = tab.told
        st.rerun()
