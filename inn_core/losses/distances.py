"""Distances between two clouds of points, differentiable: MMD and the debiased Sinkhorn divergence.

Clouds are (E, B, D), or (1, B, D) for one that all members share; what comes out is (E,). Both are
0 for equal clouds.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

#: (C, a) of Ardizzone's inverse multiquadric kernels for x: sum C^a ((C + d^2) / a)^-a.
KERNELS = ((0.2, 0.1), (0.2, 0.5), (0.2, 2.0))
#: Temperature of the transport, as a length: the blur. VINA's scripts use 0.01.
BLUR = 0.05
#: Temperatures halve from 2^FALLS blur^2, far above the size of a standardised cloud, to blur^2.
#: They are the same for all clouds: no member of a sweep depends on another's size, or its NaN.
FALLS = 16
#: Updates at the last temperature.
LAST = 5


def mmd(x: Tensor, y: Tensor, kernels: tuple[tuple[float, float], ...] = KERNELS) -> Tensor:
    """Squared maximum mean discrepancy with inverse multiquadric kernels (Ardizzone et al. 2018).

    The V-statistic: never negative, and about 1/B above 0 for two samples of one law.
    """

    def mean_kernel(a: Tensor, b: Tensor) -> Tensor:
        square = 2 * half_squares(a, b)
        total = sum(c**p * ((c + square) / p) ** -p for c, p in kernels)
        return torch.as_tensor(total).mean((-2, -1))

    return mean_kernel(x, x) + mean_kernel(y, y) - 2 * mean_kernel(x, y)


def half_squares(x: Tensor, y: Tensor) -> Tensor:
    """Half the squared distances, (..., B, B')."""
    gap = x.unsqueeze(-2) - y.unsqueeze(-3)
    return 0.5 * gap.square().sum(-1)


def sinkhorn(x: Tensor, y: Tensor, blur: float | Tensor = BLUR) -> Tensor:
    """Debiased Sinkhorn divergence S(x, y) = OT(x, y) - OT(x, x) / 2 - OT(y, y) / 2.

    blur : the root of the temperature, a length; one for all clouds, or one a cloud (E,)

    OT has the cost |x - y|^2 / 2 and the entropic temperature blur^2; as blur -> 0 the divergence
    tends to W2^2 / 2 (Feydy et al. 2019, arXiv 1810.08278). Temperatures fall step by step without
    gradients; one more update of each potential carries them to its own points, while those on the
    other side stand still (the envelope theorem).
    """
    with torch.no_grad():
        apart, own_x, own_y = half_squares(x, y), half_squares(x, x), half_squares(y, y)
        f, g = torch.zeros_like(apart[..., 0]), torch.zeros_like(apart[..., 0, :])
        a, b = torch.zeros_like(own_x[..., 0]), torch.zeros_like(own_y[..., 0])
        for heat in temperatures(blur):
            new_f, new_g = soft_min(apart, g, heat), soft_min(apart.mT, f, heat)
            f, g = (f + new_f) / 2, (g + new_g) / 2
            a, b = (a + soft_min(own_x, a, heat)) / 2, (b + soft_min(own_y, b, heat)) / 2
    heat = heat_of(blur)
    still_x, still_y = x.detach(), y.detach()
    rise = soft_min(half_squares(x, still_y), g, heat) - soft_min(half_squares(x, still_x), a, heat)
    fall = soft_min(half_squares(y, still_x), f, heat) - soft_min(half_squares(y, still_y), b, heat)
    return rise.mean(-1) + fall.mean(-1)


def heat_of(blur: float | Tensor) -> float | Tensor:
    """blur^2, as (E, 1) where there is one a cloud: what a potential (E, B) is measured in."""
    return (blur**2).unsqueeze(-1) if isinstance(blur, Tensor) else blur**2


def temperatures(blur: float | Tensor) -> list[float | Tensor]:
    """From 2^FALLS blur^2 down to blur^2, and LAST times that."""
    heat = heat_of(blur)
    return [heat * 2.0**k for k in range(FALLS, 0, -1)] + [heat] * LAST


def soft_min(cost: Tensor, potential: Tensor, heat: float | Tensor) -> Tensor:
    """-heat log of the mean over j of exp((potential_j - cost_ij) / heat), (..., i)."""
    share = math.log(cost.shape[-1])
    of_cost = heat.unsqueeze(-1) if isinstance(heat, Tensor) else heat
    inside = (potential.unsqueeze(-2) - cost) / of_cost
    return -heat * (torch.logsumexp(inside, -1) - share)
