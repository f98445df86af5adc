"""MMD and the Sinkhorn divergence against what is known of them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from inn_core.losses.distances import KERNELS, mmd, sinkhorn


def cloud(n: int, d: int, seed: int, members: int = 2) -> Tensor:
    return torch.from_numpy(np.random.default_rng(seed).normal(size=(members, n, d)))


@pytest.mark.parametrize("blur", [0.05, 0.5, 3.0])
def test_a_shift_costs_half_its_square_at_every_temperature(blur: float) -> None:
    x = cloud(60, 3, 0)
    shift = torch.tensor([1.0, -0.5, 2.0], dtype=x.dtype)
    assert sinkhorn(x, x, blur).abs().max() < 1e-12
    found = sinkhorn(x, x + shift, blur)
    np.testing.assert_allclose(found, float(shift.square().sum()) / 2, rtol=2e-3)


def test_small_temperatures_give_half_of_w2_squared() -> None:
    x, y = cloud(200, 1, 1), 0.4 * cloud(200, 1, 2) + 1.5
    exact = 0.5 * (x.sort(1).values - y.sort(1).values).square().mean((1, 2))
    np.testing.assert_allclose(sinkhorn(x, y, 0.02), exact, rtol=0.01)


def test_gaussians_have_a_closed_form() -> None:
    """Janati et al. 2020, arXiv 2006.02572, theorem 1, in one dimension."""
    heat, s, t = 1.0**2, 1.0, 2.0

    def cross(a: float, b: float) -> float:  # OT_eps of N(0, a^2), N(0, b^2), cost |x - y|^2 / 2
        root = np.sqrt(1 + 4 * a**2 * b**2 / heat**2)
        return float(0.5 * (a**2 + b**2 - heat * (root - np.log((1 + root) / 2) - 1)))

    exact = cross(s, t) - cross(s, s) / 2 - cross(t, t) / 2
    levels = (torch.arange(800, dtype=torch.float64) + 0.5) / 800
    x = torch.special.ndtri(levels)[None, :, None]
    assert float(sinkhorn(s * x, t * x, 1.0)) == pytest.approx(exact, rel=0.02)


def test_its_gradient_pulls_every_point_home() -> None:
    x = cloud(40, 2, 3)
    y = (x + torch.tensor([0.3, 0.0], dtype=x.dtype)).requires_grad_()
    (grad,) = torch.autograd.grad(sinkhorn(x, y, 0.5).sum(), y)
    np.testing.assert_allclose(grad.sum(1), [[0.3, 0.0]] * 2, atol=1e-3)


def test_no_cloud_depends_on_another() -> None:
    """Neither on its size nor on its NaN: members of a sweep are compared side by side."""
    x, y = cloud(12, 2, 4), cloud(12, 2, 5)
    alone = sinkhorn(x[:1], y[:1], 0.1)
    for other in (100.0, float("nan"), float("inf")):
        y[1] = other
        found = sinkhorn(x, y, 0.1)
        torch.testing.assert_close(found[:1], alone, rtol=1e-12, atol=0.0)
    assert not found[1].isfinite()


def test_a_real_difference_of_the_loss_is_its_gradient() -> None:
    x, y = cloud(12, 2, 4, 1), cloud(12, 2, 5, 1).requires_grad_()
    (grad,) = torch.autograd.grad(sinkhorn(x, y, 0.8).sum(), y)
    step = 1e-4 * cloud(12, 2, 6, 1)
    with torch.no_grad():
        change = sinkhorn(x, y + step, 0.8) - sinkhorn(x, y - step, 0.8)
    assert float((grad * step).sum() * 2) == pytest.approx(float(change), rel=0.05)


def test_mmd_is_the_sum_over_its_kernels() -> None:
    x, y = cloud(5, 2, 7), cloud(7, 2, 8) + 1

    def kernel(a: np.ndarray, b: np.ndarray) -> float:
        square = ((a[:, None] - b[None]) ** 2).sum(-1)
        return float(sum((c**p * ((c + square) / p) ** -p).mean() for c, p in KERNELS))

    for e in range(2):
        a, b = x[e].numpy(), y[e].numpy()
        exact = kernel(a, a) + kernel(b, b) - 2 * kernel(a, b)
        assert float(mmd(x, y)[e]) == pytest.approx(exact, rel=1e-9) and exact > 0
    assert mmd(x, x).abs().max() < 1e-12
