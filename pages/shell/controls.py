"""Controls made from specs and registry: one table says which, one function draws any of them.

A control reads its value from a spec and writes it into one; what a browser sends is checked there,
since a widget's limits bind only honest browsers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from inn_core import registry
from inn_core.specs import LIMITS, RunSpec, SpecError, check_number
from inn_core.targets import library
from pages.shell.links import plain
from pages.shell.words import Words


@dataclass(frozen=True)
class Control:
    """One control.

    name : field of the spec it shows (``width`` and ``depth`` share the field ``hidden``), its part
        of the text files under ``controls``, and, behind the lesson's name, its widget's key
    kind : ``choice`` (a registry table), ``ladder`` (steps worth stopping at), ``count`` (every
        whole number of the limits), ``number`` (typed), ``switch``
    options : the table of a choice, the steps of a ladder
    shown : whether it stands in the row above the stage; at most four do, the rest wait behind More
    useful : whether it does anything for this spec; a useless one is greyed
    """

    name: str
    kind: str
    options: Mapping[str, registry.Entry] | Sequence[float] = ()
    shown: bool = False
    useful: Callable[[RunSpec], bool] = lambda spec: True


LEARNING_RATES = (*(float(f"{m}e{e}") for e in range(-5, 3) for m in (1, 3)), 1000.0)
#: Controls whose value is a part of another field.
FIELD_OF = {"width": "hidden", "depth": "hidden"}
BATCHES = tuple(2**k for k in range(4, 13))
WIDTHS = tuple(2**k for k in range(2, 9))

CONTROLS: tuple[Control, ...] = (
    Control("target", "choice", registry.TARGETS, shown=True),
    Control("coupling", "choice", registry.COUPLINGS, shown=True),
    Control("layers", "count", shown=True),
    Control("lr", "ladder", LEARNING_RATES, shown=True),
    Control("width", "ladder", WIDTHS),
    Control("depth", "count"),
    Control("batch", "ladder", BATCHES),
    Control("bins", "count", useful=lambda spec: spec.flow.coupling in registry.PIECES),
    Control("linear", "choice", registry.LINEARS),
    Control("base", "choice", registry.BASES),
    Control("actnorm", "switch"),
    Control("members", "count"),
    Control("seed", "number"),
)


def value_of(control: Control, spec: RunSpec) -> Any:
    """Return what ``control`` shows for ``spec``."""
    if control.name == "width":
        return max(spec.flow.hidden)
    if control.name == "depth":
        return len(spec.flow.hidden)
    return plain(spec)[control.name]


def apply(control: Control, spec: RunSpec, value: Any) -> RunSpec:
    """Return ``spec`` with ``control`` set to ``value``; raises SpecError."""
    if control.name == "width":
        return spec.with_(hidden=(value,) * len(spec.flow.hidden))
    if control.name == "depth":
        return spec.with_(hidden=(max(spec.flow.hidden),) * int(check_number("depth", value)))
    return spec.with_(**{control.name: value})


def key_of(lesson: str, name: str) -> str:
    """Return the key of a control's widget."""
    return f"{lesson}.{name}"


def adopt(lesson: str, spec: RunSpec) -> None:
    """Set every widget to what it shows for ``spec``; only before the widgets are drawn."""
    for control in CONTROLS:
        st.session_state[key_of(lesson, control.name)] = value_of(control, spec)


def row(lesson: str, spec: RunSpec, words: Words, disabled: bool, own: Sequence[str] = ()) -> None:
    """Draw the controls that stand above the stage; ``own`` data are targets too."""
    for control in CONTROLS:
        if control.shown:
            _draw(lesson, control, spec, words, disabled, own)


def more(lesson: str, spec: RunSpec, words: Words, disabled: bool) -> None:
    """Draw the button "More" with the other controls."""
    with st.popover(words("shell.more"), icon=":material/tune:", help=words("shell.more_help")):
        columns = st.columns(2)
        rest = [control for control in CONTROLS if not control.shown]
        for number, control in enumerate(rest):
            with columns[number % 2]:
                _draw(lesson, control, spec, words, disabled or not control.useful(spec))


def read(lesson: str, spec: RunSpec) -> tuple[RunSpec, list[str]]:
    """Return ``spec`` with what the widgets changed, and a sentence for each refused value.

    A refused widget goes back to what it showed; so this comes before the widgets are drawn.
    """
    refused = []
    for control in CONTROLS:
        key = key_of(lesson, control.name)
        value = st.session_state.get(key)
        if value is None or value == value_of(control, spec):
            continue
        try:
            spec = apply(control, spec, value)
        except SpecError as error:
            refused.append(str(error))
            st.session_state[key] = value_of(control, spec)
    return spec, refused


def _draw(
    lesson: str, control: Control, spec: RunSpec, words: Words, disabled: bool,
    own: Sequence[str] = (),
) -> None:  # fmt: skip
    """Draw one control; its value is in the session state under its key."""
    text = words.section(f"controls.{control.name}")
    label = text["label"]
    limit = LIMITS.get(FIELD_OF.get(control.name, control.name))
    table = control.options if isinstance(control.options, Mapping) else {}
    common: dict[str, Any] = {
        "help": text["help"],
        "key": key_of(lesson, control.name),
        "disabled": disabled,
        "persist_state": "session",
    }
    if control.kind == "choice":
        names = {key: words.name(f"{control.name}s", key, entry) for key, entry in table.items()}
        if control.name == "target":
            names |= {key: library.label_of(key) for key in own}
        st.selectbox(label, list(names), format_func=lambda key: names.get(key, key), **common)
    elif control.kind == "ladder":
        # A link may name a value between the steps: it becomes a step, so the slider tells no lie.
        steps = sorted({*control.options, value_of(control, spec)})
        st.select_slider(label, steps, format_func=lambda value: f"{value:g}", **common)
    elif control.kind == "switch":
        st.toggle(label, **common)
    elif limit is not None:
        draw = st.slider if control.kind == "count" else st.number_input
        draw(label, int(limit.low), int(limit.high), step=1, **common)
