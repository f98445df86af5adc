"""Whether decode is the inverse of encode, and log_det the Jacobian's determinant."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from inn_core.losses.nll import Model

#: Points per pass: keeps the activations of a pass within the processor's cache.
PASS = 2_000

Direction = Callable[[Tensor], tuple[Tensor, Tensor]]


@torch.no_grad()
def round_trip(model: Model, x: Tensor) -> Tensor:
    """Largest |decode(encode(x)) - x| of each member, (E,), in data units; x (B, D)."""
    errors = []
    for part in x.split(PASS, dim=-2):
        back, _ = model.decode(model.encode(part)[0])
        errors.append((back - part).abs().amax((-2, -1)))
    return torch.stack(errors).amax(0)


def jacobian(direction: Direction, x: Tensor) -> tuple[Tensor, Tensor]:
    """Jacobian by automatic differentiation, and the claimed log-det, of ``direction`` at x.

    x (E, B, D) or (B, D); returns J (E, B, D, D) with J[..., i, j] = d value_i / d x_j, and
    log_det (E, B). A point's value depends on that point alone, so D backward passes suffice.
    """
    with torch.enable_grad():
        if x.ndim == 2:  # every member needs inputs of its own to have gradients of its own
            members = direction(x[:1])[0].shape[0]
            x = x.expand(members, *x.shape)
        inputs = x.detach().clone().requires_grad_()
        value, log_det = direction(inputs)
        rows = [
            torch.autograd.grad(value[..., i].sum(), inputs, retain_graph=True)[0]
            for i in range(value.shape[-1])
        ]
    return torch.stack(rows, -2), log_det.detach()


def jacobian_error(direction: Direction, x: Tensor) -> Tensor:
    """Largest |log_det - ln |det J|| of each member, (E,), in nats."""
    matrix, log_det = jacobian(direction, x)
    exact = torch.linalg.slogdet(matrix.double()).logabsdet
    return (log_det.double() - exact).abs().amax(-1)
