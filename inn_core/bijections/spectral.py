"""Matrices scaled to a largest spectral norm, exactly, and the gradient through the scaling.

    W min(1, c / σ(W)),    dσ = <u vᵀ, dW>    with u, v the singular vectors of σ

σ² is the largest eigenvalue of the smaller of W Wᵀ and Wᵀ W, in float64. No estimate: a power
iteration that is cut short gives less than σ, and then the layer need not be invertible.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class Scaled(NamedTuple):
    """A matrix W min(1, c / σ), with what its gradient needs.

    matrix (E, out, in); share : min(1, c / σ); weight : W; inward : <., this> W times the share is
    what scaling takes from a gradient, 0 where W is small enough
    """

    matrix: Tensor
    share: Tensor
    weight: Tensor
    inward: Tensor

    def pull(self, g: Tensor) -> Tensor:
        """The gradient of W from that of the scaled matrix."""
        along = (g * self.weight).sum((1, 2), keepdim=True)
        return self.share * (g - along * self.inward)


def scaled(weight: Tensor, limit: float) -> Scaled:
    """Scale matrices (E, out, in) to spectral norms of at most ``limit``; autograd may look on."""
    with torch.no_grad():
        norm, direction = top(weight)
        inward = torch.where(norm > limit, direction / norm, 0.0).to(weight.dtype)
    if torch.is_grad_enabled() and weight.requires_grad:
        # σ to first order, exact here: <u vᵀ, W> = σ.
        norm = (direction.to(weight.dtype) * weight).sum((1, 2), keepdim=True)
        share = _share(norm, limit)
    else:
        share = _share(norm, limit).to(weight.dtype)
    return Scaled(share * weight, share, weight, inward)


def held(weight: Tensor, limit: float) -> Tensor:
    """The scaled matrix alone, which takes no singular vectors where no gradient is asked for."""
    if torch.is_grad_enabled() and weight.requires_grad:
        return scaled(weight, limit).matrix
    norm = torch.linalg.eigvalsh(_gram(weight.detach().double()))[:, -1:, None].clamp_min(0).sqrt()
    return _share(norm, limit).to(weight.dtype) * weight.detach()


def _share(norm: Tensor, limit: float) -> Tensor:
    """Exactly 1 where the norm is within the limit."""
    return (norm / limit).clamp_min(1).reciprocal()


def top(weight: Tensor) -> tuple[Tensor, Tensor]:
    """σ (E, 1, 1) and u vᵀ (E, out, in) of matrices (E, out, in), both float64."""
    w = weight.double()
    wide = w.shape[2] > w.shape[1]
    values, vectors = torch.linalg.eigh(_gram(w))
    norm = values[:, -1:, None].clamp_min(0).sqrt()
    vector = vectors[:, :, -1:]
    other = (w.mT if wide else w) @ vector / norm.clamp_min(1e-300)
    return norm, vector @ other.mT if wide else other @ vector.mT


def _gram(w: Tensor) -> Tensor:
    """The smaller of W Wᵀ and Wᵀ W."""
    gram = w @ w.mT if w.shape[2] > w.shape[1] else w.mT @ w
    # A member that is no number stays so by itself; the eigenvalues of the others must be found.
    return gram.nan_to_num(0.0, 0.0, 0.0)
