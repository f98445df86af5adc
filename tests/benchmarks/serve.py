"""What a contender's process does: train when it is told to, and say what that cost.

One order a line comes in, one line of JSON goes out. Standard library only: it also runs in the
peers' environment, which has nothing of ours.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

#: Seconds of training between two looks at the held-out points: at first, then as a share of the
#: time spent, so that no fit is measured more coarsely than a twelfth.
LOOK_S, LOOK_SHARE = 0.1, 0.08


@dataclass
class Contender:
    """A training that is given slices of CPU time.

    steps : runs a few optimiser steps and returns how many
    gap : mean of log p - log q over the held-out points, nats
    cpu_s : CPU seconds of training so far (looks at the held-out points are not counted)
    """

    steps: Callable[[], int]
    gap: Callable[[], float]
    cpu_s: float = 0.0
    gaps: list[tuple[float, float]] = field(default_factory=list)

    def train(self, seconds: float) -> dict[str, float]:
        """Train for ``seconds`` of CPU time of this process."""
        done, wall, begin = 0, time.perf_counter(), time.process_time()
        while (cpu := time.process_time() - begin) < seconds:
            done += self.steps()
        self.cpu_s += cpu
        return {"steps": done, "cpu_s": cpu, "wall_s": time.perf_counter() - wall}

    def fit(self, seconds: float, level: float) -> dict[str, float | bool]:
        """Train for about ``seconds``, looking now and then, until the gap is below ``level``."""
        end = self.cpu_s + seconds
        while self.cpu_s < end:
            self.train(max(LOOK_S, LOOK_SHARE * self.cpu_s))
            self.gaps.append((self.cpu_s, self.gap()))
            if self.gaps[-1][1] < level:
                break
        seconds, gap = self.gaps[-1]
        return {"cpu_s": seconds, "gap": gap, "there": gap < level}


def serve(make: Callable[[dict], Contender]) -> None:
    """Build the contender that the command line describes and obey until the input ends.

    Building counts as training: a start that is computed from data is part of the way.
    """
    begin = time.process_time()
    contender = make(json.loads(sys.argv[1]))
    contender.cpu_s += time.process_time() - begin
    print(json.dumps({"ready": True, "cpu_s": contender.cpu_s}), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        print(json.dumps(getattr(contender, order.pop("do"))(**order)), flush=True)
