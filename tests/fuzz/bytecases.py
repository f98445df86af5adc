"""Nonsense for every door: JSON of any shape, and sound files with a few wrong bytes.

A door gets 100 cases, the same ones each time; PUSHFORWARD_FUZZ says how many new ones instead.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

CASES = int(os.environ.get("PUSHFORWARD_FUZZ", "0"))
FUZZ = settings(
    max_examples=CASES or 100,
    derandomize=not CASES,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

#: Numbers on the edges of what JSON and floats can say.
NUMBERS = st.one_of(
    st.integers(-(10**400), 10**400), st.integers(-2, 70), st.floats(),
    st.sampled_from([10**400, 0, -1, 1e308, 2**31, 2**53, float("nan"), float("inf"), True]),
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=30), st.sampled_from(["", "\0", "../..", "<b>", "__proto__"]))
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def near(values: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """An object with one to three of its fields, or of those within it, made nonsense."""

    def change(picks: list[tuple[int, Any, bool]]) -> dict[str, Any]:
        changed = dict(values)
        for place, value, drop in picks:
            inside, name = changed, sorted(changed)[place % len(changed)]
            if isinstance(changed[name], dict) and changed[name] and not drop:
                inside = changed[name] = dict(changed[name])
                name = sorted(inside)[place // 7 % len(inside)]
            inside[name] = value
        return changed

    return st.lists(
        st.tuples(st.integers(0, 999), JSON, st.booleans()), min_size=1, max_size=3
    ).map(change)


@st.composite
def damaged(draw: Callable[..., Any], data: bytes) -> bytes:
    """A sound file after one to five accidents: flipped, lost, doubled or foreign bytes."""
    found = bytearray(data)
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, max(0, len(found) - 1)))
        kind = draw(st.sampled_from(["flip", "cut", "lose", "double", "foreign"]))
        size = draw(st.integers(1, 64))
        if kind == "flip" and found:
            found[at] ^= draw(st.integers(1, 255))
        elif kind == "cut":
            del found[at:]
        elif kind == "lose":
            del found[at : at + size]
        elif kind == "double":
            found[at:at] = found[at : at + size]
        else:
            found[at:at] = draw(st.binary(max_size=16))
    return bytes(found)


def sentence(error: BaseException) -> str:
    """The text of a refusal, which is a short sentence."""
    text = str(error)
    assert text.endswith(".") and "Traceback" not in text and len(text) < 600, text
    return text
