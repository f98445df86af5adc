"""The network that predicts a coupling's raw parameters: an MLP with a leading ensemble axis."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from inn_core.bijections.pullback import Settled

#: The kinks of the first layer's ReLUs are laid over this range of a standardised input.
KINK_RANGE = 3.0
#: Gradient of a ReLU, written over the gradient that came.
RELU = torch.ops.aten.threshold_backward.grad_input
#: A layer's weights (E, in, out), the same transposed, and biases (E, out, 1).
View = tuple[Tensor, Tensor, Tensor]


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
        views = self.kept or self._views()
        kept = [u]
        for _, transposed, bias in views:
            kept.append(torch.baddbmm(bias, transposed, kept[-1]))
            if len(kept) <= len(views):
                kept[-1].relu_()

        def pull(g: Tensor) -> tuple[Tensor, list[Tensor]]:
            weights, biases = [], []
            for i in reversed(range(len(views))):
                # The thinner factor first: the product of a thin one runs several times as fast.
                thin = len(g[0]) < len(kept[i][0]) or len(kept[i][0]) == 1
                product = torch.bmm(g, kept[i].mT).mT if thin else torch.bmm(kept[i], g.mT)
                weights.append(product)
                biases.append(g.sum(-1))
                g = torch.bmm(views[i][0], g)
                if i:  # the ReLU's: g where its output is positive
                    RELU(g, kept[i], 0, grad_input=g)
            return g, weights[::-1] + [b.unsqueeze(1) for b in reversed(biases)]

        return kept[-1], pull

    def prepare(self) -> None:
        """Keep views of the parameters for :meth:`vjp`; they must stay where they are from now on.

        Making them anew takes as long as a small product. A copied or moved network forgets them.
        """
        self.kept = self._views()

    def _views(self) -> list[View]:
        pairs = zip(self.weights, self.biases, strict=True)
        return [(w.detach(), w.detach().mT, b.detach().mT) for w, b in pairs]


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
