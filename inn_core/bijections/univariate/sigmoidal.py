"""Deep sigmoidal coupling (Huang, Krueger, Lacoste & Courville 2018, arXiv 1804.00779).

    D(x) = logit Σ_i w_i σ(a_i x + b_i) = ln Σ_i w_i σ(c_i) - ln Σ_i w_i σ(-c_i),  c_i = a_i x + b_i

The second form stays in logarithms, so the range of D is all of R without clipping. The slope is a
mean of a_i σ(c_i)σ(-c_i) and at most max a; a share ε of the identity keeps it above ε, between
the steps of steep sigmoids too:  z = (1-ε) D(x) + ε x.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from inn_core.bijections.univariate import solve
from inn_core.bijections.univariate.base import Params, Pull, Univariate

#: Centres of the sigmoids lie in (-BOUND, BOUND); a in (1/10, 10); weights within e^±LOG_WEIGHT.
BOUND, LOG_SLOPE, LOG_WEIGHT = 4.0, math.log(10.0), 4.0
#: The least slope.
LEAST = 0.05


class Sigmoidal(Univariate):
    """``bins`` sigmoids: raw (..., 3 bins), for slopes, centres and weights."""

    formula = "sigmoidal"
    # Equal sigmoids have equal gradients and would stay equal for ever: start off them.
    start = 0.3
    iterative = True

    def __init__(self, bins: int = 8) -> None:
        """``bins`` counts the sigmoids."""
        self.bins = bins
        self.n_params = 3 * bins

    def constrain(self, raw: Tensor) -> Params:
        """Return a, b, ln w (..., K) (w up to a factor, which cancels) and D's share 1 - ε."""
        slope, centre, weight = raw.unflatten(-1, (3, self.bins)).unbind(-2)
        a = torch.exp(LOG_SLOPE * torch.tanh(slope / LOG_SLOPE))
        b = -a * BOUND * torch.tanh(centre / BOUND)
        weight = LOG_WEIGHT * torch.tanh(weight / LOG_WEIGHT)
        return a, b, weight, raw.new_tensor(1 - LEAST)

    def forward(self, x: Tensor, params: Params) -> tuple[Tensor, Tensor]:
        """Return z and ln dz/dx."""
        *curves, share = params
        value, log_slope = curve(x, *curves)
        return x + share * (value - x), torch.log(1 - share + share * torch.exp(log_slope))

    def inverse(self, z: Tensor, params: Params) -> tuple[Tensor, Tensor]:
        """Return x and ln dx/dz."""
        return solve.inverse(lambda x: self.forward(x, params), z)

    def vjp(self, x: Tensor, raw: Tensor, inverse: bool = False) -> tuple[Tensor, Tensor, Pull]:
        """See Univariate.vjp. With R, Q the shares of the sigmoids in p = Σ w σ(c) and in 1 - p.

        dD/dc = R σ(-c) + Q σ(c) = d,  dD/d ln w = R - Q,  D' = S = Σ a d.
        """
        if inverse:
            return super().vjp(x, raw, inverse)
        bounded = torch.tanh(raw.unflatten(2, (3, self.bins)) / constants(raw))
        steep, centre, weight = bounded.unbind(2)  # (E, d, K, B)
        a = torch.exp(LOG_SLOPE * steep)
        b, log_w = -BOUND * a * centre, LOG_WEIGHT * weight
        c = a * x.unsqueeze(2) + b
        up, down = F.logsigmoid(c), F.logsigmoid(-c)
        rise, fall = torch.exp(up), torch.exp(down)  # σ(c), σ(-c)
        up, down = log_w + up, log_w + down
        log_p, log_q = up.logsumexp(2, keepdim=True), down.logsumexp(2, keepdim=True)
        r, q = torch.exp(up - log_p), torch.exp(down - log_q)
        r_fall, q_rise = r * fall, q * rise
        d = r_fall + q_rise
        share = 1 - LEAST
        slope = LEAST + share * (a * d).sum(2)
        value = LEAST * x + share * (log_p - log_q).squeeze(2)

        def pull(g_value: Tensor, g_log: Tensor) -> tuple[Tensor, Tensor]:
            g_d, g_s = share * g_value.unsqueeze(2), (share * g_log / slope).unsqueeze(2)
            alpha, beta = (a * r_fall).sum(2, keepdim=True), (a * q_rise).sum(2, keepdim=True)
            g_c = g_d * d + g_s * (a * d * (fall - rise) - alpha * r_fall + beta * q_rise)
            g_w = g_d * (r - q) + g_s * (a * d - alpha * r - beta * q)
            g_a = g_s * d + g_c * (x.unsqueeze(2) - BOUND * centre)
            g_bounded = torch.stack([g_a * a * LOG_SLOPE, -BOUND * g_c * a, LOG_WEIGHT * g_w], 2)
            g_raw = g_bounded * (1 - bounded * bounded) / constants(raw)
            return LEAST * g_value + (g_c * a).sum(2), g_raw.flatten(2, 3)

        return value, torch.log(slope), pull

    def fraction(self, params: Params, t: float) -> Params:
        """The convex combination with the identity."""
        return *params[:3], t * params[3]

    def rows(self, params: Params) -> Tensor:
        """Rows: a, b, ln w."""
        return torch.cat(params[:3], -1)


def constants(like: Tensor) -> Tensor:
    """Where the raw slopes, centres and weights level off, (3, 1, 1)."""
    return like.new_tensor([LOG_SLOPE, BOUND, LOG_WEIGHT])[:, None, None]


def curve(x: Tensor, a: Tensor, b: Tensor, log_w: Tensor) -> tuple[Tensor, Tensor]:
    """Return D(x) and ln D'(x) for a, b, ln w (..., K)."""
    c = a * x.unsqueeze(-1) + b
    up, down = log_w + F.logsigmoid(c), log_w + F.logsigmoid(-c)
    log_p, log_q = torch.logsumexp(up, -1), torch.logsumexp(down, -1)
    # D' = Σ w a σ(c)σ(-c) (Σ w) / (p q); w need not sum to 1.
    parts = up + F.logsigmoid(-c) + torch.log(a)
    total = torch.logsumexp(log_w, -1)
    return log_p - log_q, torch.logsumexp(parts, -1) + total - log_p - log_q
