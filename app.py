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
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

import pages.shell
from inn_core.runs import client, door, health, journal, live, shelf
from inn_core.runs.hub import Hub
from inn_core.runs.run import RunInfo
from inn_core.runs.settings import Settings
from inn_core.runs.shelf import Shelf, Shelves
from inn_core.runs.shield import Shield
from pages.shell import arrival, pretrained, share, watch
from pages.shell.arrival import Arrival
from pages.shell.lessons import LESSONS

ROOT = Path(__file__).resolve().parent
#: Seconds between two garbage collections. Streamlit's own, after every rerun, is switched off in
#: .streamlit/config.toml: it takes 30 ms and more, during which no frame goes out.
COLLECT_S = 20.0
#: What a page fetches file by file; names of Streamlit's change with their content.
SHELVES = {
    "/stage/": Shelf(arrival.STAGE),
    "/pretrained/": Shelf(pretrained.FOLDER),
    "/static/": Shelf(arrival.STATIC / "static", shelf.KEEP),
}


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
            page=arrival.STATIC / "index.html",
            session_bytes=lambda: house.hub.settings.session_bytes,
        ),
        Middleware(Shelves, places=SHELVES),
        Middleware(Arrival),
    ],
    routes=[
        live.route(lambda: house.hub),
        door.route(lambda: house.hub),
        Route("/health", report),
        Route("/share/qr.svg", draw_qr),
        Route(f"/{LESSONS[0].name}", go_home),
        *watch.routes(describe),
    ],
)
