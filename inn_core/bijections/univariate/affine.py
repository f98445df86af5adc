"""Affine coupling function (Dinh, Sohl-Dickstein & Bengio 2017, RealNVP, arXiv 1605.08803)."""

from __future__ import annotations

import torch
from torch import Tensor

from inn_core.bijections.univariate.base import Params, Univariate

#: |log-scale| of one layer stays below this: at most a factor e² = 7.4 either way. Smooth, so that
#: gradients never stop; bounded, so that no layer can overflow.
LOG_SCALE_BOUND = 2.0


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
