"""Command ``pretrain pinwheel-depths FILE``: flows of growing depth on one target, as one file.

A run file (maps/runfile.py) with one frame a depth, that of the trained flow. Its hello says which
depth each frame has, and holds samples of the target for distances between laws.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from inn_core.cli.arguments import run_spec
from inn_core.specs import RunSpec, SpecError

DEPTHS = (1, 2, 4, 8, 16)
#: Samples of the target, and points of each.
SAMPLES, POINTS = 8, 1000
#: A budget of steps, not of seconds: any machine makes the same flows.
STEPS, SECONDS = 3000, 600.0
SHIPPED = {"pinwheel-depths": RunSpec(target="pinwheel")}


def pretrain(options: argparse.Namespace) -> None:
    """Train one flow a depth from the same seed on the same batches; write the file."""
    import numpy as np
    import torch

    from inn_core.cli.lines import summary
    from inn_core.maps import runfile
    from inn_core.maps.codec import encode_frame
    from inn_core.training.stream import stream, trainer_for

    if options.layers is not None:
        raise SpecError(f"layers is {options.layers}; the depths of {options.name} are {DEPTHS}.")
    torch.set_num_threads(1)
    options.target = SHIPPED[options.name].target
    options.steps, options.seconds = options.steps or STEPS, options.seconds or SECONDS
    spec = run_spec(options)
    frames, gaps = [], []
    for depth in DEPTHS:
        trainer = trainer_for(replace(spec, flow=replace(spec.flow, layers=depth)))
        *_, snapshot = stream(trainer, options.every)
        print(f"{depth} layers: {summary(snapshot)}", flush=True)
        frames.append(encode_frame(snapshot))
        gaps.append([snapshot.gap, snapshot.gap_error])
    hello = runfile.hello(spec)
    rng = np.random.default_rng(np.random.SeedSequence([spec.seed, SAMPLES]))
    hello["samples"] = [
        runfile.pack_points(trainer.target.sample(2 * POINTS, rng), hello["target"]["view"], POINTS)
        for _ in range(SAMPLES)
    ]
    hello |= {"depths": DEPTHS, "check": {"gaps": gaps}, "made_by": options.made_by, "data": ""}
    Path(options.file).parent.mkdir(parents=True, exist_ok=True)
    runfile.write(options.file, hello, frames)
