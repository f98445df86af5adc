"""Whole flows off the identity: change of variables, mass, ensembles, the notebook's facade."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch

import inn_core as inn
from inn_core import registry
from inn_core.flows.base import Normal, StudentT
from inn_core.flows.build import build_flow
from inn_core.flows.notebook import NumpyFlow
from tests.flowcases import flow, generator, jacobians, points

SPECS = [
    inn.FlowSpec(coupling=c, layers=4, hidden=(16, 16), bins=5, linear=linear, actnorm=a, base=b)
    for (c, linear), (a, b) in zip(
        itertools.product(registry.COUPLINGS, registry.LINEARS),
        itertools.cycle([(False, "normal"), (True, "student"), (True, "normal")]),
        strict=False,
    )
]
IDS = [f"{s.coupling}-{s.linear}-{s.base}" for s in SPECS]


def mass(made, member=0, nodes=801):
    """Integral of exp(log_prob) over the plane, by x = 2 sinh(u): even near 0, far at the ends."""
    u = torch.linspace(-8, 8, nodes, dtype=torch.float64)
    axis, weight = 2 * torch.sinh(u), 2 * torch.cosh(u) * (u[1] - u[0])
    grid = torch.cartesian_prod(axis, axis)
    with torch.no_grad():
        density = torch.cat([made.log_prob(part)[member].exp() for part in grid.split(50_000)])
    return (density * torch.outer(weight, weight).flatten()).sum().item()


@pytest.mark.parametrize("spec", SPECS, ids=IDS)
def test_mass_is_one(spec):
    scale = 0.08 if spec.coupling == "spline" else 0.15  # steep bins need a finer grid
    assert mass(flow(spec, scale=scale)) == pytest.approx(1, abs=4e-3)


def test_mass_sees_a_log_det_that_is_wrong(monkeypatch):
    """Mutation: the log-det with its sign flipped passes no mass test."""
    made = flow(SPECS[3], scale=0.15)
    right = type(made).encode
    monkeypatch.setattr(
        type(made), "encode", lambda s, x, c=None: (right(s, x, c)[0], -right(s, x, c)[1])
    )
    assert abs(mass(made) - 1) > 0.05


@pytest.mark.parametrize("spec", SPECS, ids=IDS)
def test_log_prob_is_the_change_of_variables(spec):
    made = flow(spec)
    x = points(12, scale=1.0)[7:]
    jacobian = jacobians(lambda p: made.encode(p)[0][0], x)
    z, log_det = made.encode(x)
    torch.testing.assert_close(log_det[0], torch.linalg.slogdet(jacobian).logabsdet)
    torch.testing.assert_close(made.log_prob(x), made.base.log_prob(z) + log_det)
    back, log_det_back = made.decode(z)
    torch.testing.assert_close(back[0], x, rtol=1e-6, atol=1e-6)
    torch.testing.assert_close(log_det, -log_det_back, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("spec", SPECS, ids=IDS)
def test_member_of_an_ensemble_is_the_flow_alone(spec):
    three = build_flow(spec, [4, 5, 6])
    alone = build_flow(spec, [5])
    for name, value in alone.state_dict().items():
        if not name.startswith("units"):
            assert torch.equal(three.state_dict()[name][1], value[0]), name
    three = flow(spec, members=3)
    x = points(40)
    torch.testing.assert_close(three.member(1).log_prob(x)[0], three.log_prob(x)[1])
    assert three.member(1).members == 1
    with pytest.raises(ValueError, match="members 0 to 2"):
        three.member(3)


def test_samples_have_the_precision_of_the_flow():
    double = flow(SPECS[3]).sample(5, generator())
    assert double.dtype == torch.float64 and double.shape == (1, 5, 2)


def test_members_share_points_or_have_their_own():
    pair = flow(SPECS[3], members=2)
    x = points(10)
    own = torch.stack([x, x + 1])
    torch.testing.assert_close(pair.log_prob(own)[0], pair.log_prob(x)[0])
    with pytest.raises(ValueError, match="needs"):
        pair.log_prob(torch.zeros(3, 10, 2, dtype=torch.float64))


@pytest.mark.parametrize("members", [1, 3])
def test_state_dict_round_trip(members):
    first, second = (flow(SPECS[4], members=members, seed=s) for s in (0, 9))
    second.load_state_dict(first.state_dict())
    assert torch.equal(first.log_prob(points(9)), second.log_prob(points(9)))


def test_bases_agree_with_scipy():
    from scipy import stats

    z = points(30, scale=3.0).unsqueeze(0)
    np.testing.assert_allclose(
        Normal(1, 2).log_prob(z)[0], stats.norm.logpdf(z[0].numpy()).sum(-1), rtol=1e-12
    )
    student = StudentT(1, 2, start=3.5).double()
    np.testing.assert_allclose(
        student.log_prob(z)[0].detach(), stats.t.logpdf(z[0].numpy(), 3.5).sum(-1), rtol=1e-6
    )
    draws = student.sample(20_000, generator()).detach()[0].numpy()
    assert stats.kstest(draws[:, 0], stats.t(3.5).cdf).pvalue > 1e-3
    assert abs(np.corrcoef(draws.T.clip(-5, 5))[0, 1]) < 0.03


def test_units_are_part_of_the_density():
    made = build_flow(inn.FlowSpec(layers=1), [0], torch.float64)
    made.standardise((1.0, 2.0), 3.0)
    at = made.log_prob(torch.tensor([[1.0, 2.0]], dtype=torch.float64)).item()
    assert at == pytest.approx(-math.log(2 * math.pi) - 2 * math.log(3))
    with pytest.raises(ValueError, match="positive"):
        made.standardise((0, 0), 0.0)


def test_notebook_facade():
    made = inn.build(inn.FlowSpec(layers=3), seed=1)
    x = made.sample(50, seed=3)
    assert x.shape == (50, 2) and np.array_equal(x, made.sample(50, seed=3))
    np.testing.assert_allclose(made.decode(made.encode(x)), x, atol=1e-5)
    states, log_dets = made.trace(x)
    assert states.shape == (4, 50, 2) and log_dets.shape == (3, 50)
    np.testing.assert_array_equal(states[-1], made.encode(x))
    assert made.log_prob(x).shape == (50,)
    for bad in (np.zeros(3), np.zeros((4, 3)), np.array([["a", "b"]])):
        with pytest.raises(ValueError, match="Points"):
            made.encode(bad)
    with pytest.raises(ValueError, match="n is -1"):
        made.sample(-1)
    with pytest.raises(ValueError, match="another architecture"):
        inn.build(inn.FlowSpec(layers=2), weights={"units.scale": np.ones(())})
    with pytest.raises(ValueError, match="2 members"):
        NumpyFlow(build_flow(inn.FlowSpec(), [0, 1]))
