"""Residual layers: their bound at every moment, the inverse and its certificate, the gradient."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor

from inn_core.bijections import contraction, residual, spectral
from inn_core.bijections.residual import LIPSCHITZ, Residual
from inn_core.flows.build import build_flow
from inn_core.specs import FlowSpec, RunSpec, SpecError
from inn_core.specs_inverse import InverseSpec
from inn_core.training.heldout import ROUND_TRIP_EVERY
from inn_core.training.loop import Trainer
from inn_core.training.recorded import record
from tests.flowcases import generator, jacobians, layer, points

F64 = torch.float64
NAME = "residual:residual"


def made(scale: float, dim: int = 2, seed: int = 0, dtype: torch.dtype = F64) -> Residual:
    found = layer(NAME, scale=scale, dim=dim, seed=seed, dtype=dtype)
    assert isinstance(found, Residual)
    return found


def steepest(one: Residual, x: Tensor) -> float:
    """The largest spectral norm of g's Jacobian at points x (N, D)."""
    slopes = one.residual(x.mT.expand(len(one.weights[0]), -1, -1))[1]
    return float(torch.linalg.matrix_norm(slopes.detach().movedim(-1, 1), 2).max())


# ── the bound ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("scale", [0.1, 1.0, 50.0])
def test_the_residual_stays_within_its_bound_after_every_step(scale: float) -> None:
    """From wild starts, with steps that are far too long; measured by another routine."""
    spec = RunSpec(members=2).with_(coupling="residual", layers=2, hidden=(12, 12), lr=0.3)
    trainer = Trainer(spec.with_(batch=32))
    with torch.no_grad():
        trainer.stepper.weights.add_(scale * torch.randn(trainer.stepper.weights.shape))
    layers = [one for one in trainer.stepper.flow.chain if isinstance(one, Residual)]
    x = points(100, dtype=torch.float32)
    for _ in range(25):
        trainer.steps(1)
        for one in layers:
            assert float(one.lipschitz().detach().max()) <= LIPSCHITZ * (1 + 1e-6)
            assert steepest(one, x) <= LIPSCHITZ * (1 + 1e-5)


def test_the_bound_is_reached_where_matrices_are_large() -> None:
    """Scaling that takes more than it must would pass the test above."""
    torch.testing.assert_close(
        made(5.0).lipschitz().detach(), torch.full((2,), LIPSCHITZ, dtype=F64)
    )


def test_small_matrices_are_left_alone() -> None:
    one = made(0.5)
    with torch.no_grad():
        for weight in one.weights:
            weight.mul_(0.9 * one.limit / torch.linalg.matrix_norm(weight, 2)[:, None, None])
    for matrix, weight in zip(one.matrices(), one.weights, strict=True):
        assert torch.equal(matrix, weight)


CASES = {
    "plain": torch.randn(3, 7, 5, generator=generator(1), dtype=F64),
    "wide": torch.randn(2, 2, 9, generator=generator(2), dtype=F64),
    "tall": 1e4 * torch.randn(2, 9, 2, generator=generator(3), dtype=F64),
    "small": 1e-3 * torch.randn(2, 4, 4, generator=generator(4), dtype=F64),
    "zero": torch.zeros(1, 3, 4, dtype=F64),
}


@pytest.mark.parametrize("case", CASES)
def test_scaling_and_its_gradient_are_those_of_the_singular_values(case: str) -> None:
    """The oracle: W · min(1, c / σ) by svdvals, differentiated by autograd."""
    weight, limit = CASES[case].clone().requires_grad_(), 0.8
    norm = torch.linalg.svdvals(weight)[:, :1, None]
    plain = weight * (limit / norm.clamp_min(limit))
    g = torch.randn(weight.shape, generator=generator(5), dtype=F64)
    (expected,) = torch.autograd.grad(plain, weight, g)
    by_hand = spectral.scaled(weight.detach(), limit)
    torch.testing.assert_close(by_hand.matrix, plain.detach())
    torch.testing.assert_close(by_hand.pull(g), expected, rtol=1e-7, atol=1e-9)
    by_autograd = spectral.scaled(weight, limit).matrix
    torch.testing.assert_close(torch.autograd.grad(by_autograd, weight, g)[0], expected)
    torch.testing.assert_close(spectral.held(weight.detach(), limit), plain.detach())


# ── value, slopes, log-det ───────────────────────────────────────────────────────────────────


def test_a_fresh_layer_is_the_identity() -> None:
    fresh = Residual((8, 8), [generator()]).double()
    x = points(30).unsqueeze(0)
    z, log_det = fresh.forward(x)
    assert torch.equal(z, x) and not log_det.any()
    assert torch.equal(fresh.inverse(x)[0], x)


def test_the_activation_has_slope_one_at_most_and_says_its_derivatives() -> None:
    a = torch.linspace(-9, 9, 2001, dtype=F64, requires_grad=True)
    bent = residual.wave(a)
    assert float(bent.slope.detach().abs().max()) <= 1
    (slope,) = torch.autograd.grad(bent.value.sum(), a, create_graph=True)
    torch.testing.assert_close(bent.slope, slope)
    torch.testing.assert_close(bent.curvature, torch.autograd.grad(slope.sum(), a)[0])


@pytest.mark.parametrize("scale", [0.1, 1.0, 50.0])
@pytest.mark.parametrize("dim", [1, 2, 4, 5, 16])
def test_in_any_dimension_the_log_det_is_exact(dim: int, scale: float) -> None:
    one, x = made(scale, dim), points(12, dim=max(2, dim))[:, :dim]
    z, log_det = one.forward(x.expand(2, -1, -1))
    slopes = jacobians(lambda p: one.forward(p.expand(2, *p.shape))[0][1], x)
    torch.testing.assert_close(log_det[1], torch.linalg.slogdet(slopes).logabsdet)
    back, opposite = one.inverse(z)
    torch.testing.assert_close(back[1], x, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(opposite, -log_det, rtol=1e-7, atol=1e-9)


def test_a_wrong_curvature_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It stands in the pull-back alone: value, log-det and inverse are right without it."""
    one, x = made(1.0), points(20).expand(2, -1, -1)

    def gradient() -> Tensor:
        halves = (x.mT[:, :1].contiguous(), x.mT[:, 1:].contiguous())
        _, log_det, pull = one.vjp(halves)
        zero = torch.zeros_like(halves[0])
        return pull((zero, zero), torch.ones_like(log_det))[1][0]

    log_det = one.forward(x)[1]
    (plain,) = torch.autograd.grad(log_det.sum(), [one.weights[0]])
    torch.testing.assert_close(gradient(), plain)
    right = residual.wave
    monkeypatch.setattr(residual, "wave", lambda a: right(a)._replace(curvature=0 * a))
    assert not torch.allclose(gradient(), plain, atol=1e-3)


# ── the inverse ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("t", [1.0, 0.3])
@pytest.mark.parametrize("scale", [0.1, 5.0, 50.0])
@pytest.mark.parametrize("dtype", [torch.float32, F64])
def test_the_inverse_carries_a_certificate(scale: float, t: float, dtype: torch.dtype) -> None:
    one = made(scale, dtype=dtype)
    x = points(500, dtype=dtype).expand(2, -1, -1)
    with torch.no_grad():
        found = one.solve(one.forward(x, t=t)[0], t)
    off = (found.value - x.mT).norm(dim=1)
    rounding = 200 * torch.finfo(dtype).eps * (1 + x.norm(dim=-1))
    assert bool(found.converged.all())
    assert bool((found.error >= found.residual).all())
    assert bool((off <= found.error + rounding / (1 - LIPSCHITZ)).all())
    assert found.evaluations < 40


def test_one_jacobian_serves_several_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """It costs as much as 1 + D evaluations; the certificate is the same."""
    one, x = made(0.3, 16, dtype=torch.float32), points(200, dim=16, dtype=torch.float32)
    z = one.forward(x.expand(2, -1, -1))[0].detach()
    asked = []
    for name in ("network", "displaced"):
        plain = getattr(residual, name)

        def counted(*given: object, name: str = name, plain: Any = plain) -> object:
            asked.append(name)
            return plain(*given)

        monkeypatch.setattr(residual, name, counted)
    found = one.solve(z)
    assert bool(found.converged.all())
    assert found.evaluations == asked.count("displaced") >= 4
    assert asked.count("network") <= 2


def test_newton_is_left_where_it_does_not_help() -> None:
    """Slopes that are lies: the fixed point alone leads to the end."""
    z = points(50).mT.unsqueeze(0)

    def turned(x: Tensor) -> tuple[Tensor, Tensor]:
        slopes = torch.full((1, 2, 2, x.shape[-1]), -0.45, dtype=F64)
        return 0.9 * torch.stack([-x[:, 1], x[:, 0]], 1), slopes

    found = contraction.invert(lambda x: turned(x)[0], lambda x: turned(x)[1], z, 0.9)
    assert bool(found.converged.all())
    torch.testing.assert_close(found.value + turned(found.value)[0], z, rtol=0, atol=1e-11)
    assert found.evaluations > 150


def test_what_has_no_inverse_is_not_said_to_have_converged() -> None:
    """g(x) = -x: z = 1 is reached by no x."""
    z = torch.ones(1, 2, 5, dtype=F64)
    slopes = -0.9 * torch.eye(2, dtype=F64)[None, :, :, None].expand(1, 2, 2, 5)
    found = contraction.invert(lambda x: -x, lambda x: slopes, z, 0.9)
    assert not bool(found.converged.any())
    assert math.isclose(float(found.residual.max()), 2**0.5)


def test_a_point_that_is_no_number_stops_no_other() -> None:
    one, z = made(1.0), points(20).repeat(2, 1, 1)
    z[0, 3] = float("nan")
    with torch.no_grad():
        found = one.solve(z)
    assert found.converged.sum() == 39 and not found.converged[0, 3]


# ── who uses them ────────────────────────────────────────────────────────────────────────────


def test_they_read_no_condition() -> None:
    with pytest.raises(ValueError, match="reads no condition"):
        build_flow(FlowSpec(coupling="residual"), condition_dim=3)
    with pytest.raises(SpecError, match="network must be inn"):
        InverseSpec(network="conditional", flow=FlowSpec(coupling="residual"))


def test_they_learn_two_moons() -> None:
    """Six layers of 32-32: from 0.9 nats to less than 0.1 in 500 steps (0.04 measured)."""
    trainer = Trainer(RunSpec().with_(coupling="residual", layers=6, hidden=(32, 32), batch=256))
    trainer.steps(500)
    score = trainer.snapshot()
    assert score.gap < 0.1
    assert score.round_trip < 1e-4


def test_matrices_are_scaled_once_for_a_snapshot() -> None:
    """The same numbers as layer by layer, for as long as the block lasts; nothing records them."""
    trainer = Trainer(RunSpec(members=2).with_(coupling="residual", layers=3, hidden=(8, 8)))
    trainer.steps(20)
    flow, x = trainer.shown, trainer.batches.take(16)
    with torch.no_grad():
        plain = [one.matrices() for one in flow.chain if isinstance(one, Residual)]
        z, log_det = flow.encode(x)
        with residual.scaled_once(flow.chain):
            ready = [one.matrices() for one in flow.chain if isinstance(one, Residual)]
            inside = flow.encode(x)
            assert record(lambda rows: flow.encode(rows), x) is None
        assert all(one.ready is None for one in flow.chain if isinstance(one, Residual))
    torch.testing.assert_close(plain, ready)
    torch.testing.assert_close(inside[0], z)
    torch.testing.assert_close(inside[1], log_det)


def test_a_round_trip_is_measured_at_every_eighth_score() -> None:
    trainer = Trainer(RunSpec().with_(coupling="residual", layers=2, hidden=(8,)))
    told = []
    for _ in range(2 * ROUND_TRIP_EVERY + 1):
        trainer.steps(1)
        told.append(trainer.snapshot().round_trip)
    runs = [told[:ROUND_TRIP_EVERY], told[ROUND_TRIP_EVERY:-1], told[-1:]]
    assert all(len(set(run)) == 1 for run in runs)
    assert len({run[0] for run in runs}) > 1
    assert 0 < trainer.final().round_trip < 1e-4
