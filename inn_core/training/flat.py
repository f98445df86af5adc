"""All parameters of an ensemble as one matrix (members, numbers): clip and step in one go."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


def flatten(module: nn.Module, members: int) -> Tensor:
    """Move the module's parameters into one matrix (E, P) and make them views of it.

    Per-member clipping is then one norm along the rows of its gradient, and the optimiser makes
    one call for all layers. The module must not be moved or cast afterwards. Raises ValueError
    for a parameter whose first axis is not the member axis.
    """
    parameters = dict(module.named_parameters())
    for name, parameter in parameters.items():
        if parameter.ndim == 0 or len(parameter) != members:
            raise ValueError(
                f"Parameter {name} has shape {tuple(parameter.shape)}; its first axis must count "
                f"the {members} members of the ensemble."
            )
    rows = [p.detach().reshape(members, -1) for p in parameters.values()]
    flat = torch.cat(rows, dim=1)
    start = 0
    for parameter in parameters.values():
        columns = slice(start, start + parameter.numel() // members)
        parameter.data = flat[:, columns].view(parameter.shape)
        start = columns.stop
    return flat


def layout(module: nn.Module) -> list[list[Any]]:
    """Names and shapes of the parameters in the order of :func:`flatten`'s columns (JSON types)."""
    return [[name, list(p.shape)] for name, p in module.named_parameters()]
