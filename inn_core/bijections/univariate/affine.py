"""Affine coupling function (Dinh, Sohl-Dickstein & Bengio 2017, RealNVP, arXiv 1605.08803)."""

from __future__ import annotations

import torch
from torch import Tensor

from inn_core.bijections.univariate.base import Params, Pull, Univariate

#: |log-scale| of one layer stays below this: at most a factor e² = 7.4 either way. Smooth, so that
#: gradients never stop; bounded, so that no layer can overflow.
LOG_SCALE_BOUND = 2.0
#: Gradient of tanh, from its value.
TANH = torch.ops.aten.tanh_backward.default


class Affine(Univariate):
    """z = x e^s + t with s = 2 tanh(raw s), ln dz/dx = s."""

    n_params = 2
    formula = "affine"

    def constrain(self, raw: Tensor) -> Params:
        """Return the log-scale s in (-2, 2) and the shift t."""
        raw_s, shift = raw.unbind(-1)
        return LOG_SCALE_BOUND * torch.tanh(raw_s), shift

    def forward(self, x: Tensor, params: Params) -> tuple[Tensor, Tensor]:
        """Return x e^s + t and s."""
        s, shift = params
        return torch.addcmul(shift, x, torch.exp(s)), s

    def inverse(self, z: Tensor, params: Params) -> tuple[Tensor, Tensor]:
        """Return (z - t) e^-s and -s."""
        s, shift = params
        return (z - shift) * torch.exp(-s), -s

    def fraction(self, params: Params, t: float) -> Params:
        """Log-scale and shift times t: the scale e^{ts} is positive all the way."""
        s, shift = params
        return t * s, t * shift

    def rows(self, params: Params) -> Tensor:
        """Rows (log-scale, shift)."""
        return torch.stack(params, -1)

    def vjp(self, x: Tensor, raw: Tensor, inverse: bool = False) -> tuple[Tensor, Tensor, Pull]:
        """See Univariate.vjp: dz = e^s (dx + x ds) + dt, and dx = e^-s (dz - dt) - x ds."""
        raw_s, shift = raw.unbind(2)
        bounded = torch.tanh(raw_s)
        s = LOG_SCALE_BOUND * bounded
        if inverse:
            s = -s
            scale = torch.exp(s)
            value = (x - shift) * scale
        else:
            scale = torch.exp(s)
            value = torch.addcmul(shift, x, scale)

        def pull(g_value: Tensor, g_log: Tensor) -> tuple[Tensor, Tensor]:
            g_x = g_value * scale
            if inverse:
                g_s, g_shift = torch.addcmul(g_log, g_value, value).neg_(), -g_x
            else:
                g_s, g_shift = torch.addcmul(g_log, g_x, x), g_value
            g_raw = TANH(g_s, bounded).mul_(LOG_SCALE_BOUND)
            return g_x, torch.stack([g_raw, g_shift], 2)

        return value, s, pull
