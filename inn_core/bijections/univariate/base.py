"""The contract of a univariate: an increasing map x -> z of one variable and its derivative."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

import torch
from torch import Tensor

from inn_core.bijections.pullback import needs_autograd

Params = tuple[Tensor, ...]
#: (gradient of the value, of the log-derivative) -> (of the point, of the raw parameters).
Pull = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]


class Univariate(ABC):
    """Increasing maps with parameters. Shapes: x (...), raw (..., n_params), params tuple."""

    #: Raw parameters for one coordinate.
    n_params: int
    #: Which formula of results.LayerMap reads these parameters.
    formula: str
    #: Size of the conditioner's output at the start of training, 0 to start at the identity.
    start: float = 0.0
    #: Whether the inverse is a search.
    iterative: bool = False

    def __init__(self, bins: int = 8) -> None:
        """``bins`` counts the pieces of a piecewise map; other maps ignore it."""
        self.bins = bins

    @abstractmethod
    def constrain(self, raw: Tensor) -> Params:
        """Turn raw numbers (..., n_params) into valid parameters."""

    @abstractmethod
    def forward(self, x: Tensor, params: Params) -> tuple[Tensor, Tensor]:
        """Return z and ln dz/dx."""

    @abstractmethod
    def inverse(self, z: Tensor, params: Params) -> tuple[Tensor, Tensor]:
        """Return x and ln dx/dz."""

    @abstractmethod
    def fraction(self, params: Params, t: float) -> Params:
        """Parameters at place t of the path from the identity (t = 0) to ``params`` (t = 1)."""

    @abstractmethod
    def rows(self, params: Params) -> Tensor:
        """Parameters as table rows (..., R) of a results.LayerMap."""

    def vjp(self, x: Tensor, raw: Tensor, inverse: bool = False) -> tuple[Tensor, Tensor, Pull]:
        """Value, log-derivative and pull-back at rows x (E, d, B), raw (E, d, n_params, B).

        The pull-back is autograd's; where speed matters a subclass writes it out
        (bijections/pullback.py).
        """
        direction = self.inverse if inverse else self.forward
        value, log_derivative = direction(x, self.constrain(raw.movedim(-2, -1)))
        return value, log_derivative, self.pull_by_autograd(x, raw, inverse)

    def pull_by_autograd(self, x: Tensor, raw: Tensor, inverse: bool) -> Pull:
        """The pull-back of ``forward`` or ``inverse``, by autograd over a second run of it."""
        direction = self.inverse if inverse else self.forward

        def pull(g_value: Tensor, g_log: Tensor) -> tuple[Tensor, Tensor]:
            needs_autograd()
            with torch.enable_grad():
                point, numbers = x.detach().requires_grad_(), raw.detach().requires_grad_()
                ends = direction(point, self.constrain(numbers.movedim(-2, -1)))
            starts = (g_value, g_log.expand_as(g_value))
            return torch.autograd.grad(ends, (point, numbers), starts)  # type: ignore[return-value]

        return pull
