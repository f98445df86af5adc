"""The store: thinning, torn files, full disks, eviction, reopening."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from inn_core.runs import files, tokens
from inn_core.runs.frames import DENSE, MOST, FrameLog, keeps
from inn_core.runs.history import History
from inn_core.runs.store import Store
from inn_core.specs import RunSpec


def numbers(seq: int, members: int = 1) -> dict[str, Any]:
    return {
        "seq": seq,
        "step": 3 * seq,
        "seconds": 0.05 * seq,
        "nll": 2.0 - seq / 1000,
        "train_nll": 2.5,
        "nlls": [2.0 - seq / 1000] * members,
    }


def test_an_hour_of_snapshots_stays_under_the_limit_and_is_geometric() -> None:
    last, kept = -1, []
    for seq in range(3600 * 20):
        if keeps(seq, last):
            last = seq
            kept.append(seq)
    assert len(kept) <= MOST
    assert kept[:DENSE] == list(range(DENSE))
    late = [b / a for a, b in zip(kept[DENSE:], kept[DENSE + 1 :], strict=False)]
    assert max(late) < 1.04 and min(late) > 1.02


def test_a_log_that_is_full_drops_every_second_frame(tmp_path: Path) -> None:
    log = FrameLog(tmp_path / "frames.bin")
    for seq in range(MOST + 150):
        log.append(seq, b"%d" % seq * 10)
        assert len(log.entries) <= MOST
    assert log.entries[0].seq == 0 and log.last == MOST + 149
    again = FrameLog(tmp_path / "frames.bin")
    assert again.entries == log.entries
    assert again.read_all(again.entries)[-1] == b"%d" % (MOST + 149) * 10


def test_a_torn_frame_is_dropped_and_the_log_goes_on(tmp_path: Path) -> None:
    log = FrameLog(tmp_path / "frames.bin")
    for seq in range(3):
        log.append(seq, bytes([seq]) * 100)
    os.truncate(log.path, log.end - 1)
    again = FrameLog(log.path)
    assert [entry.seq for entry in again.entries] == [0, 1]
    again.append(7, b"seven")
    assert FrameLog(log.path).read_all(FrameLog(log.path).entries)[-1] == b"seven"


def test_an_entry_that_was_thinned_out_reads_as_empty(tmp_path: Path) -> None:
    log = FrameLog(tmp_path / "frames.bin")
    for seq in range(MOST - 1):
        log.append(seq, b"%03d" % seq)
    held = log.entries
    log.append(MOST, b"last")  # halves
    frames = log.read_all(held)
    assert frames[0] == b"000" and b"" in frames
    assert all(
        frame in (b"", b"%03d" % entry.seq) for frame, entry in zip(frames, held, strict=True)
    )


def test_a_full_disk_leaves_the_log_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = FrameLog(tmp_path / "frames.bin")
    log.append(0, b"zero")
    opened = Path.open

    class Full:
        def __init__(self, file: Any) -> None:
            self.file = file

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None:
            self.file.close()

        def write(self, data: bytes) -> None:
            self.file.write(data[:5])
            self.file.flush()
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "open", lambda self, mode="r": Full(opened(self, mode)))
    with pytest.raises(OSError, match="No space"):
        log.append(1, b"one")
    monkeypatch.undo()
    assert [entry.seq for entry in FrameLog(log.path).entries] == [0]
    log.append(2, b"two")
    assert FrameLog(log.path).read_all(log.entries) == [b"zero", b"two"]


def test_history_survives_a_restart_and_a_rewind(tmp_path: Path) -> None:
    history = History(tmp_path / "history.bin", members=2)
    for seq in range(50):
        history.add(numbers(seq, 2))
    history.flush()
    history.rewind(40)
    history.add(numbers(40, 2) | {"nll": -1.0})
    history.flush()
    again = History(tmp_path / "history.bin", members=2)
    assert again.rows() == history.rows()
    assert len(again) == 41 and again.rows()[-1][3] == -1.0
    history.rewind(10)
    history.flush()
    assert len(History(tmp_path / "history.bin", members=2)) == 10


def test_history_is_thinned_for_a_browser_and_keeps_both_ends(tmp_path: Path) -> None:
    history = History(tmp_path / "history.bin", members=1)
    for seq in range(10_001):
        history.add(numbers(seq))
    rows = history.rows(most=500)
    assert len(rows) <= 502
    assert rows[0][:2] == [0, 0] and rows[-1][:2] == [10_000, 30_000]


def test_a_run_is_found_again_by_its_link_only(tmp_path: Path) -> None:
    store = Store(tmp_path, 10**9)
    spec = RunSpec(target="circles", seed=4)
    folder, owner = store.create(spec)
    folder.history.add(numbers(0))
    folder.record(0, b"frame", final=False)
    folder.save({"status": "training", "seq": 0})
    assert owner not in (folder.path / files.SPEC).read_text()
    again = Store(tmp_path, 10**9).open(folder.viewer)
    assert again is not None and again.spec == spec
    assert again.latest() == b"frame" and len(again.history) == 1
    assert tokens.matches(owner, again.owner_hash)
    for name in ("..", "../" + tmp_path.name, tokens.new_viewer(), owner, "", None):
        assert store.open(name) is None
    store.close()


@pytest.mark.parametrize("text", ["", "[]", "7", '{"spec": {"layers": 1}}', '{"spec": null}', "{"])
def test_a_damaged_run_is_no_run(tmp_path: Path, text: str) -> None:
    store = Store(tmp_path, 10**9)
    folder, _ = store.create(RunSpec())
    (folder.path / files.SPEC).write_text(text)
    assert store.open(folder.viewer) is None
    store.close()


def test_the_oldest_idle_runs_leave_first(tmp_path: Path) -> None:
    store = Store(tmp_path, 25_000)
    names = []
    for age in range(4):
        folder, _ = store.create(RunSpec())
        (folder.path / files.CHECKPOINT).write_bytes(bytes(10_000))
        os.utime(folder.path / files.SPEC, (1000 + age, 1000 + age))
        names.append(folder.viewer)
    (tmp_path / "not a run").mkdir()
    store.held.clear()  # as a minute later
    removed = store.evict(in_use={names[0]})
    assert removed == names[1:3]
    assert {p.name for p in tmp_path.iterdir()} == {names[0], names[3], "not a run"}
    store.close()


def test_trouble_with_the_disk_is_remembered_until_it_is_over(tmp_path: Path) -> None:
    store = Store(tmp_path, 10**9)

    def fail() -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    assert store.later(fail).result() is None
    assert "No space left" in store.trouble
    store.later(lambda: None).result()
    assert store.trouble == ""
    store.close()


def test_epochs_guard_a_folder(tmp_path: Path) -> None:
    assert files.read_epoch(tmp_path) == -1
    files.write_epoch(tmp_path, 3)
    assert files.read_epoch(tmp_path) == 3
    (tmp_path / files.EPOCH).write_text("x")
    assert files.read_epoch(tmp_path) == -1
