"""Two small tools of the targets: a safe log-sum-exp and a vectorised root finder."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from inn_core.targets.base import Array


def log_sum_exp(terms: Array) -> Array:
    """Log of the sum of exp(terms) along the last axis; -inf terms count as 0."""
    largest = terms.max(axis=-1, keepdims=True)
    # Far from everything all terms are equally huge and negative: subtract before exponentiating.
    shift = np.where(np.isfinite(largest), largest, 0.0)
    with np.errstate(divide="ignore"):
        return np.log(np.exp(terms - shift).sum(axis=-1)) + shift[..., 0]


def gauss_legendre(low: float, high: float, count: int) -> tuple[Array, Array]:
    """Nodes and weights (count,) of Gauss-Legendre quadrature on [low, high]."""
    from scipy.special import roots_legendre  # slow to load: a menu needs no quadrature

    nodes, weights = roots_legendre(count)
    half = (high - low) / 2
    return low + half * (nodes + 1), half * weights


def find_roots(
    function: Callable[[Array], tuple[Array, Array]],
    low: Array,
    high: Array,
    tolerance: float = 1e-13,
    limit: int = 200,
) -> Array:
    """One root of each of many functions at once: Newton's method inside a shrinking bracket.

    function : x (n,) -> (value (n,), derivative (n,)), monotone between ``low`` and ``high`` (n,),
        with values of opposite signs (or 0) there
    Where a Newton step would leave the bracket, or is not at most half the step before the last,
    the bracket is halved instead: so every bracket shrinks, even where the derivative is 0.
    Returns (n,). Ends when every last step is below ``tolerance``, or after ``limit`` rounds.
    """
    at_low, at_high = function(low)[0], function(high)[0]
    rising = at_low <= at_high
    below, above = np.where(rising, low, high), np.where(rising, high, low)
    gap = np.where(at_high == at_low, 1.0, at_high - at_low)
    x = low - at_low / gap * (high - low)  # where the chord crosses 0
    moved = before = np.abs(high - low)
    for _ in range(limit):
        value, slope = function(x)
        above, below = np.where(value > 0, x, above), np.where(value > 0, below, x)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            newton = x - value / slope
        good = (newton - below) * (newton - above) <= 0
        good &= np.abs(newton - x) <= 0.5 * before
        new = np.where(good, newton, (below + above) / 2)
        before, moved = moved, np.abs(new - x)
        x = new
        if np.all(moved <= tolerance):
            break
    return x
