"""Exact draws from a density on a box, known up to a factor: cells, jitter, rejection. Numpy only.

A proposal is uniform within cells; cell c is chosen with probability ~ area_c exp(bound_c), where
bound_c lies above the log-density everywhere in c. A proposed point is kept with probability
exp(log_density - bound): what is kept follows the density itself, however coarse the cells are.
They decide only how much is thrown away. (Von Neumann 1951, with a staircase as envelope.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

import numpy as np

from inn_core.results import FloatArray as Array

#: A log-density of points (n, D): (n,), finite.
LogDensity = Callable[[Array], Array]

#: Cells whose bound is this far (in nats) under the highest are left out.
DEPTH = 32.0
#: How far the bound lies above the corners, as a multiple of the second differences there.
MARGIN = 0.25
#: The most (in nats) that curvature may lift a bound; more would mean a density that is not smooth.
MOST = 4.0


class Cells:
    """A staircase above a log-density, and exact draws under it.

    log_density : points (n, D) -> (n,), smooth inside the box
    edges : D increasing arrays of cell edges (not necessarily even); they span the box
    """

    def __init__(self, log_density: LogDensity, edges: Sequence[Array]) -> None:
        self.log_density = log_density
        self.edges = [np.asarray(edge, dtype=np.float64) for edge in edges]
        lattice = np.stack(np.meshgrid(*self.edges, indexing="ij"), axis=-1)
        nodes = log_density(lattice.reshape(-1, len(edges))).reshape(lattice.shape[:-1])
        self.bound = _bound(nodes)
        self.highest = float(self.bound.max())
        areas = reduce(np.multiply.outer, [np.diff(edge) for edge in self.edges])
        kept = self.bound > self.highest - DEPTH
        self.mass = np.where(kept, np.exp(self.bound - self.highest), 0.0) * areas
        self._cumulative = np.cumsum(self.mass.ravel())

    def window(self) -> list[tuple[int, int]]:
        """Per axis the first and one past the last cell that holds any mass."""
        found = []
        for axis in range(self.mass.ndim):
            others = tuple(a for a in range(self.mass.ndim) if a != axis)
            used = np.flatnonzero(self.mass.any(axis=others))
            found.append((int(used[0]), int(used[-1]) + 1))
        return found

    def sample(self, n: int, rng: np.random.Generator) -> Array:
        """Draw n independent points (n, D)."""
        parts: list[Array] = [np.empty((0, len(self.edges)))]
        missing, yielded = n, 0.7
        while missing > 0:
            tried = int(missing / yielded * 1.1) + 16
            points, log_ratio = self.propose(tried, rng)
            good = points[-rng.standard_exponential(tried) < log_ratio]
            yielded = max(len(good) / tried, 0.02)
            parts.append(good[:missing])
            missing -= len(parts[-1])
        return np.concatenate(parts)

    def propose(self, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
        """Points (n, D) under the staircase, and log_density - bound there, (n,).

        What is above 0 is cut by :meth:`sample`; a smooth density never is.
        """
        choice = np.searchsorted(self._cumulative, rng.random(n) * self._cumulative[-1], "right")
        cells = np.unravel_index(choice, self.mass.shape)
        jitter = rng.random((len(self.edges), n))
        points = np.stack(
            [
                e[c] + u * (e[c + 1] - e[c])
                for e, c, u in zip(self.edges, cells, jitter, strict=True)
            ],
            axis=1,
        )
        return points, self.log_density(points) - self.bound[cells]


def _bound(nodes: Array) -> Array:
    """A number per cell that lies above the log-density in it, from its values at the corners.

    Inside a cell a quadratic rises over the highest corner by at most sum_a |d_a| / 8, with d_a its
    second difference along axis a (the mixed one adds nothing: a bilinear function is highest at a
    corner). MARGIN is twice that, for what is not quadratic, and MOST keeps a spike from being
    proposed a thousand times too often: above the bound it is cut.
    """
    bend = np.zeros_like(nodes)
    for axis, length in enumerate(nodes.shape):
        if length > 2:
            sides = [(1, 1) if a == axis else (0, 0) for a in range(nodes.ndim)]
            bend += np.pad(np.abs(np.diff(nodes, 2, axis=axis)), sides, mode="edge")
    return _highest_corner(nodes) + np.minimum(MARGIN * _highest_corner(bend), MOST)


def _highest_corner(nodes: Array) -> Array:
    """The largest value at the corners of each cell."""
    for axis in range(nodes.ndim):
        nodes = np.maximum(np.delete(nodes, -1, axis), np.delete(nodes, 0, axis))
    return nodes
