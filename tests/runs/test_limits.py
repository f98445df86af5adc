"""Settings, tokens, admission, pace: the pure parts of the live path."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import pytest

from inn_core.runs import tokens
from inn_core.runs.admission import Admission, expected_wait
from inn_core.runs.settings import PARSERS, Settings, SettingsError
from inn_core.runs.viewers import Audience, Backfill, Mailbox, Pace


def test_every_setting_has_a_parser_that_accepts_its_default() -> None:
    defaults = Settings()
    assert set(PARSERS) == set(defaults.__dataclass_fields__)
    for name, parser in PARSERS.items():
        value = getattr(defaults, name)
        if value not in (None, ()):
            assert parser.parse(str(value)) == value, name


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        ("WORKERS", "0", "between 1 and 256"),
        ("WORKERS", "two", "whole number"),
        ("WORKERS", "2.5", "whole number"),
        ("VIEWER_RATE", "nan", "a number between"),
        ("CLUSTER", "ray", "auto, subprocess, local"),
        ("SCHEDULER", "tcp://10.0.0.7:8786", "tls://"),
        ("SCHEDULER", "tcp://127.0.0.1", "with a port"),
        ("SCHEDULER", "http://127.0.0.1:1", "tls://"),
        ("URL", "javascript:alert(1)", "https://"),
        ("ORIGINS", "https://a.example, evil", "separated by commas"),
    ],
)
def test_a_bad_setting_is_a_sentence_that_names_it(name: str, text: str, word: str) -> None:
    with pytest.raises(SettingsError, match=f"PUSHFORWARD_{name} is .*must be") as caught:
        Settings.from_environment({f"PUSHFORWARD_{name}": text})
    assert word in str(caught.value)


def test_settings_come_from_the_environment() -> None:
    settings = Settings.from_environment(
        {
            "PUSHFORWARD_WORKERS": "3",
            "PUSHFORWARD_SCHEDULER": "tls://lab.example:8786",
            "PUSHFORWARD_ORIGINS": "https://a.example/, http://b.example:81",
            "PUSHFORWARD_URL": " ",
        }
    )
    assert settings.workers == 3
    assert settings.scheduler == "tls://lab.example:8786"
    assert settings.origins == ("https://a.example", "http://b.example:81")
    assert settings.url is None


def test_an_owner_token_opens_its_own_run_only() -> None:
    viewer, other = tokens.new_viewer(), tokens.new_viewer()
    owner = tokens.new_owner(viewer)
    assert tokens.viewer_of(owner) == viewer != other
    assert tokens.matches(owner, tokens.hashed(owner))
    assert not tokens.matches(tokens.new_owner(viewer), tokens.hashed(owner))
    assert not tokens.matches(viewer, tokens.hashed(viewer))
    assert owner not in tokens.hashed(owner)


STRANGE = ("", "..", "../../etc/passwd", None, 7, b"a" * 26, ["a" * 26])
NEARLY = ("a" * 25, "a" * 27, "A" * 26, "a" * 25 + "/", "a" * 26 + "\n", "a" * 25 + "1")


@pytest.mark.parametrize("token", [*STRANGE, *NEARLY])
def test_only_our_own_tokens_become_paths(token: object) -> None:
    assert not tokens.is_viewer(token)
    assert tokens.viewer_of(token) is None


def test_runs_are_spread_and_the_rest_wait_in_order() -> None:
    admission = Admission(per_worker=2, longest_queue=10)
    for run in "abcdef":
        assert admission.enqueue(run)
    seated = dict(admission.seat({"w1", "w2"}))
    assert list(seated) == list("abcd")
    assert sorted(seated.values()) == ["w1", "w1", "w2", "w2"]
    assert [admission.place(run) for run in "aef"] == [None, 1, 2]
    assert admission.seat({"w1", "w2"}) == []
    worker = admission.leave("b")
    assert admission.seat({"w1", "w2"}) == [("e", worker)]
    admission.leave("c")
    admission.enqueue("c", first=True)
    assert admission.place("c") == 1 and admission.place("f") == 2


def test_the_queue_ends_somewhere() -> None:
    admission = Admission(per_worker=1, longest_queue=2)
    assert [admission.enqueue(str(i)) for i in range(4)] == [True, True, True, False]
    assert admission.enqueue("resumed", first=True), "a run that lost its worker is never refused"


def test_expected_wait_is_the_time_to_the_nth_free_seat() -> None:
    assert expected_wait(1, []) is None
    assert expected_wait(1, [30.0, 10.0]) == 10.0
    assert expected_wait(2, [30.0, 10.0]) == 30.0
    assert expected_wait(3, [30.0, 10.0]) == 40.0


@pytest.mark.parametrize("arriving", [4.0, 9.0, 11.0, 20.0, 37.0])
def test_pace_neither_exceeds_its_rate_nor_halves_it(arriving: float) -> None:
    pace, seconds = Pace(), 30
    jitter = itertools.cycle([0.0, 0.003, -0.002, 0.004, -0.003])
    times = (i / arriving + next(jitter) for i in range(int(arriving * seconds)))
    passed = sum(pace.allows(t, 10.0) for t in times)
    assert passed <= 10 * seconds + 2
    assert passed >= 0.8 * min(10.0, arriving) * seconds


def test_newest_wins_and_the_last_frame_always_arrives() -> None:
    async def play() -> tuple[list[bytes], list[bytes]]:
        audience = Audience(viewer_rate=50.0, crowd_rate=5.0, crowd=100)
        owner, viewer = Mailbox(), Mailbox()
        owner.owner = True
        audience.boxes |= {owner, viewer}
        got: tuple[list[bytes], list[bytes]] = ([], [])
        for i in range(10):
            audience.publish(b"%d" % i)
            for box, frames in zip((owner, viewer), got, strict=True):
                if box.frame:
                    frames.append((await box.take())[2] or b"")
        await asyncio.sleep(0.1)  # two periods of silence
        got[1].append((await asyncio.wait_for(viewer.take(), 1))[2] or b"")
        return got

    owner_frames, viewer_frames = asyncio.run(play())
    assert owner_frames == [b"%d" % i for i in range(10)]
    assert len(viewer_frames) <= 3 and viewer_frames[-1] == b"9"


def test_a_mailbox_holds_one_frame_and_one_message_of_each_type() -> None:
    async def play() -> tuple[list[dict[str, Any]], Backfill | None, bytes | None]:
        box = Mailbox()
        for i in range(1000):
            box.offer(b"%d" % i)
            box.tell({"type": "status", "n": i})
            box.tell({"type": "error", "n": i})
        return await box.take()

    texts, _, frame = asyncio.run(play())
    assert frame == b"999"
    assert texts == [{"type": "status", "n": 999}, {"type": "error", "n": 999}]


def test_a_crowd_gets_the_slower_rate() -> None:
    audience = Audience(viewer_rate=10.0, crowd_rate=5.0, crowd=3)
    audience.boxes |= {Mailbox() for _ in range(3)}
    assert audience.rate == 10.0
    audience.boxes.add(Mailbox())
    assert audience.rate == 5.0
