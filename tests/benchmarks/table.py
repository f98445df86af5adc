"""What a line of the speed table is, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Setting:
    """How the table is made: in how much time, with which of our settings, from which seed."""

    quick: bool
    seed: int
    folder: Path  # for data and pictures
    spec: dict[str, Any] = field(default_factory=dict)  # fields of every RunSpec of ours
    jobs: int = 1
    targets: tuple[str, ...] = ()  # to fit, in place of the table's own

    @property
    def rounds(self) -> int:
        """Rounds of a paired measurement."""
        return 5 if self.quick else 12

    @property
    def slice_s(self) -> float:
        """CPU seconds of a slice."""
        return 0.5 if self.quick else 1.0


@dataclass(frozen=True)
class Part:
    """One figure of a line: ``value`` against ``goal`` (at least, or at most)."""

    value: float
    goal: float
    unit: str = "×"
    most: bool = False

    @property
    def holds(self) -> bool:
        """Whether the goal is reached."""
        return self.value <= self.goal if self.most else self.value >= self.goal


@dataclass(frozen=True)
class Result:
    """What a line measured: its figures, a few words for the table, everything for the JSON."""

    parts: tuple[Part, ...]
    note: str
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether all goals are reached."""
        return all(part.holds for part in self.parts)


@dataclass(frozen=True)
class Line:
    """A line of the table: its key on the command line, its words, and who measures it."""

    key: str
    what: str
    measure: Callable[[Setting], Result]
