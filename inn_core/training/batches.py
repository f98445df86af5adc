"""Batches of fresh data: one endless stream of points that depends on the seed alone."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

#: Points sampled ahead at once. Part of the stream's definition: another size is another stream.
CHUNK = 16_384

#: Keeps the data's randomness apart from the weights' and from the held-out points'.
STREAM_KEY = 1


class Source(Protocol):
    """Whatever can be sampled: a target."""

    def sample(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Draw n points (n, D)."""
        ...


class BatchStream:
    """The points of a run, in order; a batch is the next n of them.

    Points are drawn ahead in chunks of fixed size, so the stream is the same sequence whatever the
    batch sizes, and it is restored from the generator's state before the chunk and a position.
    """

    def __init__(self, source: Source, seed: int) -> None:
        """Start the stream of ``seed``; the first chunk is drawn at once."""
        self._source = source
        self._rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, STREAM_KEY])))
        self._draw()

    def _draw(self) -> None:
        self._before: dict[str, Any] = dict(self._rng.bit_generator.state)
        points = self._source.sample(CHUNK, self._rng)
        self._chunk = torch.from_numpy(np.ascontiguousarray(points, dtype=np.float32))
        self._at = 0

    def take(self, n: int) -> Tensor:
        """Return the next n points, (n, D) float32."""
        end = self._at + n
        if end <= CHUNK:
            batch = self._chunk[self._at : end]
            self._at = end
            return batch
        head = self._chunk[self._at :]
        self._draw()
        return torch.cat([head, self.take(n - len(head))])

    def state(self) -> dict[str, Any]:
        """Return where the stream is, as JSON types."""
        return {"generator": self._before, "at": self._at}

    def restore(self, state: dict[str, Any]) -> None:
        """Go to where ``state`` was taken: the next points are the same bits."""
        self._rng.bit_generator.state = state["generator"]
        self._draw()
        self._at = int(state["at"])
