"""MMD and the Sinkhorn divergence against what is known of them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from inn_core.losses import distances
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


def test_its_gradient_is_exact_once_the_potentials_have_settled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(distances, "LAST", 300)
    x, y = cloud(12, 2, 4, 1).requires_grad_(), cloud(15, 2, 5, 1).requires_grad_()
    grads = torch.autograd.grad(sinkhorn(x, y, 0.8).sum(), (x, y))
    for k, grad in enumerate(grads):
        for place in ((0, 0, 0), (0, 5, 1), (0, 11, 0)):
            with torch.no_grad():
                ends = []
                for h in (1e-5, -1e-5):
                    moved = [x.detach().clone(), y.detach().clone()]
                    moved[k][place] += h
                    ends.append(float(sinkhorn(moved[0], moved[1], 0.8)))
            assert float(grad[place]) == pytest.approx((ends[0] - ends[1]) / 2e-5, abs=1e-8)


def test_it_is_symmetric_and_0_for_equal_sets_in_another_order() -> None:
    x, y = cloud(30, 2, 9), cloud(40, 2, 10) + 0.5
    for blur in (0.05, 0.7):
        torch.testing.assert_close(sinkhorn(x, y, blur), sinkhorn(y, x, blur), rtol=1e-9, atol=0)
        turned = x[:, torch.randperm(30, generator=torch.Generator().manual_seed(0))]
        assert sinkhorn(x, turned, blur).abs().max() < 1e-5 < sinkhorn(x, y, blur).min()


def test_it_comes_nearer_to_half_of_w2_squared_as_the_blur_falls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The best assignment of points in the plane is the exact W2 of two clouds of one size."""
    x, y = cloud(60, 2, 11, 1), 0.5 * cloud(60, 2, 12, 1) + 1.0
    cost = distances.half_squares(x, y)[0].numpy()
    rows, columns = linear_sum_assignment(cost)
    exact = float(cost[rows, columns].mean())
    assert float(sinkhorn(x, y, 0.03)) == pytest.approx(exact, rel=0.01)
    monkeypatch.setattr(distances, "LAST", 500)  # small temperatures settle slowly
    off = [abs(float(sinkhorn(x, y, blur)) - exact) for blur in (1.0, 0.3, 0.1)]
    assert off == sorted(off, reverse=True) and off[-1] < 2e-3 * exact


def test_every_cloud_may_have_its_own_blur() -> None:
    x, y = cloud(20, 2, 13, 3), cloud(20, 2, 14, 3) + 0.5
    blurs = torch.tensor([0.05, 0.5, 5.0], dtype=x.dtype)
    found = sinkhorn(x, y, blurs)
    for e, blur in enumerate(blurs.tolist()):
        alone = sinkhorn(x[e : e + 1], y[e : e + 1], blur)
        torch.testing.assert_close(found[e : e + 1], alone, rtol=1e-12, atol=0.0)


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
