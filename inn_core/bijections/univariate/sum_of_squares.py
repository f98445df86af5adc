"""Sum-of-squares polynomial coupling (Jaini, Selby & Yu 2019, arXiv 1905.02325).

    S(x) = c + ∫_0^x Σ_k (Σ_l a_lk u^l)² du

On [-B, B] the slope is ε + (1-ε) Σ_k q_k(x/B)² with two polynomials q_k, q_1 = 1 + perturbation,
written in orthonormal Legendre polynomials and divided by their common norm: the mean slope is 1
and the slope lies between ε and (1-ε)(r+1)² + ε, whatever the raw numbers. Outside, S goes on as
its tangent.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from numpy.polynomial import legendre
from numpy.typing import NDArray
from torch import Tensor

from inn_core.bijections.univariate import solve
from inn_core.bijections.univariate.base import Params, Univariate

BOUND = 4.0
#: The least slope, and how many polynomials are squared: two reach every nonnegative polynomial.
LEAST, SQUARES = 0.1, 2
#: Highest degree of q: beyond, float32 loses the slope in its own coefficients.
DEGREE = 4


class SumOfSquares(Univariate):
    """Slope of degree ``bins`` (8 at most), from two squares: raw (c, q_1 without 1, q_2)."""

    formula = "sum_of_squares"
    # At raw 0 the second square is 0, and so is its gradient: start off it.
    start = 0.3

    def __init__(self, bins: int = 8) -> None:
        """``bins`` is the degree of the slope, an even number up to 8."""
        self.bins = bins
        self.degree = min(max(bins // 2, 1), DEGREE)
        self.n_params = SQUARES * (self.degree + 1)

    def constrain(self, raw: Tensor) -> Params:
        """Return the shift c (...) and the slope's coefficients (..., 2r + 1) in u = x/B."""
        shift = BOUND * torch.tanh(raw[..., 0] / BOUND)
        a = torch.cat([torch.ones_like(raw[..., :1]), raw[..., 1:]], -1)
        a = a / torch.linalg.vector_norm(a, dim=-1, keepdim=True)
        a = a.unflatten(-1, (SQUARES, self.degree + 1))
        change = torch.as_tensor(in_powers(self.degree), dtype=raw.dtype, device=raw.device)
        p = (1 - LEAST) * squares(a @ change)
        return shift, torch.cat([p[..., :1] + LEAST, p[..., 1:]], -1)

    def forward(self, x: Tensor, params: Params) -> tuple[Tensor, Tensor]:
        """Return z and ln dz/dx."""
        shift, p = params
        u = x / BOUND
        inside = u.clamp(-1, 1)
        value, slope = curve(inside, torch.zeros_like(shift), p)
        return shift + BOUND * (value + slope * (u - inside)), torch.log(slope)

    def inverse(self, z: Tensor, params: Params) -> tuple[Tensor, Tensor]:
        """Return x and ln dx/dz."""
        return solve.inverse(lambda x: self.forward(x, params), z)

    def fraction(self, params: Params, t: float) -> Params:
        """Mix with the slope 1 and the shift 0: a positive slope all the way."""
        shift, p = params
        one = torch.zeros_like(p)
        one[..., 0] = 1
        return t * shift, one + t * (p - one)

    def rows(self, params: Params) -> Tensor:
        """Rows: the shift, then the slope's coefficients."""
        return torch.cat([params[0].unsqueeze(-1), params[1]], -1)


def squares(a: Tensor) -> Tensor:
    """Coefficients (..., 2r + 1) of Σ_k (Σ_l a_kl u^l)² from a (..., K, r + 1): convolutions."""
    r = a.shape[-1] - 1
    products = a.mT @ a
    sums = [0.0 * a[..., 0, 0]] * (2 * r + 1)
    for i in range(r + 1):
        for j in range(r + 1):
            sums[i + j] = sums[i + j] + products[..., i, j]
    return torch.stack(sums, -1)


def curve(x: Tensor, c: Tensor, p: Tensor) -> tuple[Tensor, Tensor]:
    """Return S = c + ∫_0^x Σ_m p_m u^m du and S', for p (..., M)."""
    value, slope = torch.zeros_like(x), torch.zeros_like(x)
    for m in reversed(range(p.shape[-1])):
        value = value * x + p[..., m] / (m + 1)
        slope = slope * x + p[..., m]
    return c + value * x, slope


@cache
def in_powers(degree: int) -> NDArray[np.float64]:
    """Rows: Legendre polynomials of mean square 1 on [-1, 1], as coefficients of powers."""
    rows = np.zeros((degree + 1, degree + 1))
    for n in range(degree + 1):
        rows[n, : n + 1] = np.sqrt(2 * n + 1) * legendre.leg2poly(np.eye(degree + 1)[n, : n + 1])
    return rows
