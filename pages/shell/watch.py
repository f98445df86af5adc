"""The light page: a run to watch without a Streamlit session, so that a hall of phones fits.

A phone asks for one small page and the stage's modules, which it may keep for ever (their address
holds a digest of what they say), and opens one live socket.
"""

from __future__ import annotations

import gzip
import json
import mimetypes
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from inn_core.kinds import AnySpec
from inn_core.maps import network
from inn_core.runs.run import RunInfo
from inn_core.specs_inverse import InverseSpec
from inn_core.specs_map import MapSpec
from pages.shell import diverging, fitting, planes
from pages.shell.words import DEFAULT, Words, languages

STAGE = Path(__file__).resolve().parents[2] / "assets" / "stage"
THEMES = ("light", "dark")
FOREVER, ASK = "public, max-age=31536000, immutable", "no-cache"
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


@dataclass(frozen=True)
class Kept:
    """A file of the stage in memory, plain and compressed."""

    content: bytes
    packed: bytes
    kind: str


class Stage:
    """The stage's files as they were at the start, under an address that names what they say."""

    @cached_property
    def files(self) -> dict[str, Kept]:
        """Path below the stage -> file."""
        found = {}
        for path in sorted(STAGE.rglob("*")):
            if path.suffix in (".js", ".css"):
                content = path.read_bytes()
                kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
                packed = gzip.compress(content, mtime=0)
                found[path.relative_to(STAGE).as_posix()] = Kept(content, packed, kind)
        return found

    @cached_property
    def digest(self) -> str:
        """Twelve digits that differ when any file does."""
        whole = sha256()
        for name, file in self.files.items():
            whole.update(name.encode() + b"\0" + file.content + b"\0")
        return whole.hexdigest()[:12]

    @property
    def address(self) -> str:
        """Where the files are, without a slash at the end; one folder deep, as /stage is."""
        return f"/stage.{self.digest}"

    async def answer(self, request: Request) -> Response:
        """Serve one file. An address of before an update gets today's file, not to be kept."""
        file = self.files.get(request.path_params["path"])
        if file is None:
            return Response(status_code=404)
        current = request.path_params["digest"] == self.digest
        headers = {"Cache-Control": FOREVER if current else ASK, "Vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(file.packed, headers=headers, media_type=file.kind)
        return Response(file.content, headers=headers, media_type=file.kind)


def routes(
    describe: Callable[[str], Awaitable[RunInfo | None]], modules_of: Callable[[Path], list[str]]
) -> list[Route]:
    """Return the routes ``/watch/{viewer token}`` and the stage's files for it.

    modules_of : a module's file -> addresses below /stage of all that it imports
    """
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
    asked = [query.get("lang", ""), *(part.split(";")[0] for part in accepted.split(","))]
    codes = (code.strip().split("-")[0].lower() for code in asked)
    return Words(next((code for code in codes if code in languages()), DEFAULT))


def theme_of(query: Mapping[str, str]) -> dict[str, str]:
    """Return {"theme": …} if ``?theme=`` names one; else the reader's system decides."""
    theme = query.get("theme", "")
    return {"theme": theme} if theme in THEMES else {}
