"""Every registered layer, off the identity: Jacobians by autograd, round trips, fractions."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from inn_core import registry
from inn_core.bijections.base import Chain
from inn_core.bijections.coupling import Coupling
from inn_core.bijections.linear import LU, ActNorm, Rotation
from inn_core.bijections.univariate.affine import Affine
from tests.flowcases import LAYERS, UNIVARIATES, generator, jacobians, layer, points


def one(function, member=0):
    """A layer's direction as a map (N, 2) -> (N, 2) of one member."""
    return lambda x: function(x.expand(2, *x.shape))[0][member]


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("direction", ["forward", "inverse"])
@pytest.mark.parametrize("t", [1.0, 0.4])
def test_log_det_is_that_of_the_jacobian(name, direction, t):
    made = layer(name, scale=1.0).fraction(t)
    x = points(24)
    function = getattr(made, direction)
    _, log_det = function(x.expand(2, -1, -1))
    for member in range(2):
        expected = torch.linalg.slogdet(jacobians(one(function, member), x)).logabsdet
        torch.testing.assert_close(log_det[member], expected, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("name", [n for n in LAYERS if n.startswith("coupling")])
@pytest.mark.parametrize("active", [0, 1])
def test_coupling_jacobian_is_triangular_with_exact_zeros(name, active):
    made = layer(name, scale=1.0, active=active)
    jacobian = jacobians(one(made.forward), points(20))
    passive = 1 - active
    assert torch.equal(jacobian[:, passive, passive], torch.ones(20, dtype=torch.float64))
    assert torch.equal(jacobian[:, passive, active], torch.zeros(20, dtype=torch.float64))
    assert (jacobian[:, active, passive] != 0).any()
    assert (jacobian[:, active, active] > 0).all()


@settings(deadline=None, derandomize=True, max_examples=25)
@given(
    name=st.sampled_from(LAYERS),
    scale=st.sampled_from([0.1, 1.0, 5.0, 50.0]),
    seed=st.integers(0, 1000),
    dtype=st.sampled_from([torch.float32, torch.float64]),
)
def test_round_trip_at_any_parameter_scale(name, scale, seed, dtype):
    made = layer(
        name,
        scale=min(scale, 1.0) if name.startswith(("linear", "actnorm")) else scale,
        seed=seed,
        dtype=dtype,
    )
    z = points(64, seed=seed, dtype=dtype).expand(2, -1, -1)
    x, log_det_back = made.inverse(z)
    again, log_det = made.forward(x)
    size = 1 + z.abs().amax() + x.abs().amax()
    eps = torch.finfo(dtype).eps
    slope = torch.exp(log_det.abs().amax())
    assert torch.isfinite(x).all() and torch.isfinite(log_det).all()
    # Backward error first: f(f^-1(z)) returns to z up to rounding that the slope magnifies.
    assert (again - z).abs().amax() <= 200 * eps * size * slope
    torch.testing.assert_close(log_det, -log_det_back, rtol=1e-2, atol=2e4 * eps)


@pytest.mark.parametrize("name", LAYERS)
def test_fraction_zero_is_the_identity_and_one_the_layer(name):
    made = layer(name, scale=1.0)
    x = points(32).expand(2, -1, -1)
    same, zero = made.fraction(0.0).forward(x)
    torch.testing.assert_close(same, x, rtol=0, atol=1e-12)
    torch.testing.assert_close(zero, torch.zeros_like(zero), rtol=0, atol=1e-12)
    assert torch.equal(made.fraction(1.0).forward(x)[0], made.forward(x)[0])
    assert not torch.allclose(made.forward(x)[0], x)


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("t", [0.1, 0.5, 0.9])
def test_fractions_are_invertible(name, t):
    made = layer(name, scale=2.0).fraction(t)
    x = points(64).expand(2, -1, -1)
    back, _ = made.inverse(made.forward(x)[0])
    torch.testing.assert_close(back, x, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("name", UNIVARIATES)
def test_zero_raw_parameters_give_the_identity(name):
    univariate = registry.COUPLINGS[name].load()(bins=5)
    x = points(40)[:, 0]
    params = univariate.constrain(torch.zeros(40, univariate.n_params, dtype=torch.float64))
    z, log_derivative = univariate.forward(x, params)
    torch.testing.assert_close(z, x, rtol=0, atol=1e-12)
    torch.testing.assert_close(log_derivative, torch.zeros(40, dtype=z.dtype), rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", LAYERS)
def test_every_parameter_gets_a_gradient(name):
    made = layer(name, scale=0.5)
    z, log_det = made.forward(points(64).expand(2, -1, -1))
    (z.square().sum() + log_det.sum()).backward()
    for key, p in made.named_parameters():
        assert p.grad is not None and p.grad.abs().sum() > 0, key


@pytest.mark.parametrize("name", LAYERS)
def test_members_do_not_see_each_other(name):
    pair = layer(name, scale=1.0, members=2)
    x = points(30).expand(2, -1, -1)
    before = pair.forward(x)[0][1]
    with torch.no_grad():
        for p in pair.parameters():
            p[0] = float("nan")
    assert torch.equal(pair.forward(x)[0][1], before)


@pytest.mark.parametrize("name", LAYERS)
def test_batches_may_be_permuted_split_or_empty(name):
    made = layer(name, scale=1.0)
    x = points(31).expand(2, -1, -1)
    z, log_det = made.forward(x)
    order = torch.randperm(31, generator=generator())
    torch.testing.assert_close(made.forward(x[:, order])[0], z[:, order])
    torch.testing.assert_close(made.forward(x[:, :5])[1], log_det[:, :5])
    assert made.forward(x[:, :0])[0].shape == (2, 0, 2)


def test_coupling_in_higher_dimension_reads_the_condition():
    made = Coupling(Affine(), 0, (8,), [generator()], dim=5, condition_dim=3).double()
    with torch.no_grad():
        for p in made.parameters():
            p.add_(0.5 * torch.randn(p.shape, generator=generator(1), dtype=p.dtype))
    x = points(7, dim=5).unsqueeze(0)
    c = torch.randn(1, 7, 3, generator=generator(2), dtype=torch.float64)
    z, log_det = made.forward(x, c)
    assert torch.equal(z[..., 2:], x[..., 2:]) and not torch.allclose(z[..., :2], x[..., :2])
    assert not torch.allclose(z, made.forward(x, c + 1)[0])
    torch.testing.assert_close(made.inverse(z, c)[0], x)
    assert log_det.shape == (1, 7)
    with pytest.raises(ValueError, match="condition of size 3"):
        made.forward(x)


def test_wrong_shapes_are_refused_with_a_sentence():
    with pytest.raises(ValueError, match=r"needs \(members, points, 2\)"):
        layer("coupling:affine").forward(torch.zeros(2, 5, 3))
    with pytest.raises(ValueError, match="between 0 and 1"):
        layer("coupling:affine").fraction(1.5)


def test_the_trace_is_the_plain_version_of_encode_and_log_dets_add_up():
    chain = Chain([layer(n, scale=0.7, seed=i) for i, n in enumerate(LAYERS)])
    x = points(20).expand(2, -1, -1)
    trace = chain.trace(x)
    z, log_det = chain.forward(x)
    assert len(trace.states) == len(chain) + 1 and len(trace.log_dets) == len(chain)
    torch.testing.assert_close(trace.states[-1], z, rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(sum(trace.log_dets), log_det)
    back = chain.trace_inverse(z)
    torch.testing.assert_close(back.states[-1], x, rtol=1e-6, atol=1e-6)
    halves = Chain(list(chain)[:2]), Chain(list(chain)[2:])
    torch.testing.assert_close(halves[1].forward(halves[0].forward(x)[0])[0], z)


def test_rotation_turns_by_its_angle_in_any_dimension():
    plane = Rotation(2, [generator()]).double()
    with torch.no_grad():
        plane.angles.fill_(torch.pi / 2)
    z, log_det = plane.forward(torch.tensor([[[1.0, 0.0]]], dtype=torch.float64))
    torch.testing.assert_close(z, torch.tensor([[[0.0, -1.0]]], dtype=torch.float64))
    assert not log_det.any()
    space = Rotation(4, [generator()]).double()
    m = space.matrix()[0]
    torch.testing.assert_close(m @ m.T, torch.eye(4, dtype=torch.float64))
    torch.testing.assert_close(torch.linalg.det(m), torch.ones((), dtype=torch.float64))


def test_lu_is_the_product_of_its_factors():
    made = LU(3, [generator()]).double()
    x = points(9, dim=3).unsqueeze(0)
    lower, upper = made.factors()
    torch.testing.assert_close(
        made.forward(x)[0][0], x[0] @ (lower[0] @ upper[0]).T + made.shift[0]
    )


def test_actnorm_standardises_once():
    made = ActNorm(2, [generator(), generator()]).double()
    x = 3 + 5 * points(500, scale=1.0).expand(2, -1, -1)
    made.initialise(x)
    z, _ = made.forward(x)
    torch.testing.assert_close(z.mean(1), torch.zeros(2, 2, dtype=torch.float64))
    torch.testing.assert_close(z.std(1), torch.ones(2, 2, dtype=torch.float64))
    saved = ActNorm(2, [generator(), generator()]).double()
    saved.load_state_dict(made.state_dict())
    saved.initialise(x * 7)
    assert torch.equal(saved.forward(x)[0], z)
