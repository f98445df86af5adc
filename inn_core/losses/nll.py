"""The negative log-likelihood, and the form that every loss has: named terms with weights.

A loss sees a model as four functions (encode, decode, log_prob, sample) and never its layers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

import torch
from torch import Tensor

if TYPE_CHECKING:
    from inn_core.flows.flow import Flow


class Model(Protocol):
    """What a loss may know of a flow of E members in D dimensions.

    x is data, z is latent; x (B, D) is shared by the members, x (E, B, D) is not.
    """

    def encode(self, x: Tensor, condition: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Map x to (z (E, B, D), log_det (E, B))."""
        ...

    def decode(self, z: Tensor, condition: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Map z to (x (E, B, D), log_det (E, B) of this direction)."""
        ...

    def encode_points(self, x: Tensor) -> Tensor:
        """The z of ``encode`` alone, where no volume is asked for."""
        ...

    def decode_points(self, z: Tensor) -> Tensor:
        """The x of ``decode`` alone."""
        ...

    def log_prob(self, x: Tensor) -> Tensor:
        """Log-density of x in nats, (E, B)."""
        ...

    def sample(self, n: int, generator: torch.Generator) -> Tensor:
        """Draw n points of every member, (E, n, D)."""
        ...


class Loss(Protocol):
    """Named terms of a model on a batch; what is minimised is their weighted sum.

    weights : the weight of each term at the start; a trainer may change them while it runs
    """

    weights: Mapping[str, float]

    def at(self, step: int) -> None:
        """Step number ``step`` is about to be taken: a loss may change with it."""
        ...

    def terms(self, model: Model, x: Tensor) -> dict[str, Tensor]:
        """Map each name in ``weights`` to a tensor (E,), in nats where it is a likelihood."""
        ...


class NLL:
    """Negative log-likelihood, -(1/B) sum_i log q(x_i): the cross-entropy H(p, q) = H(p) + KL.

    Its floor is the entropy of the data's density, whatever the flow (Gibbs' inequality).
    """

    weights: Mapping[str, float] = {"nll": 1.0}

    def at(self, step: int) -> None:
        """Nothing changes."""

    def terms(self, model: Model, x: Tensor) -> dict[str, Tensor]:
        """Return the one term ``nll`` (E,) in nats."""
        return {"nll": -model.log_prob(x).mean(-1)}

    @staticmethod
    def gradient(flow: Flow, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """The loss (E,) and its gradient for every parameter, without autograd."""
        log_prob, pull = flow.log_prob_vjp(x)
        share = log_prob.new_full(log_prob.shape, -1.0 / log_prob.shape[-1])
        return -log_prob.mean(-1), pull(share)


def weighted_sum(terms: Mapping[str, Tensor], weights: Mapping[str, float | Tensor]) -> Tensor:
    """Sum of weight x term, shape (E,); a weight is a number or a tensor (E,), one a member.

    A term of weight 0 is left out, so that not even its NaN can reach the gradient.
    """
    parts = []
    for name, term in terms.items():
        weight = weights[name]
        if isinstance(weight, Tensor):
            # where before the product: 0 x NaN is NaN, in the gradient as well.
            parts.append(torch.where(weight == 0, 0.0, term) * weight)
        elif weight == 1:
            parts.append(term)
        elif weight != 0:
            parts.append(term * weight)
    if not parts:
        return 0.0 * next(iter(terms.values())).detach().nan_to_num().requires_grad_()
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total
