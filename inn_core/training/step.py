"""One optimiser step for a whole ensemble, and the tensors that such a step reads and writes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from inn_core import registry
from inn_core.flows.build import build_flow
from inn_core.flows.flow import Flow
from inn_core.losses.nll import Loss, weighted_sum
from inn_core.specs import RunSpec
from inn_core.training import averaging, schedule
from inn_core.training.flat import flatten
from inn_core.training.guard import Guard
from inn_core.training.heldout import INITIAL_KEY, Density

#: Adam's memories. 0.99 for the squares: gradients of a flow change their size quickly at first.
BETAS = (0.9, 0.99)
#: Points that an actnorm is initialised from.
INITIAL_POINTS = 4_096


class Stepper:
    """The flow in training, its average, Adam and the guard. Knows no clock and no viewer.

    flow : the flow in training; shown : the same layers with averaged weights
    losses : the last step's loss of each member (E,), or None before the first
    """

    def __init__(self, spec: RunSpec, target: Density) -> None:
        """Build both flows; actnorms start from points of a stream of their own."""
        self.loss: Loss = registry.LOSSES[spec.loss].load()()
        self.losses: Tensor | None = None
        self.flow, self.shown = _build(spec, target), _build(spec, target)
        seeds = np.random.SeedSequence([spec.seed, INITIAL_KEY])
        points = target.sample(INITIAL_POINTS, np.random.default_rng(seeds))
        self.flow.initialise(torch.from_numpy(points.astype(np.float32)))
        self.shown.load_state_dict(self.flow.state_dict())
        self._matrix = flatten(self.flow, spec.members)
        self.weights = self._matrix.data
        self.average = flatten(self.shown.requires_grad_(False), spec.members).data
        self.grad = self._matrix.grad = torch.zeros_like(self.weights)
        self._parameters = list(self.flow.parameters())
        self._ones = torch.ones(spec.members)
        self._optimizer = torch.optim.Adam([self._matrix], betas=BETAS, fused=True)
        self.guard = Guard(self.weights)

    def step(
        self, x: Tensor, count: int, lr: float, clip: float, weights: Mapping[str, float]
    ) -> None:
        """Take step number ``count`` (from 0) on the batch x (B, D).

        lr : peak learning rate; clip : largest gradient norm of a member; weights : of loss terms
        """
        losses = weighted_sum(self.loss.terms(self.flow, x), weights)  # (E,)
        # Members share no parameter, so a vector of ones gives each its own gradient.
        grads = torch.autograd.grad(
            losses, self._parameters, self._ones, allow_unused=True, materialize_grads=True
        )
        torch.cat([g.reshape(len(self.grad), -1) for g in grads], 1, out=self.grad)
        self.losses = losses.detach()
        self.guard.before_step(self.losses, self.weights, self.grad, count, clip, lr)
        self._optimizer.param_groups[0]["lr"] = lr * schedule.factor(count)
        self._optimizer.step()
        averaging.update(self.average, self.weights, count + 1)
        self.guard.after_step(self.weights, self.average)

    def tensors(self) -> dict[str, Tensor]:
        """Return everything that the next step depends on, by name."""
        tensors = {"weights": self.weights, "average": self.average}
        if self.losses is not None:
            tensors["losses"] = self.losses
        adam = self._optimizer.state.get(self._matrix, {})
        tensors |= {f"adam.{name}": value for name, value in adam.items()}
        tensors |= {f"guard.{name}": value for name, value in self.guard.tensors().items()}
        tensors |= {f"buffer.{name}": value for name, value in self.flow.named_buffers()}
        return tensors

    def restore(self, tensors: Mapping[str, Tensor], frozen: Mapping[str, str]) -> None:
        """Take over :meth:`tensors` of a run of the same spec; KeyError if one is missing."""
        self.weights.copy_(tensors["weights"])
        self.average.copy_(tensors["average"])
        for flow in (self.flow, self.shown):
            for name, buffer in flow.named_buffers():
                buffer.copy_(tensors[f"buffer.{name}"])
        adam = _part(tensors, "adam.")
        if adam:
            self._optimizer.state[self._matrix] = adam
        self.guard.restore(_part(tensors, "guard."), frozen)
        self.losses = tensors.get("losses")


def _build(spec: RunSpec, target: Density) -> Flow:
    flow = build_flow(spec.flow, [spec.seed + e for e in range(spec.members)])
    flow.standardise([float(c) for c in target.centre], float(target.scale))
    return flow


def _part(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Entries whose name begins with ``prefix``, without it."""
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
