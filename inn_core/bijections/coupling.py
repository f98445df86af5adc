"""Coupling layers: one part of the point stays, the other moves by a map the first part chooses.

    z_passive = x_passive,    z_active = τ(x_active; θ(x_passive, condition))

The Jacobian is triangular, so its log-determinant is the sum of ln τ' (Dinh et al. 2014, 2017).
What τ is, additive, affine or a spline, is the univariate's business; masks and networks are here.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from inn_core.bijections.base import Bijection
from inn_core.bijections.conditioner import Conditioner
from inn_core.bijections.pullback import Halves, Pulled
from inn_core.bijections.univariate.base import Params, Univariate


class Coupling(Bijection):
    """Coupling layer of any univariate.

    active : 0 moves the first half of the coordinates, 1 the second half (the larger one for odd
        dim); in 2-D that is the index of the coordinate that moves
    condition_dim : size of the condition, (E, B, condition_dim), that the conditioner also reads
    """

    def __init__(
        self,
        univariate: Univariate,
        active: int,
        hidden: Sequence[int],
        generators: list[torch.Generator],
        dim: int = 2,
        condition_dim: int = 0,
    ) -> None:
        super().__init__(dim)
        self.univariate = univariate
        self.iterative = univariate.iterative
        self.active = active
        self.condition_dim = condition_dim
        self.sizes = (dim // 2, dim - dim // 2)
        self.conditioner = Conditioner(
            self.sizes[1 - active] + condition_dim,
            hidden,
            self.sizes[active] * univariate.n_params,
            generators,
            univariate.start,
        )

    def prepare(self) -> None:
        """See Conditioner.prepare."""
        self.conditioner.prepare()

    def parameters_at(self, passive: Tensor, condition: Tensor | None = None) -> Params:
        """Constrained parameters (E, B, D_active, …) chosen by passive (E, B, D_passive)."""
        raw = self.conditioner(self._read(passive, condition))
        return self.univariate.constrain(
            raw.unflatten(-1, (self.sizes[self.active], self.univariate.n_params))
        )

    def _read(self, passive: Tensor, condition: Tensor | None) -> Tensor:
        """What the conditioner reads, (E, B, inputs); raises ValueError for a wrong condition."""
        if not self.condition_dim:
            return passive
        if condition is None or condition.shape[-1] != self.condition_dim:
            got = None if condition is None else tuple(condition.shape)
            raise ValueError(
                f"The coupling needs a condition of size {self.condition_dim}; it got {got}."
            )
        return torch.cat([passive, condition.expand(*passive.shape[:2], -1)], -1)

    def vjp(self, halves: Halves, condition: Tensor | None = None, inverse: bool = False) -> Pulled:
        """Value, log-det and pull-back at points given as halves, written out; see pullback.py."""
        passive, active = self._ordered(halves)
        own, moving = self.sizes[1 - self.active], self.sizes[self.active]
        u = self._read(passive.mT, condition).mT if self.condition_dim else passive
        raw, pull_network = self.conditioner.vjp(u)
        raw = raw.view(len(raw), moving, self.univariate.n_params, -1)
        moved, log_derivative, pull_map = self.univariate.vjp(active, raw, inverse)

        def pull(g_value: Halves, g_log_det: Tensor) -> tuple[Halves, list[Tensor]]:
            g_passive, g_moved = self._ordered(g_value)
            g_active, g_raw = pull_map(g_moved, g_log_det.unsqueeze(1))
            g_u, grads = pull_network(g_raw.flatten(1, 2))
            if self.condition_dim:
                g_u = g_u[:, :own]
            return self._ordered((g_passive + g_u, g_active)), grads

        log_det = log_derivative.sum(1) if moving > 1 else log_derivative.squeeze(1)
        return self._ordered((passive, moved)), log_det, pull

    def _ordered(self, pair: Halves) -> Halves:
        """(first, second) -> (passive, active), and back: the same exchange."""
        return pair[::-1] if self.active == 0 else pair

    def _split(self, x: Tensor) -> tuple[Tensor, Tensor]:
        first, second = x.split(self.sizes, -1)
        return (second, first) if self.active == 0 else (first, second)

    def _join(self, passive: Tensor, moved: Tensor) -> Tensor:
        return torch.cat([moved, passive] if self.active == 0 else [passive, moved], -1)

    def _forward(self, x: Tensor, condition: Tensor | None, t: float) -> tuple[Tensor, Tensor]:
        passive, active = self._split(x)
        params = self.parameters_at(passive, condition)
        if t != 1:
            params = self.univariate.fraction(params, t)
        moved, log_derivative = self.univariate.forward(active, params)
        return self._join(passive, moved), _over_coordinates(log_derivative)

    def _inverse(self, z: Tensor, condition: Tensor | None, t: float) -> tuple[Tensor, Tensor]:
        passive, active = self._split(z)
        params = self.parameters_at(passive, condition)
        if t != 1:
            params = self.univariate.fraction(params, t)
        moved, log_derivative = self.univariate.inverse(active, params)
        return self._join(passive, moved), _over_coordinates(log_derivative)


def _over_coordinates(log_derivative: Tensor) -> Tensor:
    """(E, B, D_active) -> (E, B)."""
    if log_derivative.shape[-1] == 1:
        return log_derivative.squeeze(-1)
    return log_derivative.sum(-1)
