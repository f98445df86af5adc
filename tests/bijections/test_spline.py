"""The rational-quadratic spline: published formula, edges, extreme parameters."""

from __future__ import annotations

import pytest
import torch

from inn_core.bijections.univariate import spline as module
from inn_core.bijections.univariate.spline import BOUND, RationalQuadraticSpline
from tests.flowcases import generator


def raw(n, scale, bins=8, seed=0, dtype=torch.float32):
    shape = (n, 3 * bins - 1)
    return scale * torch.randn(shape, generator=generator(seed), dtype=dtype)


def double(values):
    return torch.tensor(values, dtype=torch.float64)


@pytest.mark.parametrize(
    ("x", "z", "log_derivative"),
    [(-2.5, -2.6378610398, -0.5900956391), (-1.2, -1.9058073483, -0.1304828312)],
)
def test_reference_vector(monkeypatch, x, z, log_derivative):
    """K = 3, B = 3 with the defaults of Durkan et al.: widths, heights by softmax, m = 1e-3."""
    monkeypatch.setattr(module, "BOUND", 3.0)
    spline = RationalQuadraticSpline(3)

    def sizes(values):
        return 6 * (1e-3 + (1 - 3e-3) * torch.softmax(double([values]), -1))

    slopes = 1e-3 + torch.nn.functional.softplus(double([[0.7, -0.4]]))
    params = sizes([0.1, -0.2, 0.4]), sizes([-0.3, 0.2, 0.5]), slopes
    got, log_slope = spline.forward(double([x]), params)
    assert got.item() == pytest.approx(z, abs=1e-9)
    assert log_slope.item() == pytest.approx(log_derivative, abs=1e-9)
    assert spline.inverse(got, params)[0].item() == pytest.approx(x, abs=1e-9)


@pytest.mark.parametrize("scale", [0.1, 5.0, 50.0])
def test_float32_round_trip_at_any_scale(scale):
    spline = RationalQuadraticSpline(8)
    params = spline.constrain(raw(20_000, scale))
    x = 6 * (2 * torch.rand(20_000, generator=generator(1)) - 1)
    z, log_derivative = spline.forward(x, params)
    back, log_back = spline.inverse(z, params)
    assert torch.isfinite(z).all() and torch.isfinite(log_derivative).all()
    again, _ = spline.forward(back, params)
    assert (again - z).abs().max() < 2e-4
    assert (back - x).abs().max() < 1e-2
    assert (log_derivative + log_back).abs().median() < 1e-5


def test_knots_map_to_knots_and_slopes_are_met():
    spline = RationalQuadraticSpline(6)
    params = spline.constrain(raw(1, 1.0, bins=6, dtype=torch.float64))
    widths, heights, slopes = params
    x = (widths.cumsum(-1) - BOUND)[0, :-1]
    spread = tuple(p.expand(5, -1) for p in params)
    z, log_derivative = spline.forward(x, spread)
    torch.testing.assert_close(z, (heights.cumsum(-1) - BOUND)[0, :-1])
    torch.testing.assert_close(log_derivative, slopes[0].log())


def test_identity_outside_and_finite_gradients_everywhere():
    spline = RationalQuadraticSpline(4)
    start = raw(8, 20.0, bins=4).requires_grad_()
    edge = [-4.0, 4.0, -4.0000005, 4.0000005, -1e6, 1e6, 0.0, 3.9999998]
    x = torch.tensor(edge, requires_grad=True)
    z, log_derivative = spline.forward(x, spline.constrain(start))
    outside = x.abs() >= 4
    torch.testing.assert_close(z[outside], x[outside])
    torch.testing.assert_close(log_derivative[outside], torch.zeros(6), atol=2e-4, rtol=0)
    (z.sum() + log_derivative.sum()).backward()
    for grad in (x.grad, start.grad):
        assert grad is not None and torch.isfinite(grad).all()


def test_bins_and_slopes_stay_in_their_bounds():
    spline = RationalQuadraticSpline(8)
    widths, heights, slopes = spline.constrain(raw(500, 50.0))
    for sizes in (widths, heights):
        assert sizes.min() >= 0.02 * 2 * BOUND * (1 - 1e-4)
        torch.testing.assert_close(sizes.sum(-1), torch.full((500,), 2 * BOUND))
    assert slopes.min() >= 0.0999 and slopes.max() <= 10.001


def test_gradcheck():
    spline = RationalQuadraticSpline(3)
    start = raw(6, 1.0, bins=3, dtype=torch.float64).requires_grad_()
    x = torch.linspace(-3.5, 3.5, 6, dtype=torch.float64, requires_grad=True)
    for direction in (spline.forward, spline.inverse):
        assert torch.autograd.gradcheck(lambda v, r: direction(v, spline.constrain(r)), (x, start))  # noqa: B023


def test_too_many_bins_are_refused():
    with pytest.raises(ValueError, match="bins is 50"):
        RationalQuadraticSpline(50)
