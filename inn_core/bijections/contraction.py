"""x + g(x) for a contraction g: its determinant, and its inverse with a certificate.

    x_{n+1} = z - g(x_n),    |x_n - x*| ≤ Lⁿ / (1 - L) |x_1 - x_0|    (Banach)

converges from anywhere; Newton's method is quicker near the end. What certifies the result is the
residual: |x - x*| ≤ |x + g(x) - z| / (1 - L), since g moves apart by L |x - x*| at most. Points are
rows (E, D, B), Jacobians (E, D, D, B). A Jacobian costs about 1 + D evaluations of g, so Newton's
method keeps one for as long as it brings the residual down quickly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from inn_core.bijections.pullback import needs_autograd

#: x -> g, or x -> J.
Rows = Callable[[Tensor], Tensor]
#: Evaluations of g at most. The fixed point alone needs 153 to 1e-6 at L = 0.9.
MOST = 1000
#: A Jacobian is kept while every step leaves less than this share of the residual.
SLOW = 0.3
#: Rounding errors of |x| + |z| that a residual may keep.
ROUNDINGS = 4


class Inverted(NamedTuple):
    """The outcome of an inversion, point by point.

    value : x (E, D, B)
    residual : |x + g(x) - z| (E, B); error : the largest possible |x - x*|
    converged : whether the residual is rounding (E, B); evaluations : of g
    """

    value: Tensor
    residual: Tensor
    error: Tensor
    converged: Tensor
    evaluations: int


def linearised(slopes: Tensor) -> tuple[Tensor, Tensor]:
    """Exact ln det(I + J) (E, B) and (I + J)⁻¹ (E, D, D, B); the determinant is positive."""
    if slopes.shape[1] == 2:
        more, back = _of_two(slopes)
        return torch.log1p(more), back
    matrices = _with_identity(slopes)
    back = torch.linalg.inv(matrices).movedim(1, -1)
    return torch.linalg.slogdet(matrices).logabsdet, back


def inverse_of(slopes: Tensor) -> Tensor:
    """(I + J)⁻¹ (E, D, D, B) alone."""
    if slopes.shape[1] == 2:
        return _of_two(slopes)[1]
    return torch.linalg.inv(_with_identity(slopes)).movedim(1, -1)


def _of_two(slopes: Tensor) -> tuple[Tensor, Tensor]:
    """det(I + J) - 1 and (I + J)⁻¹ in two dimensions."""
    (a, b), (c, d) = (row.unbind(1) for row in slopes.unbind(1))
    more = a + d + a * d - b * c
    back = torch.stack([torch.stack([1 + d, -b], 1), torch.stack([-c, 1 + a], 1)], 1)
    return more, back / (1 + more)[:, None, None]


def _with_identity(slopes: Tensor) -> Tensor:
    """I + J as (E, B, D, D)."""
    dim = slopes.shape[1]
    return torch.eye(dim, dtype=slopes.dtype, device=slopes.device) + slopes.movedim(-1, 1)


@torch.no_grad()
def invert(g: Rows, jacobian: Rows, z: Tensor, lipschitz: float) -> Inverted:
    """Solve x + g(x) = z by Newton's method, and by fixed-point steps where it does not help.

    A step counts if it brings the residual down by the factor (1 + L) / 2. Where one of Newton's
    does not, a fixed-point step follows from the same x; that one brings it down by L. So where
    even this one fails, the residual is rounding.
    """
    needs_autograd()  # a recording would keep the number of steps that it saw
    rounding = ROUNDINGS * torch.finfo(z.dtype).eps
    x = z - g(z)
    residual = x + g(x) - z
    size, back = _length(residual), inverse_of(jacobian(x))
    far = 1 + _length(z)
    plain = over = torch.zeros_like(size, dtype=torch.bool)
    evaluations = 2
    while evaluations < MOST:
        over = over | (size <= rounding * (far + _length(x)))
        if bool(over.all()):
            break
        newton = (back * residual.unsqueeze(1)).sum(2)
        step = torch.where(plain.unsqueeze(1), residual, newton)
        there = x - torch.where(over.unsqueeze(1), 0.0, step)
        left = there + g(there) - z
        new = _length(left)
        evaluations += 1
        better = new <= (1 + lipschitz) / 2 * size
        over, slow = over | (plain & ~better), new > SLOW * size
        plain = ~better
        x = torch.where(better.unsqueeze(1), there, x)
        residual = torch.where(better.unsqueeze(1), left, residual)
        size = torch.where(better, new, size)
        if bool((slow & ~over).any()):
            back = inverse_of(jacobian(x))
    near = size <= 100 * rounding * (far + _length(x))
    return Inverted(x, size, size / (1 - lipschitz), near, evaluations)


def _length(rows: Tensor) -> Tensor:
    # torch.linalg.vector_norm takes ten times as long along this axis.
    return rows.square().sum(1).sqrt()
