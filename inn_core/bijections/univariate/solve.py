"""Inverse of an increasing curve: Newton's method inside a bracket that only shrinks."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

#: x -> (value, ln of the slope).
Curve = Callable[[Tensor], tuple[Tensor, Tensor]]
DOUBLINGS, STEPS = 40, 80


class Root(NamedTuple):
    """Solution, |curve(value) - z| there, and whether that is rounding alone."""

    value: Tensor
    residual: Tensor
    converged: Tensor


@torch.no_grad()
def root(curve: Curve, z: Tensor) -> Root:
    """Solve curve(x) = z for an increasing curve onto R; every third step is a bisection."""
    width = torch.ones_like(z)
    low, high = z - width, z + width
    for _ in range(DOUBLINGS):
        above, below = curve(low)[0] > z, curve(high)[0] < z
        if not bool((above | below).any()):
            break
        width = 2 * width
        low, high = torch.where(above, z - width, low), torch.where(below, z + width, high)
    # A slope of up to 100 turns the rounding of x into a hundred times as much of z.
    enough = 4 * torch.finfo(z.dtype).eps * (1 + z.abs())
    x = best = (low + high) / 2
    least = torch.full_like(z, torch.inf)
    for step in range(STEPS):
        value, log_slope = curve(x)
        off = value - z
        better = off.abs() < least
        best, least = torch.where(better, x, best), torch.where(better, off.abs(), least)
        if bool((least <= enough).all()):
            break
        low, high = torch.where(off <= 0, x, low), torch.where(off > 0, x, high)
        newton, middle = x - off * torch.exp(-log_slope), (low + high) / 2
        keep = (newton > low) & (newton < high) & (step % 3 < 2)
        x = torch.where(keep, newton, middle)
    return Root(best, least, least <= 64 * enough)


def inverse(curve: Curve, z: Tensor) -> tuple[Tensor, Tensor]:
    """Return x and ln dx/dz. Gradients come from the implicit function theorem, not the steps.

    One Newton step with a fixed slope changes x by rounding, and its derivatives are those of x:
    dx = (dz - dS) / S'.
    """
    x = root(curve, z).value
    value, log_slope = curve(x)
    x = x - (value - z) * torch.exp(-log_slope.detach())
    return x, -curve(x)[1]
