"""Where a run may start: at the weights of a pretrained flow, or at the curves of a drawn one."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from inn_core.flows.flow import Flow
from inn_core.maps import handmade, handweights
from inn_core.specs import FlowSpec, RunSpec, is_drawing

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
    if is_drawing(spec.start):
        saved = _drawn(spec)
        sorry = "The drawing that this run names does not fit its layers"
    else:
        saved = _pretrained(path_of(spec.start, spec.flow.coupling))
        sorry = f"There are no pretrained weights of this layout for {spec.start}"
    own = {name: v for name, v in flow.state_dict().items() if not name.startswith(UNITS)}
    if {n: v.shape[1:] for n, v in own.items()} != {n: v.shape[1:] for n, v in saved.items()}:
        return f"{sorry}; it starts afresh."
    with torch.no_grad():
        for name, value in own.items():
            value[0].copy_(saved[name][0])
    return ""


def _pretrained(path: Path) -> dict[str, torch.Tensor]:
    """The weights in a file; none if there is no such file or it is damaged."""
    try:
        return load_file(path)
    except (SafetensorError, OSError):
        return {}


def _drawn(spec: RunSpec) -> dict[str, torch.Tensor]:
    """The weights of a drawing; none if the run's flow is not the drawing's."""
    if not handmade.fits(spec):
        return {}
    found = handweights.weights(handmade.from_token(spec.start))
    return {name: torch.from_numpy(value) for name, value in found.items()}
