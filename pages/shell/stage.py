"""Mounting a stage: the component that draws a lesson. Its code lives in assets/stage."""

from __future__ import annotations

from functools import cache
from typing import Any

import streamlit as st

from pages.shell.words import Words

#: The stage of a flow; a lesson with a stage of its own names its module below assets/ instead.
FLOW_STAGE = "stage/stage.js"

#: Modules come from the app's own route /stage; this only hands over to them.
_HAND_OVER = """
const stage = import(new URL('MODULE', document.baseURI));
export default function ({ parentElement, data, setStateValue, setTriggerValue }) {
  stage.then((module) => module.mount(parentElement, data, setStateValue, setTriggerValue));
  return () => stage.then((module) => module.unmount(parentElement));
}
"""


@cache
def component(module: str) -> Any:
    """Return the component that draws by ``module``; one registration a module."""
    name = module.removesuffix(".js").replace("/", "_")
    return st.components.v2.component(name, js=_HAND_OVER.replace("MODULE", module))


def key_of(lesson: str) -> str:
    """Return the key of a lesson's stage: the same at every run, so that it is never remounted."""
    return f"{lesson}.stage"


def said(lesson: str) -> dict[str, Any]:
    """Return what the stage has said so far, by name."""
    state = st.session_state.get(key_of(lesson))
    return {name: value for name, value in (state or {}).items() if value is not None}


def owner_found(lesson: str) -> Any:
    """Return what the stage last said of an owner's token: ``{"run": …, "owner": …}`` or None."""
    return said(lesson).get("owner")


def scene_shown(lesson: str) -> Any:
    """Return which of its scenes the stage last said that it shows, or None."""
    state = st.session_state.get(key_of(lesson))
    return state.get("scene") if state else None


def next_found(lesson: str) -> Any:
    """Return where the owner of a watched run has gone: ``{"run": …, "next": …}`` or None."""
    state = st.session_state.get(key_of(lesson))
    return state.get("next") if state else None


def mount(
    lesson: str,
    words: Words,
    *,
    run: str | None = None,
    owner: str | None = None,
    pretrained: str | None = None,
    options: dict[str, Any] | None = None,
    module: str = FLOW_STAGE,
    spoken: str = "",
    view: dict[str, Any] | None = None,
    door: str | None = None,
) -> Any:
    """Draw a stage; return what it has said so far (its state and triggers).

    run, owner : tokens of the run to show; pretrained : address of a run file, if there is no run
    options : whatever else the module wants to know; spoken : where in the text files its words
        are, if not at ``<lesson>.stage``, several with spaces between; view : what the address bar
        named on arrival, see tab.py; door : key of the tab's door, see inn_core/runs/door.py
    """
    keys = spoken or ("stage" if module == FLOW_STAGE else f"{lesson}.stage")
    return component(module)(
        key=key_of(lesson),
        data={
            "id": lesson,
            "run": run,
            "owner": owner,
            "pretrained": pretrained,
            "words": {k: v for key in keys.split() for k, v in words.section(key).items()},
            "lang": words.lang,
            "lesson": lesson,
            "options": options or {},
            "address": True,
            "view": view,
            "door": door,
        },
    )


def part(module: str, key: str, data: dict[str, Any]) -> None:
    """Draw a small part of a page by a module that knows the stages on it."""
    component(module)(key=key, data=data, height="content")
