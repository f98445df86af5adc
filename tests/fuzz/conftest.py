"""How many cases a door gets: 100 the same ones in `make test`, PUSHFORWARD_FUZZ new ones else."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

CASES = int(os.environ.get("PUSHFORWARD_FUZZ", "0"))
settings.register_profile(
    "fuzz",
    max_examples=CASES or 100,
    derandomize=not CASES,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
