"""What an owner's stage may tell the others to show, and how often they hear of it."""

from __future__ import annotations

import asyncio
import json
from itertools import pairwise
from typing import Any

import pytest

from inn_core.runs import views
from inn_core.runs.live import spread
from inn_core.runs.run import LabError
from inn_core.runs.viewers import Audience, Mailbox

PROBE = {"room": "latent", "point": [0.5, -1], "pinned": True}
LOOP = {"room": "data", "step": 40, "depth": 1.5, "mode": "add", "loop": [0, 0, 1, 0, 1, 1]}
VIEW: dict[str, Any] = {
    "step": 1200, "depth": 3.25, "probe": PROBE,
    "zoom": {"latent": [0, 0, 1], "data": [0.1, 0, 2.5]},
    "layers": {"points": True, "grid": False, "density": True, "data": True},
    "ink": [{"room": "data", "point": [0.5, 0.25], "hue": 2}],
    "lasso": [LOOP],
}  # fmt: skip


def test_a_view_passes_and_nulls_are_left_out() -> None:
    assert views.checked(VIEW) == VIEW
    assert views.checked({"step": None, "depth": 0, "probe": None}) == {"depth": 0}
    arm = {"target": [1.7, 0.1], "z": [0.3], "chosen": 2}
    assert views.checked(arm) == arm


@pytest.mark.parametrize(
    "view",
    [
        None, [], "view", 7,
        {"depth": "deep"}, {"depth": True}, {"depth": -1}, {"depth": [1]}, {"depth": 10**400},
        {"step": float("nan")}, {"depth": float("inf")}, {"step": {}},
        {"probe": {"room": "kitchen", "point": [0, 0], "pinned": True}},
        {"probe": {"room": "data", "point": [0, float("nan")], "pinned": True}},
        {"probe": {"room": "data", "point": [0, 0, 0], "pinned": True}},
        {"probe": {"room": "data", "point": [0, 0]}}, {"probe": {**PROBE, "more": 1}},
        {"z": []}, {"z": [0.0] * 10_000}, {"z": ["0"]}, {"target": [1e9, 0]},
        {"layers": {"points": 1, "grid": 0, "density": 0, "data": 0}},
        {"ink": [{"room": "cellar", "point": [0, 0], "hue": 0}]}, {"ink": VIEW["ink"] * 4},
        {"ink": {}}, {"lasso": [LOOP] * 5}, {"lasso": [LOOP | {"loop": [0.0] * 65}]},
        {"lasso": [LOOP | {"mode": "all"}]}, {"lasso": ["loop"]},
        {"zoom": {"latent": [0, 0, 1]}}, {"evil": "x" * 9000}, {"__proto__": {}},
    ],
    ids=lambda view: repr(view)[:40],
)  # fmt: skip
def test_anything_else_is_refused_with_a_short_sentence(view: Any) -> None:
    with pytest.raises(LabError) as refused:
        views.checked(view)
    assert str(refused.value).endswith(".") and len(str(refused.value)) < 250


def test_the_largest_view_is_small() -> None:
    longest = -1234.567890123456
    probe = {"room": "latent", "point": [longest] * 2, "pinned": False}
    zoom = {"latent": [longest] * 3, "data": [longest] * 3}
    largest = VIEW | {"probe": probe, "zoom": zoom, "z": [longest] * 16, "target": [longest] * 2}
    assert len(json.dumps(views.checked(largest))) < 1400
    largest["lasso"] = [LOOP | {"loop": [-1234.5678] * 64}] * 4
    assert len(json.dumps(views.checked(largest))) < 5000


def test_viewers_hear_of_views_at_their_rate_and_of_the_last_one_always() -> None:
    async def play() -> tuple[list[Any], Mailbox]:
        audience = Audience(viewer_rate=50.0, crowd_rate=5.0, crowd=100)
        owner, viewer = Mailbox(), Mailbox()
        owner.owner = True
        audience.boxes |= {owner, viewer}
        heard = []
        for depth in range(20):
            audience.present({"depth": depth})
            if viewer._texts:
                heard += [m["view"] for m in (await viewer.take())[0]]
        heard += [m["view"] for m in (await asyncio.wait_for(viewer.take(), 5))[0]]
        return heard, owner

    heard, owner = asyncio.run(play())
    assert len(heard) <= 4 and heard[-1] == {"depth": 19}
    assert not owner._texts, "the owner knows what it shows"


def test_large_frames_and_many_viewers_share_what_the_hall_carries() -> None:
    audience = Audience(viewer_rate=10.0, crowd_rate=5.0, crowd=100, viewer_bytes=20e6)
    audience.boxes |= {Mailbox() for _ in range(50)}
    assert audience.rate_of(b"x" * 5000) == 10.0
    audience.boxes |= {Mailbox() for _ in range(450)}
    assert audience.rate_of(b"x" * 5000) == 5.0
    assert audience.rate_of(b"x" * 20_000) == pytest.approx(2.0)
    assert audience.rate_of(b"x" * 10_000_000) == 0.5


def test_a_short_backfill_is_spread_over_the_whole_run() -> None:
    entries = list(range(400))
    assert spread(entries, 400) == entries
    few = spread(entries, 60)
    assert len(few) == len(set(few)) == 60 and (few[0], few[-1]) == (0, 399)
    assert max(b - a for a, b in pairwise(few)) <= 7
    assert spread([], 2) == [] and spread([5], 2) == [5]
