"""What the page "universality" tells its stage of shipped runs."""

from __future__ import annotations

from typing import Any

from inn_core import registry
from inn_core.specs import FlowSpec, RunSpec
from inn_core.targets import keeping
from inn_core.targets.volume import VOLUME_PRESERVING_GAPS
from pages.shell import pretrained
from pages.shell.words import Words

#: Flows of growing depth (inn_core/cli/depths.py).
FAMILY = "pinwheel-depths.flows"


def options(words: Words) -> dict[str, Any]:
    """Gaps of the shipped volume-preserving runs; addresses of what scenes fetch."""
    rows = []
    for target in keeping.TARGETS:
        name = f"volume-{target}.run"
        hello = pretrained.hello_in(pretrained.FOLDER / name)
        if hello is None:
            continue
        check = hello["check"]
        rows.append(
            {
                "name": target,
                "label": words.name("targets", target, registry.TARGETS[target]),
                "gap": check["gap"],
                "error": check["gap_error"],
                "bound": VOLUME_PRESERVING_GAPS[target],
                "file": f"pretrained/{name}",
            }
        )
    islands = RunSpec(target="two_sizes", flow=FlowSpec(coupling="affine"))
    family = f"pretrained/{FAMILY}"
    return {"volume": rows, "thread": pretrained.address_of(islands), "family": family}
