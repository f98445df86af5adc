"""The surface {x: f(x) = y} of the robot arm, in two charts: one to draw from, one to integrate.

Given y without noise, p(x | y) has the density p(x) / (p(y) sqrt(det J J^T)) with respect to area
on the surface, J the Jacobian of f (coarea formula). In a chart by two of four coordinates this is
p(x) / |minor|, the minor being the determinant of J's other two columns. With the absolute angles
a = (x2, x2 + x3, x2 + x3 + x4), whose change of variables has determinant 1, and h = y2 - x1 (the
hand's height above the rail's slider):

Wrist chart, for quadrature. Free: the rail x1 and the last link's direction a3. The wrist must be
at W = (y1, h) - (cos a3, sin a3), and two links of length 1/2 reach it with the elbow either way:
cos(x3 / 2) = |W|. The minor of (a1, a2) is |sin x3| / 4. It vanishes where the two links are
stretched, at the rim |a3 - arg(y1, h)| = g with cos g = |(y1, h)| / 2. The substitution
a3 = arg(y1, h) + g sin t takes the singularity away: sin t integrates as Gauss-Chebyshev does.

Phase chart, for draws. Free: x3 and b = x4 + x3 / 2. The first two links are one stiff link of
length D = cos(x3 / 2) at angle m = x2 + x3 / 2, b is the last link's angle from it, and the minor
of (x1, x2) is |h|. From y1^2 + h^2 = |D + exp(ib)|^2 follows the energy of a pendulum,

    h^2 + 4 D sin^2(b / 2) = Q^2,   Q^2 = (1 + D)^2 - y1^2,

so with a phase t:  sin(b / 2) = q cos t,  h = sign(sin t) sqrt(Q^2 - 4 D q^2 cos^2 t),
q = min(1, Q / (2 sqrt D)). Then db / |h| = 2 q dt / (Q cos(b / 2)) if q < 1 (it swings), and
2 dt / |h| if q = 1 (it turns over). Both stay near 1, except where the arm is folded back on itself
(b = ±pi and h = 0, or x3 = ±pi): there the prior is e^-19, and the stretch is cut at 50, which
costs a thousandth of the posterior at y = (0, 0) and nothing to speak of elsewhere. |x3| reaches
X = 2 acos(|y1| - 1), or pi, beyond which the prior holds 3e-10.

Angles count modulo 2 pi in both charts; the prior of x2 and x4 is summed over three turns.
"""

from __future__ import annotations

from math import acos, log, pi

import numpy as np

from inn_core.results import FloatArray as Array
from inn_core.targets.numerics import gauss_legendre, log_sum_exp

LENGTHS = np.array([0.5, 0.5, 1.0])
REACH = float(LENGTHS.sum())
PRIOR_SD = np.array([0.25, 0.5, 0.5, 0.5])

#: Whole turns that x2 and x4 may have made; two turns are 12 prior sds more.
TURNS = 2 * pi * np.array([-1.0, 0.0, 1.0])
LOG_NORM = -2 * log(2 * pi) - float(np.log(PRIOR_SD).sum())

#: The stretch of the phase chart is cut here; see above.
LOG_FOLDED = log(50)

#: Nodes of the quadrature: heights h, and phases of the last link.
HEIGHTS, PHASES = 320, 160
#: Nodes lighter than the heaviest by this many nats are left out.
NEGLIGIBLE = 45.0


def log_prior(x: Array) -> Array:
    """Log-density of N(0, diag(PRIOR_SD)^2) at x (n, 4)."""
    return LOG_NORM - 0.5 * ((x / PRIOR_SD) ** 2).sum(axis=1)


def half_width(y1: float) -> float:
    """The largest |x3| on the surface."""
    return 2 * acos(abs(y1) - 1) if abs(y1) > 1 else pi


def arm(points: Array, y: Array) -> tuple[Array, Array]:
    """The phase chart: (x3 / X, t) (n, 2) -> x (n, 4), and the log of its stretch, (n,).

    Angles come in (-pi, pi]; the stretch is 1 / minor times what dx3 db is for d(x3) dt.
    """
    y1, y2 = y
    x3, t = half_width(y1) * points[:, 0], points[:, 1]
    stiff = np.cos(x3 / 2)
    energy = np.maximum((1 + stiff) ** 2 - y1**2, 1e-300)
    swings = energy < 4 * stiff
    q = np.sqrt(np.where(swings, energy / np.where(swings, 4 * stiff, 1.0), 1.0))
    sine, phase = q * np.cos(t), np.sin(t)
    over = np.sqrt(np.maximum(energy - 4 * stiff * np.cos(t) ** 2, 1e-300))
    height = np.where(swings, np.sqrt(energy) * phase, np.copysign(over, phase))
    cosine = np.sqrt(np.maximum(1 - sine**2, 1e-300))
    b = 2 * np.arctan2(sine, np.where(swings, cosine, np.abs(phase)))
    m = np.arctan2(height, y1) - np.arctan2(np.sin(b), stiff + np.cos(b))
    x = np.stack([y2 - height, wrap(m - x3 / 2), x3, wrap(b - x3 / 2)], axis=1)
    log_stretch = np.where(
        swings,
        -0.5 * np.log(np.maximum(stiff, 1e-300)) - np.log(cosine),
        log(2) - np.log(over),
    )
    return x, np.minimum(log_stretch, LOG_FOLDED)


def log_phase_density(points: Array, y: Array) -> Array:
    """Log of p(x) / minor in the phase chart, angles summed over turns: (n,)."""
    x, log_stretch = arm(points, y)
    free = -0.5 * ((x[:, [0, 2]] / PRIOR_SD[[0, 2]]) ** 2).sum(axis=1)
    turned = sum(log_sum_exp(turn_weights(x[:, i], i)) for i in (1, 3))
    return LOG_NORM + free + turned + log_stretch + log(half_width(float(y[0])))


def turn_weights(angle: Array, i: int) -> Array:
    """Log prior (without its constant) of x_i = angle plus each of TURNS, (n, 3)."""
    return -0.5 * ((angle[:, None] + TURNS) / PRIOR_SD[i]) ** 2


def unwrap(points: Array, y: Array, rng: np.random.Generator) -> Array:
    """Unknowns (n, 4) at points of the phase chart, x2 and x4 on a turn drawn from the prior."""
    x, _ = arm(points, y)
    for i in (1, 3):
        logs = turn_weights(x[:, i], i)
        gumbel = -np.log(rng.standard_exponential(logs.shape))
        x[:, i] += TURNS[np.argmax(logs + gumbel, axis=1)]
    return x


def wrist_quadrature(y: Array) -> tuple[Array, Array]:
    """The wrist chart: nodes x (N, 4) and the log of their shares of p(y), (N,)."""
    y1, y2 = y
    top = np.sqrt(REACH**2 - y1**2)
    h, dh = gauss_legendre(-top, top, HEIGHTS)
    t = pi * (np.arange(PHASES) + 0.5) / PHASES - pi / 2
    far = np.hypot(y1, h)[:, None]
    rim = np.arccos(far / REACH)
    g = rim * np.sin(t)
    a3 = np.arctan2(h, y1)[:, None] + g
    # sin(x3 / 2) = sqrt(2 r (cos g - cos rim)), as a product: no cancellation at the rim.
    half_sine = np.sqrt(4 * far * np.sin((rim + g) / 2) * np.sin((rim - g) / 2))
    x3 = 2 * np.arcsin(np.minimum(half_sine, 1.0))
    m = np.arctan2(h[:, None] - np.sin(a3), y1 - np.cos(a3))
    log_area = np.log(dh[:, None] * (pi / PHASES) * rim * np.cos(t)) - np.log(np.sin(x3) / 4)
    nodes, logs = [], []
    for elbow in (x3, -x3):
        angles = [wrap(m - elbow / 2), elbow, wrap(a3 - m - elbow / 2)]
        rail = np.broadcast_to(y2 - h[:, None], x3.shape)
        nodes.append(np.stack([rail, *angles], axis=-1).reshape(-1, 4))
        logs.append(log_area.ravel() + log_prior(nodes[-1]))
    return _turned(np.concatenate(nodes), np.concatenate(logs))


def _turned(x: Array, log_mass: Array) -> tuple[Array, Array]:
    """The nodes that weigh anything, each on every turn of x2 and of x4."""
    kept = log_mass > log_mass.max() - NEGLIGIBLE
    x, log_area = x[kept], log_mass[kept] - log_prior(x[kept])
    nodes = [x + np.array([0.0, second, 0.0, fourth]) for second in TURNS for fourth in TURNS]
    logs = [log_area + log_prior(node) for node in nodes]
    every, mass = np.concatenate(nodes), np.concatenate(logs)
    kept = mass > mass.max() - NEGLIGIBLE
    return every[kept], mass[kept]


def wrap(angle: Array) -> Array:
    """The same angle in (-pi, pi]."""
    return pi - np.mod(pi - angle, 2 * pi)
