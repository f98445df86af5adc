"""The speed table: one entry a line. Goals are ratios within one run, never seconds of a machine.

Each function gets the setting and returns a Result; see table.py.
"""

from __future__ import annotations

from functools import partial

from tests.benchmarks.steps import step_line
from tests.benchmarks.table import Line

LINES = (
    Line(
        "affine",
        "affine step, 64-64, batch 512, against the fastest peer",
        partial(step_line, coupling="affine", hidden=64, batch=512, goal=2.5),
    ),
    Line(
        "affine32",
        "affine step, 32-32, batch 256",
        partial(step_line, coupling="affine", hidden=32, batch=256, goal=3.0),
    ),
    Line(
        "spline",
        "spline step, 8 bins, 64-64, batch 512",
        partial(step_line, coupling="spline", hidden=64, batch=512, goal=4.0),
    ),
    Line(
        "sweep32",
        "8 members in one pass, member-steps/s, 32-32, batch 256",
        partial(step_line, coupling="affine", hidden=32, batch=256, goal=6.0, members=8),
    ),
    Line(
        "sweep",
        "the same, 64-64, batch 512",
        partial(step_line, coupling="affine", hidden=64, batch=512, goal=2.5, members=8),
    ),
)
