"""The front door: ``streamlit run app.py`` serves pages, live sockets and static files.

Training processes start in the background: the first page does not wait for them. They are started
here and never from a page, whose script would run again in every child process.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from inn_core.runs import client, health, live
from inn_core.runs.hub import Hub
from inn_core.runs.settings import Settings

ROOT = Path(__file__).resolve().parent
#: Seconds between two garbage collections. Streamlit's own, after every rerun, is switched off in
#: .streamlit/config.toml: it takes 30 ms and more, during which no frame goes out.
COLLECT_S = 20.0


class Assets(StaticFiles):
    """Files that a browser may keep but must ask about: an update shows at the next reload."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer as StaticFiles does, with "no-cache", which means "revalidate"."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response


class House:
    """What lives as long as the server: the hub."""

    hub: Hub


house = House()


async def collect() -> None:
    """Collect garbage now and then; what the imports left is exempt."""
    gc.collect()
    gc.freeze()
    while True:
        await asyncio.sleep(COLLECT_S)
        gc.collect()


@contextlib.asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Open the lab, start its workers beside the serving, and close it all at the end."""
    house.hub = hub = Hub(Settings.from_environment())
    client.install(client.HubLab(hub, asyncio.get_running_loop()))
    tasks = [asyncio.create_task(hub.serve()), asyncio.create_task(collect())]
    try:
        yield {}
    finally:
        client.install(client.OfflineLab())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def report(request: Request) -> JSONResponse:
    """Answer /health."""
    return JSONResponse(health.report(house.hub), headers={"Cache-Control": "no-store"})


app = st.App(
    ROOT / "pages" / "router.py",
    lifespan=lifespan,
    routes=[
        live.route(lambda: house.hub),
        Route("/health", report),
        Mount("/stage", Assets(directory=ROOT / "assets" / "stage")),
        Mount("/pretrained", Assets(directory=ROOT / "assets" / "pretrained", check_dir=False)),
    ],
)
