"""One browser tab and the run on its stage, whatever kind of run it is.

The owner's token stays in this session and in the browser's own storage, from where the stage hands
it back after a reload; the address bar always holds the viewer's form.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from inn_core.kinds import AnySpec
from inn_core.runs import client
from inn_core.specs import SpecError

#: Seconds that the browser has to find an owner's token, before "You are watching" is said.
PATIENCE_S = 3.0


@dataclass
class Tab:
    """One tab's place in one lesson.

    viewer : token of the run on the stage, None before any; owner : its owner's token, if ours
    notices : sentences for the reader, shown once
    owners : viewer's -> owner's token of every run of this tab, for the browser's Back
    asked_at, answered : when the browser was asked for an owner's token, and whether it has replied
    """

    lesson: str
    viewer: str | None = None
    owner: str | None = None
    notices: list[str] = field(default_factory=list)
    owners: dict[str, str] = field(default_factory=dict)
    asked_at: float = field(default_factory=time.monotonic)
    answered: bool = False

    @property
    def watching(self) -> bool:
        """Whether the run on the stage is not ours to change, as far as is known."""
        return self.viewer is not None and self.owner is None

    @property
    def known(self) -> bool:
        """Whether the browser has had its time to hand back an owner's token after a reload."""
        return self.answered or time.monotonic() - self.asked_at > PATIENCE_S

    def show(self, viewer: str | None) -> None:
        """Put a run on the stage, or none; whose it is shows when the browser has answered."""
        self.viewer, self.owner = viewer, self.owners.get(viewer or "")
        self.asked_at, self.answered = time.monotonic(), False


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


def start(tab: Tab, spec: AnySpec) -> bool:
    """Start a run in place of the one on the stage; a sentence and False if none can start."""
    try:
        context = get_script_run_ctx()
        name = context.session_id if context else None
        tickets = client.current().start(spec, owner_of=tab.owner, session=name)
    except (client.LabError, SpecError) as error:
        tab.notices.append(str(error))
        return False
    tab.viewer, tab.owner = tickets.viewer, tickets.owner
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
        st.rerun()
