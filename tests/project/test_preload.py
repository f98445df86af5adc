"""Pages name the modules they will need; everything named is there, and nothing else is marked."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route

from app import ROOT
from inn_core.runs.shield import policy
from inn_core.specs import RunSpec
from pages.shell.arrival import STATIC, Arrival
from pages.shell.pretrained import address_of, shows
from pages.shell.words import languages

LESSONS = [f.stem for f in (ROOT / "assets/stage/lessons").glob("*.js") if f.stem != "lesson"]
PAGES = {"/": "stage/stage.js"} | {f"/{name}": f"stage/lessons/{name}.js" for name in LESSONS}
SITE = Starlette(
    routes=[
        Route("/data.txt", lambda _: PlainTextResponse("")),
        *(Route(page, lambda _: HTMLResponse("")) for page in PAGES),
    ]
)


def get(path: str, **headers: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        through = httpx.ASGITransport(app=Arrival(SITE))
        async with httpx.AsyncClient(transport=through, base_url="http://lab") as client:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return await client.get(path, headers=named)

    return asyncio.run(ask())


def headers(path: str) -> httpx.Headers:
    return get(path).headers


def brought(answer: httpx.Response) -> dict[str, Any] | None:
    """What the page brings for its early stage."""
    found = re.search(r'id="pf-early">(.*?)</script>', answer.text)
    return json.loads(found[1]) if found else None


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_its_modules_and_they_exist(page: str) -> None:
    link = headers(page)["link"]
    named = re.findall(r"</((?:stage|pretrained)/[^>]+)>", link)
    assert PAGES[page] in named and len(link) < 8000
    assert [path for path in named if not (ROOT / "assets" / path).is_file()] == []


@pytest.mark.parametrize("page", PAGES)
def test_what_it_names_imports_nothing_else(page: str) -> None:
    named = set(re.findall(r"</(stage/[^>]+\.js)>", headers(page)["link"]))
    for path in named:
        source = (ROOT / "assets" / path).read_text(encoding="utf-8")
        for name in re.findall(r"from '([^']+)'", source):
            module = (ROOT / "assets" / path).parent / name
            assert module.resolve().relative_to(ROOT / "assets").as_posix() in named


def test_what_is_no_page_is_left_alone() -> None:
    assert "link" not in headers("/data.txt")


def test_the_first_lesson_brings_its_stage_before_streamlits_modules() -> None:
    page = get("/")
    data = brought(page)
    assert data is not None and data["words"] == languages()["en"]["stage"]
    assert (ROOT / "assets" / data["pretrained"]).is_file()
    assert shows(RunSpec()) and data["pretrained"] == address_of(RunSpec())
    scripts = re.findall(r'<script type="module"[^>]* src="([^"]+)"', page.text)
    assert scripts[0] == "./stage/early.js" and "static/js/index" in scripts[1]
    assert policy(page.text) == policy((STATIC / "index.html").read_text(encoding="utf-8"))


def test_its_words_are_those_of_the_link_or_the_browser() -> None:
    def lang(*args: str, **headers: str) -> Any:
        return (brought(get(*args, **headers)) or {}).get("lang")

    assert lang("/", accept_language="ja,en;q=0.5") == lang("/?lang=ja") == "ja"
    assert lang("/?lang=en", accept_language="ja") == lang("/?lang=klingon") == "en"


@pytest.mark.parametrize(
    "path",
    [
        "/?target=pinwheel",
        "/?run=x",
        "/?embed=true",
        "/?lang=ja&seed=3",
        "/?view=",
        "/universality",
    ],
)
def test_a_page_that_opens_otherwise_brings_none(path: str) -> None:
    assert brought(get(path)) is None
