"""The network that predicts a coupling's raw parameters: an MLP with a leading ensemble axis."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import torch
from torch import Tensor, nn

#: The kinks of the first layer's ReLUs are laid over this range of a standardised input.
KINK_RANGE = 3.0


class Conditioner(nn.Module):
    """ReLU network (E, B, inputs) -> (E, B, outputs), E networks in one batched product a layer.

    The last layer starts at ``start`` times its usual size; at 0 a coupling starts at the
    identity. The first layer's
    units are w·(u - k) with |w| = 1 / sqrt(inputs) and kinks k uniform over the range that a
    standardised input covers: default initialisation leaves most kinks of a one-dimensional
    input near zero or far outside the data.
    """

    def __init__(
        self,
        inputs: int,
        hidden: Sequence[int],
        outputs: int,
        generators: list[torch.Generator],
        start: float = 0.0,
    ) -> None:
        super().__init__()
        sizes = [inputs, *hidden, outputs]
        members = [_initial(sizes, start, g) for g in generators]
        self.weights = nn.ParameterList(
            nn.Parameter(torch.stack([m[0][i] for m in members])) for i in range(len(sizes) - 1)
        )
        self.biases = nn.ParameterList(
            nn.Parameter(torch.stack([m[1][i] for m in members])) for i in range(len(sizes) - 1)
        )

    def forward(self, u: Tensor) -> Tensor:
        """Map u (E, B, inputs) to raw parameters (E, B, outputs)."""
        last = len(self.weights) - 1
        for i, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            u = torch.baddbmm(bias, u, weight)  # (E, B, in) @ (E, in, out) + (E, 1, out)
            if i < last:
                u = torch.relu(u)
        return u


def _initial(
    sizes: Sequence[int], start: float, generator: torch.Generator
) -> tuple[list[Tensor], list[Tensor]]:
    """Weights (in, out) and biases (1, out) of one member, drawn from its own generator."""
    weights, biases = [], []
    for i, (n_in, n_out) in enumerate(itertools.pairwise(sizes)):
        weight = torch.randn(n_in, n_out, generator=generator) * (2 / n_in) ** 0.5
        bias = torch.zeros(1, n_out)
        if i == 0:
            weight = torch.sign(weight) / n_in**0.5
            kinks = (2 * torch.rand(n_in, n_out, generator=generator) - 1) * KINK_RANGE
            bias = -(weight * kinks).sum(0, keepdim=True)
        if i == len(sizes) - 2:
            weight = start * torch.randn(n_in, n_out, generator=generator) / n_in**0.5
        weights.append(weight)
        biases.append(bias)
    return weights, biases
