"""Adam (Kingma & Ba 2015, arXiv 1412.6980) on one matrix of weights.

    m <- β₁ m + (1 - β₁) g          v <- β₂ v + (1 - β₂) g²
    w <- w - lr (m / (1 - β₁ᵏ)) / (√(v / (1 - β₂ᵏ)) + ε)          at step k = 1, 2, …

Written out, it is seven operations, faster here than torch.optim's, whose first use also imports
the compiler: three seconds and a hundred megabytes before the first step.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

#: β₁ and β₂. 0.99, not 0.999: a flow's gradients change their size quickly at first.
BETAS = (0.9, 0.99)
EPSILON = 1e-8


class Adam:
    """The moments m and v of weights (E, P); all rows take their step at once."""

    def __init__(self, weights: Tensor) -> None:
        """Begin with both moments zero."""
        self.mean = torch.zeros_like(weights)
        self.square = torch.zeros_like(weights)
        self._scratch = torch.empty_like(weights)

    def step(self, weights: Tensor, grad: Tensor, lr: float, count: int) -> None:
        """Change the weights in place; ``count`` is the number of this step, from 1."""
        beta1, beta2 = BETAS
        self.mean.lerp_(grad, 1 - beta1)
        self.square.mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
        # Both bias corrections in two numbers: c = √(1 - β₂ᵏ) moves from under the root into ε.
        c = math.sqrt(1 - beta2**count)
        torch.sqrt(self.square, out=self._scratch).add_(EPSILON * c)
        weights.addcdiv_(self.mean, self._scratch, value=-lr * c / (1 - beta1**count))
