"""Pages name the modules they will need; everything named is there, and nothing else is marked."""

from __future__ import annotations

import asyncio
import re

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route

from app import ROOT, Preload

LESSONS = [f.stem for f in (ROOT / "assets/stage/lessons").glob("*.js") if f.stem != "lesson"]
PAGES = {"/": "stage/stage.js"} | {f"/{name}": f"stage/lessons/{name}.js" for name in LESSONS}
SITE = Starlette(
    routes=[
        Route("/data.txt", lambda _: PlainTextResponse("")),
        *(Route(page, lambda _: HTMLResponse("")) for page in PAGES),
    ]
)


def headers(path: str) -> httpx.Headers:
    async def ask() -> httpx.Headers:
        through = httpx.ASGITransport(app=Preload(SITE))
        async with httpx.AsyncClient(transport=through, base_url="http://lab") as client:
            return (await client.get(path)).headers

    return asyncio.run(ask())


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
