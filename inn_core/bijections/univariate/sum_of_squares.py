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
from inn_core.bijections.univariate.base import Params, Pull, Univariate

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
    iterative = True

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
        change = constant(in_powers(self.degree), raw)
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

    def vjp(self, x: Tensor, raw: Tensor, inverse: bool = False) -> tuple[Tensor, Tensor, Pull]:
        """See Univariate.vjp. With u = x/B and p the slope's coefficients.

        dz/dp_m = B (u^{m+1}/(m+1) + (what lies outside) u^m),  d ln S'/dp_m = u^m / S'.
        """
        if inverse:
            return super().vjp(x, raw, inverse)
        change = constant(in_powers(self.degree).T, raw)  # Legendre polynomials -> powers
        gather = constant(sums_of(self.degree), raw)  # products q_i q_j -> powers i + j
        bounded = torch.tanh(raw[:, :, 0] / BOUND)
        b = torch.cat([torch.ones_like(raw[:, :, :1]), raw[:, :, 1:]], 2)
        norm = torch.linalg.vector_norm(b, dim=2, keepdim=True)
        a = b / norm
        q = change @ a.unflatten(2, (SQUARES, self.degree + 1))  # (E, d, K, r + 1, B)
        products = (q.unsqueeze(4) * q.unsqueeze(3)).sum(2)
        p = (1 - LEAST) * (gather @ products.flatten(2, 3))  # (E, d, 2r + 1, B)
        p[:, :, 0] += LEAST
        u = x / BOUND
        inside = u.clamp(-1, 1)
        powers = torch.stack([torch.ones_like(u), *[inside] * p.shape[2]], 2).cumprod(2)
        places = torch.arange(1, p.shape[2] + 1, dtype=x.dtype).unsqueeze(-1)
        low, high = powers[:, :, :-1], powers[:, :, 1:] / places
        slope, beyond = (p * low).sum(2), u - inside
        value = BOUND * ((p * high).sum(2) + slope * beyond + bounded)

        def pull(g_value: Tensor, g_log: Tensor) -> tuple[Tensor, Tensor]:
            by_slope = g_log / slope
            bend = (p[:, :, 1:] * places[:-1] * low[:, :, :-1]).sum(2).masked_fill(beyond != 0, 0.0)
            g_x = g_value * slope + by_slope * bend / BOUND
            g_p = (BOUND * g_value).unsqueeze(2) * high
            g_p = g_p + (BOUND * g_value * beyond + by_slope).unsqueeze(2) * low
            g_products = (gather.mT @ g_p).unflatten(2, (self.degree + 1, self.degree + 1))
            g_q = (g_products.unsqueeze(2) * q.unsqueeze(3)).sum(4) * (2 * (1 - LEAST))
            g_a = (change.mT @ g_q).flatten(2, 3)
            g_b = (g_a - a * (g_a * a).sum(2, keepdim=True)) / norm
            g_shift = g_value * (1 - bounded * bounded)
            return g_x, torch.cat([g_shift.unsqueeze(2), g_b[:, :, 1:]], 2)

        return value, torch.log(slope), pull

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


def constant(table: NDArray[np.float64], like: Tensor) -> Tensor:
    """A table as a tensor."""
    return torch.as_tensor(table, dtype=like.dtype, device=like.device)


@cache
def sums_of(degree: int) -> NDArray[np.float64]:
    """(2r + 1, (r + 1)²): a row for every sum i + j of degrees, 1 where a pair has it."""
    sums = np.add.outer(np.arange(degree + 1), np.arange(degree + 1)).ravel()
    return (sums == np.arange(2 * degree + 1)[:, None]).astype(np.float64)


@cache
def in_powers(degree: int) -> NDArray[np.float64]:
    """Rows: Legendre polynomials of mean square 1 on [-1, 1], as coefficients of powers."""
    rows = np.zeros((degree + 1, degree + 1))
    for n in range(degree + 1):
        rows[n, : n + 1] = np.sqrt(2 * n + 1) * legendre.leg2poly(np.eye(degree + 1)[n, : n + 1])
    return rows
