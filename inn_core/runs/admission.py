"""Who may train now: seats on the workers, and a queue with place and expected wait."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterable
from itertools import chain


class Admission:
    """Seats and queue. Names of runs and workers are plain strings; nothing here waits."""

    def __init__(self, per_worker: int, longest_queue: int) -> None:
        self.per_worker, self.longest_queue = per_worker, longest_queue
        self.seats: dict[str, str] = {}
        self.helpers: dict[str, list[str]] = {}  # where the further parts of a split run sit
        self.queue: deque[str] = deque()

    def enqueue(self, run: str, first: bool = False) -> bool:
        """Put a run at the end of the queue (or first in it); False if the queue is full."""
        if run in self.queue or run in self.seats:
            return True
        if first:
            self.queue.appendleft(run)
        elif len(self.queue) >= self.longest_queue + self.per_worker:
            return False
        else:
            self.queue.append(run)
        return True

    def leave(self, run: str) -> str | None:
        """Give up the run's seat or place; return the worker it sat on."""
        if run in self.queue:
            self.queue.remove(run)
        self.helpers.pop(run, None)
        return self.seats.pop(run, None)

    def seat(self, workers: Collection[str]) -> list[tuple[str, str]]:
        """Seat as many waiting runs as fit, each on the emptiest worker; return (run, worker)."""
        taken = self.taken()
        seated = []
        while self.queue and workers:
            worker = min(workers, key=lambda name: (taken[name], name))
            if taken[worker] >= self.per_worker:
                break
            run = self.queue.popleft()
            self.seats[run] = worker
            taken[worker] += 1
            seated.append((run, worker))
        return seated

    def help(self, run: str, workers: Collection[str], parts: int) -> list[str]:
        """Workers for the further parts of a seated run: one each while there are, then shared."""
        for _ in range(parts - 1):
            taken = self.taken()
            used = [self.seats[run], *self.helpers.get(run, [])]
            worker = min(workers, key=lambda name: (used.count(name), taken[name], name))
            self.helpers.setdefault(run, []).append(worker)
        return self.helpers.get(run, [])

    def taken(self) -> Counter[str]:
        """How many runs and parts sit on each worker."""
        return Counter([*self.seats.values(), *chain.from_iterable(self.helpers.values())])

    def at(self, worker: str) -> list[str]:
        """Runs that sit on ``worker``, if only with a part."""
        return [
            run
            for run, where in self.seats.items()
            if worker in (where, *self.helpers.get(run, []))
        ]

    def place(self, run: str) -> int | None:
        """Place in the queue, from 1; None for a run that does not wait."""
        return self.queue.index(run) + 1 if run in self.queue else None


def expected_wait(place: int, left: Iterable[float]) -> float | None:
    """Seconds until the run at ``place`` gets a seat.

    left : for each run in training, the seconds until its budget is used up. The k-th in the
    queue takes the seat that frees k-th; when the queue is longer than the seats, a second round
    is taken to last as long as the first. None when nothing is in training.
    """
    times = sorted(left)
    if not times:
        return None
    rounds, nth = divmod(place - 1, len(times))
    return times[nth] + rounds * times[-1]
