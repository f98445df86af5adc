"""What the riddles of the lesson "divergences" reveal: measured by quadrature, not remembered."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.stats import norm

#: Laws of the riddle on critics: mean and standard deviation of P and Q.
P, Q = (0.0, 1.0), (0.0, 2.0)
CELLS = np.linspace(-12, 14, 4001)

#: Along the line through both hills of the other riddle: weight, mean and spread of each.
HILLS = ((0.55, -2.6, 0.7), (0.45, 2.6, 0.9))


@cache
def valley() -> dict[str, Any]:
    """The density of two round hills of the plane at their mean, as a share of its highest."""
    line = np.linspace(-4, 4, 4001)
    mean = sum(weight * place for weight, place, _ in HILLS)

    def density(x: Any) -> Any:
        return sum(w * norm.pdf(x, m, s) / s for w, m, s in HILLS)

    return {"share": f"{100 * float(density(mean) / density(line).max()):.1f} %"}


@cache
def one_unit() -> dict[str, Any]:
    """KL(P‖Q), and the largest E_P[V] − E_Q[e^(V−1)] of critics V(x) = d + c·relu(±x + b)."""
    p, q = (norm.pdf(CELLS, *law) for law in (P, Q))
    step = CELLS[1] - CELLS[0]

    def lost(numbers: Any, way: float) -> float:
        b, c, d = numbers
        v = d + c * np.maximum(way * CELLS + b, 0)
        return float(-step * np.sum(p * v - q * np.exp(v - 1)))

    ways = [minimize(lost, (b, -0.5, 1), (way,), method="Nelder-Mead") for way in (-1, 1)
            for b in (-1, 0, 1)]  # fmt: skip
    truth = step * np.sum(p * np.log(p / q))
    return {"truth": f"{truth:.3f}", "best": f"{-min(way.fun for way in ways):.3f}"}


#: Pairs of random laws on CATEGORIES points, each with a random event.
TRIALS, CATEGORIES = 20_000, 6


@cache
def conditioned() -> dict[str, Any]:
    """The largest TV(P|A, Q|A) · max(P(A), Q(A)) / TV(P, Q) over random pairs and events."""
    rng = np.random.default_rng(0)
    p, q = (rng.dirichlet(np.full(CATEGORIES, 0.3), TRIALS) for _ in "pq")
    event = rng.random((TRIALS, CATEGORIES)) < 0.5
    event[:, 0] = True
    mass_p, mass_q = ((law * event).sum(1, keepdims=True) for law in (p, q))
    far = np.abs(p - q).sum(1)
    seen = np.minimum(mass_p, mass_q)[:, 0] > 1e-9
    inside = (np.abs(p / mass_p - q / mass_q) * event)[seen].sum(1)
    ratio = inside * np.maximum(mass_p, mass_q)[seen, 0] / far[seen]
    return {"trials": f"{TRIALS:,}", "worst": f"{ratio.max():.3f}"}
