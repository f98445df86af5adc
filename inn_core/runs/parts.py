"""A sweep on several workers: each trains some of its members, and all stream as one run. No torch.

Side by side in one process, members of small networks train several times faster than one after the
other; with wide networks and large batches the matrix products are the limit and nothing is won
(tests/benchmarks/test_batching.py). There a run is split: part i of n trains every n-th member, on
the same data. Part 0 sits on the run's seat and is its voice; the others leave their snapshots in
the run's folder, where part 0 finds them and shows all members in every snapshot of its own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from inn_core.results import FloatArray, Snapshot
from inn_core.specs_inverse import InverseSpec

if TYPE_CHECKING:
    from inn_core.kinds import AnySpec

#: Width of the conditioner times batch from which batching buys little. Measured on one core, eight
#: members side by side do 4.5 to 5.7 times the steps of single runs at 32/256, 2.5 at 64/512 and
#: 1.6 to 1.8 at 128/512.
WIDE = 128 * 512
#: Largest number of parts: a lecture's machine has a few cores, and other runs want some.
MOST = 4
KEY = "pushforward"
#: Arrays of a network that its members share begin so.
SHARED = "units."


def count(spec: AnySpec, workers: int) -> int:
    """Into how many parts a run is split; 1 where batching is worth more than another worker."""
    if not isinstance(spec, InverseSpec):
        return 1
    wide = max(spec.flow.hidden) * spec.training.batch >= WIDE
    return max(1, min(workers, spec.members, MOST)) if wide else 1


def file_of(folder: Path, part: int) -> Path:
    """Where part ``part`` leaves its newest snapshot."""
    return folder / f"part{part}.safetensors"


def of(spec: AnySpec, part: int, parts: int) -> AnySpec:
    """The spec of a part of a run."""
    return replace(spec, part=(part, parts)) if isinstance(spec, InverseSpec) else spec


def leave(folder: Path, part: int, snapshot: Snapshot) -> None:
    """Write a snapshot, with its weights, for part 0 to find: the old file or the new."""
    from safetensors.numpy import save_file

    path = file_of(folder, part)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        metadata = {KEY: json.dumps(snapshot.numbers())}
        save_file(dict(snapshot.net or {}), beside, metadata=metadata)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def find(folder: Path, part: int) -> Snapshot | None:
    """The newest snapshot of a part; None before there is one."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(file_of(folder, part), framework="numpy") as file:
            numbers: dict[str, Any] = json.loads((file.metadata() or {})[KEY])
            net = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError, KeyError, ValueError):
        return None
    numbers |= {name: float("nan") for name in ("entropy", "gap") if numbers[name] is None}
    numbers["frozen"] = {int(member): text for member, text in numbers["frozen"].items()}
    return Snapshot(**numbers, net=net)


class Others:
    """The parts of a run that other desks train, as part 0 sees them; no other part sees any."""

    def __init__(self, folder: Path, part: int, parts: int, initial: Callable[[int], Any]) -> None:
        """``initial`` makes the trainer of a part, for what it shows before its desk has begun."""
        self.folder, self.initial = folder, initial
        self.newest: dict[int, Snapshot | None] = {} if part else dict.fromkeys(range(1, parts))

    def look(self) -> list[Snapshot]:
        """The newest snapshot of every other part."""
        for part, before in self.newest.items():
            found = find(self.folder, part) or before
            self.newest[part] = found or self.initial(part).snapshot()
        return [one for one in self.newest.values() if one is not None]

    @property
    def training(self) -> bool:
        """Whether any of the others still learns."""
        return "training" in self.statuses

    @property
    def statuses(self) -> set[str]:
        """Where the others stand."""
        return {one.status for one in self.look()}

    def join(self, own: Snapshot) -> Snapshot:
        """A snapshot of all members."""
        return join([own, *self.look()]) if self.newest else own

    def weights(self, own: dict[str, FloatArray]) -> dict[str, FloatArray]:
        """The weights of all members."""
        others = self.look()
        if not others:
            return own
        name = next(name for name in own if not name.startswith(SHARED))
        nets = [own, *(one.net or {} for one in others)]
        return weave(nets, sum(len(net[name]) for net in nets))


def join(snapshots: Sequence[Snapshot]) -> Snapshot:
    """One snapshot of all members, of those of all parts in order; the first one speaks.

    Its steps are those that every member has done, its rate that of the slowest part. A term of the
    loss that one part does not have is 0 there.
    """
    first, n = snapshots[0], len(snapshots)
    members = sum(len(one.nlls) for one in snapshots)
    frozen = {
        i + n * member: text.replace(f"Member {member} ", f"Member {i + n * member} ")
        for i, one in enumerate(snapshots)
        for member, text in one.frozen.items()
    }
    names = dict.fromkeys(name for one in snapshots for name in one.measures)
    measures = {}
    for name in names:
        per = max(len(one.measures.get(name, ())) // len(one.nlls) for one in snapshots)
        rows = [
            np.reshape(one.measures.get(name, [0.0] * per * len(one.nlls)), (-1, per))
            for one in snapshots
        ]
        measures[name] = tuple(float(v) for v in woven(rows, members).ravel())
    nets = [one.net for one in snapshots if one.net is not None]
    return replace(
        first,
        step=min(one.step for one in snapshots),
        steps_per_s=min(one.steps_per_s for one in snapshots),
        nlls=tuple(woven([np.array(one.nlls) for one in snapshots], members).tolist()),
        frozen=frozen,
        message=" ".join(dict.fromkeys(frozen.values())) or first.message,
        measures=measures,
        net=weave(nets, members) if len(nets) == n else None,
    )


def weave(states: Sequence[dict[str, FloatArray]], members: int) -> dict[str, FloatArray]:
    """Arrays by name, first axis the members of a part -> the same of all members.

    The units of the data have no such axis: all members share them.
    """
    return {
        name: values if name.startswith(SHARED) else woven([one[name] for one in states], members)
        for name, values in states[0].items()
    }


def woven(rows: Sequence[FloatArray], members: int) -> FloatArray:
    """Rows of the parts -> rows of all members; part i of n has every n-th one from i on."""
    result = np.empty((members, *rows[0].shape[1:]), rows[0].dtype)
    for i, part in enumerate(rows):
        result[i :: len(rows)] = part
    return result
