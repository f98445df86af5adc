"""Where a run may start: the weights of a flow that was trained beforehand on a similar target."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from inn_core.flows.flow import Flow
from inn_core.specs import FlowSpec, RunSpec

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "pretrained"
#: Buffers that belong to the target, not to the flow.
UNITS = "units."


def path_of(target: str, coupling: str) -> Path:
    """Where the weights of the pretrained flow of a target and coupling are."""
    return FOLDER / f"{target}-{coupling}.weights"


def save(flow: Flow, path: Path) -> None:
    """Write member 0 of a flow, without its units, as float16: a start needs no more digits."""
    parts = {
        name: value[:1].to(torch.float16).contiguous()
        for name, value in flow.state_dict().items()
        if not name.startswith(UNITS)
    }
    save_file(parts, path)


def fits(spec: RunSpec) -> bool:
    """Whether pretrained weights can be the start: a flow of the default layout of its coupling."""
    plain = FlowSpec(coupling=spec.flow.coupling)
    return spec.flow == plain and path_of(spec.start or spec.target, plain.coupling).is_file()


def load(flow: Flow, spec: RunSpec) -> str:
    """Put the weights of ``spec.start`` into member 0; return a sentence if that cannot be.

    The other members keep their own seeds: they show what the start is worth.
    """
    path = path_of(spec.start, spec.flow.coupling)
    sorry = f"There are no pretrained weights of this layout for {spec.start}; it starts afresh."
    if not path.is_file():
        return sorry
    try:
        saved = load_file(path)
    except (SafetensorError, OSError):
        return sorry
    own = {name: v for name, v in flow.state_dict().items() if not name.startswith(UNITS)}
    if {n: v.shape[1:] for n, v in own.items()} != {n: v.shape[1:] for n, v in saved.items()}:
        return sorry
    with torch.no_grad():
        for name, value in own.items():
            value[0].copy_(saved[name][0])
    return ""
