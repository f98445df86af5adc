"""One optimiser step for a whole ensemble, and the tensors that such a step reads and writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from inn_core import registry
from inn_core.flows.build import build_flow
from inn_core.flows.flow import Flow
from inn_core.losses.nll import NLL, Loss, weighted_sum
from inn_core.specs import RunSpec
from inn_core.training import averaging, beginning, schedule
from inn_core.training.adam import Adam
from inn_core.training.batches import Source
from inn_core.training.flat import flatten
from inn_core.training.guard import Guard
from inn_core.training.heldout import INITIAL_KEY, Density
from inn_core.training.recorded import Recorded

#: Points that an actnorm is initialised from.
INITIAL_POINTS = 4_096


class Stepper:
    """The flow in training, its average, Adam and the guard. Knows no clock and no viewer.

    flow : the flow in training; shown : the same layers with averaged weights
    note : a sentence when the run could not start where its spec says, else nothing
    likelihood : the gradient of the negative log-likelihood, recorded (recorded.py)
    losses : the last step's loss of each member (E,), or None before the first
    draws : batches that one step takes from the stream
    mask : (E, P) 0 where a member has no such number (masks.py), or None
    """

    draws = 1

    def __init__(
        self, loss: Loss, flow: Flow, shown: Flow, note: str = "", mask: Tensor | None = None
    ) -> None:
        """Train ``flow``; ``shown`` is another flow of the same layout, for the average.

        What the mask takes out becomes 0 and stays so.
        """
        self.loss, self.flow, self.shown, self.note = loss, flow, shown, note
        self.losses: Tensor | None = None
        self.shown.load_state_dict(self.flow.state_dict())
        self.weights = flatten(self.flow, flow.members)
        self.average = flatten(self.shown.requires_grad_(False), flow.members)
        chain = sum(p[0].numel() for p in self.flow.chain.parameters())  # the first columns
        matrix = self.weights[:, :chain].detach().requires_grad_()
        self.flow.chain.settle(matrix)
        self.shown.chain.settle(self.average[:, :chain])
        self._leaves = [matrix, *self.flow.base.parameters()]
        self.mask = mask
        if mask is not None:
            self.weights.mul_(mask)
            self.average.mul_(mask)
        self.adam = Adam(self.weights)
        self.guard = Guard(self.weights)
        self.likelihood = Recorded(self._likelihood_gradient, flow.parameters())

    def step(
        self, x: Tensor, count: int, lr: float, clip: float, weights: Mapping[str, float]
    ) -> None:
        """Take step number ``count`` (from 0) on the batch x (B, D).

        lr : peak learning rate; clip : largest gradient norm of a member; weights : of loss terms
        """
        self.loss.at(count)
        self.update(x, count, lr, clip, weights)

    def update(
        self, x: Tensor, count: int, lr: float, clip: float, weights: Mapping[str, float]
    ) -> None:
        """Change the weights by the gradient on x; the loss knows the step."""
        self.losses, grad = self.gradient(x, weights)
        if self.mask is not None:
            grad.mul_(self.mask)
        self.guard.before_step(self.losses, self.weights, grad, count, clip, lr)
        self.adam.step(self.weights, grad, lr * schedule.factor(count), count + 1)
        averaging.update(self.average, self.weights, count + 1)
        self.guard.after_step(self.weights, self.average)

    @property
    def critics(self) -> list[Any]:
        """The steppers here that have critics, whose settings may change."""
        return []

    @torch.no_grad()
    def gradient(self, x: Tensor, weights: Mapping[str, float]) -> tuple[Tensor, Tensor]:
        """Losses (E,) and the gradient (E, P), whose columns follow those of the weights."""
        weight = weights.get("nll", 0.0)
        if type(self.loss) is NLL and weight:
            loss, grad = self.likelihood(x)
            return (loss, grad) if weight == 1 else (weight * loss, weight * grad)
        with torch.enable_grad():
            losses = weighted_sum(self.loss.terms(self.flow, x), weights)
            total = losses.sum()
        # Members share no parameter, so the sum gives each its own gradient. (A vector of ones in
        # place of the sum would make torch import sympy at the first step: half a second.)
        grads = torch.autograd.grad(total, self._leaves, allow_unused=True, materialize_grads=True)
        return losses.detach(), self._joined(grads)

    def _likelihood_gradient(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The same of the plain likelihood, without autograd."""
        loss, grads = NLL.gradient(self.flow, x)
        return loss, self._joined(grads)

    def _joined(self, grads: Sequence[Tensor]) -> Tensor:
        return torch.cat([g.reshape(len(self.weights), -1) for g in grads], 1)

    def tensors(self) -> dict[str, Tensor]:
        """Return everything that the next step depends on, by name."""
        tensors = {"weights": self.weights, "average": self.average}
        tensors |= {"adam.mean": self.adam.mean, "adam.square": self.adam.square}
        if self.losses is not None:
            tensors["losses"] = self.losses
        tensors |= {f"guard.{name}": value for name, value in self.guard.tensors().items()}
        tensors |= {f"buffer.{name}": value for name, value in self.flow.named_buffers()}
        return tensors

    def restore(self, tensors: Mapping[str, Tensor], frozen: Mapping[str, str]) -> None:
        """Take over :meth:`tensors` of a run of the same spec; KeyError if one is missing."""
        self.weights.copy_(tensors["weights"])
        self.average.copy_(tensors["average"])
        self.adam.mean.copy_(tensors["adam.mean"])
        self.adam.square.copy_(tensors["adam.square"])
        for flow in (self.flow, self.shown):
            for name, buffer in flow.named_buffers():
                buffer.copy_(tensors[f"buffer.{name}"])
        self.guard.restore(
            {name: tensors[f"guard.{name}"] for name in self.guard.tensors()}, frozen
        )
        self.losses = tensors.get("losses")


def stepper_of(spec: RunSpec, target: Density) -> Stepper:
    """Build both flows of a run; actnorms start from points of a stream of their own."""
    flow, shown = _build(spec, target), _build(spec, target)
    flow.initialise(initial_points(target, spec.seed))
    note = beginning.load(flow, spec) if spec.start else ""
    return Stepper(registry.LOSSES[spec.loss].load()(), flow, shown, note)


def initial_points(source: Source, seed: int) -> Tensor:
    """The points that actnorms start from, (4096, D) float32."""
    seeds = np.random.SeedSequence([seed, INITIAL_KEY])
    points = source.sample(INITIAL_POINTS, np.random.default_rng(seeds))
    return torch.from_numpy(points.astype(np.float32))


def _build(spec: RunSpec, target: Density) -> Flow:
    flow = build_flow(spec.flow, [spec.seed + e for e in range(spec.members)])
    flow.standardise([float(c) for c in target.centre], float(target.scale))
    return flow
