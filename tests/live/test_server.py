"""The lab as a process: its routes, its sockets, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import struct
import time
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from inn_core.maps.codec import decode_frame
from inn_core.runs.store import Store
from tests.live.sockets import Watcher, live, new_run
from tests.live.support import SMALL, Lab, lab, until


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with lab(tmp_path_factory.mktemp("lab"), workers=1, backfill_s=0, idle_s=1) as running:
        yield running.wait_workers()


def test_a_socket_that_never_speaks_gets_everything_it_needs(server: Lab) -> None:
    viewer, owner = new_run(server)
    with Watcher(server, viewer) as watcher:
        hello = watcher.hear()
        assert isinstance(hello, dict)
        assert hello["type"] == "run" and hello["run"] == viewer and hello["role"] == "viewer"
        assert hello["spec"] == SMALL.to_json() and hello["target"]["name"] == "moons"
        assert len(hello["data"]) > 1000 and isinstance(hello["history"], list)
        assert owner not in json.dumps(hello)
        frames = watcher.wait_frames(5)
        seqs = [decode_frame(frame)[1]["seq"] for frame in frames]
        assert seqs == sorted(set(seqs))
        assert 0 <= time.time() - struct.unpack_from("<d", frames[-1])[0] < 5


def test_a_run_whose_own_data_have_gone_says_so(server: Lab) -> None:
    viewer, _ = new_run(server, SMALL.with_(target="own-0123456789abcdef"))
    with Watcher(server, viewer) as watcher:
        assert "bring them again" in watcher.wait("gone")["message"]


def test_the_owner_steers_and_a_viewer_cannot(server: Lab) -> None:
    viewer, owner = new_run(server)
    with Watcher(server, viewer, owner) as master, Watcher(server, viewer) as pupil:
        master.wait("role", role="owner")
        master.wait_frames(2)
        for command in ("pause", "play", "step", "stop", "check", "continue", "delete"):
            pupil.say(command)
            assert "Only the owner" in pupil.wait("error")["message"]
        pupil.say("set", lr=1.0)
        pupil.wait("error")
        pupil.say("hello", owner=owner[:-1] + ("a" if owner[-1] != "a" else "b"))
        assert "may watch" in pupil.wait("error")["message"]
        master.say("pause")
        assert master.wait("status", status="paused")["paused"]
        assert pupil.wait("status", status="paused")
        master.say("speed", value=5)
        assert master.wait("status", speed=5.0)
        master.say("play")
        pupil.wait("status", status="training")
        master.say("stop")
        pupil.wait("status", status="stopped")
        assert decode_frame(master.wait_frames(1)[0])[1]["status"] == "stopped" or master.frames


def test_a_backfill_is_as_many_frames_as_it_says(server: Lab) -> None:
    viewer, owner = new_run(server)
    with Watcher(server, viewer, owner) as watcher:
        watcher.wait_frames(8)
        watcher.say("stop")
        watcher.wait("status", status="stopped")
        watcher.say("backfill")
        promised = watcher.wait("backfill")["frames"]
        seqs = [decode_frame(frame)[1]["seq"] for frame in watcher.wait_frames(promised)]
        assert promised >= 8 and seqs == sorted(set(seqs)) and seqs[0] == 0
        with pytest.raises(TimeoutError):
            watcher.socket.recv(timeout=0.5)


@pytest.mark.parametrize("token", ["a" * 26, "x", "..", "..%5C", "a" * 3000, "%00"])
def test_an_unknown_link_gets_a_sentence_and_a_close(server: Lab, token: str) -> None:
    with live(server, token) as socket:
        message = json.loads(socket.recv(timeout=10))
        assert message["type"] == "gone" and message["message"].endswith(".")
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=10)
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 4404


def test_a_token_with_a_path_in_it_meets_no_route(server: Lab) -> None:
    with pytest.raises(InvalidStatus), live(server, "..%2F..%2Fetc%2Fpasswd"):
        pass


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "file://"])
def test_a_foreign_page_gets_no_socket(server: Lab, origin: str) -> None:
    viewer, _ = new_run(server)
    with pytest.raises(InvalidStatus) as refused, live(server, viewer, origin=origin):
        pass
    assert refused.value.response.status_code == 403


NO_JSON = ("", "{", "[" * 9000, "\ud7ff", b"bytes")
NO_MESSAGE = ("[]", "7", "null", "{}", '{"type": 7}')
NO_SENSE = (
    '{"type": "explode"}',
    '{"type": "speed", "value": "fast"}',
    '{"type": "set", "lr": 1e999}',
    '{"type": "set", "lr": {"a": []}}',
)


@pytest.mark.parametrize("message", [*NO_JSON, *NO_MESSAGE, *NO_SENSE])
def test_nonsense_gets_a_sentence_and_the_socket_lives(server: Lab, message: str | bytes) -> None:
    viewer, owner = new_run(server)
    with Watcher(server, viewer, owner) as watcher:
        watcher.wait("role")
        watcher.socket.send(message)
        assert watcher.wait("error")["message"].endswith(".")
        watcher.say("pause")
        watcher.wait("status", status="paused")


def test_a_large_message_closes_the_socket(server: Lab) -> None:
    viewer, _ = new_run(server)
    with Watcher(server, viewer) as watcher, pytest.raises(ConnectionClosed) as closed:
        watcher.socket.send(" " * 20_000)
        watcher.wait("never")
    assert "16384 bytes" in watcher.texts[-1]["message"]
    assert closed.value.rcvd is not None and closed.value.rcvd.code == 1009


def test_a_flood_of_messages_closes_the_socket(server: Lab) -> None:
    viewer, _ = new_run(server)
    with Watcher(server, viewer) as watcher, pytest.raises(ConnectionClosed) as closed:
        for _ in range(500):
            watcher.say("hello", owner=None)
        watcher.wait("never")
    assert closed.value.rcvd is not None and closed.value.rcvd.code == 1008


def test_a_socket_that_never_reads_costs_the_others_nothing(server: Lab) -> None:
    viewer, _ = new_run(server)
    with live(server, viewer, close_timeout=0.5) as deaf, Watcher(server, viewer) as watcher:
        watcher.wait_frames(3)
        start = time.monotonic()
        watcher.wait_frames(15)
        assert time.monotonic() - start < 15
        assert deaf.recv(timeout=5)


def test_files_are_revalidated(server: Lab) -> None:
    for path in ("/stage/codec.js", "/stage/stage.js"):
        body, headers = server.get(path)
        assert headers["Cache-Control"] == "no-cache" and headers["ETag"]
        assert "javascript" in headers["Content-Type"] and b"export" in body
    with pytest.raises(urllib.error.HTTPError) as missing:
        server.get("/stage/../../app.py")
    with missing.value:
        assert missing.value.code in (400, 404)


def test_health_names_no_run(server: Lab) -> None:
    viewer, owner = new_run(server)
    with Watcher(server, viewer, owner) as watcher:
        watcher.wait_frames(1)
        body, headers = server.get("/health")
        report = json.loads(body)
        assert report["status"] == "ok" and report["workers"] == 1
        assert report["sockets"] >= 1 and report["runs"]["training"] >= 1
        assert viewer not in body.decode() and headers["Cache-Control"] == "no-store"


def survivors(family: list[psutil.Process]) -> list[psutil.Process]:
    """Who of a family still runs (a zombie does not)."""
    alive = [p for p in family if p.is_running()]
    return [p for p in alive if p.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.parametrize("kind", ["subprocess", "local"])
def test_kill_9_of_the_web_process_leaves_no_process(kind: str, tmp_path: Path) -> None:
    with lab(tmp_path, workers=1, cluster=kind) as server:
        server.wait_workers()
        viewer, _ = new_run(server)
        with Watcher(server, viewer) as watcher:
            watcher.wait_frames(3)
            family = server.family()
            assert len(family) >= (4 if kind == "subprocess" else 2)
            server.process.kill()
            server.process.wait()
        until(lambda: not survivors(family), f"{survivors(family)} to end", 15)


def test_kill_9_of_the_scheduler_loses_no_run(server: Lab) -> None:
    viewer, _ = new_run(server)
    with Watcher(server, viewer) as watcher:
        frames = watcher.wait_frames(20)
        seq = decode_frame(frames[-1])[1]["seq"]
        time.sleep(2.5)
        scheduler = next(p for p in server.family() if "distributed.Scheduler" in str(p.cmdline()))
        scheduler.kill()
        epoch = decode_frame(frames[-1])[1]["epoch"]
        until(lambda: decode_frame(watcher.wait_frames(1)[0])[1]["epoch"] > epoch, "a new epoch")
        assert decode_frame(watcher.frames[0])[1]["seq"] > seq


def test_a_signal_ends_everything_in_good_order(tmp_path: Path) -> None:
    with lab(tmp_path, workers=1) as server:
        server.wait_workers()
        viewer, _ = new_run(server)
        with Watcher(server, viewer) as watcher:
            watcher.wait_frames(3)
            family = server.family()
            last = decode_frame(watcher.frames[-1])[1]["step"]
            # As Ctrl-C in a terminal does: everything in the process group gets it.
            os.killpg(server.process.pid, signal.SIGINT)
            server.process.wait(60)
        until(lambda: not survivors(family), "the others to end", 15)
    assert "Traceback" not in server.log.read_text(), server.log.read_text()[-3000:]
    folder = Store(tmp_path / "runs", 10**9).open(viewer)
    assert folder is not None and folder.status["step"] >= last
    assert "when it is open again" in folder.status["message"]
