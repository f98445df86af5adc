"""The critic V of a variational divergence: an MLP with a leading ensemble axis."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from inn_core.bijections.conditioner import Conditioner
from inn_core.losses.clamp import clamp

#: The last layer starts this many times smaller than usual: V begins near 0, where g_f' is large.
START = 0.1


class Critic(nn.Module):
    """ReLU network (E, B, D) -> V (E, B), held in [-clamp, clamp] as VINA's is.

    The bound it gives is never more than what a ratio e^clamp can show. Beyond the clamp a gradient
    leads back inside and nowhere else (clamp.py).
    """

    def __init__(
        self,
        inputs: int,
        hidden: Sequence[int],
        generators: list[torch.Generator],
        clamp: float = 4.0,
        sd: float = 0.0,
    ) -> None:
        """One generator a member. sd : of all weights at the start (VINA: 0.02); 0 for our own."""
        super().__init__()
        self.members, self.clamp = len(generators), clamp
        self.network = Conditioner(inputs, hidden, 1, generators, START)
        if sd:
            with torch.no_grad():
                for weight, bias in zip(self.network.weights, self.network.biases, strict=True):
                    drawn = [torch.randn(weight.shape[1:], generator=g) for g in generators]
                    weight.copy_(sd * torch.stack(drawn))
                    bias.zero_()

    def forward(self, x: Tensor) -> Tensor:
        """V(x) (E, B) of points (E, B, D), or (B, D) for all members."""
        points = x.expand(self.members, *x.shape[-2:])
        return clamp(self.network(points).squeeze(-1), self.clamp)
