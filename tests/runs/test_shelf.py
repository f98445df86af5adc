"""The shelf gives every file as it is now, whole and rightly named, and nothing from outside."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from inn_core.runs.shelf import ASK, KEEP, Shelf, Shelves

CODE = "export const words = 'läuft';\n" * 200
BYTES = bytes(range(256)) * 8


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of files beside one that nobody may read."""
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    inside = tmp_path / "stage"
    (inside / "deep").mkdir(parents=True)
    (inside / "deep" / "a.js").write_text(CODE, encoding="utf-8")
    (inside / "small.css").write_text("p {}", encoding="utf-8")
    (inside / "flow.run").write_bytes(BYTES)
    return inside


def ask(folder: Path, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    site = Starlette(routes=[Route("/{path:path}", lambda _: PlainTextResponse("the page"))])
    app = Shelves(site, {"/stage/": Shelf(folder), "/kept/": Shelf(folder, KEEP)})

    async def go() -> httpx.Response:
        through = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=through, base_url="http://lab") as client:
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            return await client.request(method, path, headers={"accept-encoding": "", **names})

    return asyncio.run(go())


def test_files_come_whole_and_compressed_where_that_pays(folder: Path) -> None:
    plain = ask(folder, "/stage/deep/a.js")
    assert (plain.text, plain.headers["content-type"]) == (CODE, "text/javascript; charset=utf-8")
    assert "content-encoding" not in plain.headers
    packed = ask(folder, "/stage/deep/a.js", accept_encoding="br, gzip")
    assert packed.headers["content-encoding"] == "gzip" and packed.text == CODE
    assert int(packed.headers["content-length"]) < len(CODE.encode()) / 10
    assert packed.headers["vary"] == "Accept-Encoding"
    for path, content in {"small.css": b"p {}", "flow.run": BYTES}.items():
        found = ask(folder, f"/stage/{path}", accept_encoding="gzip")
        assert found.content == content and "content-encoding" not in found.headers


def test_a_browser_that_has_the_file_gets_nothing_until_it_changes(folder: Path) -> None:
    site = {"/stage/": Shelf(folder)}
    first = ask(folder, "/stage/small.css")
    assert first.headers["cache-control"] == ASK
    assert ask(folder, "/kept/small.css").headers["cache-control"] == KEEP
    again = ask(folder, "/stage/small.css", if_none_match=first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    shelf = site["/stage/"]
    before = shelf.find("small.css")
    assert before is not None and shelf.find("small.css") is before  # read once
    (folder / "small.css").write_text("b {}", encoding="utf-8")  # of the same length
    os.utime(folder / "small.css", ns=(1, 1))
    after = shelf.find("small.css")
    assert after is not None and after.body == b"b {}" and after.tag != before.tag


@pytest.mark.parametrize(
    "path",
    ["../secret.txt", "%2e%2e/secret.txt", "deep/../../secret.txt", "deep", "", "no.js", "a%00b"],
)
def test_what_is_outside_or_no_file_is_not_found(folder: Path, path: str) -> None:
    found = ask(folder, f"/stage/{path}")
    assert "secret" not in found.text
    assert found.status_code == 404 or found.text == "the page"  # the client took the dots out


def test_a_link_out_of_the_folder_leads_nowhere(folder: Path) -> None:
    (folder / "way.txt").symlink_to(folder.parent / "secret.txt")
    assert ask(folder, "/stage/way.txt").status_code == 404


def test_only_reading_is_allowed_and_other_addresses_pass(folder: Path) -> None:
    assert ask(folder, "/stage/small.css", "POST").status_code == 405
    head = ask(folder, "/stage/small.css", "HEAD")
    assert (head.status_code, head.headers["content-length"]) == (200, "4")
    assert ask(folder, "/stages/small.css").text == "the page"
