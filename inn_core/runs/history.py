"""Every snapshot's numbers, compact: rows of float64 in memory and in an append-only file."""

from __future__ import annotations

import os
import threading
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any

#: Rows that a browser is sent at most; a curve on a screen has no more pixels.
SHOWN = 2000
#: Numbers of a row before the members' own nll.
FIXED = ("seq", "step", "seconds", "nll", "train_nll")


class History:
    """Rows [seq, step, seconds, nll, train_nll, nll of each member] of one run."""

    def __init__(self, path: Path, members: int) -> None:
        self.path, self.width = path, len(FIXED) + members
        self._values = array("d")
        if path.exists():
            data = path.read_bytes()
            self._values.frombytes(data[: len(data) // (8 * self.width) * (8 * self.width)])
        self._flushed = len(self._values)
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._values) // self.width

    def add(self, numbers: dict[str, Any]) -> None:
        """Add one snapshot's numbers."""
        nlls: Sequence[float] = numbers["nlls"]
        row = [*(numbers[name] for name in FIXED), *nlls]
        if len(row) == self.width:
            self._values.extend(row)

    def fill(self, rows: Sequence[Sequence[float]]) -> None:
        """Begin with rows that were recorded elsewhere."""
        self._values = array("d", (value for row in rows for value in row))

    def rewind(self, seq: int) -> None:
        """Drop the rows from snapshot ``seq`` on."""
        with self._lock:
            rows = len(self)
            while rows and self._values[(rows - 1) * self.width] >= seq:
                rows -= 1
            del self._values[rows * self.width :]
            self._flushed = min(self._flushed, len(self._values))

    def rows(self, most: int = SHOWN) -> list[list[float]]:
        """At most about ``most`` rows, evenly chosen, with the first and the last."""
        count = len(self)
        stride = max(1, -(-count // most))
        chosen = list(range(0, count, stride))
        if chosen and chosen[-1] != count - 1:
            chosen.append(count - 1)
        return [self._row(i) for i in chosen]

    def _row(self, i: int) -> list[float]:
        row = self._values[i * self.width : (i + 1) * self.width]
        return [int(row[0]), int(row[1]), *(round(v, 5) for v in row[2:])]

    def flush(self) -> None:
        """Write what is new to the file; raises OSError, and then tries again the next time."""
        with self._lock:
            done, end = self._flushed, len(self._values)
            new = self._values[done:].tobytes()
            if not new and (not self.path.exists() or os.path.getsize(self.path) == 8 * end):
                return
            with self.path.open("r+b" if self.path.exists() else "wb") as file:
                file.truncate(8 * done)
                file.seek(8 * done)
                file.write(new)
            self._flushed = end
