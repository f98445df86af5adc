"""The averaged weights: what is shown, measured and exported.

Polynomial decay (Shamir & Zhang 2013, arXiv 1212.1824): after step k,

    average += (w_k - average) (p + 1) / (k + p)

weighs the past by k^p, so the memory is always about the last k / (p + 1) steps: short while the
weights still travel, long when they only jitter. It has no time constant to tune.
"""

from __future__ import annotations

from torch import Tensor

#: p of the formula: the memory is about the last seventeenth of the run.
POWER = 16.0


def update(average: Tensor, weights: Tensor, step: int) -> None:
    """Take in the weights (E, P) reached by step ``step`` (counted from 1), in place."""
    average.lerp_(weights, (POWER + 1.0) / (step + POWER))
