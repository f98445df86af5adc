"""What a socket may be sent: any text, any object, any owner's order; and owner tokens."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from inn_core.runs import live, orders, tokens
from inn_core.runs.run import LabError
from inn_core.specs import SpecError
from tests.fuzz.bytecases import FUZZ, JSON, NUMBERS, TEXTS, sentence
from tests.fuzz.fakesockets import OWNER, VIEWER, read

KINDS = st.sampled_from([*orders.ACTIONS, "hello", "backfill", "view"]) | TEXTS
NAMES = st.sampled_from(["owner", "most", "view", "value", "lr", "batch", "clip"]) | TEXTS
VALUES = st.one_of(NUMBERS, st.none(), JSON, st.just(VIEWER), st.just(OWNER[:-1]))


MESSAGES = st.one_of(
    st.builds(
        lambda kind, more: {**more, "type": kind}, KINDS, st.dictionaries(NAMES, VALUES, max_size=4)
    ),
    JSON,
).map(json.dumps)
EVENTS = st.one_of(
    st.one_of(MESSAGES, TEXTS).map(lambda text: {"type": "websocket.receive", "text": text}),
    st.binary(max_size=40).map(lambda data: {"type": "websocket.receive", "bytes": data}),
)


@given(st.lists(EVENTS, max_size=8))
@FUZZ
def test_a_strangers_messages_move_nothing(events: list[dict[str, Any]]) -> None:
    hub, run, _ = read(events)
    assert hub.obeyed == 0 and run.shown == []


@given(st.lists(EVENTS, max_size=8))
@FUZZ
def test_an_owners_messages_are_obeyed_or_answered(events: list[dict[str, Any]]) -> None:
    _, run, _ = read(events, owner=OWNER)
    assert all(len(view) < 1000 for view in run.shown)


def test_an_owners_good_order_does_come_through() -> None:
    event = {"type": "websocket.receive", "text": '{"type": "set", "lr": 0.001}'}
    assert read([event], owner=OWNER)[0].obeyed == 1


@given(st.one_of(TEXTS, st.text(), MESSAGES))
@example("[" * 16_000)
@example("9" * 16_000)
@FUZZ
def test_a_text_is_a_message_or_a_sentence(text: str) -> None:
    try:
        assert isinstance(live.parse(text)["type"], str)
    except LabError as error:
        sentence(error)


@given(KINDS, st.dictionaries(NAMES, VALUES, max_size=4))
@example("set", {"lr": 10**400})
@FUZZ
def test_an_order_is_checked_or_refused(action: str, values: dict[str, Any]) -> None:
    try:
        json.dumps(orders.checked(action, values), allow_nan=False)
    except (LabError, SpecError) as error:
        sentence(error)


GUESSES = st.one_of(
    JSON, st.text("abcdefghijklmnopqrstuvwxyz234567./\\%\n", min_size=20, max_size=60),
    st.integers(0, 52).map(lambda n: OWNER[:n]), st.integers(0, 52).map(lambda n: OWNER[n:] + "a"),
    st.tuples(st.integers(0, 52), st.sampled_from("a7Z1./\0é")).map(
        lambda change: OWNER[: change[0]] + change[1] + OWNER[change[0] + 1 :]
    ),
)  # fmt: skip


@given(GUESSES)
@FUZZ
def test_no_guess_opens_a_run(guess: Any) -> None:
    assert guess == OWNER or not tokens.matches(guess, tokens.hashed(OWNER))
    assert not tokens.is_viewer(guess) or (guess.isalnum() and len(guess) == 26)
