"""A RunSpec as the parameters of a web address, and back. Every value is checked by the specs.

Parameters bear the names of the specs' fields (``?target=moons&layers=4&hidden=64,64``) and only
what differs from the defaults is written. They are plain keys, not labels, so that a link made on a
Japanese page opens on an English one; this is why widgets are not bound to them one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from difflib import get_close_matches
from typing import Any

from inn_core.specs import FlowSpec, RunSpec, SpecError, TrainSpec, shown

RUN, SPEC, LANGUAGE = "run", "spec", "lang"


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
    given = {k: v for k, v in parameters.items() if k not in (RUN, LANGUAGE)}
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
