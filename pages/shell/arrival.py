"""What a browser gets on arrival, before Streamlit's page is there.

Every page names the stage's modules in its header, so that they load beside Streamlit's: without it
a browser finds them one import after the other, a second later. The first lesson, asked for without
any setting, brings its stage along as well (assets/stage/early.js): the flow moves while Streamlit
is still being fetched, and goes into its place on the page once that is drawn.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inn_core.specs import RunSpec
from pages.shell import links, pretrained, words
from pages.shell.lessons import LESSONS

STAGE = Path(__file__).resolve().parents[2] / "assets" / "stage"
STATIC = Path(st.__file__).parent / "static"
#: Parts of Streamlit's page that it fetches only when the first element of their kind arrives.
LATE_CHUNKS = ("BidiComponent", "Selectbox", "Slider", "ButtonGroup", "Button", "Popover", "Tabs")
#: What a module needs before it can run. What it fetches later, by import(), is left out, but for a
#: lesson's first file, which fetches its parts at once.
IMPORT = re.compile(r"^(?! \*).*\bfrom '(\.[^']+)'", re.MULTILINE)
FETCH = re.compile(r"\bimport\('(\.[^']+)'\)", re.MULTILINE)
#: What a lesson with a stage of its own shows first.
FIRST_NETS = {
    "inverse_problems": ("pretrained/kinematics.inn",),
    "latent_dimension": ("pretrained/latent-dimension.inn",),
    "prior_weight": ("pretrained/prior-weight.inn",),
    "universality": ("pretrained/twist-sweep.map",),
}
#: Before Streamlit's own modules; "async", since they would wait for it otherwise.
EARLY = """<script type="application/json" id="pf-early">{data}</script>
    <script type="module" async src="./stage/early.js"></script>
    """


def modules_of(entry: Path) -> list[str]:
    """Addresses of a module and of all that it imports at once, in the order in which it does."""
    found = {entry: None}
    _follow(entry, found, FETCH.findall(entry.read_text(encoding="utf-8")))
    return [f"/stage/{path.relative_to(STAGE).as_posix()}" for path in found]


def _follow(path: Path, found: dict[Path, None], more: Iterable[str] = ()) -> None:
    for name in [*more, *IMPORT.findall(path.read_text(encoding="utf-8"))]:
        module = (path.parent / name).resolve()
        if module not in found:
            found[module] = None
            _follow(module, found)


def named(modules: list[str], soon: str = "; fetchpriority=low") -> list[str]:
    """Entries of a Link header that let modules load, by default after Streamlit's own."""
    return [f"<{module}>; rel=modulepreload{soon}" for module in modules]


def fetched(paths: Iterable[str]) -> list[str]:
    """Entries for files that a stage fetches first."""
    return [f"</{path}>; rel=preload; as=fetch; crossorigin" for path in paths]


def links_of(entry: Path, files: Iterable[str], more: Iterable[str] = ()) -> str:
    """Return the Link header of a page whose stage begins with the module ``entry``."""
    return ", ".join([*named(modules_of(entry)), *more, *fetched(files)])


def first_run() -> str:
    """Return the address of the flow that the first lesson opens on."""
    address = pretrained.address_of(RunSpec())
    if address is None:
        raise FileNotFoundError("The flow that the first lesson opens on is not shipped.")
    return address


@cache
def first_page(lang: str) -> str:
    """Return the first lesson's page, its stage along with it, in a language."""
    lesson = LESSONS[0].name
    data: dict[str, Any] = {
        "id": lesson,
        "pretrained": first_run(),
        "words": words.Words(lang).section("stage"),
        "lang": lang,
        "lesson": lesson,
    }
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    return page.replace("<script type=", EARLY.format(data=text) + "<script type=", 1)


def bare(request: Request) -> str | None:
    """Return the language in which the first lesson is asked for, None where something else is."""
    if request.scope["path"] != "/" or request.method != "GET":
        return None
    asked = parse_qs(request.url.query, keep_blank_values=True)
    if set(asked) - {links.LANGUAGE}:
        return None
    browser = request.headers.get("accept-language", "").split(",")[0]
    return words.known(asked.get(links.LANGUAGE, [browser])[0]) or words.DEFAULT


class Arrival:
    """Sends the first lesson with its stage, and every page with the names of its modules."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        chunks = STATIC / "static" / "js"
        theirs = [f"/static/js/{f.name}" for n in LATE_CHUNKS for f in chunks.glob(f"{n}.*.js")]
        sheet = "</stage/stage.css>; rel=preload; as=style"
        late = [*named(theirs), sheet]
        self.link = links_of(STAGE / "stage.js", [first_run()], late)
        ours = named(["/stage/early.js", *modules_of(STAGE / "stage.js")], soon="")
        self.first = ", ".join([sheet, *fetched([first_run()]), *ours, *named(theirs)])
        # A lesson with a stage of its own needs its modules instead.
        self.lessons = {
            entry.stem: links_of(entry, FIRST_NETS.get(entry.stem, ()))
            for entry in (STAGE / "lessons").glob("*.js")
            if entry.stem != "lesson"
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer for the first lesson; pass the rest on and add ``Link`` to what is a page."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        lang = bare(Request(scope))
        if lang:
            headers = {"Link": self.first, "Cache-Control": "no-cache"}
            return await HTMLResponse(first_page(lang), headers=headers)(scope, receive, send)
        link = self.lessons.get(scope.get("path", "").strip("/"), self.link)

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                ours = "link" in headers  # the light page names its own
                if headers.get("content-type", "").startswith("text/html") and not ours:
                    headers.append("Link", link)
            await send(message)

        await self.app(scope, receive, marked)
