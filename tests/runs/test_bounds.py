"""What a run, a session and the whole store may take; a hub without workers is enough."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from inn_core.export.request import ExportError, FilmRequest
from inn_core.kinds import AnySpec
from inn_core.runs import live, size, store
from inn_core.runs.hub import Hub
from inn_core.runs.run import LabError
from inn_core.runs.settings import Settings
from inn_core.runs.store import Store
from inn_core.runs.viewers import Mailbox
from inn_core.specs import RunSpec
from inn_core.specs_inverse import InverseSpec
from tests.fuzz.fakesockets import FakeHub, FakeRun

SMALL = RunSpec().with_(layers=2, hidden=(8,), batch=16)
EATERS = {
    "members": RunSpec().with_(members=20, layers=32, hidden=(256,) * 4, batch=4096),
    "batch": RunSpec().with_(batch=4096, hidden=(256, 256, 256), layers=16),
    "layers": RunSpec().with_(members=3, layers=32, hidden=(230, 230), batch=1700),
    "hidden": RunSpec().with_(hidden=(256,) * 4, members=4, batch=1024),
}


def within(tmp_path: Path, play: Callable[[Hub], Awaitable[Any]], **settings: Any) -> Any:
    """Let ``play`` use a hub that has no workers: its runs wait in the queue."""

    async def all_of_it() -> Any:
        hub = Hub(Settings(store=tmp_path, **settings))
        try:
            return await play(hub)
        finally:
            hub.store.close()

    return asyncio.run(all_of_it())


@pytest.mark.parametrize("lower", EATERS)
def test_a_spec_that_eats_memory_or_hours_is_told_what_to_lower(tmp_path: Path, lower: str) -> None:
    async def play(hub: Hub) -> None:
        with pytest.raises(LabError, match=f"too large.* at most. Lower {lower} .*else "):
            await hub.start(EATERS[lower])
        assert not hub.runs and not list(tmp_path.glob("?" * 26)), "nothing is left of it"

    within(tmp_path, play)


def test_what_the_lessons_train_is_far_below_the_bounds() -> None:
    usual: list[AnySpec] = [
        RunSpec().with_(layers=16, hidden=(128, 128), batch=1024, coupling="spline"),
        RunSpec().with_(members=8, hidden=(128, 128)),
        InverseSpec(members=10, latent=tuple(range(1, 11))),
    ]
    for spec in usual:
        size.check(spec, Settings())


def test_many_bins_are_memory() -> None:
    settings = Settings(step_bytes=1e8)
    few = RunSpec().with_(coupling="spline", bins=8, batch=2048)
    size.check(few, settings)
    with pytest.raises(LabError, match="GB of memory"):
        size.check(few.with_(bins=32), settings)


def test_a_batch_set_while_training_is_bounded_too(tmp_path: Path) -> None:
    spec = RunSpec().with_(hidden=(256, 256), layers=32, batch=64)

    async def play(hub: Hub) -> None:
        owner = (await hub.start(spec)).owner
        await hub.control(owner, "set", {"batch": 128})
        with pytest.raises(LabError, match="Lower batch"):
            await hub.control(owner, "set", {"batch": 4096})

    within(tmp_path, play)


def test_a_session_trains_one_run_also_by_going_on_with_old_ones(tmp_path: Path) -> None:
    async def play(hub: Hub) -> None:
        first, second = [await hub.start(SMALL, session="tab") for _ in range(2)]
        other = await hub.start(SMALL, session="another tab")

        def waiting() -> set[str]:
            return set(hub.seats.admission.queue)

        assert waiting() == {second.viewer, other.viewer}
        await hub.control(first.owner, "continue", {})
        assert waiting() == {first.viewer, other.viewer}
        await hub.control(second.owner, "continue", {})
        assert waiting() == {second.viewer, other.viewer}

    within(tmp_path, play)


def test_the_queue_is_bounded_and_a_refused_run_leaves_nothing(tmp_path: Path) -> None:
    async def play(hub: Hub) -> None:
        for _ in range(3):
            await hub.start(SMALL)
        with pytest.raises(LabError, match="Too many runs"):
            await hub.start(SMALL)
        await hub.wait(lambda: None)
        assert len(list(tmp_path.glob("?" * 26))) == 3

    within(tmp_path, play, queue=2, runs_per_worker=1)


def test_a_file_larger_than_the_setting_is_refused_before_it_is_read(tmp_path: Path) -> None:
    async def play(hub: Hub) -> None:
        with pytest.raises(LabError, match=r"0\.2 MB; this lab takes 0\.1 at most"):
            await hub.adopt(b"PFRUN1\n\0" + bytes(200_000))

    within(tmp_path, play, upload_bytes=100_000)


PICKLE = b"cos\nsystem\n(S'touch pickled'\ntR."


@pytest.mark.parametrize(
    "data",
    [PICKLE, b"\x80\x04" + PICKLE, b"PFRUN1\n\0\x1e\0\0\0" + PICKLE, b"PK\x03\x04" + PICKLE,
     bytes([30, 0, 0, 0, 0, 0, 0, 0]) + b"{" + PICKLE * 2],
    ids=["plain", "framed", "run", "zip", "weights"],
)  # fmt: skip
def test_a_pickle_is_no_run_and_no_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    async def play(hub: Hub) -> None:
        with pytest.raises(LabError, match=r"\.$"):
            await hub.adopt(data)

    monkeypatch.chdir(tmp_path)
    within(tmp_path / "store", play)
    assert not (tmp_path / "pickled").exists()


def test_a_socket_that_takes_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    class Deaf:
        async def send(self, message: Any) -> None:
            await asyncio.Event().wait()

    async def play() -> None:
        box = Mailbox()
        box.offer(b"frame")
        socket = live.Socket(FakeHub(), FakeRun(), box, Deaf())  # type: ignore[arg-type]
        writing = asyncio.create_task(socket.write())
        await asyncio.wait([writing], timeout=10)
        assert writing.done() and isinstance(writing.exception(), TimeoutError)

    monkeypatch.setattr(live, "STUCK_S", 0.01)
    asyncio.run(play())


def aged(place: Store, runs: int) -> list[str]:
    """So many runs, the oldest first, none of them opened of late."""
    names = []
    for age in range(runs):
        folder, _ = place.create(SMALL)
        (folder.path / "frames.bin").write_bytes(bytes(1000))
        for path in folder.path.iterdir():
            os.utime(path, (1e9 + age, 1e9 + age))
        names.append(folder.viewer)
    place.held.clear()
    return names


def test_more_runs_than_the_store_may_have_leave_oldest_first(tmp_path: Path) -> None:
    place = Store(tmp_path, 10**9, most=3)
    names = aged(place, 6)
    assert place.evict({names[0], names[2]}) == [names[1], names[3], names[4]]
    assert place.evict(names) == [] == place.evict(())
    place.close()


def test_no_run_in_use_leaves_however_full_the_store_is(tmp_path: Path) -> None:
    """Watched ones are in the hub's hands; one that is being opened or read for a file is held."""

    async def play(hub: Hub) -> None:
        names = aged(hub.store, 5)
        hub.store.limit = 1
        assert await hub.attach(names[1], Mailbox()) is not None
        assert await hub.find(names[2]) is not None
        opened = hub.store.later(hub.store.open, names[3])  # asked for, not yet handed over
        hub.evict()
        await hub.wait(lambda: None)
        assert opened.result() is not None
        assert {name for name in names if (tmp_path / name).exists()} == set(names[1:4])

    within(tmp_path, play)


def test_what_was_opened_a_minute_ago_is_held_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Store(tmp_path, 1)
    name = aged(place, 1)[0]
    place.open(name)
    assert place.evict(()) == []
    monkeypatch.setattr(store, "HELD_S", -1.0)
    assert place.evict(()) == [name]
    place.close()


def test_old_films_leave_before_any_run_and_one_in_the_making_never(tmp_path: Path) -> None:
    place = Store(tmp_path, 12_000)
    aged(place, 2)
    place.films.mkdir()
    for age, name in enumerate(["old.mp4", "making.run", "new.mp4"]):
        (place.films / name).write_bytes(bytes(8000))
        os.utime(place.films / name, (1e9 + age, 1e9 + age))
    assert place.evict((), {"making"}) == []
    assert [path.name for path in place.films.iterdir()] == ["making.run"]
    place.close()


def test_a_film_of_hours_is_refused() -> None:
    FilmRequest(width=1920, height=1080, seconds=120, fps=30)
    with pytest.raises(ExportError, match="lower its size, its length or fps"):
        FilmRequest(width=3840, height=2160, seconds=120, fps=60)


def test_a_large_run_that_lies_in_the_store_is_shown_and_not_trained(tmp_path: Path) -> None:
    async def play(hub: Hub) -> None:
        folder, owner = hub.store.create(EATERS["batch"])
        folder.save({"status": "queued"})
        assert await hub.attach(folder.viewer, Mailbox()) is not None
        assert not hub.seats.admission.queue
        for action in ("continue", "play", "step"):
            with pytest.raises(LabError, match="Lower batch"):
                await hub.control(owner, action, {})
        assert not hub.seats.admission.queue

    within(tmp_path, play)
