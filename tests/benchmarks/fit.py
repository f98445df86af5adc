"""Seconds of training until a flow is within 0.05 nats of its target's entropy, against the peers.

All contenders of a target take turns of a few CPU seconds, each until it is there or has used up
the limit, which then counts. Looking at the 50,000 held-out points is not counted, on no side.
Peers run with their documented recipe (Adam, learning rate 1e-3, batch 512; see peer.py); ours
runs with the lab's defaults, one recipe for all targets, and building the trainer counts.

The figure compares geometric means over the targets, our best recipe against the best single peer.
The note also says what is left if every target may choose its own best peer.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from statistics import geometric_mean
from typing import Any

from tests.benchmarks.data import MIXTURE, file_of
from tests.benchmarks.slices import contenders
from tests.benchmarks.steps import peer
from tests.benchmarks.table import Part, Result, Setting

NAMED = ("moons", "eight_gaussians", "two_spirals", "checkerboard", "pinwheel")
MIXTURES = 3
#: Nats above the entropy, and where edges make it harder.
LEVEL, LEVELS = 0.05, {"checkerboard": 0.1}
#: CPU seconds after which a run counts as that long; of a turn.
LIMIT_S, QUICK_LIMIT_S, TURN_S = 120.0, 12.0, 2.0
PEERS = (("freia", "affine"), ("zuko", "affine"), ("zuko", "spline"), ("nflows", "spline"))
#: Fields of our recipes beside the lab's defaults.
OURS: dict[str, dict[str, Any]] = {"ours affine": {}, "ours spline": {"coupling": "spline"}}

Seconds = dict[str, float]


def targets_of(setting: Setting) -> tuple[str, ...]:
    """The named targets and three mixtures from the seed; a quick table has one of each."""
    if setting.targets:
        return setting.targets
    first = MIXTURES * setting.seed
    drawn = tuple(f"{MIXTURE}{first + k}" for k in range(MIXTURES))
    return (NAMED[0], drawn[0]) if setting.quick else NAMED + drawn


def fit_target(setting: Setting, name: str) -> dict[str, Any]:
    """Seconds and the last gap of every contender on one target."""
    limit = QUICK_LIMIT_S if setting.quick else LIMIT_S
    data = str(file_of(name, setting.folder, setting.seed))
    wanted: dict[str, tuple[str, Mapping[str, Any]]] = {
        key: ("ours", {"spec": spec | setting.spec, "target": name, "data": data})
        for key, spec in OURS.items()
    }
    for library, coupling in PEERS:
        facts = peer(library, coupling, setting, name, hidden=64, batch=512)
        wanted[f"{library} {coupling}"] = facts
    found = {}
    with contenders(wanted) as processes:
        running = dict(processes)
        while running:
            for key, process in list(running.items()):
                got = process.ask("fit", seconds=TURN_S, level=LEVELS.get(name, LEVEL))
                if got["there"] or got["cpu_s"] >= limit:
                    seconds = min(limit, got["cpu_s"]) if got["there"] else limit
                    found[key] = got | {"seconds": round(seconds, 3)}
                    del running[key]
    print(f"    {name}: " + ", ".join(f"{k} {v['seconds']:.3g}" for k, v in found.items()))
    return found


def fit_line(setting: Setting, goal: float) -> Result:
    """The best single peer's geometric mean of seconds by ours."""
    names = targets_of(setting)
    for name in names:  # before threads: the cache of files knows no locks
        file_of(name, setting.folder, setting.seed)
    with ThreadPoolExecutor(setting.jobs) as pool:
        found = dict(zip(names, pool.map(partial(fit_target, setting), names), strict=True))
    keys = list(found[names[0]])
    means = {key: geometric_mean(found[n][key]["seconds"] for n in names) for key in keys}
    ours = min((key for key in keys if key in OURS), key=means.__getitem__)
    peers = [key for key in keys if key not in OURS]
    rival = min(peers, key=means.__getitem__)
    best = geometric_mean(min(found[n][key]["seconds"] for key in peers) for n in names)
    return Result(
        (Part(means[rival] / means[ours], goal),),
        f"{ours} {means[ours]:.3g} s; {rival} {means[rival]:.3g} s; "
        f"best peer of each target {best:.3g} s: {best / means[ours]:.3g}×",
        {"geometric_mean_s": means, "targets": found},
    )
