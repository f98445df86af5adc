"""Divergences of Gaussians on the line, in closed form or by quadrature: what bounds may not pass.

D(p || q) with p = N(m, s²), q = N(n, t²); all arguments are arrays of one shape.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Points of the grid behind what has no closed form, and how far it reaches in units of the sds.
GRID, REACH = 20_001, 25.0


def kl(m: Any, s: Any, n: Any, t: Any) -> Any:
    """ln(t/s) + (s² + (m - n)²) / 2t² - 1/2."""
    return np.log(t / s) + (s**2 + (m - n) ** 2) / (2 * t**2) - 0.5


def reverse_kl(m: Any, s: Any, n: Any, t: Any) -> Any:
    """KL the other way."""
    return kl(n, t, m, s)


def pearson(m: Any, s: Any, n: Any, t: Any) -> Any:
    """∫ p²/q - 1 = t² exp((m - n)² / (2t² - s²)) / (s sqrt(2t² - s²)) - 1, for s² < 2t²."""
    left = 2 * t**2 - s**2
    return t**2 * np.exp((m - n) ** 2 / left) / (s * np.sqrt(left)) - 1


def hellinger(m: Any, s: Any, n: Any, t: Any) -> Any:
    """2 - 2 sqrt(2st / (s² + t²)) exp(-(m - n)² / 4(s² + t²))."""
    both = s**2 + t**2
    return 2 - 2 * np.sqrt(2 * s * t / both) * np.exp(-((m - n) ** 2) / (4 * both))


def log_density(x: Array, m: Any, s: Any) -> Array:
    """Ln N(x; m, s²)."""
    return np.asarray(-0.5 * ((x - m) / s) ** 2 - np.log(s) - 0.5 * np.log(2 * np.pi))


def grid(m: Any, s: Any, n: Any, t: Any) -> Array:
    """Even points over all that either law reaches, (GRID, *shape)."""
    low = np.minimum(m - REACH * s, n - REACH * t)
    high = np.maximum(m + REACH * s, n + REACH * t)
    return np.linspace(low, high, GRID)


def js(m: Any, s: Any, n: Any, t: Any) -> Any:
    """KL(p, M) + KL(q, M), M = (p + q) / 2, by quadrature."""
    x = grid(m, s, n, t)
    log_p, log_q = log_density(x, m, s), log_density(x, n, t)
    log_m = np.logaddexp(log_p, log_q) - np.log(2)
    inside = np.exp(log_p) * (log_p - log_m) + np.exp(log_q) * (log_q - log_m)
    return np.trapezoid(inside, x, axis=0)


def gan(m: Any, s: Any, n: Any, t: Any) -> Any:
    """JS less ln 4."""
    return js(m, s, n, t) - np.log(4)


TRUE = {
    "kl": kl,
    "reverse_kl": reverse_kl,
    "pearson": pearson,
    "hellinger": hellinger,
    "js": js,
    "gan": gan,
}


def pairs(count: int, seed: int) -> tuple[Array, Array, Array, Array]:
    """Random (m, s, n, t) with s² <= 1.5 t²: Pearson's χ² is infinite from 2 t² on."""
    rng = np.random.default_rng(seed)
    t = np.exp(rng.uniform(-0.7, 0.7, count))
    m = rng.normal(size=count)
    n = m + t * rng.uniform(-2, 2, count)
    s = t * np.exp(rng.uniform(np.log(0.4), 0.5 * np.log(1.5), count))
    return m, s, n, t
