"""Six f-divergences in variational form, as plain functions of torch tensors.

    D_f(P || Q) = E_Q f(p / q) = sup over V of  E_P g_f(V) - E_Q f*(g_f(V))

f is convex, f*(t) = sup over u of ut - f(u) its conjugate, g_f an activation that brings any number
into the domain of f*. The bound is tight at T* = f'(r), r = p/q (Nguyen, Wainwright & Jordan 2010,
arXiv 0809.0853; Nowozin, Cseke & Tomioka 2016, arXiv 1606.00709; the generators are VINA's, arXiv
2602.20480).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import softplus

Function = Callable[[Tensor], Tensor]
LN2 = math.log(2)


@dataclass(frozen=True)
class Divergence:
    """One row of the table; every function takes and returns a tensor of any shape.

    f : the generator, for u > 0
    activation : g_f, from the critic's raw output v to t
    conjugate : f*, from t; inside the range of g_f
    charge : f*(g_f(v)) in one formula, which neither overflows nor rounds to the edge of the domain
        for |v| <= 50 in float32
    optimal : ln r -> the v at which g_f(v) = f'(r)
    pinsker : c_f of TV(P, Q) <= c_f sqrt(D_f(P || Q)), None where D_f is not 0 at P = Q
    """

    name: str
    f: Function
    activation: Function
    conjugate: Function
    charge: Function
    optimal: Function
    pinsker: float | None


def same(values: Tensor) -> Tensor:
    """What came."""
    return values


#: KL(P || Q) = E_P ln r.
KL = Divergence(
    name="kl",
    f=lambda u: u * torch.log(u),
    activation=same,
    conjugate=lambda t: torch.exp(t - 1),
    charge=lambda v: torch.exp(v - 1),
    optimal=lambda log_r: 1 + log_r,
    pinsker=math.sqrt(0.5),
)

#: KL(Q || P).
REVERSE_KL = Divergence(
    name="reverse_kl",
    f=lambda u: -torch.log(u),
    activation=lambda v: -torch.exp(-v),
    conjugate=lambda t: -1 - torch.log(-t),
    charge=lambda v: v - 1,
    optimal=same,
    pinsker=math.sqrt(0.5),
)

#: Pearson's chi squared, E_Q (r - 1)². Its conjugate is that of (u - 1)² on the whole line.
PEARSON = Divergence(
    name="pearson",
    f=lambda u: (u - 1).square(),
    activation=same,
    conjugate=lambda t: t.square() / 4 + t,
    charge=lambda v: v.square() / 4 + v,
    optimal=lambda log_r: 2 * torch.expm1(log_r),
    pinsker=0.5,
)

#: Squared Hellinger distance, E_Q (sqrt r - 1)² = 2 - 2 ∫ sqrt(p q).
HELLINGER = Divergence(
    name="hellinger",
    f=lambda u: (torch.sqrt(u) - 1).square(),
    activation=lambda v: -torch.expm1(-v),
    conjugate=lambda t: t / (1 - t),
    charge=torch.expm1,
    optimal=lambda log_r: log_r / 2,
    pinsker=1.0,
)

#: Twice the Jensen-Shannon divergence: KL(P || M) + KL(Q || M), M the mean of P and Q.
JS = Divergence(
    name="js",
    f=lambda u: u * torch.log(u) - (u + 1) * torch.log((1 + u) / 2),
    activation=lambda v: LN2 - softplus(-v),
    conjugate=lambda t: -torch.log(2 - torch.exp(t)),
    charge=lambda v: softplus(v) - LN2,
    optimal=same,
    pinsker=1.0,
)

#: What a GAN's discriminator maximises: the row above less ln 4 (Goodfellow et al. 2014).
GAN = Divergence(
    name="gan",
    f=lambda u: u * torch.log(u) - (u + 1) * torch.log(u + 1),
    activation=lambda v: -softplus(-v),
    conjugate=lambda t: -torch.log(-torch.expm1(t)),
    charge=softplus,
    optimal=same,
    pinsker=None,
)
