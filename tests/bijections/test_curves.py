"""Sum-of-squares and deep sigmoidal curves: check vectors, slopes, tails, roots."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F

from inn_core.bijections.univariate import sigmoidal, solve, sum_of_squares
from inn_core.bijections.univariate.base import Univariate
from inn_core.bijections.univariate.sigmoidal import Sigmoidal
from inn_core.bijections.univariate.sum_of_squares import SumOfSquares
from tests.flowcases import generator

CURVES = [SumOfSquares(8), SumOfSquares(2), Sigmoidal(8), Sigmoidal(2)]


def tensor(values: Any) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


def test_sum_of_squares_meets_the_formula() -> None:
    p = sum_of_squares.squares(tensor([[1, 0.5, -0.25], [0.2, -0.3, 0.1]]))
    value, slope = sum_of_squares.curve(tensor([-1.5, 0.0]), tensor(0.3), p)
    assert value.tolist() == pytest.approx([-0.6374531250, 0.3], abs=1e-9)
    assert torch.log(slope).tolist() == pytest.approx([-0.1470147430, 0.0392207132], abs=1e-9)


def test_sigmoidal_meets_the_formula() -> None:
    a, w = F.softplus(tensor([0.5, 1, -1])), torch.log_softmax(tensor([0.2, -0.1, 0.4]), -1)
    value, log_slope = sigmoidal.curve(tensor([-2.0, 0.3]), a, tensor([0, 1, -2]), w)
    assert value.tolist() == pytest.approx([-2.0803802123, -0.2126968404], abs=1e-9)
    assert log_slope.tolist() == pytest.approx([-0.1019499822, -0.5174367396], abs=1e-9)


@pytest.mark.parametrize("univariate", CURVES)
@pytest.mark.parametrize("scale", [0.0, 0.1, 1.0, 50.0])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_slopes_are_bounded_and_roots_are_found(
    univariate: Univariate, scale: float, dtype: torch.dtype
) -> None:
    raw = scale * torch.randn(200, univariate.n_params, generator=generator(3), dtype=dtype)
    params = univariate.constrain(raw)
    x = 3 * torch.randn(200, generator=generator(4), dtype=dtype)
    x[:8] = x.new_tensor([0, 4, -4, 1e3, -1e3, 30, -30, 4.0001])
    z, log_slope = univariate.forward(x, params)
    assert bool(torch.isfinite(z).all())
    slope = torch.exp(log_slope)
    assert float(slope.min()) > 0.045
    assert float(slope.max()) < 25
    found = solve.root(lambda v: univariate.forward(v, params), z)
    assert bool(found.converged.all())
    wide = 400 if dtype == torch.float32 else 1000
    eps = torch.finfo(dtype).eps
    assert float(((found.value - x).abs() / (1 + x.abs())).max()) < 4 * wide * eps
    if scale == 0:
        assert torch.allclose(z, x, atol=16 * eps, rtol=4 * eps)


@pytest.mark.parametrize("univariate", CURVES)
def test_tails_are_lines_onto_all_of_r(univariate: Univariate) -> None:
    params = univariate.constrain(2 * torch.randn(univariate.n_params, generator=generator(5)))
    for side in (-1, 1):
        x = side * torch.tensor([999.0, 1e3, 1001.0, 1e5], dtype=torch.float64)
        z, log_slope = univariate.forward(x, tuple(p.double() for p in params))
        assert float(z[0] - z[2]) / -2 == pytest.approx(side * float(log_slope[1].exp()), rel=1e-6)
        assert float(z[3] / x[3]) == pytest.approx(float(log_slope[3].exp()), rel=1e-3)


@pytest.mark.parametrize("univariate", CURVES)
def test_gradients_of_the_inverse(univariate: Univariate) -> None:
    raw = torch.randn(3, univariate.n_params, generator=generator(6), dtype=torch.float64)
    z = 2 * torch.randn(3, generator=generator(7), dtype=torch.float64)

    def there(z: torch.Tensor, raw: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return univariate.inverse(z, univariate.constrain(raw))

    assert torch.autograd.gradcheck(there, (z.requires_grad_(), raw.requires_grad_()), atol=1e-5)


@pytest.mark.parametrize("univariate", CURVES)
def test_the_path_from_the_identity(univariate: Univariate) -> None:
    raw = 3 * torch.randn(50, univariate.n_params, generator=generator(8), dtype=torch.float64)
    x = 3 * torch.randn(50, generator=generator(9), dtype=torch.float64)
    params = univariate.constrain(raw)
    whole = univariate.forward(x, params)[0]
    for t in (0.0, 0.3, 1.0):
        z, log_slope = univariate.forward(x, univariate.fraction(params, t))
        assert torch.allclose(z, (1 - t) * x + t * whole)
        assert bool(torch.isfinite(log_slope).all())
