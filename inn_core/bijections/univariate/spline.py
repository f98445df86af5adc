"""Rational-quadratic spline (Durkan, Bekasov, Murray & Papamakarios 2019, arXiv 1906.04032).

On [-B, B], K bins with widths w, heights h and knot slopes δ (δ = 1 at both ends); identity
outside. In a bin, with s = h/w and ξ = (x - x_k)/w:

    z = y_k + h [s ξ² + δ_k ξ(1-ξ)] / [s + (δ_{k+1} + δ_k - 2s) ξ(1-ξ)]

The denominator is s(1 - 2ξ(1-ξ)) + (δ_k + δ_{k+1}) ξ(1-ξ) >= s/2 > 0, whatever the parameters.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from inn_core.bijections.univariate.base import Params, Univariate

#: The spline lives on [-BOUND, BOUND] of standardised data, the identity outside.
BOUND = 4.0
#: No bin is narrower than this share of the domain; slopes stay in [1/10, 10]. With these, the
#: float32 round trip holds at any parameter scale.
MIN_BIN = 0.02
LOG_SLOPE_BOUND = math.log(10.0)


class RationalQuadraticSpline(Univariate):
    """Monotone rational-quadratic spline with ``bins`` bins: raw (..., 3 bins - 1)."""

    formula = "spline"

    def __init__(self, bins: int = 8) -> None:
        """Raises ValueError when bins of 2 % each would not fit."""
        if not 1 <= bins < 1 / MIN_BIN:
            raise ValueError(f"bins is {bins}; it must lie between 1 and {int(1 / MIN_BIN) - 1}.")
        self.bins = bins
        self.n_params = 3 * bins - 1

    def constrain(self, raw: Tensor) -> Params:
        """Return widths (..., K), heights (..., K), inner slopes (..., K - 1)."""
        k = self.bins
        sizes = torch.softmax(raw[..., : 2 * k].unflatten(-1, (2, k)), -1)
        sizes = 2 * BOUND * (MIN_BIN + (1 - MIN_BIN * k) * sizes)
        widths, heights = sizes.unbind(-2)
        raw_slopes = raw[..., 2 * k :] / LOG_SLOPE_BOUND
        return widths, heights, torch.exp(LOG_SLOPE_BOUND * torch.tanh(raw_slopes))

    def forward(self, x: Tensor, params: Params) -> tuple[Tensor, Tensor]:
        """Return z and ln dz/dx."""
        # Clip before the formula, then add what was clipped off: slope 1 outside, no branches.
        inside = x.clamp(-BOUND, BOUND)
        x_k, y_k, w, h, d0, d1 = _bin(inside, params, search=0)
        s = h / w
        xi = ((inside - x_k) / w).clamp(0, 1)
        mix = xi * (1 - xi)
        denominator = s + (d1 + d0 - 2 * s) * mix
        z = y_k + h * (s * xi * xi + d0 * mix) / denominator
        slope = d1 * xi * xi + 2 * s * mix + d0 * (1 - xi) * (1 - xi)
        log_derivative = 2 * torch.log(s) + torch.log(slope) - 2 * torch.log(denominator)
        return z + (x - inside), log_derivative

    def inverse(self, z: Tensor, params: Params) -> tuple[Tensor, Tensor]:
        """Return x and ln dx/dz: the root of the bin's quadratic."""
        inside = z.clamp(-BOUND, BOUND)
        x_k, y_k, w, h, d0, d1 = _bin(inside, params, search=1)
        s = h / w
        rise = (inside - y_k).clamp_min(0)
        curve = d1 + d0 - 2 * s
        a = h * (s - d0) + rise * curve
        b = h * d0 - rise * curve
        c = -s * rise
        # The root in [0, 1], written for either sign of b so that nothing cancels; where b < 0,
        # a = h s - b > 0. Both branches stay finite, or `where` would pass their NaN gradients on.
        stable = b.abs() + torch.sqrt((b * b - 4 * a * c).clamp_min(1e-30))
        rising = b >= 0
        xi = torch.where(rising, -2 * c / stable, stable / (2 * torch.where(rising, h, a)))
        xi = xi.clamp(0, 1)
        mix = xi * (1 - xi)
        denominator = s + curve * mix
        slope = d1 * xi * xi + 2 * s * mix + d0 * (1 - xi) * (1 - xi)
        log_derivative = 2 * torch.log(denominator) - 2 * torch.log(s) - torch.log(slope)
        return x_k + xi * w + (z - inside), log_derivative

    def fraction(self, params: Params, t: float) -> Params:
        """Mix with equal bins and slopes 1: positive all the way, so a spline all the way."""
        widths, heights, slopes = params
        even = 2 * BOUND / self.bins
        return (
            even + t * (widths - even),
            even + t * (heights - even),
            1 + t * (slopes - 1),
        )

    def rows(self, params: Params) -> Tensor:
        """Rows: K widths, K heights, K - 1 inner slopes."""
        return torch.cat(params, -1)


def _bin(value: Tensor, params: Params, search: int) -> tuple[Tensor, ...]:
    """Left knot (x, y), width, height and both slopes of the bin that ``value`` (...) falls in.

    ``search`` 0 looks ``value`` up among the x-knots, 1 among the y-knots.
    """
    widths, heights, slopes = params
    sizes = torch.stack([widths, heights], -2)  # (..., 2, K)
    lefts = F.pad(sizes.cumsum(-1)[..., :-1] - BOUND, (1, 0), value=-BOUND)
    inner = lefts[..., search, 1:]
    index = (value.unsqueeze(-1) >= inner).sum(-1, keepdim=True)  # (..., 1)
    # Slopes at the left and at the right end of every bin: 1 at both ends of the domain.
    ends = torch.stack([F.pad(slopes, (1, 0), value=1.0), F.pad(slopes, (0, 1), value=1.0)], -2)
    table = torch.cat([lefts, sizes, ends], -2)  # (..., 6, K)
    chosen = table.gather(-1, index.unsqueeze(-2).expand(*table.shape[:-1], 1))
    return chosen.squeeze(-1).unbind(-1)
