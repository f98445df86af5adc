"""A drawn warp: a coarse grid's control points, dragged; between them a C¹ interpolant.

f(x) = x + A d(x), d the bicubic Catmull-Rom interpolant of the displacements (Catmull & Rom 1974).
The grid goes on beyond its edge in a straight line.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from inn_core.diffeos.base import HALF, Array, Diffeo, edge, grid

#: Control points a side; numbers of a warp: x and y of each, row by row from below.
NODES = 5
NUMBERS = 2 * NODES * NODES
#: A control point may move this far along each axis.
FARTHEST = 1.0
#: An area factor below this counts as a fold. It is looked for on so many points a side.
LEAST_AREA, LOOKED = 0.05, 65

#: Catmull-Rom weights of four neighbours as polynomials of the place t between the middle two.
BASIS = 0.5 * np.array(
    [[0.0, -1.0, 2.0, -1.0], [2.0, 0.0, -5.0, 3.0], [0.0, 1.0, 4.0, -3.0], [0.0, 0.0, -1.0, 1.0]]
)
#: Control points -> the same with one more at either end, in a straight line.
EXTENDED = np.zeros((NODES + 2, NODES))
EXTENDED[1:-1] = np.eye(NODES)
EXTENDED[0, :2], EXTENDED[-1, -2:] = (2, -1), (-1, 2)

#: What a new drawing starts from: a bulge in the middle that leans to one side.
START = np.zeros((NODES, NODES, 2))
START[1:4, 1:4] = [0.12, -0.08]
START[2, 2] = [0.25, 0.15]


@dataclass(frozen=True)
class Warp(Diffeo):
    """A warp of :data:`NUMBERS` displacements, none for :data:`START`; ValueError if it folds."""

    default: ClassVar[float] = 1.0
    invertible: ClassVar[bool] = False

    def __post_init__(self) -> None:
        """Refuse what folds K or lays it over itself."""
        if self.warp and len(self.warp) != NUMBERS:
            raise ValueError(f"The warp has {len(self.warp)} numbers; it needs {NUMBERS}.")
        points = grid(LOOKED)
        area = np.linalg.det(self.jacobian(points))
        worst = int(area.argmin())
        if not area[worst] >= LEAST_AREA:
            x, y = points[worst]
            raise ValueError(
                f"The warp folds near ({x:.2f}, {y:.2f}): its area factor is {area[worst]:.2f} "
                f"there and must be at least {LEAST_AREA}. Move the points around it less."
            )
        if crosses(self.forward(edge(LOOKED))):
            raise ValueError(
                "The warp lays one side of the square over another; move the points at its edge "
                "apart."
            )

    @cached_property
    def displacements(self) -> Array:
        """(NODES, NODES, 2): row, column, coordinate."""
        moved = np.reshape(self.warp, START.shape) if self.warp else START
        return np.asarray(self.amplitude * moved, float)

    def forward(self, x: Array) -> Array:
        """See Diffeo."""
        across, up = weights(x[:, 0])[0], weights(x[:, 1])[0]
        return np.asarray(x + np.einsum("pi,pj,ijk->pk", up, across, self.displacements))

    def jacobian(self, x: Array) -> Array:
        """See Diffeo."""
        (across, d_across), (up, d_up) = weights(x[:, 0]), weights(x[:, 1])
        moved = self.displacements
        by_x = np.einsum("pi,pj,ijk->pk", up, d_across, moved)
        by_y = np.einsum("pi,pj,ijk->pk", d_up, across, moved)
        return np.asarray(np.eye(2) + np.stack([by_x, by_y], -1))


def weights(u: Array) -> tuple[Array, Array]:
    """Weight of each control point at u (N,) along one axis, (N, NODES), and its derivative."""
    place = (u + HALF) / (2 * HALF) * (NODES - 1)
    first = np.clip(np.floor(place), 0, NODES - 2).astype(int)
    t = place - first
    one, zero = np.ones_like(t), np.zeros_like(t)
    value = np.stack([one, t, t * t, t**3], -1) @ BASIS.T
    slope = np.stack([zero, one, 2 * t, 3 * t * t], -1) @ BASIS.T * (NODES - 1) / (2 * HALF)
    spread = np.zeros((2, len(u), NODES + 2))
    rows = np.arange(len(u))
    for k in range(4):
        spread[0, rows, first + k], spread[1, rows, first + k] = value[:, k], slope[:, k]
    return spread[0] @ EXTENDED, spread[1] @ EXTENDED


def crosses(polygon: Array) -> bool:
    """Whether a closed polygon (N, 2) cuts itself."""
    a, b = polygon, np.roll(polygon, -1, 0)
    # Which side of segment i the ends of segment j lie on, (i, j).
    start, end = side_of(a, b, a), side_of(a, b, b)
    apart = (start * end < 0) & (start * end < 0).T
    return bool(apart.any())


def side_of(a: Array, b: Array, p: Array) -> Array:
    """Signed area of the triangle (a_i, b_i, p_j), (i, j)."""
    along, to = (b - a)[:, None], p[None] - a[:, None]
    return np.asarray(along[..., 0] * to[..., 1] - along[..., 1] * to[..., 0])
