"""The log-det of a residual layer where the exact one is too dear: series and estimators. Numpy.

    ln det(I + J) = Σ_k (-1)^{k+1} tr(Jᵏ) / k,    |J| < 1

Behrmann et al. 2019 (arXiv 1811.00995) cut the series off, which is biased; Chen et al. 2019 (arXiv
1906.02735) end it at random and weight the terms, which is not. In two dimensions the exact value
stands beside them (contraction.py). Jacobians have shape (..., D, D).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]

#: Russian roulette as in the authors' code: terms that are always kept, chance of going on.
ALWAYS, GOING_ON = 2, 0.5


def power_series(slopes: Array, terms: int) -> Array:
    """The first ``terms`` terms of the series, (...)."""
    power, total = slopes, np.zeros(slopes.shape[:-2])
    for k in range(1, terms + 1):
        total = total + _sign(k) * np.trace(power, axis1=-2, axis2=-1) / k
        power = power @ slopes
    return total


def truncation_bound(dim: int, lipschitz: float, terms: int) -> float:
    """How far ``terms`` terms can be off: D |ln(1 - L) + Σ_{k ≤ n} Lᵏ / k|."""
    kept = math.fsum(lipschitz**k / k for k in range(1, terms + 1))
    return dim * abs(math.log1p(-lipschitz) + kept)


def hutchinson(slopes: Array, probes: Array, power: int = 1) -> Array:
    """vᵀ Jᵏ v for probes v (..., D): its mean over v of mean 0 and covariance I is tr(Jᵏ)."""
    carried = probes
    for _ in range(power):
        carried = (slopes @ carried[..., None])[..., 0]
    return np.asarray((probes * carried).sum(-1))


def roulette(slopes: Array, rng: np.random.Generator) -> Array:
    """One unbiased estimate of ln det(I + J) for each of J (N, D, D): (N,).

    The series ends after N terms, N = ALWAYS + a geometric number, and term k is divided by
    P(N ≥ k); its trace is Hutchinson's, with one probe of signs ±1 for all terms.
    """
    lengths = ALWAYS + rng.geometric(1 - GOING_ON, len(slopes)) - 1
    probes = rng.choice([-1.0, 1.0], slopes.shape[:-1])
    carried, total = probes, np.zeros(len(slopes))
    for k in range(1, int(lengths.max(initial=0)) + 1):
        carried = (slopes @ carried[..., None])[..., 0]
        term = _sign(k) / k * (probes * carried).sum(-1) / chance(k)
        total += np.where(k <= lengths, term, 0.0)
    return total


def chance(k: int) -> float:
    """P(N ≥ k): that the roulette reaches term k."""
    return float(GOING_ON ** max(0, k - ALWAYS))


def iterations(lipschitz: float, tolerance: float = 1e-6) -> int:
    """Fixed-point steps until Lⁿ / (1 - L) < tolerance: 21 at L = 0.5, 153 at 0.9."""
    return math.floor(math.log(tolerance * (1 - lipschitz)) / math.log(lipschitz)) + 1


def fixed_point_bound(lipschitz: float, steps: int, first: float) -> float:
    """Banach's bound Lⁿ / (1 - L) |x_1 - x_0| of the error after n steps."""
    return lipschitz**steps / (1 - lipschitz) * first


def _sign(k: int) -> int:
    return 1 if k % 2 else -1
