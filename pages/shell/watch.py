"""The light page: a run to watch without a Streamlit session, so that a hall of phones fits.

A phone asks for one small page and the stage's modules, which it may keep for ever (their address
holds a digest of what they say), and opens one live socket.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from functools import cached_property
from hashlib import sha256
from html import escape
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from inn_core.kinds import AnySpec
from inn_core.maps import network
from inn_core.runs.run import RunInfo
from inn_core.runs.shelf import ASK, KEEP, Kept, Shelf, reply
from inn_core.specs_inverse import InverseSpec
from inn_core.specs_map import MapSpec
from pages.shell import diverging, fitting, planes
from pages.shell.arrival import STAGE, modules_of
from pages.shell.words import DEFAULT, Words, known

THEMES = ("light", "dark")
#: No script but the stage's own files, and nothing from anywhere else.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; worker-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)

_PAGE = """<!doctype html>
<html lang="{lang}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title} · Pushforward</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{stage}/watch.css">
<main>
<header><h1>{title}</h1><p>{sentence}</p></header>
<div id="stage"></div>
<footer><a href="{lab}">{open}</a></footer>
</main>
{script}</html>
"""
_SCRIPT = """<script type="application/json" id="what">{what}</script>
<script type="module" src="{stage}/watch.js"></script>
"""


class Stage:
    """The stage's files as they were at the start, under an address that names what they say."""

    @cached_property
    def files(self) -> dict[str, Kept]:
        """Path below the stage -> file."""
        shelf = Shelf(STAGE)
        places = sorted(path for path in STAGE.rglob("*") if path.suffix in (".js", ".css"))
        names = [path.relative_to(STAGE).as_posix() for path in places]
        return {name: file for name in names if (file := shelf.find(name))}

    @cached_property
    def digest(self) -> str:
        """Twelve digits that differ when any file does."""
        whole = sha256()
        for name, file in self.files.items():
            whole.update(name.encode() + b"\0" + file.body + b"\0")
        return whole.hexdigest()[:12]

    @property
    def address(self) -> str:
        """Where the files are, without a slash at the end; one folder deep, as /stage is."""
        return f"/stage.{self.digest}"

    async def answer(self, request: Request) -> Response:
        """Serve one file. An address of before an update gets today's file, not to be kept."""
        file = self.files.get(request.path_params["path"])
        return reply(file, request, KEEP if request.path_params["digest"] == self.digest else ASK)


def routes(describe: Callable[[str], Awaitable[RunInfo | None]]) -> list[Route]:
    """Return the routes ``/watch/{viewer token}`` and the stage's files for it."""
    stage = Stage()

    async def watch(request: Request) -> Response:
        words = words_for(request.query_params, request.headers.get("accept-language", ""))
        token = request.path_params["token"]
        info = await describe(token)
        if info is None:
            body = page(words, stage.address, words("shell.run_gone"), None, token)
            headers = {"Cache-Control": ASK, "Content-Security-Policy": POLICY}
            return HTMLResponse(body, status_code=404, headers=headers)
        what = contents(info, words) | theme_of(request.query_params)
        entry = STAGE / what["module"]
        preloads = [f"{stage.address}/watch.css>; rel=preload; as=style"] + [
            f"{path.replace('/stage', stage.address, 1)}>; rel=modulepreload"
            for path in modules_of(entry)
        ]
        headers = {
            "Cache-Control": ASK,
            "Content-Security-Policy": POLICY,
            "Link": ", ".join(f"<{preload}" for preload in preloads),
        }
        return HTMLResponse(page(words, stage.address, "", what, token), headers=headers)

    return [
        Route("/watch/{token}", watch),
        Route("/stage.{digest}/{path:path}", stage.answer),
    ]


def lesson_of(spec: AnySpec) -> str:
    """Return the lesson on whose stage a run is shown."""
    if isinstance(spec, MapSpec):
        return "universality"
    if diverging.scene_of(spec):
        return "divergences"
    if not isinstance(spec, InverseSpec):
        return "pushforward"
    if spec.members == 1:
        return "inverse_problems"
    swept = len(set(spec.latent)) > 1 or len(set(spec.loss)) > 1
    return "latent_dimension" if swept else "prior_weight"


def contents(info: RunInfo, words: Words) -> dict[str, Any]:
    """Return what the page hands to the stage: its module, and the data of ``mount``."""
    lesson = lesson_of(info.spec)
    data: dict[str, Any] = {"id": lesson, "run": info.viewer, "owner": None, "lang": words.lang}
    if isinstance(info.spec, MapSpec):
        return data | {
            "module": f"lessons/{lesson}.js",
            "words": words.section("fits.stage"),
            "options": {"fit": fitting.seen(words)},
        }
    if lesson == "divergences":
        scene = diverging.scene_of(info.spec)
        return data | {
            "module": f"lessons/{lesson}.js",
            "words": words.section("divergences.stage"),
            "options": {"scene": scene, "shown": scene, "live": scene},
        }
    if not isinstance(info.spec, InverseSpec):
        return data | {
            "module": "stage.js",
            "words": words.section("stage"),
            "options": {"player": True, "intro": False},
        }
    spoken = "inverse_problems.stage" if lesson == "inverse_problems" else "sweep.stage"
    return data | {
        "module": f"lessons/{lesson}.js",
        "words": words.section(spoken),
        "options": {"hello": network.hello(info.spec), "scenes": planes.scenes()},
    }


def page(words: Words, stage: str, trouble: str, what: dict[str, Any] | None, token: str) -> str:
    """Return the page as HTML; with ``trouble`` a sentence instead of a stage."""
    lesson = what["id"] if what else "pushforward"
    text = json.dumps(what or {}, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _PAGE.format(
        lang=words.lang,
        title=escape(words(f"{lesson}.title")),
        sentence=escape(trouble or words("shell.watch_light")),
        stage=stage,
        lab=escape(f"/{lesson}?run={token}&lang={words.lang}" if what else "/"),
        open=escape(words("shell.watch_open")),
        script=_SCRIPT.format(what=text.replace("<", "\\u003c"), stage=stage) if what else "",
    )


def words_for(query: Mapping[str, str], accepted: str) -> Words:
    """Return the words of ``?lang=``, else of the browser's first known language, else English."""
    asked = map(known, [query.get("lang", ""), *accepted.split(",")])
    return Words(next(filter(None, asked), DEFAULT))


def theme_of(query: Mapping[str, str]) -> dict[str, str]:
    """Return {"theme": …} if ``?theme=`` names one; else the reader's system decides."""
    theme = query.get("theme", "")
    return {"theme": theme} if theme in THEMES else {}
