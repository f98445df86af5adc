"""What the page of drawn flows sends to its stage: target, held-out points, kinds, best layers.

Everything here is kept: a page runs again at every click.
"""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import streamlit as st

from inn_core import registry
from inn_core.maps import codec, greedy, handmade
from inn_core.results import Snapshot
from inn_core.specs import RunSpec
from pages.shell import pretrained
from pages.shell.words import Words

#: Held-out points on which a browser scores a drawing at every frame of a stroke.
POINTS = 3000

#: target -> the task: its name in the text files, layers and kind of a fresh drawing.
TASKS: dict[str, dict[str, Any]] = {
    "banana": {"name": "banana", "layers": 1, "kind": "additive"},
    "moons": {"name": "moons", "layers": 2, "kind": "affine"},
}
FREE: dict[str, Any] = {"name": "free", "layers": 2, "kind": "affine"}

#: kind -> what it does to the moving coordinate a, given the one that stays, u.
FORMULAS = {
    "additive": "a′ = a + t(u)",
    "affine": "a′ = a·eˢ⁽ᵘ⁾ + t(u)",
    "spline": "a′ = R(a; θ(u))",
    "sum_of_squares": "a′ = c(u) + ∫₀ᵃ p(v; θ(u)) dv",
    "sigmoidal": "a′ = D(a; θ(u))",
    "residual": "x′ = x + g(x),  Lip g ≤ 0.9",
}


def target_of(name: str, words: Words) -> dict[str, Any]:
    """Return what a stage must know of a target."""
    entry = registry.TARGETS[name]
    target = entry.load()
    return {
        "name": name,
        "label": words.name("targets", name, entry),
        "view": [[float(low), float(high)] for low, high in target.view],
        "entropy": float(target.entropy),
        "centre": [float(c) for c in target.centre],
        "scale": float(target.scale),
    }


@st.cache_data(show_spinner=False, max_entries=32)
def heldout(name: str) -> str:
    """Return POINTS fresh points with log p as base64 of float32 rows x, y, log p."""
    points, log_p = handmade.heldout(name, POINTS, 3)
    rows = np.column_stack([points, log_p]).astype("<f4")
    return base64.b64encode(rows.tobytes()).decode()


def kinds(name: str, words: Words) -> list[dict[str, Any]]:
    """Return the registry's kinds of layers, with the address of their trained flow on this target.

    Layers that are two curves can be drawn; those without s, additive ones, by t alone.
    """
    rows = []
    for kind, entry in registry.COUPLINGS.items():
        rows.append(
            {
                "name": kind,
                "label": words.name("couplings", kind, entry),
                "short": words.short("couplings", kind, entry),
                "formula": FORMULAS.get(kind, "a′ = f(a; u)"),
                "reference": entry.reference,
                "address": pretrained.address_of(RunSpec().with_(target=name, coupling=kind)),
                "drawable": entry.map_kind == "curves",
                "scales": kind != "additive",
            }
        )
    return rows


@st.cache_data(show_spinner=False, max_entries=32)
def best(name: str) -> dict[str, Any]:
    """Return the stacks of best affine layers: alternating, and always the same coordinate."""
    return {
        "alternate": _stack(name, greedy.stack(name, 6, same=False)),
        "same": _stack(name, greedy.stack(name, 3, same=True)),
    }


def _stack(name: str, stack: greedy.Stack) -> dict[str, Any]:
    entropy = float(registry.TARGETS[name].load().entropy)
    gap = stack.blocks[-1].gap
    frame = codec.encode_frame(
        Snapshot(
            seq=0, step=0, seconds=0.0, nll=entropy + gap, train_nll=entropy + gap,
            entropy=entropy, gap=gap, gap_error=0.0, lr=0.0, batch=0, steps_per_s=0.0,
            round_trip=0.0, status="done", maps=stack.maps,
        )
    )  # fmt: skip
    return {
        "frame": base64.b64encode(frame).decode(),
        "blocks": [list(block) for block in stack.blocks],
        "active": [layer.active for layer in stack.maps.layers],
        "start": stack.start,
    }


@st.cache_data(show_spinner=False, max_entries=64)
def measured(token: str, name: str) -> dict[str, Any]:
    """Return the score of a drawing on 50,000 fresh points; raises DrawingError."""
    drawing = handmade.from_token(token)
    gap, error = handmade.gap(handmade.maps_of(drawing, name), name)
    entropy = float(registry.TARGETS[name].load().entropy)
    return {"token": token, "gap": gap, "error": error, "nll": entropy + gap}


@st.cache_data(show_spinner=False, max_entries=16)
def run_file(token: str, name: str) -> bytes:
    """Return a drawing as a .run file; raises DrawingError."""
    return handmade.run_file(handmade.from_token(token), name)
