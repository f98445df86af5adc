"""Rational-quadratic spline (Durkan, Bekasov, Murray & Papamakarios 2019, arXiv 1906.04032).

On [-B, B], K bins with widths w, heights h and knot slopes δ (δ = 1 at both ends); identity
outside. In a bin, with s = h/w and ξ = (x - x_k)/w:

    z = y_k + h [s ξ² + δ_k ξ(1-ξ)] / [s + (δ_{k+1} + δ_k - 2s) ξ(1-ξ)]

The denominator is s(1 - 2ξ(1-ξ)) + (δ_k + δ_{k+1}) ξ(1-ξ) >= s/2 > 0, whatever the parameters.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from inn_core.bijections.univariate.affine import TANH
from inn_core.bijections.univariate.base import Params, Pull, Univariate

#: The spline lives on [-BOUND, BOUND] of standardised data, the identity outside.
BOUND = 4.0
#: No bin is narrower than this share of the domain; slopes stay in [1/10, 10]. With these, the
#: float32 round trip holds at any parameter scale.
MIN_BIN = 0.02
LOG_SLOPE_BOUND = math.log(10.0)
#: Gradient of softmax, from its value.
SOFTMAX = torch.ops.aten._softmax_backward_data.default


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
        xi = root((inside - y_k).clamp_min(0), h, s, d0, d1)
        mix = xi * (1 - xi)
        denominator = s + (d1 + d0 - 2 * s) * mix
        slope = d1 * xi * xi + 2 * s * mix + d0 * (1 - xi) * (1 - xi)
        log_derivative = 2 * torch.log(denominator) - 2 * torch.log(s) - torch.log(slope)
        return x_k + xi * w + (z - inside), log_derivative

    def vjp(self, x: Tensor, raw: Tensor, inverse: bool = False) -> tuple[Tensor, Tensor, Pull]:
        """See Univariate.vjp. No search and no gather: bins are chosen by masks over the knots.

        With M_j = 1 where x lies to the right of inner knot j (M_0 = 1, M_K = 0), x is in the bin
        with M_j - M_{j+1} = 1, and left of it are the bins with M_{j+1} = 1. So what is chosen is a
        sum of products, and so is its gradient.
        """
        k, scale = self.bins, 2 * BOUND * (1 - MIN_BIN * self.bins)
        share = torch.softmax(raw[:, :, : 2 * k].unflatten(2, (2, k)), 3)  # (E, d, 2, K, B)
        sizes = torch.add(x.new_tensor(2 * BOUND * MIN_BIN), share, alpha=scale)
        bounded = torch.tanh(raw[:, :, 2 * k :] / LOG_SLOPE_BOUND)
        slopes = torch.exp(LOG_SLOPE_BOUND * bounded)  # (E, d, K - 1, B)
        inside = x.clamp(-BOUND, BOUND)
        knots = sizes[:, :, :, :-1].cumsum(3).sub_(BOUND)  # the inner ones
        right = inside.unsqueeze(2) >= knots[:, :, int(inverse)]
        right = F.pad(right.to(x.dtype), (0, 0, 1, 1))  # M, (E, d, K + 1, B)
        right[:, :, 0] = 1.0
        past, here = right[:, :, 1:], right[:, :, :-1] - right[:, :, 1:]
        past, now = past.unsqueeze(2), here.unsqueeze(2)
        start = (knots * now[:, :, :, 1:]).sum(3).sub_(here[:, :, :1], alpha=BOUND)
        (x_k, y_k), (w, h) = start.unbind(2), (sizes * now).sum(3).unbind(2)
        d0 = (slopes * here[:, :, 1:]).sum(2) + here[:, :, 0]
        d1 = (slopes * here[:, :, :-1]).sum(2) + here[:, :, -1]
        if inverse:
            xi = root((inside - y_k).clamp_min_(0), h, h / w, d0, d1)
            point = Inside.of(xi, h / w, d0, d1)
            value = torch.addcmul(x_k, w, xi).add_(x - inside)
            return value, -point.log_slope, self.pull_by_autograd(x, raw, inverse)
        point = Inside.of(((inside - x_k) / w).clamp_(0, 1), h / w, d0, d1)

        def pull(g_value: Tensor, g_log: Tensor) -> tuple[Tensor, Tensor]:
            outside = x != inside
            g_xi, g_s, g_d0, g_d1 = point.pull(g_value * h, g_log)
            g_x = g_xi.masked_fill_(outside, 0.0) / w
            g_h = torch.addcmul(g_s / w, g_value, point.rise)
            g_w = torch.addcmul(point.xi * g_x, point.s, g_s / w)
            g_start = torch.stack([-g_x, g_value], 2).unsqueeze(3)
            g_size = torch.stack([-g_w, g_h], 2).unsqueeze(3)
            g_sizes = torch.addcmul(past * g_start, now, g_size).mul_(scale)
            g_share = SOFTMAX(g_sizes, share, 3, x.dtype)
            g_slopes = here[:, :, 1:] * g_d0.unsqueeze(2)
            g_slopes = g_slopes.addcmul_(here[:, :, :-1], g_d1.unsqueeze(2)).mul_(slopes)
            g_raw = torch.cat([g_share.flatten(2, 3), TANH(g_slopes, bounded)], 2)
            return torch.where(outside, g_value, g_x), g_raw

        value = torch.addcmul(y_k, h, point.rise).add_(x - inside)
        return value, point.log_slope, pull

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


class Inside(NamedTuple):
    """A point of a bin at ξ in [0, 1], for s = h/w and slopes d0, d1 at the bin's ends.

    square, co, co_square, mix ξ², 1-ξ, (1-ξ)², ξ(1-ξ);  bend d1 + d0 - 2s;  share s/D
    rise N/D with N = s ξ² + d0 ξ(1-ξ) and D = s + bend ξ(1-ξ): the share of the height
    slope S = d1 ξ² + 2s ξ(1-ξ) + d0 (1-ξ)²;  log_slope ln dz/dx = 2 ln s + ln S - 2 ln D
    """

    xi: Tensor
    s: Tensor
    d0: Tensor
    d1: Tensor
    square: Tensor
    co: Tensor
    co_square: Tensor
    mix: Tensor
    bend: Tensor
    denominator: Tensor
    slope: Tensor
    rise: Tensor
    share: Tensor
    log_slope: Tensor

    @classmethod
    def of(cls, xi: Tensor, s: Tensor, d0: Tensor, d1: Tensor) -> Inside:
        """Compute everything that follows from ξ, s, d0 and d1."""
        square, co = xi * xi, xi.new_ones(()) - xi
        mix, co_square = xi - square, co * co
        bend = torch.sub(d1 + d0, s, alpha=2)
        denominator = torch.addcmul(s, bend, mix)
        slope = (d0 * co_square).addcmul_(d1, square).addcmul_(s, mix, value=2)
        rise = (d0 * mix).addcmul_(s, square).div_(denominator)
        share = s / denominator
        log_slope = (slope * share).mul_(share).log_()
        parts = (square, co, co_square, mix, bend, denominator, slope, rise, share, log_slope)
        return cls(xi, s, d0, d1, *parts)

    def pull(self, g_rise: Tensor, g_log: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Gradients for ξ, s, d0, d1 from those for rise and log_slope."""
        xi, s, d0, d1, square, co, co_square, mix, bend, denominator, slope, rise, share, _ = self
        by_rise, by_slope, over = g_rise / denominator, g_log / slope, mix / denominator
        odd, even = co - xi, torch.sub(xi.new_ones(()), mix, alpha=2)  # 1 - 2ξ, 1 - 2ξ(1-ξ)
        # Along ξ: rise' = s S / D², S' = 2 (d1 ξ + s (1-2ξ) - d0 (1-ξ)), D' = bend (1-2ξ).
        half = (d1 * xi).addcmul_(s, odd).addcmul_(d0, co, value=-1)
        g_xi = (by_rise * slope).mul_(share).addcmul_(by_slope, half, value=2)
        g_xi.addcmul_(g_log, (bend * odd).div_(denominator), value=-2)
        g_s = torch.addcmul(square, rise, even, value=-1).mul_(by_rise)
        g_s.addcmul_(g_log, torch.reciprocal(s).sub_(even.div_(denominator)), value=2)
        g_s.addcmul_(by_slope, mix, value=2)
        fall = (g_rise * rise).add_(g_log, alpha=2)
        g_d0 = (by_slope * co_square).addcmul_(over, g_rise - fall)
        g_d1 = (by_slope * square).addcmul_(over, fall, value=-1)
        return g_xi, g_s, g_d0, g_d1


def root(rise: Tensor, h: Tensor, s: Tensor, d0: Tensor, d1: Tensor) -> Tensor:
    """ξ in [0, 1] at which a bin of height h has risen by ``rise``: a quadratic's root.

    Written for either sign of b so that nothing cancels; where b < 0, a = h s - b > 0. Both
    branches stay finite, or `where` would pass their NaN gradients on.
    """
    bent = rise * (d1 + d0 - 2 * s)
    a, b, c = h * (s - d0) + bent, h * d0 - bent, -s * rise
    stable = b.abs() + torch.sqrt((b * b - 4 * a * c).clamp_min(1e-30))
    rising = b >= 0
    xi = torch.where(rising, -2 * c / stable, stable / (2 * torch.where(rising, h, a)))
    return xi.clamp(0, 1)


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
