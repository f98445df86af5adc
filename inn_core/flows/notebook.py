"""A flow for people at a notebook: numpy in, numpy out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from inn_core.flows.build import build_flow
from inn_core.flows.flow import Flow
from inn_core.results import FlowMaps
from inn_core.specs import FlowSpec, check_number

FloatArray = NDArray[np.floating[Any]]


class NumpyFlow:
    """One flow with numpy points of shape (N, 2).

    >>> import inn_core as inn
    >>> flow = inn.build(inn.FlowSpec(layers=4), seed=0)
    >>> x = flow.sample(5, seed=1)
    >>> bool(abs(flow.decode(flow.encode(x)) - x).max() < 1e-5)
    True
    """

    def __init__(self, flow: Flow) -> None:
        if flow.members != 1:
            raise ValueError(f"The flow has {flow.members} members; take one: flow.member(0).")
        self.torch_flow = flow

    @torch.no_grad()
    def encode(self, x: ArrayLike) -> FloatArray:
        """Latent points z (N, 2) of data points x (N, 2)."""
        return _out(self.torch_flow.encode(self._in(x))[0])

    @torch.no_grad()
    def decode(self, z: ArrayLike) -> FloatArray:
        """Data points x (N, 2) of latent points z (N, 2)."""
        return _out(self.torch_flow.decode(self._in(z))[0])

    @torch.no_grad()
    def log_prob(self, x: ArrayLike) -> FloatArray:
        """Ln q(x) in nats, (N,), of x (N, 2)."""
        return _out(self.torch_flow.log_prob(self._in(x)))

    @torch.no_grad()
    def sample(self, n: int, seed: int = 0) -> FloatArray:
        """N points (n, 2) of the flow's density."""
        if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 0:
            raise ValueError(f"n is {n!r}; it must be a whole number of points, 0 or more.")
        seed = int(check_number("seed", seed))
        return _out(self.torch_flow.sample(int(n), torch.Generator().manual_seed(seed)))

    @torch.no_grad()
    def trace(self, x: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """States (L + 1, N, 2) from standardised x to z, and log-dets (L, N), layer by layer."""
        states, log_dets = self.torch_flow.trace(self._in(x))
        return (
            np.stack([_out(s) for s in states]),
            np.stack([_out(d) for d in log_dets]),
        )

    @torch.no_grad()
    def maps(self) -> FlowMaps:
        """The flow as small tables (see inn_core/maps)."""
        from inn_core.maps.tabulate import tabulate

        return tabulate(self.torch_flow)

    def _in(self, points: ArrayLike) -> torch.Tensor:
        values = np.asarray(points)
        if values.ndim != 2 or values.shape[1] != self.torch_flow.dim:
            raise ValueError(
                f"Points have shape {values.shape}; they must be (N, {self.torch_flow.dim})."
            )
        if not np.issubdtype(values.dtype, np.number) or np.iscomplexobj(values):
            raise ValueError(f"Points are of type {values.dtype}; they must be real numbers.")
        dtype = next(self.torch_flow.parameters()).dtype
        return torch.as_tensor(np.ascontiguousarray(values), dtype=dtype)


def _out(value: torch.Tensor) -> FloatArray:
    result: FloatArray = value[0].numpy()
    return result


def build(
    spec: FlowSpec, seed: int = 0, weights: Mapping[str, ArrayLike] | None = None
) -> NumpyFlow:
    """Build a flow; ``weights`` (a snapshot's) make it the trained one, else it is fresh.

    Raises ValueError when the weights belong to another architecture.
    """
    if not isinstance(spec, FlowSpec):
        raise ValueError(f"build needs a FlowSpec; it got {type(spec).__name__}.")
    flow = build_flow(spec, [int(check_number("seed", seed))])
    if weights is not None:
        state = {name: torch.as_tensor(np.asarray(value)) for name, value in weights.items()}
        try:
            flow.load_state_dict(state)
        except RuntimeError as error:
            raise ValueError("These weights belong to another architecture.") from error
    return NumpyFlow(flow)
