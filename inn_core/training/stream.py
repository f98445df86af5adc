"""Training as a stream of snapshots, for notebooks and the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from inn_core.results import Snapshot
from inn_core.specs import RunSpec, SpecError
from inn_core.training.loop import Trainer


def train(
    spec: RunSpec,
    *,
    seconds: float | None = None,
    steps: int | None = None,
    every: float = 0.05,
    weights: bool = True,
    maps: bool = True,
) -> Iterator[Snapshot]:
    """Train ``spec`` and yield snapshots; the last has status "done" or "stopped".

    seconds, steps : budget, in place of the spec's (whatever is used up first ends the run)
    every : seconds of computing between snapshots; does not change what is computed
    weights, maps : whether snapshots carry the averaged weights and the layer tables

    The gap of the last snapshot is measured on 50,000 fresh points. Raises SpecError.

    >>> import inn_core as inn
    >>> for snapshot in inn.train(inn.RunSpec(), steps=3): status = snapshot.status
    >>> snapshot.step, status
    (3, 'done')
    """
    return stream(trainer_for(spec, seconds, steps), every, weights, maps)


def trainer_for(spec: RunSpec, seconds: float | None = None, steps: int | None = None) -> Trainer:
    """Return a trainer of ``spec`` with another budget; raises SpecError."""
    if not isinstance(spec, RunSpec):
        raise SpecError(f"train needs a RunSpec; it got {type(spec).__name__}.")
    budget = {"seconds": seconds, "steps": steps}
    return Trainer(spec.with_(**{name: v for name, v in budget.items() if v is not None}))


def stream(
    trainer: Trainer,
    every: float | Callable[[float], float] = 0.05,
    weights: bool = False,
    maps: bool = True,
) -> Iterator[Snapshot]:
    """Run a trainer to its end, yielding snapshots; the first shows where it stands.

    every : seconds of computing between snapshots, or a function of the seconds so far
    """
    while trainer.status == "training":
        pause = every(trainer.seconds) if callable(every) else every
        if not pause > 0:
            raise SpecError(f"every is {pause}; it must be a positive number of seconds.")
        yield trainer.snapshot(maps=maps, weights=weights)
        trainer.run_for(pause)
    yield trainer.final(maps=maps, weights=weights)
