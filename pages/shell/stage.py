"""Mounting the stage: the one component that draws a flow. Its code lives in assets/stage."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.shell.words import Words

#: The modules come from the app's own route /stage; this only hands over to them.
_HAND_OVER = """
export default function ({ parentElement, data, setStateValue, setTriggerValue }) {
  const stage = import(new URL(`stage/${data.module}`, document.baseURI)); // fetched once
  stage.then((module) => module.mount(parentElement, data, setStateValue, setTriggerValue));
  return () => stage.then((module) => module.unmount(parentElement));
}
"""

_STAGE = st.components.v2.component("pushforward_stage", js=_HAND_OVER)


def key_of(lesson: str) -> str:
    """Return the key of a lesson's stage: the same at every run, so that it is never remounted."""
    return f"{lesson}.stage"


def owner_found(lesson: str) -> Any:
    """Return what the stage last said of an owner's token: ``{"run": …, "owner": …}`` or None."""
    state = st.session_state.get(key_of(lesson))
    return state.get("owner") if state else None


def mount(
    lesson: str,
    words: Words,
    *,
    run: str | None,
    owner: str | None,
    pretrained: str | None,
    options: dict[str, Any] | None = None,
    module: str = "stage.js",
    text: str = "stage",
) -> None:
    """Draw the stage.

    run, owner : tokens of the run to show; pretrained : address of a run file, if there is no run
    module : the ES module below assets/stage that draws; text : where its words stand in the text files
    """
    _STAGE(
        key=key_of(lesson),
        data={
            "id": lesson,
            "module": module,
            "run": run,
            "owner": owner,
            "pretrained": pretrained,
            "words": words.section(text),
            "lang": words.lang,
            "lesson": lesson,
            "options": options or {},
        },
    )
