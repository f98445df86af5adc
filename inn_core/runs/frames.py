"""The frames of a run on disk: an append-only log, thinned geometrically while it grows.

Early in a run every snapshot differs from the last; later ones change like the logarithm of time.
So the first DENSE snapshots are all kept, then every one whose number has grown by a factor.
Whether a snapshot stays is known when it comes, so nothing is ever rewritten, and store, stage and
player can apply the same rule to the same numbers.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

#: Snapshots below this number are all kept ...
DENSE = 150
#: ... later ones when their number is so many times that of the last kept one: 400 an hour at 20/s.
GROWTH = 1.025
#: No log holds more; one that reaches it drops every second frame and doubles its growth.
MOST = 400

#: Length of the frame, number of the snapshot.
_HEAD = struct.Struct("<II")


def keeps(seq: int, last: int, growth: float = GROWTH, dense: int = DENSE) -> bool:
    """Whether snapshot ``seq`` stays, if ``last`` is the newest that stayed."""
    return seq > last and (seq < dense or seq >= last * growth)


@dataclass(frozen=True)
class Entry:
    """Where one frame lies in the log: a head, then ``length`` bytes."""

    seq: int
    offset: int
    length: int

    @property
    def end(self) -> int:
        """Offset of what follows."""
        return self.offset + _HEAD.size + self.length


class FrameLog:
    """The log at ``path``. One thread at a time may append, any may read.

    dense, growth : see DENSE and GROWTH; frames that carry whole networks are kept more sparsely
    """

    def __init__(self, path: Path, dense: int = DENSE, growth: float = GROWTH) -> None:
        self.path, self.dense, self.growth = path, dense, growth
        self.entries: list[Entry] = []
        if path.exists():
            self._scan()

    def _scan(self) -> None:
        """Index the log; a frame that a crash cut off is dropped."""
        self.entries = []
        with self.path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            while self.end + _HEAD.size <= size:
                at = file.seek(self.end)
                length, seq = _HEAD.unpack(file.read(_HEAD.size))
                if at + _HEAD.size + length > size:
                    break
                self.entries.append(Entry(seq, at, length))
        if self.end < size:
            os.truncate(self.path, self.end)

    @property
    def end(self) -> int:
        """Bytes of the log."""
        return self.entries[-1].end if self.entries else 0

    @property
    def last(self) -> int:
        """Number of the newest frame, -1 if there is none."""
        return self.entries[-1].seq if self.entries else -1

    def wants(self, seq: int) -> bool:
        """Whether the thinning rule keeps snapshot ``seq``."""
        return keeps(seq, self.last, self.growth, self.dense)

    def append(self, seq: int, frame: bytes) -> None:
        """Add a frame at the end; raises OSError when the disk is full, and the log stays whole."""
        at = self.end
        try:
            with self.path.open("ab") as file:
                file.write(_HEAD.pack(len(frame), seq) + frame)
        except OSError:
            if self.path.exists():
                os.truncate(self.path, at)
            raise
        self.entries = [*self.entries, Entry(seq, at, len(frame))]
        if len(self.entries) >= MOST:
            self._halve()

    def _halve(self) -> None:
        """Drop every second frame but the first and the last."""
        self.growth = self.growth**2
        kept = [*self.entries[:-1:2], self.entries[-1]]
        beside = self.path.with_suffix(".new")
        with beside.open("wb") as file:
            for entry in kept:
                file.write(_HEAD.pack(entry.length, entry.seq) + self.read(entry))
        os.replace(beside, self.path)
        self._scan()

    def rewind(self, seq: int) -> None:
        """Drop the frames from snapshot ``seq`` on: the run goes on from an earlier checkpoint."""
        kept = [entry for entry in self.entries if entry.seq < seq]
        if len(kept) < len(self.entries):
            self.entries = kept
            os.truncate(self.path, self.end)

    def read(self, entry: Entry) -> bytes:
        """Return one frame; empty if it has left the log since ``entry`` was taken."""
        with self.path.open("rb") as file:
            file.seek(entry.offset)
            if file.read(_HEAD.size) != _HEAD.pack(entry.length, entry.seq):
                return b""
            return file.read(entry.length)

    def read_all(self, entries: Sequence[Entry]) -> list[bytes]:
        """Return the frames of ``entries``; empty ones for those that have left the log."""
        return [self.read(entry) for entry in entries]
