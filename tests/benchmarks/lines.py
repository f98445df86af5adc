"""The speed table: one entry a line. Goals are ratios within one run, never seconds of a machine.

Each function gets the setting and returns a Result; see table.py.
"""

from __future__ import annotations

from functools import partial

from tests.benchmarks.browser import click_line, frames_line, picture_line
from tests.benchmarks.fit import fit_line
from tests.benchmarks.growth import growth_line, operations_line
from tests.benchmarks.scenes import scenes_line
from tests.benchmarks.snapshots import snapshot_line
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
    Line(
        "fit",
        "seconds to 0.05 nats, geometric mean over targets, best peer",
        partial(fit_line, goal=6.0),
    ),
    Line(
        "snapshot",
        "snapshots 20 times a second, of the training: affine; spline",
        partial(snapshot_line, goal=5.0),
    ),
    Line(
        "frames",
        "95 % of frames while a run trains; frames over 34 ms",
        partial(frames_line, p95_ms=22.0, over_percent=1.0),
    ),
    Line("click", "from the click on Train to the first new frame", partial(click_line, goal=0.3)),
    Line(
        "picture",
        "first picture, above an empty Streamlit page",
        partial(picture_line, goal=0.4),
    ),
    Line(
        "scenes",
        "slowest scene of *Universality*; of *Divergences*",
        partial(scenes_line, goals={"universality": 55.0, "divergences": 50.0}),
    ),
    Line("growth", "growth of a step with layers; batch; members", growth_line),
    Line("operations", "operations of a step, 16 members against one", operations_line),
)
