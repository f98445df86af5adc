"""A lecture hall: the short form in ``make test``, a full one in ``make load``.

The short form asks what holds on any machine (everybody is served, nobody starves, nothing is left
behind); the full one also the figures of README's "In a lecture hall", which want two free cores.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

import psutil
import pytest

from inn_core.specs import RunSpec
from tests.live.sockets import Watcher, new_run
from tests.live.support import Lab, lab, until
from tests.load.hall import come_and_go, in_class, p95, watch
from tests.load.hall import run as play

FULL = pytest.mark.load


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with lab(tmp_path_factory.mktemp("hall"), workers=2, idle_s=3) as running:
        yield running.wait_workers()


def resting(server: Lab) -> None:
    """Wait until nobody trains and nobody watches."""

    def rests() -> bool:
        health = server.health() or {}
        return not health["sockets"] and not health["seats"]["taken"]

    until(rests, "an empty hall")


@pytest.mark.parametrize(
    ("sessions", "trainers", "seconds"), [(8, 4, 2.0), pytest.param(50, 20, 15.0, marks=FULL)]
)
def test_everybody_is_served_and_nobody_starves(
    server: Lab, sessions: int, trainers: int, seconds: float, request: pytest.FixtureRequest
) -> None:
    seen = play(in_class(server.url, sessions, trainers, seconds))
    print(
        f"\n{sessions} sessions: a page in {p95(seen.loads):.2f} s (95 %); {trainers} trained: "
        f"first update after {max(seen.firsts):.2f} s at most, shares "
        f"{min(seen.shares):.2f} to {max(seen.shares):.2f}"
    )
    assert not seen.errors
    if request.node.get_closest_marker("load"):
        assert p95(seen.loads) < 5.0 and max(seen.firsts) < 5.0
        assert min(seen.shares) > 0.8 and max(seen.shares) < 1.2
    else:
        assert min(seen.shares) > 0.3 and max(seen.shares) < 3.0


@pytest.mark.parametrize(("viewers", "seconds"), [(60, 3.0), pytest.param(500, 15.0, marks=FULL)])
def test_a_hall_watches_one_run(
    server: Lab, viewers: int, seconds: float, request: pytest.FixtureRequest
) -> None:
    run, owner = new_run(server, RunSpec())
    watched = play(watch(server.url, run, owner, viewers, seconds))
    memory = memory_of(server) / 1e6
    print(
        f"\n{viewers} viewers: {min(watched.rates):.1f} updates/s at the slowest, "
        f"{median(watched.rates):.1f} in the middle, {1e3 * p95(watched.late):.0f} ms late (95 %), "
        f"{watched.bytes_per_s / 1e6:.1f} MB/s; the owner keeps {watched.kept:.2f} of the steps; "
        f"the web process takes {memory:.0f} MB"
    )
    assert min(watched.rates) > 0.5
    assert memory < 400 and watched.bytes_per_s < 20e6
    if request.node.get_closest_marker("load"):
        assert min(watched.rates) >= 5.0 and p95(watched.late) <= 0.1 and watched.kept >= 0.85
    with Watcher(server, run, owner) as watcher:
        watcher.say("stop")


@pytest.mark.parametrize("times", [60, pytest.param(500, marks=FULL)])
def test_comings_and_goings_leave_nothing_behind(server: Lab, times: int) -> None:
    run, _ = new_run(server)
    play(come_and_go(server.url, run, 20))  # what is made once is made now
    resting(server)
    before, processes = memory_of(server), len(server.family())
    play(come_and_go(server.url, run, times))
    resting(server)
    assert len(server.family()) == processes
    grown = memory_of(server) - before
    print(f"\n{times} comings and goings: {grown / 1e6:.1f} MB more")
    assert grown < 50e6


def memory_of(server: Lab) -> int:
    return int(psutil.Process(server.process.pid).memory_info().rss)
