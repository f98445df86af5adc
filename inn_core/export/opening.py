"""Weights become a flow again: the snapshot that a stage shows, and what code is made of.

For workers and the command line: torch is imported here, and only when it is needed.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np

from inn_core.export import weights
from inn_core.export.request import ExportError
from inn_core.export.weights import Arrays
from inn_core.kinds import AnySpec, kind_of, read_spec
from inn_core.maps.codec import decode_frame, encode_frame
from inn_core.maps.header import FrameError
from inn_core.runs import files
from inn_core.specs import RunSpec, SpecError, is_drawing
from inn_core.specs_inverse import InverseSpec


def frame_of(spec: AnySpec, arrays: Arrays, step: int = 0, seconds: float = 0.0) -> bytes:
    """The snapshot of a flow with these weights; raises ExportError where they do not fit."""
    trainer = trainer_of(spec, arrays)
    trainer.step, trainer.seconds = step, seconds
    snapshot = trainer.snapshot(status="done")
    if snapshot.maps is None and snapshot.net is None:
        raise ExportError("These weights make no flow that can be shown.")
    return encode_frame(snapshot, when=time.time())


def trainer_of(spec: AnySpec, arrays: Arrays) -> Any:
    """A trainer of ``spec`` whose flow has these weights."""
    import torch

    trainer = kind_of(spec).load("trainer")(spec)
    tensors = {name: torch.from_numpy(np.array(value)) for name, value in arrays.items()}
    own = trainer.shown.state_dict()
    if {n: v.shape for n, v in own.items()} != {n: v.shape for n, v in tensors.items()}:
        raise ExportError("The weights in this file do not fit the flow that it describes.")
    trainer.shown.load_state_dict({n: v.to(own[n].dtype) for n, v in tensors.items()})
    return trainer


def weights_of(
    spec: AnySpec, folder: Path | None, frame: bytes | None
) -> tuple[Arrays, int, float]:
    """The weights of a run, with step and seconds, as they are now.

    folder : of the run in the store, or one that train --out kept, or None for the shipped flow;
    frame : its newest snapshot, which carries the whole network of an inverse problem
    Raises ExportError with a sentence.
    """
    step, seconds, net = told(frame)
    found = saved_in(folder, step, seconds) if folder else None
    if found:
        return found
    if net is not None and isinstance(spec, InverseSpec):
        return net, step, seconds
    drawn = isinstance(spec, RunSpec) and is_drawing(spec.start) and step == 0
    if isinstance(spec, RunSpec) and (folder is None or drawn):
        return shipped(spec), step, seconds
    raise ExportError(
        "The weights of this run are not here: it came as a run file, which holds its pictures "
        "only, or it has not begun. Train it here, or bring a weights file."
    )


def told(frame: bytes | None) -> tuple[int, float, Arrays | None]:
    """Step, seconds and network of a snapshot."""
    if frame is None:
        return 0, 0.0, None
    try:
        numbers = decode_frame(frame)[1]
    except FrameError as error:
        raise ExportError(str(error)) from error
    return int(numbers["step"]), float(numbers["seconds"]), numbers.get("net")


def saved_in(folder: Path, step: int, seconds: float) -> tuple[Arrays, int, float] | None:
    """What a worker saved last in a run's folder: a checkpoint (while it trains), or weights."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    from inn_core.training.checkpoint import CheckpointError

    paths = [folder / name for name in (files.WEIGHTS, files.CHECKPOINT)]
    newest = sorted((p for p in paths if p.exists()), key=lambda p: p.stat().st_mtime_ns)
    for path in reversed(newest):
        try:
            if path.name == files.WEIGHTS:
                return load_file(path), step, seconds
            spec = files.read_json(folder / files.SPEC)["spec"]
            trainer = kind_of(read_spec(spec)).load("trainer").load(path)
            return trainer.state(), trainer.step, trainer.seconds
        except (SafetensorError, OSError, CheckpointError, KeyError, TypeError):
            continue  # the other one may be whole
    return None


def shipped(spec: RunSpec) -> Arrays:
    """The flow that came with the lab (float16, in its target's units), or that was drawn."""
    from inn_core.training import beginning

    trainer = kind_of(spec).load("trainer")(spec)
    start = spec if is_drawing(spec.start) else spec.with_(start=spec.target)
    note = beginning.load(trainer.shown, start)
    if note:
        raise ExportError("This flow was shipped without weights; train it, then take them.")
    state: Arrays = trainer.state()
    return state


def code(ending: str, spec: AnySpec, folder: Path | None, frame: bytes | None) -> bytes:
    """A weights file (".safetensors") or a script (".py") of a run; raises ExportError."""
    arrays, step, seconds = weights_of(spec, folder, frame)
    if ending == weights.ENDING:
        return weights.dump(spec, arrays, step, seconds)
    from inn_core.export import script

    return script.of(spec, arrays)[0].encode()


def answer(ending: str, spec: Any, folder: str | None, frame: bytes | None) -> Any:
    """What a worker tells the hub: the bytes, or a sentence."""
    from inn_core.kinds import read_spec
    from inn_core.targets import library

    try:
        if folder:
            library.use(Path(folder).parent / library.FOLDER)
        return code(ending, read_spec(spec), Path(folder) if folder else None, frame)
    except (SpecError, RuntimeError) as error:
        return str(error)


def opened(data: bytes) -> Any:
    """What a worker tells the hub of a weights file: its snapshot, or a sentence."""
    try:
        spec, arrays, facts = weights.load(data)
        step, seconds = facts.get("step", 0), facts.get("seconds", 0.0)
        if not isinstance(step, int) or not isinstance(seconds, (int, float)):
            raise ExportError("This weights file does not say how long it was trained.")
        return frame_of(spec, arrays, step, float(seconds))
    except (SpecError, RuntimeError) as error:
        return str(error)


def fits(spec: Any, frame: bytes) -> Any:
    """What a worker tells the hub of the network in a frame: nothing, or a sentence."""
    try:
        net = told(frame)[2]
        trainer_of(read_spec(spec), net or {})
    except (SpecError, RuntimeError) as error:
        return str(error)
    return b""
