"""Training steps a second against the peers: affine, spline, and a sweep as one pass."""

from __future__ import annotations

from statistics import median
from typing import Any

from tests.benchmarks.data import file_of
from tests.benchmarks.slices import contenders, fastest, paired_ratio, rates
from tests.benchmarks.table import Part, Result, Setting

LAYERS, TARGET = 8, "moons"
#: Who has which coupling in two dimensions with a network of ours to choose.
PEERS = {
    "affine": ("freia", "normflows", "nflows", "zuko"),
    "spline": ("nflows", "zuko"),
}


def peer(library: str, coupling: str, setting: Setting, target: str, **shape: Any) -> tuple:
    """What to start for a peer."""
    facts = {"library": library, "coupling": coupling, "layers": LAYERS, "seed": setting.seed}
    data = str(file_of(target, setting.folder, setting.seed))
    return "peer", facts | {"data": data} | shape


def step_line(
    setting: Setting, coupling: str, hidden: int, batch: int, goal: float, members: int = 1
) -> Result:
    """Steps (of all members) a CPU second by those of the fastest peer."""
    spec = {
        **{"coupling": coupling, "layers": LAYERS, "hidden": [hidden, hidden]},
        **{"batch": batch, "members": members, "seed": setting.seed},
    }
    wanted = {"ours": ("ours", {"spec": spec | setting.spec, "target": TARGET})} | {
        library: peer(library, coupling, setting, TARGET, hidden=hidden, batch=batch)
        for library in PEERS[coupling]
    }
    with contenders(wanted) as processes:
        found = rates(processes, setting.rounds, setting.slice_s)
    found["ours"] = [members * rate for rate in found["ours"]]
    rival = fastest(found, "ours")
    ratio = paired_ratio(found, "ours", rival)
    unit = "steps/s" if members == 1 else "member-steps/s"
    return Result(
        (Part(ratio, goal),),
        f"{median(found['ours']):.0f} {unit}; {rival} {median(found[rival]):.0f}",
        {"steps_per_cpu_s": {name: [round(v, 1) for v in rate] for name, rate in found.items()}},
    )
