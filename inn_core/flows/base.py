"""Base distributions: the law of z. Coordinates are independent."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from inn_core.bijections.pullback import needs_autograd

#: Gradient of the log-density (E, B) -> (of z (E, B, D), of every parameter).
Pull = Callable[[Tensor], tuple[Tensor, Sequence[Tensor]]]


class BaseDistribution(nn.Module, ABC):
    """A law on R^D with E members: log_prob (E, B, D) -> (E, B), and samples."""

    def __init__(self, members: int, dim: int) -> None:
        super().__init__()
        self.members, self.dim = members, dim

    @abstractmethod
    def log_prob(self, z: Tensor) -> Tensor:
        """Ln p(z) of z (E, B, D), shape (E, B)."""

    def vjp(self, z: Tensor) -> tuple[Tensor, Pull]:
        """Ln p(z) of z (E, B, D), and g (E, B) -> (gradient of z, of every parameter)."""
        needs_autograd()
        parameters = list(self.parameters())
        with torch.enable_grad():
            z = z.detach().requires_grad_()
            log_prob = self.log_prob(z)

        def pull(g: Tensor) -> tuple[Tensor, Sequence[Tensor]]:
            g_z, *grads = torch.autograd.grad(log_prob, [z, *parameters], g)
            return g_z, grads

        return log_prob.detach(), pull

    @abstractmethod
    def sample(self, n: int, generator: torch.Generator) -> Tensor:
        """N points for every member, (E, n, D); members share the draws underneath."""

    @abstractmethod
    def describe(self, member: int) -> tuple[Any, ...]:
        """Name and numbers, as results.FlowMaps wants them."""


class Normal(BaseDistribution):
    """The standard normal."""

    def log_prob(self, z: Tensor) -> Tensor:
        """-|z|²/2 - (D/2) ln 2π."""
        return -0.5 * z.square().sum(-1) - 0.5 * self.dim * math.log(2 * math.pi)

    def vjp(self, z: Tensor) -> tuple[Tensor, Pull]:
        """See BaseDistribution.vjp; the gradient is -z."""
        return self.log_prob(z), lambda g: (z * -g.unsqueeze(-1), [])

    def sample(self, n: int, generator: torch.Generator) -> Tensor:
        """The same n standard normal points for every member."""
        return torch.randn(n, self.dim, generator=generator).expand(self.members, n, self.dim)

    def describe(self, member: int) -> tuple[Any, ...]:
        """("normal",)."""
        return ("normal",)


class StudentT(BaseDistribution):
    """Independent Student-t coordinates with learned degrees of freedom ν > 1, one ν a member.

    A Lipschitz flow of a normal keeps Gaussian tails; a Student-t base lets it have heavy ones
    (Jaini, Kobyzev, Yu & Brubaker 2020, arXiv 1907.04481).
    """

    def __init__(self, members: int, dim: int, start: float = 5.0) -> None:
        super().__init__(members, dim)
        self.raw = nn.Parameter(torch.full((members,), math.log(math.expm1(start - 1))))

    @property
    def dof(self) -> Tensor:
        """ν = 1 + softplus(raw), (E,)."""
        return 1 + nn.functional.softplus(self.raw)

    def log_prob(self, z: Tensor) -> Tensor:
        """Sum over coordinates of ln Γ((ν+1)/2)/(Γ(ν/2)√(νπ)) - (ν+1)/2 ln(1 + z²/ν)."""
        nu = self.dof.unsqueeze(-1)  # (E, 1)
        log_norm = torch.lgamma((nu + 1) / 2) - torch.lgamma(nu / 2)
        log_norm = log_norm - 0.5 * torch.log(nu * math.pi)
        log_tails = torch.log1p(z.square() / nu.unsqueeze(-1)).sum(-1)
        return self.dim * log_norm - (nu + 1) / 2 * log_tails

    def vjp(self, z: Tensor) -> tuple[Tensor, Pull]:
        """See BaseDistribution.vjp. ψ is the derivative of ln Γ, and dν/draw a sigmoid."""
        nu = self.dof.detach().unsqueeze(-1)  # (E, 1)
        squares, wide = z.square(), nu.unsqueeze(-1)

        def pull(g: Tensor) -> tuple[Tensor, Sequence[Tensor]]:
            share = (wide + 1) / (wide + squares)  # (E, B, D)
            of_norm = torch.digamma((nu + 1) / 2) - torch.digamma(nu / 2) - 1 / nu
            of_tails = (share * squares / wide - torch.log1p(squares / wide)).sum(-1)
            g_nu = 0.5 * (g * (self.dim * of_norm + of_tails)).sum(-1)
            return -share * z * g.unsqueeze(-1), [g_nu * torch.sigmoid(self.raw.detach())]

        return self.log_prob(z).detach(), pull

    def sample(self, n: int, generator: torch.Generator) -> Tensor:
        """Bailey's (1994) polar method: √(ν (U^{-2/ν} - 1)) cos 2πV is Student-t."""
        u, v = torch.rand(2, n, self.dim, generator=generator).clamp_min(1e-12).unbind(0)
        nu = self.dof[:, None, None]
        return torch.sqrt(nu * torch.expm1(-2 / nu * torch.log(u))) * torch.cos(2 * math.pi * v)

    def describe(self, member: int) -> tuple[Any, ...]:
        """("student", ν)."""
        return ("student", float(self.dof[member]))
