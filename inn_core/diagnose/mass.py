"""Whether the density integrates to one.

A round trip and a Jacobian test both pass for a flow whose range is bounded, yet such a flow has
lost mass. Only an integral of q over the plane of x sees it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inn_core.diagnose.invert import PASS, jacobian
from inn_core.losses.nll import Model

Array = NDArray[np.float64]

#: Nodes a side of the latent grid; even plus one, so that every second node makes a coarser grid.
SIDE = 65


class Mass(NamedTuple):
    """Integral of q over the plane for each member (E,), and an estimate of its error (E,)."""

    value: Array
    error: Array


def mass(
    model: Model, reach: float = 6.0, stretch: float = 0.0, dtype: torch.dtype = torch.float32
) -> Mass:
    """Integrate q(x) = exp(log_prob(x)) over the image of the latent box [-reach, reach]².

        ∫ q(x) dx = ∫ q(D(z)) det ∂D/∂z dz,        D = decode, its Jacobian by autograd

    (trapezoidal rule). Nodes lie densely where the flow squeezes, so even a filament is resolved:
    a grid over x would miss it. Neither decode's log_det nor the base enters. For a right flow
    the integrand is the base's density; a wrong log-det, a wrong inverse, or latent points that
    no x reaches make it something else.

    reach : half the side of the latent box; a normal base has 4e-9 outside 6
    stretch : 0 for an even grid; else nodes lie at reach sinh(stretch v)/sinh(stretch) with v
        even in [-1, 1], for bases with heavy tails
    dtype : the model's
    """
    nodes, weights = _axis(reach, stretch)
    grid = torch.from_numpy(np.stack(np.meshgrid(nodes, nodes, indexing="ij"), -1)).to(dtype)
    parts = [_density_in_z(model, part) for part in grid.reshape(-1, 2).split(PASS)]
    density = torch.cat(parts, 1).double().numpy().reshape(-1, SIDE, SIDE)
    fine = np.einsum("eij,i,j->e", density, weights, weights)
    rough = _axis(reach, stretch, 2)[1]
    coarse = np.einsum("eij,i,j->e", density[:, ::2, ::2], rough, rough)
    return Mass(fine, np.abs(fine - coarse))


def _density_in_z(model: Model, z: Tensor) -> Tensor:
    """q(D(z)) det ∂D/∂z, (E, B); a fold counts backwards."""
    matrix, _ = jacobian(model.decode, z)
    with torch.no_grad():
        q = model.log_prob(model.decode(z)[0]).exp()
    return q * torch.linalg.det(matrix)


def _axis(reach: float, stretch: float, step: int = 1) -> tuple[Array, Array]:
    """Every ``step``-th node of an axis, and the trapezoidal weights of these nodes."""
    v = np.linspace(-1, 1, SIDE)[::step]
    if not stretch:
        nodes, slope = reach * v, np.full(len(v), reach)
    else:
        nodes = reach * np.sinh(stretch * v) / np.sinh(stretch)
        slope = reach * stretch * np.cosh(stretch * v) / np.sinh(stretch)
    ends = np.where(np.abs(v) == 1, 0.5, 1.0)
    return nodes, slope * ends * (v[1] - v[0])
