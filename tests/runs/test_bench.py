"""The bench of a worker, with a trainer that only counts: turns, orders, epochs, files."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from inn_core.maps.codec import decode_frame
from inn_core.runs import files
from inn_core.runs.bench import Bench
from inn_core.runs.desk import LIVELY_S, Desk, Order
from inn_core.specs import RunSpec
from tests.runs.counting import CountingTrainer, Log


@pytest.fixture(autouse=True)
def counting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inn_core.training.loop.Trainer", CountingTrainer)


@pytest.fixture
def sent() -> Log:
    return Log()


@pytest.fixture
def bench(sent: Log) -> Iterator[Bench]:
    bench = Bench(sent.append)
    yield bench
    for run, epoch in bench.epochs().items():
        bench.control(run, epoch, "drop", {})


@pytest.fixture
def order(tmp_path: Path) -> Callable[..., Order]:
    def make(run: str = "a", epoch: int = 1, **changes: Any) -> Order:
        folder = tmp_path / run
        folder.mkdir(exist_ok=True)
        files.write_epoch(folder, epoch)
        values: dict[str, Any] = {"slice_s": 0.01, "checkpoint_s": 0.1} | changes
        return Order(run, "topic", RunSpec().to_json(), str(folder), epoch, **values)

    return make


def test_the_first_snapshot_comes_before_the_first_step(
    bench: Bench, sent: Log, order: Callable[..., Order]
) -> None:
    bench.start(order())
    sent.wait(lambda: len(sent.metas("a")) > 3)
    metas = sent.metas("a")
    assert metas[0]["step"] == 0 and metas[0]["status"] == "training"
    assert [m["seq"] for m in metas] == list(range(len(metas)))
    when, header, _ = decode_frame(sent[0]["frame"])
    assert abs(time.time() - when) < 10 and header["epoch"] == 1


def test_runs_share_the_thread_equally(
    bench: Bench, sent: Log, order: Callable[..., Order]
) -> None:
    runs = "abcdef"
    bench.start(order("a"))
    sent.wait(lambda: sent.metas("a")[-1:] and sent.metas("a")[-1]["step"] > 100)
    for run in runs[1:]:
        bench.start(order(run))
    sent.wait(lambda: all(sent.metas(run) for run in runs))
    before = {run: sent.metas(run)[-1]["step"] for run in runs}

    def done() -> list[int]:
        return [sent.metas(run)[-1]["step"] - before[run] for run in runs]

    # Sixty turns each: a turn that a busy machine held up counts as the longer one it was.
    sent.wait(lambda: max(done()) > 600)
    assert min(done()) > 0.6 * max(done()), done()


def test_pause_step_play(bench: Bench, sent: Log, order: Callable[..., Order]) -> None:
    bench.start(order())
    sent.wait(lambda: len(sent.metas("a")) > 2)
    assert bench.control("a", 1, "pause", {})
    sent.wait(lambda: sent.metas("a")[-1]["status"] == "paused")
    stood = sent.metas("a")[-1]["step"]
    time.sleep(0.1)
    assert sent.metas("a")[-1]["step"] == stood
    bench.control("a", 1, "step", {})
    sent.wait(lambda: sent.metas("a")[-1]["step"] == stood + 1)
    assert sent.metas("a")[-1]["status"] == "paused"
    bench.control("a", 1, "play", {})
    sent.wait(lambda: sent.metas("a")[-1]["step"] > stood + 20)


def test_speed_is_steps_per_second(bench: Bench, sent: Log, order: Callable[..., Order]) -> None:
    bench.start(order(speed=20.0))
    sent.wait(lambda: len(sent.metas("a")) > 1)
    first, start = sent.metas("a")[-1]["step"], time.monotonic()
    time.sleep(1.5)
    rate = (sent.metas("a")[-1]["step"] - first) / (time.monotonic() - start)
    assert 15 < rate < 25
    bench.control("a", 1, "speed", {"value": None})
    sent.wait(lambda: sent.metas("a")[-1]["step"] > first + 400)


def test_a_slow_run_takes_no_time_from_others(
    bench: Bench, sent: Log, order: Callable[..., Order]
) -> None:
    bench.start(order("slow", speed=1.0))
    bench.start(order("fast"))
    sent.wait(lambda: sent.metas("fast") and sent.metas("slow"))
    first = sent.metas("slow")[-1]["step"]
    sent.wait(lambda: sent.metas("fast")[-1]["step"] > 400)
    # A step a second: had the fast run waited for it, it would have taken 400 seconds.
    assert sent.metas("slow")[-1]["step"] - first < 40


def test_a_budget_ends_a_run_with_everything_on_disk(
    bench: Bench, sent: Log, order: Callable[..., Order], tmp_path: Path
) -> None:
    bench.start(order(budget_s=0.2))
    sent.wait(lambda: sent.metas("a") and sent[-1].get("final"))
    assert sent.metas("a")[-1]["status"] == "done"
    assert {files.CHECKPOINT, files.WEIGHTS} <= {p.name for p in (tmp_path / "a").iterdir()}
    sent.wait(lambda: bench.epochs() == {})
    steps = sent.metas("a")[-1]["step"]
    bench.start(order(epoch=2, budget_s=0.4))
    sent.wait(lambda: sent[-1]["epoch"] == 2 and sent[-1]["final"])
    assert sent.metas("a")[-1]["step"] > steps + 150


def test_snapshots_come_at_their_rate_and_checkpoints_in_time(
    bench: Bench, sent: Log, order: Callable[..., Order], tmp_path: Path
) -> None:
    bench.start(order(rate=20.0))
    sent.wait(lambda: len(sent.metas("a")) > 4)
    first, ages = len(sent.metas("a")), []
    for _ in range(10):
        time.sleep(0.1)
        ages.append(time.time() - (tmp_path / "a" / files.CHECKPOINT).stat().st_mtime)
    assert 14 <= len(sent.metas("a")) - first <= 22
    assert max(ages) < 0.3


def test_costly_snapshots_become_rare(order: Callable[..., Order]) -> None:
    desk = Desk(order(), lambda message: None)
    pauses = dict.fromkeys((0.0005, 0.004, 0.02, 0.2), 0.0)
    for cost in pauses:
        desk.cost = cost
        pauses[cost] = desk.pause(share=1)
    assert pauses[0.0005] == 0.05, "the rate asked for"
    assert pauses[0.004] == pytest.approx(0.004 / 0.05), "a twentieth of the time"
    assert pauses[0.02] == pytest.approx(LIVELY_S) and LIVELY_S <= 0.1, "still lively"
    assert pauses[0.2] == pytest.approx(0.2 / 0.3), "but never most of the time"


def test_an_older_epoch_writes_nothing(
    bench: Bench, sent: Log, order: Callable[..., Order], tmp_path: Path
) -> None:
    bench.start(order())
    sent.wait(lambda: (tmp_path / "a" / files.CHECKPOINT).exists())
    files.write_epoch(tmp_path / "a", 2)
    saved = (tmp_path / "a" / files.CHECKPOINT).read_bytes()
    time.sleep(0.05)
    saved = (tmp_path / "a" / files.CHECKPOINT).read_bytes()
    sent.wait(lambda: bench.epochs() == {})
    assert (tmp_path / "a" / files.CHECKPOINT).read_bytes() == saved
    assert not bench.control("a", 1, "play", {})


def test_a_newer_epoch_takes_over_from_the_checkpoint(
    bench: Bench, sent: Log, order: Callable[..., Order], tmp_path: Path
) -> None:
    bench.start(order())
    sent.wait(lambda: (tmp_path / "a" / files.CHECKPOINT).exists())
    bench.start(order(epoch=5))
    sent.wait(lambda: sent[-1]["epoch"] == 5)
    first = next(m for m in list(sent) if m["epoch"] == 5)["meta"]
    assert first["step"] > 0
    time.sleep(0.1)
    epochs = [m["epoch"] for m in list(sent)]
    assert epochs == sorted(epochs), "the older epoch spoke after the newer"
    older = order(epoch=3)
    files.write_epoch(tmp_path / "a", 5)
    bench.start(older)
    time.sleep(0.1)
    assert bench.epochs() == {"a": 5}


def test_one_run_that_fails_ends_alone(
    bench: Bench, sent: Log, order: Callable[..., Order]
) -> None:
    bench.start(order("good"))
    bench.start(order("bad"))
    sent.wait(lambda: sent.metas("good") and sent.metas("bad"))
    bench.control("bad", 1, "set", {"lr": 13.0})
    sent.wait(lambda: any("failed" in m for m in sent.of("bad")))
    assert "thirteen" in sent.of("bad")[-1]["failed"]
    step = sent.metas("good")[-1]["step"]
    sent.wait(lambda: sent.metas("good")[-1]["step"] > step + 50)


def test_a_refused_setting_is_told_and_the_run_goes_on(
    bench: Bench, sent: Log, order: Callable[..., Order]
) -> None:
    bench.start(order())
    bench.control("a", 1, "set", {"lr": 666.0})
    sent.wait(lambda: any("error" in m for m in list(sent)))
    step = sent.metas("a")[-1]["step"]
    sent.wait(lambda: sent.metas("a")[-1]["step"] > step + 20)


def test_a_full_disk_is_told_and_stops_nothing(
    bench: Bench, sent: Log, order: Callable[..., Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: CountingTrainer, path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(CountingTrainer, "save", full)
    bench.start(order())
    sent.wait(lambda: sent.metas("a") and "No space left" in sent.metas("a")[-1]["message"])
    monkeypatch.undo()
    monkeypatch.setattr("inn_core.training.loop.Trainer", CountingTrainer)
    sent.wait(lambda: sent.metas("a")[-1]["message"] == "")


def test_parking_leaves_a_checkpoint_at_the_last_step(
    bench: Bench, sent: Log, order: Callable[..., Order], tmp_path: Path
) -> None:
    bench.start(order())
    sent.wait(lambda: len(sent.metas("a")) > 2)
    bench.control("a", 1, "park", {})
    sent.wait(lambda: sent[-1].get("final"))
    last = sent.metas("a")[-1]
    assert last["status"] == "paused"
    assert json.loads((tmp_path / "a" / files.CHECKPOINT).read_text())["step"] == last["step"]


def test_a_bench_that_hears_nothing_parks_its_runs(
    bench: Bench, sent: Log, order: Callable[..., Order]
) -> None:
    bench.lease.seconds = 0.3
    bench.start(order())
    for _ in range(5):
        time.sleep(0.1)
        assert bench.roll() == {"a": 1}
    sent.wait(lambda: sent[-1].get("final"))
    assert sent.metas("a")[-1]["status"] == "paused"
    assert bench.epochs() == {}
