"""The tab of the lesson "divergences": its scenes, what the page does for each, and its run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from inn_core.kinds import AnySpec
from inn_core.runs import client
from pages.shell import heavytails, links, posterior, racing, stage, tab, twohills
from pages.shell.words import Words

LESSON = "divergences"


@dataclass
class Room(tab.Tab):
    """A tab in the lesson; ``chosen`` holds what the menus of its scenes say, by their names."""

    chosen: dict[str, Any] = field(default_factory=dict)

    def adopted(self, spec: AnySpec) -> None:
        """Choose what made the run on the stage."""
        scene = SCENES.get(scene_of(spec) or "")
        if scene:
            scene.adopt(self, spec)


def nothing(room: Room, words: Words) -> None:
    """Draw no controls."""


def untold(room: Room, words: Words) -> dict[str, Any]:
    """Tell the scene nothing."""
    return {}


@dataclass(frozen=True)
class Scene:
    """What the page does for one scene of the stage.

    controls : draws its menus and buttons; told : its part of the stage's options
    shows : whether a run of this spec belongs to it; adopt : sets the menus as the spec has them
    """

    controls: Callable[[Room, Words], None] = nothing
    told: Callable[[Room, Words], dict[str, Any]] = untold
    shows: Callable[[AnySpec], bool] = lambda spec: False
    adopt: Callable[[Room, AnySpec], None] = lambda room, spec: None


#: In the order of the stage's table (assets/stage/lessons/divergences/table.js).
SCENES: dict[str, Scene] = {
    "hills": Scene(twohills.controls, twohills.told, twohills.shows),
    "critic": Scene(),
    "race": Scene(racing.controls, racing.told, racing.shows, racing.adopt),
    "posterior": Scene(posterior.controls, posterior.told, posterior.shows),
    "tails": Scene(told=heavytails.told),
    "chain": Scene(),
}


def scene_of(spec: AnySpec | None) -> str | None:
    """The scene that a run of ``spec`` belongs to."""
    return next((name for name, scene in SCENES.items() if spec and scene.shows(spec)), None)


def of(words: Words) -> Room:
    """Return this tab's place, brought in line with the address bar on arrival and on Back."""
    key = f"{LESSON}.session"
    moved = tab.moved()
    room = st.session_state.get(key)
    if not isinstance(room, Room):
        room = st.session_state[key] = Room(LESSON)
        moved = True
    if moved:
        _arrive(room, words)
    tab.claim(room, stage.owner_found(LESSON))
    tab.go_on(room, stage.next_found(LESSON))
    return room


def _arrive(room: Room, words: Words) -> None:
    tab.arrive(room, (links.RUN,))
    viewer = st.query_params.get(links.RUN)
    info = client.current().describe(viewer) if viewer else None
    if viewer and info is None:
        room.notices.append(words("shell.run_gone"))
    elif info and scene_of(info.spec) is None:
        room.notices.append(words("shell.other_kind"))
        info = None
    room.show(viewer if info else None, info.spec if info else None)
    if info:
        room.adopted(info.spec)


def address_of(room: Room) -> dict[str, str]:
    """Return the parameters of the address."""
    return {links.RUN: room.viewer} if room.viewer else {}


def options(room: Room, shown: str, words: Words) -> dict[str, Any]:
    """Return the stage's options."""
    live = scene_of(room.made)
    told = {name: scene.told(room, words) for name, scene in SCENES.items()}
    return {"scene": home_of(room), "shown": shown, "live": live, **told}


def home_of(room: Room) -> str:
    """The scene that a page with this address opens with."""
    return scene_of(room.made) or next(iter(SCENES))
