"""What the command line prints, for people and as JSON."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inn_core.results import CheckReport, Snapshot


def done_line(last: Snapshot) -> dict[str, Any]:
    """Return the last line of ``train --json``."""
    names = ("nll", "entropy", "gap", "gap_error", "round_trip", "seconds", "status", "message")
    numbers = last.numbers()
    return {
        "done": True,
        **{name: numbers[name] for name in names},
        "steps": last.step,
        "steps_per_s": round(last.step / last.seconds, 1) if last.seconds else 0.0,
    }


def line(s: Snapshot) -> str:
    """One snapshot for people."""
    return (
        f"step {s.step:6d}  {s.seconds:6.1f} s  nll {s.nll:8.4f}  "
        f"{gap_text(s)}  {s.steps_per_s:6.1f} steps/s"
    )


def summary(s: Snapshot) -> str:
    """The end of a run for people."""
    head = f"{s.message}\n" if s.message else ""
    return (
        f"{head}{s.status} after {s.step} steps: nll {s.nll:.4f} nats, "
        f"{entropy_text(s.entropy)}, {gap_text(s)}, round trip {s.round_trip:.1e}"
    )


def gap_text(s: Snapshot | CheckReport) -> str:
    """The gap with its error; of data without a known density, the error of the NLL."""
    if s.gap is None or math.isnan(s.gap):
        return f"± {s.gap_error:.4f} (held out; no floor is known)"
    return f"gap {s.gap:7.4f} ± {s.gap_error:.4f}"


def entropy_text(entropy: float | None) -> str:
    """The entropy, if it is known."""
    unknown = entropy is None or math.isnan(entropy)
    return "entropy unknown" if unknown else f"entropy {entropy:.4f}"


def report_lines(r: CheckReport) -> list[str]:
    """Return a check report for people."""
    rows = [
        ("nll", f"{r.nll:.4f} nats ({entropy_text(r.entropy)})"),
        ("gap", f"{gap_text(r).removeprefix('gap').strip()} nats over {r.points} fresh points"),
        ("round trip", f"{r.round_trip:.1e} at most, in data units"),
        ("mass", f"{r.mass:.4f} (exact: 1; error of the sum about {r.mass_error:.1e})"),
        ("log-det", f"off by {r.jacobian_error:.1e} nats at most (float64, both directions)"),
        ("W1", f"{r.w1:.3f} (two samples of the target: {r.w1_floor:.3f})"),
        ("energy", f"{r.energy:.4f} (two samples of the target: {r.energy_floor:.4f})"),
        ("tables", f"off by {r.table_error:.1e} of the plot's width (99 % of points)"),
    ]
    return [f"{name:11}{text}" for name, text in rows]
