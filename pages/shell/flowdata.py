"""The flow and the loss curve on the stage as arrays, for what a reader examines at rest."""

from __future__ import annotations

from typing import Any

from inn_core.maps import codec
from inn_core.results import FlowMaps
from inn_core.runs import client
from pages.shell import pretrained
from pages.shell.session import Session

#: Points of a curve; more would be closer together than pixels.
MOST = 300


def present_flow(session: Session) -> tuple[dict[str, Any], FlowMaps] | None:
    """Return (numbers, maps) of the newest snapshot of the run on the stage, or of its run file."""
    if session.viewer:
        frame = client.current().latest(session.viewer)
    else:
        frame = pretrained.last_frame(session.spec)
    if frame is None:
        return None
    _, numbers, maps = codec.decode_frame(frame)
    return (numbers, maps) if maps else None


def history(session: Session) -> list[dict[str, float]]:
    """Return the loss curve as rows with step, seconds, member, nll and train_nll (nats)."""
    if session.viewer:
        info = client.current().describe(session.viewer)
        rows = list(info.history) if info else []
    else:
        hello = pretrained.hello_of(session.spec)
        rows = hello["history"] if hello else []
    stride = -(-len(rows) // MOST) or 1
    return [
        {"step": row[1], "seconds": row[2], "member": member, "nll": nll, "train_nll": row[4]}
        for row in [*rows[:-1:stride], *rows[-1:]]
        for member, nll in enumerate(_members(row))
        if nll is not None
    ]


def _members(row: list[Any]) -> list[float]:
    """Return each member's held-out NLL from a row ``[seq, step, seconds, nll, train_nll, …]``."""
    rest = row[5:]
    if len(rest) == 1 and isinstance(rest[0], list):
        rest = rest[0]
    return list(rest) or [row[3]]
