"""Norms of the distance to a map: what they are, and their gradient by hand against autograd."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from inn_core.losses.fit import FitLoss
from inn_core.losses.nll import weighted_sum
from inn_core.specs import FlowSpec
from inn_core.specs_map import TERMS, MapSpec
from inn_core.training.mapfit import Rows, build
from tests import flowcases

R = torch.tensor([[0.1, 0.4, 0.2], [3.0, 3.0, 3.0]], dtype=torch.float64)


def test_the_terms_are_norms() -> None:
    terms = FitLoss({}, 4.0).of(R)
    assert terms["l2"][0] == pytest.approx(np.sqrt(np.mean([0.01, 0.16, 0.04])))
    assert terms["lp"][0] == pytest.approx(np.mean([1e-4, 0.0256, 0.0016]) ** 0.25)
    tau = 0.4 / 8
    assert terms["sup"][0] == pytest.approx(tau * np.log(np.mean(np.exp(R[0].numpy() / tau))))
    assert all(terms[name][1] == pytest.approx(3.0) for name in TERMS)


def test_they_scale_with_the_distance_and_never_pass_its_largest() -> None:
    loss, r = FitLoss({}, 8.0), torch.rand(1, 500, dtype=torch.float64)
    terms, small = loss.of(r), loss.of(1e-6 * r)
    for name in TERMS:
        assert small[name] == pytest.approx(1e-6 * terms[name], rel=1e-9)
        assert terms[name] < r.max()
    assert terms["sup"] > r.max() - r.max() / 8 * np.log(500)


@pytest.mark.parametrize("coupling", ["additive", "affine", "spline"])
@pytest.mark.parametrize(
    "mix", [(1.0, 0.0, 0.0), (0.0, 2.0, 0.0), (0.0, 0.0, 1.0), (1.0, 0.5, 3.0)]
)
def test_the_gradient_by_hand_is_autograds(coupling: str, mix: tuple[float, ...]) -> None:
    spec = MapSpec(
        flow=FlowSpec(coupling=coupling, layers=3, hidden=(8,), linear="rotation"), members=2
    )
    flow = build(spec, coupling).double()
    flowcases.perturb(flow, 0.2, 3)
    rows = torch.from_numpy(Rows(spec.target()).sample(64, np.random.default_rng(0)))
    loss = FitLoss(spec.weights, 6.0)
    weights = dict(zip(TERMS, mix, strict=True))
    plain = weighted_sum(loss.terms(flow, rows), weights)
    expected = torch.autograd.grad(plain.sum(), list(flow.chain.parameters()))
    with torch.no_grad():
        total, grads = loss.gradient(flow, rows, torch.tensor(mix, dtype=torch.float64))
    assert torch.allclose(total, plain.detach())
    for got, want in zip(grads, expected, strict=True):
        assert torch.allclose(got.reshape(want.shape), want, atol=1e-10)
