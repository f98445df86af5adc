"""Two moons, circles, four rings, swiss roll, two spirals: curves with noise.

All five as the generators of FFJORD (Grathwohl et al. 2019, arXiv 1810.01367) and Residual Flows
(Chen et al. 2019, arXiv 1906.02735) draw them, except that points are independent: where those
generators space angles evenly and count points an arm, angle and arm are random here.

Entropies: -sum p log p times the cell area on ``quadrature(2)``, a midpoint grid of spacing sd / 4
or so, which agrees with spacing sd / 2 to 2e-7; tests recompute them.
"""

from __future__ import annotations

from math import pi

import numpy as np

from inn_core.targets.base import Array, square
from inn_core.targets.curves import Arc, NoisyArcs, Rings
from inn_core.targets.spirals import TwoSpirals


def _upper_moon(t: Array) -> Array:
    return 2 * np.stack([np.cos(t), np.sin(t)], axis=1) + (-1, -0.2)


def _lower_moon(t: Array) -> Array:
    return 2 * np.stack([1 - np.cos(t), 0.5 - np.sin(t)], axis=1) + (-1, -0.2)


def _roll(t: Array) -> Array:
    return np.stack([t * np.cos(t), t * np.sin(t)], axis=1) / 5


#: Half circles of radius 1, the second turned round and set beside the first, noise 0.1; times 2,
#: shifted by (-1, -0.2).
MOONS = NoisyArcs(
    name="moons",
    view=square(4.0),
    entropy=2.393879,
    support=((-4.6, 4.6), (-2.8, 3.4)),
    detail=0.2,
    arcs=(Arc(_upper_moon, 0, pi), Arc(_lower_moon, 0, pi)),
    sd=0.2,
    knots=128,
)

#: Radii 1 and 0.5, noise 0.08; times 3.
CIRCLES = Rings(
    name="circles",
    view=square(4.0),
    entropy=3.268136,
    support=square(4.8),
    detail=0.24,
    radii=(1.5, 3.0),
    sd=0.24,
)

#: Radii 0.25, 0.5, 0.75 and 1, times 3, then noise 0.08. Each ring has a quarter of the mass.
RINGS = Rings(
    name="rings",
    view=square(4.0),
    entropy=2.623183,
    support=square(3.6),
    detail=0.08,
    radii=(0.75, 1.5, 2.25, 3.0),
    sd=0.08,
)

#: t (cos t, sin t) with t uniform on [1.5 pi, 4.5 pi], noise 1; divided by 5.
SWISS_ROLL = NoisyArcs(
    name="swiss_roll",
    view=square(4.0),
    entropy=2.669646,
    support=square(4.4),
    detail=0.2,
    arcs=(Arc(_roll, 1.5 * pi, 4.5 * pi),),
    sd=0.2,
    knots=400,
)

TWO_SPIRALS = TwoSpirals(
    name="two_spirals",
    view=square(4.0),
    entropy=2.645450,
    support=square(4.2),
    detail=0.1,
)
