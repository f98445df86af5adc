"""The moment that a page leaves to its stage for the first picture of what it has started.

A script that draws a page keeps the interpreter busy, and what it sends the browser, for a quarter
of a second each: the controls can wait that long, the picture should not.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inn_core.runs.hub import Hub

#: Seconds that a page waits at most, and those that a browser then has to itself for drawing.
PATIENCE_S, DRAWING_S = 0.4, 0.06


async def first_picture(hub: Hub, viewer: str) -> None:
    """Wait until the stage had its moment for a run's first snapshot, if the run has a worker."""
    run = hub.runs[viewer]
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_S):
            while run.worker is not None and run.latest is None:
                await asyncio.sleep(0.005)
            if run.latest is not None:
                await asyncio.sleep(DRAWING_S)
