"""A RunSpec as the parameters of a web address, and back. Every value is checked by the specs.

Parameters bear the names of the specs' fields (``?target=moons&layers=4&hidden=64,64``) and only
what differs from the defaults is written. They are plain keys, not labels, so that a link made on a
Japanese page opens on an English one; this is why widgets are not bound to them one by one.

A run's link carries its spec and seed beside its token, so that it can be trained again when the
run is gone. What the reader looks at is one token, ``view=1.…``: the stage writes it into the
address bar without asking the server (assets/stage/address.js), and Python only hands it on.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from difflib import get_close_matches
from typing import Any

import streamlit as st

from inn_core.specs import FlowSpec, RunSpec, SpecError, TrainSpec, shown
from pages.shell.words import Words

RUN, SPEC, LANGUAGE, VIEW, SEED = "run", "spec", "lang", "view", "seed"
#: Format of view tokens: the same number as in assets/stage/viewtoken.js.
VIEW_VERSION = 1
#: Characters of a view: a drawing of four layers takes 2,500.
VIEW_LENGTH = 6000
#: Names of parameters in one sentence.
MOST_NAMED = 6
_TOKEN = re.compile(r"(\d{1,4})\.([A-Za-z0-9_-]+)")

#: Fields of the run itself; all others are its flow's and its training's.
OWN = ("target", "loss", "seed", "members", "start")


def plain(spec: RunSpec) -> dict[str, Any]:
    """Return every field of ``spec`` by its own name, those of flow and training among them."""
    nested = {name: getattr(spec, name) for name in OWN}
    for part in (spec.flow, spec.training):
        nested |= {field.name: getattr(part, field.name) for field in fields(part)}
    return nested


DEFAULTS = plain(RunSpec())


def write(spec: RunSpec) -> dict[str, str]:
    """Return the parameters that :func:`read` turns into ``spec`` again."""
    return {k: _text(v) for k, v in plain(spec).items() if v != DEFAULTS[k]}


def read(parameters: Mapping[str, str]) -> tuple[RunSpec, list[str]]:
    """Return the spec that a link names, and a sentence for each part of it that was refused.

    ``spec`` is a whole spec as one token; single fields change it. A refused part keeps its
    default, so that a damaged link still opens a working page.
    """
    spec, refused = RunSpec(), []
    given = {k: v for k, v in parameters.items() if k not in (RUN, LANGUAGE, VIEW)}
    if SPEC in given:
        try:
            spec = RunSpec.from_token(given.pop(SPEC))
        except SpecError as error:
            refused.append(str(error))
    for name, text in given.items():
        try:
            spec = spec.with_(**{name: _value(name, text)})
        except SpecError as error:
            refused.append(str(error))
    return spec, refused


def carried(spec: RunSpec) -> dict[str, str]:
    """Return what a run's link says of its spec; the seed always, as the sign that it is all."""
    return write(spec) | {SEED: str(spec.seed)}


def view_of(parameters: Mapping[str, str]) -> tuple[str | None, str]:
    """Return the view's token that a link holds, or None and a sentence that says what is wrong.

    Only its form is judged; what it says is the stage's to take or to leave.
    """
    token = parameters.get(VIEW)
    if not token:
        return None, ""
    rest = "the page opens at its usual view."
    if len(token) > VIEW_LENGTH:
        return None, (
            f"The link's view has {len(token):,} characters, {VIEW_LENGTH:,} at most; {rest}"
        )
    parts = _TOKEN.fullmatch(token)
    if parts and int(parts[1]) != VIEW_VERSION:
        return None, (
            f"The link's view is of format {int(parts[1])}, this page reads {VIEW_VERSION}; {rest}"
        )
    try:
        body = parts[2] if parts else ""
        view = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        view = None
    if not isinstance(view, dict):
        return None, f"The link's view {shown(token)} cannot be read; copy it whole, or {rest}"
    return token, ""


def unread(asked: Mapping[str, Sequence[str]], known: Iterable[str] | None) -> list[str]:
    """Return sentences on parameters that come more than once or, beside ``known``, for nothing."""
    sentences = []
    strange = [] if known is None else sorted({*asked} - {*known, LANGUAGE, VIEW})
    for name, values in asked.items():
        if len(values) > 1 and name not in strange:
            sentences.append(
                f"The link sets {shown(name)} {len(values)} times; the last, {shown(values[-1])}, "
                "counts."
            )
    if strange:
        names = ", ".join(shown(name) for name in strange[:MOST_NAMED])
        more = " and more" if len(strange) > MOST_NAMED else ""
        reads = f"a link to it may set {', '.join(known)}." if known else "it opens as usual."
        sentences.append(f"The link sets {names}{more}, which this lesson does not read; {reads}")
    return sentences


def put(wanted: dict[str, str], words: Words) -> None:
    """Let the address bar say ``wanted`` and the language; the stage's view in it stays.

    Streamlit sends the server the parameters that it knows of itself, so the view may be missing
    or old here; where anything else changes it goes, and the stage writes it again.
    """
    if LANGUAGE in st.query_params or words.lang != "en":
        wanted = wanted | {LANGUAGE: words.lang}
    here = st.query_params.to_dict()
    here.pop(VIEW, None)
    twice = any(len(st.query_params.get_all(name)) > 1 for name in here)
    if here != wanted or twice:
        st.query_params.from_dict(wanted)


def changes(old: RunSpec, new: RunSpec) -> set[str]:
    """Return the names of the fields in which two specs differ."""
    before, after = plain(old), plain(new)
    return {name for name in after if after[name] != before[name]}


#: Fields that a running training takes over at once; any other change needs a new run.
LIVE_FIELDS = frozenset(f.name for f in fields(TrainSpec)) - {"seconds", "steps"}
FLOW_FIELDS = frozenset(f.name for f in fields(FlowSpec))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _value(name: str, text: str) -> Any:
    """Return ``text`` as the type of the field ``name``; the specs judge what cannot be read."""
    if name not in DEFAULTS:
        near = get_close_matches(name, DEFAULTS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(DEFAULTS)}."
        raise SpecError(f"The link sets {shown(name)}, which is no setting here; {hint}")
    default = DEFAULTS[name]
    if isinstance(default, bool):
        return {"true": True, "1": True, "false": False, "0": False}.get(text.lower(), text)
    if isinstance(default, tuple):
        return tuple(_number(part.strip()) for part in text.split(","))
    return text if isinstance(default, str) else _number(text)


def _number(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
