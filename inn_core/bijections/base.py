"""The contract of an invertible layer, and chains of layers.

Direction: ``forward`` is x -> z (data to latent), ``inverse`` is z -> x. Both return
``(value, log_det)`` with log_det = ln |det d value / d input| of shape (E, B), where E counts the
members of the ensemble and B the points.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import torch
from torch import Tensor, nn

from inn_core.bijections.pullback import (
    Halves,
    PointsThrough,
    Pulled,
    PulledPoints,
    Settled,
    Through,
    by_autograd,
    halves_of,
    points_of,
    points_through,
    through,
)


class Trace(NamedTuple):
    """Everything a chain passes through: L + 1 states (E, B, D) and L log-dets (E, B)."""

    states: list[Tensor]
    log_dets: list[Tensor]


class Bijection(nn.Module, ABC):
    """An invertible layer of dimension ``dim`` with a path from the identity.

    ``t`` in [0, 1] is the place on that path: t = 0 is the identity, t = 1 the layer itself, and
    every layer in between is invertible, so that an animation inside a layer never folds.

    iterative : whether the inverse takes many evaluations of the layer
    """

    iterative = False

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim

    def forward(
        self, x: Tensor, condition: Tensor | None = None, t: float = 1.0
    ) -> tuple[Tensor, Tensor]:
        """Map x (E, B, D) to z; return (z, log_det). Raises ValueError for other shapes."""
        self._check(x)
        return self._forward(x, condition, t)

    def inverse(
        self, z: Tensor, condition: Tensor | None = None, t: float = 1.0
    ) -> tuple[Tensor, Tensor]:
        """Map z (E, B, D) to x; return (x, log_det of the inverse). Raises ValueError."""
        self._check(z)
        return self._inverse(z, condition, t)

    def vjp(self, halves: Halves, condition: Tensor | None = None, inverse: bool = False) -> Pulled:
        """Value, log-det and pull-back at points given as halves; see pullback.py."""
        return by_autograd(self, halves, condition, inverse)

    def points_vjp(
        self, halves: Halves, condition: Tensor | None = None, inverse: bool = False
    ) -> PulledPoints:
        """Value and pull-back alone, for a loss that asks for no log-det; see pullback.py."""
        value, log_det, pull = self.vjp(halves, condition, inverse)
        return value, lambda g: pull(g, torch.zeros_like(log_det))

    def prepare(self) -> None:
        """Keep what can be kept while the parameters stay where they are; nothing, by default."""

    def fraction(self, t: float) -> Fraction:
        """Return the bijection at place ``t`` of the path from the identity to this layer."""
        return Fraction(self, t)

    def _check(self, value: Tensor) -> None:
        if value.ndim != 3 or value.shape[-1] != self.dim:
            raise ValueError(
                f"{type(self).__name__} got a tensor of shape {tuple(value.shape)}; "
                f"it needs (members, points, {self.dim})."
            )

    @abstractmethod
    def _forward(self, x: Tensor, condition: Tensor | None, t: float) -> tuple[Tensor, Tensor]: ...

    @abstractmethod
    def _inverse(self, z: Tensor, condition: Tensor | None, t: float) -> tuple[Tensor, Tensor]: ...


class Fraction(Bijection):
    """A layer stopped at place ``t`` of its path from the identity. Shares the parameters."""

    def __init__(self, layer: Bijection, t: float) -> None:
        super().__init__(layer.dim)
        if not 0.0 <= t <= 1.0:
            raise ValueError(f"t is {t}; a fraction of a layer lies between 0 and 1.")
        self.layer, self.t = layer, t

    def _forward(self, x: Tensor, condition: Tensor | None, t: float) -> tuple[Tensor, Tensor]:
        return self.layer.forward(x, condition, t * self.t)

    def _inverse(self, z: Tensor, condition: Tensor | None, t: float) -> tuple[Tensor, Tensor]:
        return self.layer.inverse(z, condition, t * self.t)


class Chain(Settled, Bijection):
    """Layers applied one after the other. ``trace`` is the primitive: encode is its last entry."""

    def __init__(self, layers: Iterable[Bijection], dim: int = 2) -> None:
        super().__init__(dim)
        self.layers = nn.ModuleList(layers)

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Bijection]:
        return iter(self.layers)  # type: ignore[arg-type]

    def settle(self, matrix: Tensor) -> None:
        """Make ready for training: from now on the parameters stay where they are, in ``matrix``.

        matrix : (E, P), of which the parameters are views, in their order. Gradients of ``forward``
            and ``inverse`` then come for it as a whole, and no longer for the parameters.
        """
        self.kept = (matrix,)
        for layer in self:
            layer.prepare()

    def trace(self, x: Tensor, condition: Tensor | None = None, t: float = 1.0) -> Trace:
        """Return every state from x to z and every layer's log-det."""
        self._check(x)
        states, log_dets = [x], []
        for layer in self:
            value, log_det = layer.forward(states[-1], condition, t)
            states.append(value)
            log_dets.append(log_det)
        return Trace(states, log_dets)

    def trace_inverse(self, z: Tensor, condition: Tensor | None = None, t: float = 1.0) -> Trace:
        """Return every state from z back to x and every inverse layer's log-det."""
        self._check(z)
        states, log_dets = [z], []
        for layer in reversed(list(self)):
            value, log_det = layer.inverse(states[-1], condition, t)
            states.append(value)
            log_dets.append(log_det)
        return Trace(states, log_dets)

    def _forward(self, x: Tensor, condition: Tensor | None, t: float) -> tuple[Tensor, Tensor]:
        if t == 1 and len(self):
            return self._through(x, condition, False)
        return _end(self.trace(x, condition, t))

    def _inverse(self, z: Tensor, condition: Tensor | None, t: float) -> tuple[Tensor, Tensor]:
        if t == 1 and len(self):
            return self._through(z, condition, True)
        return _end(self.trace_inverse(z, condition, t))

    def vjp(self, halves: Halves, condition: Tensor | None = None, inverse: bool = False) -> Pulled:
        """Value, log-det and pull-back, layer by layer; see pullback.py."""
        return through(list(self), halves, condition, inverse)

    def points_vjp(
        self, halves: Halves, condition: Tensor | None = None, inverse: bool = False
    ) -> PulledPoints:
        """Value and pull-back, layer by layer; see pullback.py."""
        return points_through(list(self), halves, condition, inverse)

    def points(self, x: Tensor, condition: Tensor | None = None, inverse: bool = False) -> Tensor:
        """The value (E, B, D) of ``forward`` or ``inverse`` without its log-det, which may be dear.

        A residual layer then needs no Jacobian on its way forward, and one on its way back.
        """
        self._check(x)
        if not torch.is_grad_enabled():
            return points_of(self.points_vjp(halves_of(x), condition, inverse)[0])
        end: Tensor = PointsThrough.apply(
            x, condition, self, inverse, *(self.kept or self.parameters())
        )
        return end

    def _through(
        self, value: Tensor, condition: Tensor | None, inverse: bool
    ) -> tuple[Tensor, Tensor]:
        if not torch.is_grad_enabled():
            halves, log_det, _ = self.vjp(halves_of(value), condition, inverse)
            return points_of(halves), log_det
        end: tuple[Tensor, Tensor] = Through.apply(
            value, condition, self, inverse, *(self.kept or self.parameters())
        )
        return end


def _end(trace: Trace) -> tuple[Tensor, Tensor]:
    end = trace.states[-1]
    if not trace.log_dets:
        return end, end.new_zeros(end.shape[:2])
    if len(trace.log_dets) == 1:
        return end, trace.log_dets[0]
    # One stack and one sum: fewer operations than a running total.
    return end, torch.stack(trace.log_dets).sum(0)
