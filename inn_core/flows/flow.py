"""A flow: the data's units, a chain of bijections x -> z, and the law of z.

ln q(x) = ln p_z(T(x)) + ln |det DT(x)|          (change of variables)
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from inn_core.bijections.base import Chain, Trace
from inn_core.bijections.linear import ActNorm, Units
from inn_core.bijections.pullback import halves_of, points_of
from inn_core.flows.base import BaseDistribution


class Flow(nn.Module):
    """E flows side by side. Points are (B, D), shared by all members, or (E, B, D)."""

    def __init__(self, chain: Chain, base: BaseDistribution) -> None:
        super().__init__()
        self.units = Units(chain.dim)
        self.chain = chain
        self.base = base

    @property
    def members(self) -> int:
        """E, the size of the ensemble."""
        return self.base.members

    @property
    def dim(self) -> int:
        """D, the dimension of a point."""
        return self.chain.dim

    def standardise(self, centre: Sequence[float] | Tensor, scale: float) -> None:
        """Set the data's units: the chain sees (x - centre) / scale."""
        if not scale > 0:
            raise ValueError(f"scale is {scale}; it must be positive.")
        self.units.centre.copy_(torch.as_tensor(centre))
        self.units.scale.fill_(scale)

    @torch.no_grad()
    def initialise(self, x: Tensor, condition: Tensor | None = None) -> None:
        """Let every actnorm standardise what reaches it from the batch x (B, D)."""
        h = self._spread(self.units(x))
        for layer in self.chain:
            if isinstance(layer, ActNorm):
                layer.initialise(h)
            h, _ = layer.forward(h, condition)

    def encode(self, x: Tensor, condition: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return z (E, B, D) and ln |det dz/dx| (E, B)."""
        z, log_det = self.chain.forward(self._spread(self.units(x)), condition)
        return z, log_det + self.units.log_det

    def decode(self, z: Tensor, condition: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return x (E, B, D) and ln |det dx/dz| (E, B)."""
        h, log_det = self.chain.inverse(self._spread(z), condition)
        return self.units.inverse(h), log_det - self.units.log_det

    def encode_points(self, x: Tensor) -> Tensor:
        """The z (E, B, D) of :meth:`encode` without its log-det; cheaper for residual layers."""
        return self.chain.points(self._spread(self.units(x)))

    def decode_points(self, z: Tensor) -> Tensor:
        """The x (E, B, D) of :meth:`decode` without its log-det; cheaper for residual layers."""
        return self.units.inverse(self.chain.points(self._spread(z), inverse=True))

    def log_prob(self, x: Tensor, condition: Tensor | None = None) -> Tensor:
        """Ln q(x) of every member, (E, B)."""
        z, log_det = self.encode(x, condition)
        return self.base.log_prob(z) + log_det

    def log_prob_vjp(self, x: Tensor) -> tuple[Tensor, Callable[[Tensor], list[Tensor]]]:
        """Ln q(x) (E, B), and g (E, B) -> gradients of all parameters; autograd looks away."""
        z, log_det, pull_chain = self.chain.vjp(halves_of(self._spread(self.units(x))))
        log_prob, pull_base = self.base.vjp(points_of(z))

        def pull(g: Tensor) -> list[Tensor]:
            g_z, own = pull_base(g)
            return [*pull_chain(halves_of(g_z), g)[1], *own]

        return log_prob + (log_det + self.units.log_det), pull

    def encode_vjp(self, x: Tensor) -> tuple[Tensor, Callable[[Tensor], list[Tensor]]]:
        """Return z (E, B, D), and g (E, B, D) -> gradients of the chain's parameters."""
        z, log_det, pull = self.chain.vjp(halves_of(self._spread(self.units(x))))
        still = torch.zeros_like(log_det)
        return points_of(z), lambda g: list(pull(halves_of(g), still)[1])

    def sample(self, n: int, generator: torch.Generator, condition: Tensor | None = None) -> Tensor:
        """N points of every member, (E, n, D)."""
        z = self.base.sample(n, generator).to(self.units.scale.dtype)
        return self.decode(z, condition)[0]

    def trace(self, x: Tensor, condition: Tensor | None = None) -> Trace:
        """Every state from h = (x - centre)/scale to z, and every layer's log-det."""
        return self.chain.trace(self._spread(self.units(x)), condition)

    def member(self, index: int) -> Flow:
        """A flow of one member: a copy of member ``index``."""
        if not 0 <= index < self.members:
            raise ValueError(f"member is {index}; this flow has members 0 to {self.members - 1}.")
        alone = copy.deepcopy(self)
        alone.base.members = 1
        for name, value in self.state_dict().items():
            path, _, leaf = name.rpartition(".")
            if path != "units":  # the members share the data's units
                part = value[index : index + 1].clone()
                owner = alone.get_submodule(path)
                learned = isinstance(getattr(owner, leaf), nn.Parameter)
                setattr(owner, leaf, nn.Parameter(part) if learned else part)
        return alone

    def _spread(self, points: Tensor) -> Tensor:
        """(B, D) -> (E, B, D); raises ValueError for other shapes."""
        if points.ndim == 2:
            points = points.unsqueeze(0)
        if (
            points.ndim != 3
            or points.shape[-1] != self.dim
            or points.shape[0]
            not in (
                1,
                self.members,
            )
        ):
            raise ValueError(
                f"Points have shape {tuple(points.shape)}; a flow of {self.members} members "
                f"needs (points, {self.dim}) or ({self.members}, points, {self.dim})."
            )
        return points.expand(self.members, -1, -1)
