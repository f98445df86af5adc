"""The network that predicts a coupling's raw parameters: an MLP with a leading ensemble axis."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from inn_core.bijections.pullback import Settled

#: The kinks of the first layer's ReLUs are laid over this range of a standardised input.
KINK_RANGE = 3.0
#: Gradient of a ReLU, written over the gradient that came.
RELU = torch.ops.aten.threshold_backward.grad_input


class View(NamedTuple):
    """One layer's parameters as products want them.

    place : its number, from 0; weight (E, in, out), the same transposed, bias (E, out, 1)
    narrows : whether it has fewer outputs than inputs, or a single input
    """

    place: int
    weight: Tensor
    transposed: Tensor
    bias: Tensor
    narrows: bool

    @classmethod
    def of(cls, place: int, weight: Tensor, bias: Tensor) -> View:
        """View a weight (E, in, out) and a bias (E, 1, out)."""
        inputs, outputs = weight.shape[1:]
        return cls(place, weight, weight.mT, bias.mT, outputs < inputs or inputs == 1)


class Conditioner(Settled):
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
        last, views = len(self.weights) - 1, zip(self.weights, self.biases, strict=True)
        h = u.mT
        for i, (weight, bias) in enumerate(views):
            h = torch.baddbmm(bias.mT, weight.mT, h)  # (E, out, 1) + (E, out, in) @ (E, in, B)
            h = h if i == last else torch.relu(h)
        return h.mT

    def vjp(self, u: Tensor) -> tuple[Tensor, Callable[[Tensor], tuple[Tensor, list[Tensor]]]]:
        """Map rows u (E, inputs, B) to (E, outputs, B); also return the pull-back."""
        views = self.views()
        values, last = [u], len(views) - 1
        for i, view in enumerate(views):
            h = torch.baddbmm(view.bias, view.transposed, values[-1])
            values.append(h if i == last else h.relu_())

        def pull(g: Tensor) -> tuple[Tensor, list[Tensor]]:
            weights, biases = [], []
            for view in reversed(views):
                h = values[view.place]
                # The thinner factor first: then a thin product runs several times as fast.
                product = torch.bmm(g, h.mT).mT if view.narrows else torch.bmm(h, g.mT)
                weights.append(product)
                biases.append(g.sum(-1))
                g = torch.bmm(view.weight, g)
                if view.place:  # the ReLU's: g where its output is positive
                    RELU(g, h, 0, grad_input=g)
            return g, weights[::-1] + biases[::-1]

        return values[-1], pull

    def prepare(self) -> None:
        """Keep views of the parameters for :meth:`vjp`; they must stay where they are from now on.

        Making them anew takes as long as a small product. A copied or moved network forgets them.
        """
        self.kept = self.views()

    def views(self) -> list[View]:
        """The parameters as :meth:`vjp` wants them; the kept ones after :meth:`prepare`."""
        if self.kept is not None:
            return list(self.kept)
        pairs = zip(self.weights, self.biases, strict=True)
        return [View.of(i, w.detach(), b.detach()) for i, (w, b) in enumerate(pairs)]


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
