"""Rooms over real sockets: whose view counts, who hears of it, and the page that phones load."""

from __future__ import annotations

import gzip
import re
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from inn_core.maps.codec import decode_frame
from inn_core.problems.sweeps import SWEEPS
from inn_core.runs.store import Store
from inn_core.specs_inverse import InverseSpec
from tests.live.sockets import Watcher, new_run
from tests.live.support import Lab, lab


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with lab(tmp_path_factory.mktemp("lab"), workers=1, backfill_s=0) as running:
        yield running.wait_workers()


def test_everybody_sees_what_the_owner_shows_and_nobody_else_decides(server: Lab) -> None:
    viewer, owner = new_run(server)
    with Watcher(server, viewer, owner) as master, Watcher(server, viewer) as pupil:
        master.wait("role", role="owner")
        master.say("view", view={"depth": 1.5, "step": None})
        assert pupil.wait("view")["view"] == {"depth": 1.5}
        pupil.say("view", view={"depth": 0})
        assert "Only the owner" in pupil.wait("error")["message"]
        with Watcher(server, viewer) as late:
            assert late.wait("view")["view"] == {"depth": 1.5}
            for bad in ({"depth": float("nan")}, {"depth": "x"}, {"z": [0] * 999}, [1], None):
                master.say("view", view=bad)
                assert master.wait("error")["message"].endswith(".")
            master.say("view", view={"depth": 2})
            heard = [watcher.wait("view")["view"] for watcher in (pupil, late)]
            assert heard == [{"depth": 2}] * 2
            assert not [m for m in master.texts if m["type"] == "view"]
            master.socket.close()
            assert late.wait("view", view=None) and pupil.wait("view", view=None)
    with Watcher(server, viewer) as later:
        later.wait_frames(1)
        assert not [m for m in later.texts if m["type"] == "view"]


def test_a_page_that_watches_may_ask_for_few_stored_frames(server: Lab) -> None:
    viewer, owner = new_run(server)
    with Watcher(server, viewer, owner) as watcher:
        watcher.wait_frames(12)
        watcher.say("stop")
        watcher.wait("status", status="stopped")
        watcher.say("backfill", most=5)
        assert watcher.wait("backfill")["frames"] == 5
        watcher.wait_frames(5)
        for bad in (1, 0, 1e9, "all", True):
            watcher.say("backfill", most=bad)
            assert "whole number from 2 to 400" in watcher.wait("error")["message"]
        for bad in (-2, 0.5, "7", True):
            watcher.say("backfill", after=bad)
            assert "number of a picture" in watcher.wait("error")["message"]


def test_after_a_gap_only_what_was_missed_is_sent(server: Lab) -> None:
    viewer, owner = new_run(server)
    with Watcher(server, viewer, owner) as watcher:
        watcher.wait_frames(12)
        watcher.say("stop")
        watcher.wait("status", status="stopped")
        watcher.say("backfill", after=4)
        seqs = [
            decode_frame(one)[1]["seq"]
            for one in watcher.wait_frames(watcher.wait("backfill")["frames"])
        ]
        assert seqs[0] == 5 and seqs == sorted(set(seqs))


def test_the_light_page_is_small_and_its_files_are_kept(server: Lab) -> None:
    viewer, owner = new_run(server)
    body, headers = server.get(f"/watch/{viewer}?lang=ja&theme=dark")
    page = body.decode()
    assert 'lang="ja"' in page and '"theme":"dark"' in page and owner not in page
    assert len(gzip.compress(body)) < 16_000 and headers["Cache-Control"] == "no-cache"
    assert "http://" not in page and "https://" not in page  # nothing from elsewhere
    assert "_stcore" not in page and "/static/" not in headers["Link"]
    files = re.findall(r"<(/stage\.[^>]+)>", headers["Link"])
    assert any(name.endswith("/stage.js") for name in files)
    total = 0
    for name in files:
        asked = urllib.request.Request(server.url + name, headers={"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(asked, timeout=10) as answer:
            assert "immutable" in answer.headers["Cache-Control"]
            total += len(answer.read())
    assert total < 200_000
    _, old = server.get(re.sub(r"stage\.\w+", "stage.0123456789ab", files[0]))
    assert old["Cache-Control"] == "no-cache"
    for missing in ("/stage.0123456789ab/no.js", "/stage.x/../app.py"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            server.get(missing)
        refused.value.close()
        assert refused.value.code in (400, 404)


@pytest.mark.parametrize("token", ["a" * 26, "x", "%3Cscript%3E", "a" * 3000])
def test_an_unknown_link_gets_a_page_with_a_sentence(server: Lab, token: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        server.get(f"/watch/{token}?lang=%3Cb%3E&theme=%22")
    with refused.value as answer:
        page = answer.read().decode()
    assert answer.code == 404 and "no longer kept" in page
    assert "<script" not in page and "<b>" not in page


@pytest.mark.parametrize(
    ("spec", "lesson"),
    [
        (InverseSpec(), "inverse_problems"),
        (SWEEPS["prior-weight"], "prior_weight"),
        (SWEEPS["latent-dimension"], "latent_dimension"),
    ],
    ids=["arm", "prior", "latent"],
)
def test_each_kind_of_run_has_its_own_stage(server: Lab, spec: InverseSpec, lesson: str) -> None:
    store = Store(server.log.parent / "runs", 10**9)
    folder, _ = store.create(spec)
    folder.save({"status": "stopped"})
    store.close()
    body, _ = server.get(f"/watch/{folder.viewer}")
    assert f'"module":"lessons/{lesson}.js"' in body.decode()
