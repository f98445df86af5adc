"""How far a flow is from a map: norms of the distance |z - f(x)| over a batch, as weighted terms.

    l2   (mean r²)^(1/2)          lp   (mean r^p)^(1/p)
    sup  τ ln mean exp(r / τ),    τ an eighth of the batch's largest r

All are lengths in the plane, and l2 <= lp (p >= 2) and sup are at most the batch's largest r; the
last one is a smooth stand-in for it, at most τ ln B below.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from inn_core.flows.flow import Flow
from inn_core.losses.nll import Model
from inn_core.specs_map import TERMS

#: The largest distance of a batch is this many times the temperature of ``sup``.
SHARPNESS = 8.0
#: Added in quadrature to every distance, so that each has a gradient.
TINY = 1e-9


class FitLoss:
    """The three terms, (E,) each, of a batch (B, 4) of rows (x, f(x))."""

    def __init__(self, weights: Mapping[str, float], power: float) -> None:
        """``weights`` of the terms at the start; ``power`` is the p of lp."""
        self.weights: Mapping[str, float] = dict(weights)
        self.power = power

    def at(self, step: int) -> None:
        """Nothing changes."""

    def terms(self, model: Model, x: Tensor) -> dict[str, Tensor]:
        """Each term by name."""
        start, end = x.split(2, -1)
        return self.of(distance(model.encode(start)[0] - end))

    def of(self, r: Tensor) -> dict[str, Tensor]:
        """The terms of distances r (E, B)."""
        largest = r.detach().amax(-1, keepdim=True)
        share, largest = r / largest, largest.squeeze(-1)  # nothing under- or overflows
        soft = torch.logsumexp(SHARPNESS * share, -1) - math.log(r.shape[-1])
        return {
            "l2": largest * share.square().mean(-1).sqrt(),
            "lp": largest * share.pow(self.power).mean(-1).pow(1 / self.power),
            "sup": largest * soft / SHARPNESS,
        }

    def gradient(self, flow: Flow, x: Tensor, mix: Tensor) -> tuple[Tensor, list[Tensor]]:
        """The weighted sum (E,) and its gradient for every parameter, without autograd.

        mix : (3,) weights in the order of TERMS
        """
        start, end = x.split(2, -1)
        z, pull = flow.encode_vjp(start)
        off = z - end
        r = distance(off)
        found = self.of(r)
        largest = r.amax(-1, keepdim=True)
        share = r / largest
        g = mix[0] * norm_gradient(share, 2.0) + mix[1] * norm_gradient(share, self.power)
        g = g + mix[2] * torch.softmax(SHARPNESS * share, -1)
        total = torch.stack([found[name] for name in TERMS], -1) @ mix
        return total, pull(off * (g / r).unsqueeze(-1))


def distance(off: Tensor) -> Tensor:
    """|off| of vectors (E, B, 2), (E, B)."""
    return (off.square().sum(-1) + TINY**2).sqrt()


def norm_gradient(share: Tensor, power: float) -> Tensor:
    """Gradient of (mean r^p)^(1/p) for r (E, B), from r as shares of the largest one."""
    raised = share.pow(power - 1)
    mean = (raised * share).mean(-1, keepdim=True)
    return raised * mean.pow(1 / power - 1) / share.shape[-1]
