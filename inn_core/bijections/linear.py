"""Linear layers: rotation, LU (invertible 1×1), actnorm, and the units of the data.

All have the determinant in hand: exp of a skew matrix is orthogonal, LU has the product of its
diagonal, actnorm the product of its scales.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from inn_core.bijections.base import Bijection
from inn_core.bijections.pullback import Halves, Pulled, cut, joined


def no_linear(dim: int, generators: list[torch.Generator]) -> None:
    """The registry's builder for "no linear layer"."""


class Rotation(Bijection):
    """z = exp(tA) x with A skew-symmetric, a rotation. ``angles`` has shape (E, D(D-1)/2).

    Starts at a random angle within ±45°, so that the members of an ensemble differ.
    """

    upper: Tensor

    def __init__(self, dim: int, generators: list[torch.Generator]) -> None:
        super().__init__(dim)
        pairs = dim * (dim - 1) // 2
        draws = [torch.rand(pairs, generator=g) for g in generators]
        self.angles = nn.Parameter((torch.stack(draws) - 0.5) * torch.pi / 2)
        self.register_buffer("upper", torch.triu_indices(dim, dim, 1), persistent=False)

    def matrix(self, t: float = 1.0) -> Tensor:
        """exp(tA), (E, D, D)."""
        if self.dim == 2:
            angle = t * self.angles[:, 0]
            c, s = torch.cos(angle), torch.sin(angle)
            return torch.stack([torch.stack([c, s], -1), torch.stack([-s, c], -1)], -2)
        skew = self.angles.new_zeros(len(self.angles), self.dim, self.dim)
        skew[:, self.upper[0], self.upper[1]] = t * self.angles
        return torch.matrix_exp(skew - skew.mT)

    def vjp(self, halves: Halves, condition: Tensor | None = None, inverse: bool = False) -> Pulled:
        """See pullback.py; written out in 2-D, where dR/dangle is R turned by a quarter."""
        if self.dim != 2:
            return super().vjp(halves, condition, inverse)
        matrix = self.matrix().detach()
        quarter = torch.stack([matrix[:, 1], -matrix[:, 0]], 1)
        if inverse:
            matrix, quarter = matrix.mT, quarter.mT
        x = joined(halves)

        def pull(g_value: Halves, g_log_det: Tensor) -> tuple[Halves, list[Tensor]]:
            g = joined(g_value)
            return cut(matrix.mT @ g), [(quarter * (g @ x.mT)).flatten(1).sum(1, keepdim=True)]

        return cut(matrix @ x), x.new_zeros(len(x), x.shape[-1]), pull

    def map_numbers(self, member: int) -> tuple[float, ...]:
        """(angle,) of a 2-D rotation, as results.LayerMap wants it."""
        return (float(self.angles[member, 0]),)

    def _forward(self, x: Tensor, condition: Tensor | None, t: float) -> tuple[Tensor, Tensor]:
        return torch.bmm(x, self.matrix(t).mT), x.new_zeros(x.shape[:2])

    def _inverse(self, z: Tensor, condition: Tensor | None, t: float) -> tuple[Tensor, Tensor]:
        return torch.bmm(z, self.matrix(t)), z.new_zeros(z.shape[:2])


class LU(Bijection):
    """z = L U x + b, L unit lower triangular, U upper with diagonal e^d (Kingma & Dhariwal 2018).

    log_det = sum of d. The path from the identity scales L - I, d, U's upper part and b by t.
    """

    below: Tensor
    above: Tensor

    def __init__(self, dim: int, generators: list[torch.Generator]) -> None:
        super().__init__(dim)
        members, pairs = len(generators), dim * (dim - 1) // 2
        start = [0.1 * torch.randn(2, pairs, generator=g) for g in generators]
        self.lower = nn.Parameter(torch.stack([s[0] for s in start]))
        self.upper = nn.Parameter(torch.stack([s[1] for s in start]))
        self.log_diagonal = nn.Parameter(torch.zeros(members, dim))
        self.shift = nn.Parameter(torch.zeros(members, 1, dim))
        self.register_buffer("below", torch.tril_indices(dim, dim, -1), persistent=False)
        self.register_buffer("above", torch.triu_indices(dim, dim, 1), persistent=False)

    def factors(self, t: float = 1.0) -> tuple[Tensor, Tensor]:
        """L and U at place t of the path, each (E, D, D)."""
        lower = torch.diag_embed(torch.ones_like(self.log_diagonal))
        lower = lower.index_put((_all(lower), self.below[0], self.below[1]), t * self.lower)
        upper = torch.diag_embed(torch.exp(t * self.log_diagonal))
        upper = upper.index_put((_all(upper), self.above[0], self.above[1]), t * self.upper)
        return lower, upper

    def vjp(self, halves: Halves, condition: Tensor | None = None, inverse: bool = False) -> Pulled:
        """See pullback.py: with z = L U x + b, dL = dM Uᵀ and dU = Lᵀ dM for M = L U."""
        lower, upper = (factor.detach() for factor in self.factors())
        shift, start = self.shift.detach().mT, joined(halves)
        total = self.log_diagonal.detach().sum(-1, keepdim=True).expand(-1, start.shape[-1])

        def parts(g_m: Tensor, g_shift: Tensor, g_total: Tensor) -> list[Tensor]:
            g_lower, g_upper = g_m @ upper.mT, lower.mT @ g_m
            diagonal = (g_upper * upper).diagonal(dim1=1, dim2=2) + g_total
            below, above = self.below, self.above
            return [g_lower[:, *below], g_upper[:, *above], diagonal, g_shift]

        if not inverse:
            matrix = lower @ upper

            def pull(g_value: Halves, g_log_det: Tensor) -> tuple[Halves, list[Tensor]]:
                g = joined(g_value)
                own = parts(g @ start.mT, g.sum(-1), g_log_det.sum(-1, keepdim=True))
                return cut(matrix.mT @ g), own

            return cut(torch.baddbmm(shift, matrix, start)), total, pull

        x = torch.linalg.solve_triangular(lower, start - shift, upper=False, unitriangular=True)
        x = torch.linalg.solve_triangular(upper, x, upper=True)

        def pull_inverse(g_value: Halves, g_log_det: Tensor) -> tuple[Halves, list[Tensor]]:
            g = torch.linalg.solve_triangular(upper.mT, joined(g_value), upper=False)
            g = torch.linalg.solve_triangular(lower.mT, g, upper=True, unitriangular=True)
            own = parts(-(g @ x.mT), -g.sum(-1), -g_log_det.sum(-1, keepdim=True))
            return cut(g), own

        return cut(x), -total, pull_inverse

    def map_numbers(self, member: int) -> tuple[float, ...]:
        """(l, log_d1, log_d2, u, b1, b2) of a 2-D layer, as results.LayerMap wants it."""
        parts = (self.lower, self.log_diagonal, self.upper, self.shift[:, 0])
        return tuple(float(v) for part in parts for v in part[member])

    def _log_det(self, like: Tensor, t: float) -> Tensor:
        return (t * self.log_diagonal.sum(-1, keepdim=True)).expand(like.shape[:2])

    def _forward(self, x: Tensor, condition: Tensor | None, t: float) -> tuple[Tensor, Tensor]:
        lower, upper = self.factors(t)
        return torch.baddbmm(t * self.shift, x, (lower @ upper).mT), self._log_det(x, t)

    def _inverse(self, z: Tensor, condition: Tensor | None, t: float) -> tuple[Tensor, Tensor]:
        lower, upper = self.factors(t)
        h = (z - t * self.shift).mT  # (E, D, B)
        h = torch.linalg.solve_triangular(lower, h, upper=False, unitriangular=True)
        x = torch.linalg.solve_triangular(upper, h, upper=True).mT
        return x, -self._log_det(z, t)


def _all(matrices: Tensor) -> Tensor:
    return torch.arange(len(matrices), device=matrices.device).unsqueeze(1)


class ActNorm(Bijection):
    """z = x e^s + b, one scale and shift a coordinate (Glow, Kingma & Dhariwal 2018).

    ``initialise`` sets them so that the first batch comes out with mean 0 and variance 1; that it
    has happened is part of the state, so that a loaded layer never starts again.
    """

    def __init__(self, dim: int, generators: list[torch.Generator]) -> None:
        super().__init__(dim)
        self.log_scale = nn.Parameter(torch.zeros(len(generators), 1, dim))
        self.shift = nn.Parameter(torch.zeros(len(generators), 1, dim))
        self.initialised: Tensor
        self.register_buffer("initialised", torch.zeros(len(generators)))

    @torch.no_grad()
    def initialise(self, x: Tensor) -> None:
        """Standardise x (E, B, D), unless that has been done before. A constant stays as it is."""
        if bool(self.initialised.all()):
            return
        spread = x.std(1, keepdim=True).clamp_min(1e-3)
        self.log_scale.copy_(-torch.log(spread))
        self.shift.copy_(-x.mean(1, keepdim=True) / spread)
        self.initialised.fill_(1.0)

    def vjp(self, halves: Halves, condition: Tensor | None = None, inverse: bool = False) -> Pulled:
        """See pullback.py."""
        start, log_scale, shift = joined(halves), self.log_scale.detach().mT, self.shift.detach().mT
        sign = -1 if inverse else 1
        scale = torch.exp(sign * log_scale)  # (E, D, 1)
        value = (start - shift) * scale if inverse else torch.addcmul(shift, start, scale)
        log_det = (sign * log_scale.sum(1)).expand(-1, start.shape[-1])

        def pull(g_value: Halves, g_log_det: Tensor) -> tuple[Halves, list[Tensor]]:
            g = joined(g_value)
            g_start = g * scale
            moved = (g * value if inverse else g_start * start).sum(-1)
            g_log_scale = sign * (moved + g_log_det.sum(-1, keepdim=True))
            return cut(g_start), [g_log_scale, -g_start.sum(-1) if inverse else g.sum(-1)]

        return cut(value), log_det, pull

    def map_numbers(self, member: int) -> tuple[float, ...]:
        """(log_s1, log_s2, b1, b2), as results.LayerMap wants it."""
        parts = (self.log_scale[member, 0], self.shift[member, 0])
        return tuple(float(v) for part in parts for v in part)

    def _log_det(self, like: Tensor, t: float) -> Tensor:
        return (t * self.log_scale.sum(-1)).expand(like.shape[:2])

    def _forward(self, x: Tensor, condition: Tensor | None, t: float) -> tuple[Tensor, Tensor]:
        scale = torch.exp(t * self.log_scale)
        return torch.addcmul(t * self.shift, x, scale), self._log_det(x, t)

    def _inverse(self, z: Tensor, condition: Tensor | None, t: float) -> tuple[Tensor, Tensor]:
        x = (z - t * self.shift) * torch.exp(-t * self.log_scale)
        return x, -self._log_det(z, t)


class Units(nn.Module):
    """h = (x - centre) / scale, one scale for all axes: the data's units, fixed before training.

    Kept apart from the chain, since it is how one writes the data down and no layer of the flow.
    """

    centre: Tensor
    scale: Tensor

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.register_buffer("centre", torch.zeros(dim))
        self.register_buffer("scale", torch.ones(()))

    def forward(self, x: Tensor) -> Tensor:
        """Data units to the chain's units."""
        return (x - self.centre) / self.scale

    def inverse(self, h: Tensor) -> Tensor:
        """The chain's units to data units."""
        return torch.addcmul(self.centre, h, self.scale)

    @property
    def log_det(self) -> Tensor:
        """Ln |det dh/dx| = -D ln scale, a scalar tensor."""
        return -len(self.centre) * torch.log(self.scale)
