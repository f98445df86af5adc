"""Members of unequal depth and width in one batched network: numbers that stay 0.

A coupling whose raw numbers are all 0 is the identity, and so are the linear layers; a hidden unit
without weights is not there. So a smaller member is a part of the largest one, told by a matrix of
0 and 1 over the parameters.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from inn_core.bijections.coupling import Coupling
from inn_core.flows.flow import Flow


def mask_of(flow: Flow, depths: Sequence[int], widths: Sequence[int]) -> Tensor:
    """1 for each number (E, P) that a member has; columns as training/flat.py orders them.

    depths, widths : of each member. What comes after the last coupling belongs to all.
    """
    masks: dict[int, Tensor] = {id(p): torch.ones_like(p) for p in flow.parameters()}
    layers = list(flow.chain)
    places = [i for i, layer in enumerate(layers) if isinstance(layer, Coupling)]
    couplings = [layer for layer in layers if isinstance(layer, Coupling)]
    # A coupling's actnorm comes before it, its linear layer after; all couplings have the same.
    block = places[1] - places[0] if len(places) > 1 else 0
    for member, (depth, width) in enumerate(zip(depths, widths, strict=True)):
        for layer in layers[depth * block : len(couplings) * block]:
            for parameter in layer.parameters():
                masks[id(parameter)][member] = 0.0
        for coupling in couplings:
            narrow(masks, coupling, member, width)
    return torch.cat([masks[id(p)].reshape(flow.members, -1) for p in flow.parameters()], 1)


def narrow(masks: dict[int, Tensor], coupling: Coupling, member: int, width: int) -> None:
    """Take a member's hidden units beyond ``width`` out of a coupling's network."""
    network = coupling.conditioner
    last = len(network.weights) - 1
    for i, (weight, bias) in enumerate(zip(network.weights, network.biases, strict=True)):
        if i:
            masks[id(weight)][member, width:] = 0.0
        if i < last:
            masks[id(weight)][member, :, width:] = 0.0
            masks[id(bias)][member, :, width:] = 0.0
