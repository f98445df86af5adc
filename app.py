"""The front door: ``streamlit run app.py`` serves pages, live sockets and static files.

Training processes start in the background: the first page does not wait for them. They are started
here and never from a page, whose script would run again in every child process.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import pkgutil
import re
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import pages.shell
from inn_core.runs import client, door, health, journal, live
from inn_core.runs.hub import Hub
from inn_core.runs.run import RunInfo
from inn_core.runs.settings import Settings
from inn_core.runs.shield import Shield
from pages.shell import share, watch
from pages.shell.lessons import LESSONS

ROOT = Path(__file__).resolve().parent
#: Seconds between two garbage collections. Streamlit's own, after every rerun, is switched off in
#: .streamlit/config.toml: it takes 30 ms and more, during which no frame goes out.
COLLECT_S = 20.0
#: Parts of Streamlit's page that it fetches only when the first element of their kind arrives.
LATE_CHUNKS = ("BidiComponent", "Selectbox", "Slider", "ButtonGroup", "Button", "Popover", "Tabs")
STAGE = ROOT / "assets" / "stage"
STATIC = Path(st.__file__).parent / "static"
#: What a module needs before it can run. What it fetches later, by import(), is left out, but for a
#: lesson's first file, which fetches its parts at once.
IMPORT = re.compile(r"^(?! \*).*\bfrom '(\.[^']+)'", re.MULTILINE)
FETCH = re.compile(r"\bimport\('(\.[^']+)'\)", re.MULTILINE)
#: What the first page shows.
FIRST_RUN = "pretrained/moons-affine.run"
FIRST_NETS = {
    "inverse_problems": ("pretrained/kinematics.inn",),
    "latent_dimension": ("pretrained/latent-dimension.inn",),
    "prior_weight": ("pretrained/prior-weight.inn",),
    "universality": ("pretrained/twist-sweep.map",),
}


class Assets(StaticFiles):
    """Files that a browser may keep but must ask about: an update shows at the next reload."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer as StaticFiles does, with "no-cache", which means "revalidate"."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response


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


def named(modules: list[str]) -> list[str]:
    """Entries of a Link header that let modules load soon, but after Streamlit's own."""
    return [f"<{module}>; rel=modulepreload; fetchpriority=low" for module in modules]


def fetched(lesson: str) -> list[str]:
    """Entries for the networks that a lesson shows first."""
    return [f"</{path}>; rel=preload; as=fetch; crossorigin" for path in FIRST_NETS.get(lesson, ())]


class Preload:
    """Names the stage's modules in the header of every page, so that they load beside Streamlit's.

    Without it a browser finds them one import after the other, after Streamlit has drawn the page:
    measured, a second later.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        chunks = STATIC / "static" / "js"
        theirs = [f"/static/js/{f.name}" for n in LATE_CHUNKS for f in chunks.glob(f"{n}.*.js")]
        links = named([*modules_of(STAGE / "stage.js"), *theirs])
        links.append("</stage/stage.css>; rel=preload; as=style")
        links.append(f"</{FIRST_RUN}>; rel=preload; as=fetch; crossorigin")
        self.link = ", ".join(links)
        # A lesson with a stage of its own needs its modules instead.
        self.lessons = {
            entry.stem: ", ".join([*named(modules_of(entry)), *fetched(entry.stem)])
            for entry in (STAGE / "lessons").glob("*.js")
            if entry.stem != "lesson"
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; add ``Link`` to what is a page."""
        link = self.lessons.get(scope.get("path", "").strip("/"), self.link)

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                ours = "link" in headers  # the light page names its own
                if headers.get("content-type", "").startswith("text/html") and not ours:
                    headers.append("Link", link)
            await send(message)

        await self.app(scope, receive, marked if scope["type"] == "http" else send)


class House:
    """What lives as long as the server: the hub."""

    hub: Hub


house = House()


def warm() -> None:
    """Import what pages import: the first reader would wait a second for it."""
    for module in pkgutil.iter_modules(pages.shell.__path__, "pages.shell."):
        importlib.import_module(module.name)


async def collect() -> None:
    """Collect garbage now and then; what the imports left is exempt."""
    await asyncio.to_thread(warm)
    gc.collect()
    gc.freeze()
    while True:
        await asyncio.sleep(COLLECT_S)
        gc.collect()


@contextlib.asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Open the lab, start its workers beside the serving, and close it all at the end."""
    journal.install()
    house.hub = hub = Hub(Settings.from_environment())
    journal.note("lab_opened", workers=hub.settings.workers)
    client.install(client.HubLab(hub, asyncio.get_running_loop()))
    tasks = [asyncio.create_task(hub.serve()), asyncio.create_task(collect())]
    try:
        yield {}
    finally:
        journal.note("lab_closed", runs=len(hub.runs))
        client.install(client.OfflineLab())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def report(request: Request) -> JSONResponse:
    """Answer /health."""
    return JSONResponse(health.report(house.hub), headers={"Cache-Control": "no-store"})


async def describe(viewer: str) -> RunInfo | None:
    """What the light page shows of a run."""
    return await house.hub.describe(viewer)


async def draw_qr(request: Request) -> Response:
    """Answer /share/qr.svg?link=…: the code that "Share" shows."""
    asked, headers = request.query_params.get("link", ""), request.headers
    status, body = share.answer_qr(asked, headers.get("host", ""), headers.get("referer", ""))
    kind = "image/svg+xml" if status == 200 else "text/plain; charset=utf-8"
    return Response(body, status, media_type=kind, headers={"Cache-Control": "no-store"})


async def go_home(request: Request) -> RedirectResponse:
    """Send who asks for the first lesson by its name to where it is; to Streamlit it is no page."""
    query = request.url.query
    return RedirectResponse(f"./?{query}" if query else "./")


app = st.App(
    ROOT / "pages" / "router.py",
    lifespan=lifespan,
    middleware=[
        Middleware(
            Shield,
            page=STATIC / "index.html",
            session_bytes=lambda: house.hub.settings.session_bytes,
        ),
        Middleware(Preload),
    ],
    routes=[
        live.route(lambda: house.hub),
        door.route(lambda: house.hub),
        Route("/health", report),
        Route("/share/qr.svg", draw_qr),
        Route(f"/{LESSONS[0].name}", go_home),
        *watch.routes(describe, modules_of),
        Mount("/stage", Assets(directory=ROOT / "assets" / "stage")),
        Mount("/pretrained", Assets(directory=ROOT / "assets" / "pretrained", check_dir=False)),
    ],
)
