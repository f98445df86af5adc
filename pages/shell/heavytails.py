"""Scene 5 of "divergences": how many draws of flows trained on Pareto laws lie far out."""

from __future__ import annotations

import json
import math
from functools import cache
from typing import TYPE_CHECKING, Any

from pages.shell.pretrained import FOLDER
from pages.shell.words import Words

if TYPE_CHECKING:
    from pages.shell.diverging import Room

FILE = "pareto-tails.json"
#: Pareto's α of the riddle on tails, and how rare the place is at which draws are counted.
FAR = {"": (1.0, 1e-4), "5": (5.0, 1e-5)}


def told(room: Room, words: Words) -> dict[str, Any]:
    """The counts of trained flows, where they are shipped."""
    there = (FOLDER / FILE).is_file()
    return {"file": f"pretrained/{FILE}" if there else None}


@cache
def counted() -> dict[str, Any]:
    """How many draws of recorded flows lie far out, and how many of the target's would."""
    recorded = json.loads((FOLDER / FILE).read_text(encoding="utf-8"))
    count = 2 * recorded["samples"]  # both coordinates count
    rows = {(row["alpha"], row["base"]): row for row in recorded["runs"]}
    told = {"count": f"{count:,}"}
    for name, (alpha, rare) in FAR.items():
        exact = rows[alpha, "normal"]["exact"]
        k = min(range(len(exact)), key=lambda k: abs(exact[k] - math.log(rare)))
        x = rows[alpha, "normal"]["t"][k]
        told[f"x{name}"] = f"{x:,.0f}" if x > 100 else f"{x:.2f}"
        told[f"expected{name}"] = f"{count * math.exp(exact[k]):,.0f}"
        for base in ("normal", "student"):
            told[f"{base}{name}"] = f"{rows[alpha, base]['model'][k]:,}"
    return told
