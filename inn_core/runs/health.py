"""The health page: how the lab is, as JSON. Nothing in it was typed by anybody."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import psutil

from inn_core.runs.hub import Hub


def report(hub: Hub) -> dict[str, Any]:
    """Return status ("ok", "starting" or "degraded") and the figures behind it."""
    pool = hub.pool
    told = (pool.trouble, hub.store.trouble, *pool.refused.values())
    trouble = list(dict.fromkeys(text for text in told if text))
    return {
        "status": "starting" if not pool.started else "degraded" if trouble else "ok",
        "trouble": trouble,
        "cluster": pool.kind,
        "workers": len(pool.workers),
        "seats": {"taken": len(hub.seats.admission.seats), "all": hub.seats.count},
        "queue": len(hub.seats.admission.queue),
        "runs": dict(Counter(run.status for run in hub.runs.values())),
        "sockets": hub.sockets,
        "doors": len(hub.doors),
        "uptime_s": round(time.monotonic() - hub.since),
        "memory_mb": round(psutil.Process().memory_info().rss / 1e6),
    }
