"""Named, weighted terms; and that the default recipe learns what it must and no more."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from inn_core.losses.nll import NLL, weighted_sum
from inn_core.specs import RunSpec
from inn_core.training import adam, averaging, schedule
from inn_core.training.heldout import FINAL_KEY, HeldOut
from inn_core.training.loop import Trainer
from tests import flowcases


def terms() -> tuple[Tensor, dict[str, Tensor]]:
    w = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    return w, {"fit": w**2, "prior": 5 * w}


def gradient(weights: dict[str, float | Tensor]) -> list[float]:
    w, parts = terms()
    weighted_sum(parts, weights).sum().backward()
    assert w.grad is not None
    return [float(v) for v in w.grad]


def test_terms_add_up_and_a_weight_doubles_its_gradient() -> None:
    _, parts = terms()
    assert weighted_sum(parts, {"fit": 1.0, "prior": 0.5}).tolist() == [3.5, 9.0, 16.5]
    assert gradient({"fit": 1.0, "prior": 1.0}) == [7.0, 9.0, 11.0]
    assert gradient({"fit": 2.0, "prior": 1.0}) == [9.0, 13.0, 17.0]


def test_each_member_may_have_a_weight_of_its_own() -> None:
    assert gradient({"fit": 1.0, "prior": torch.tensor([0.0, 1.0, 100.0])}) == [2.0, 9.0, 506.0]


@pytest.mark.parametrize("zero", [0.0, torch.zeros(3)])
def test_weight_zero_removes_a_gradient_even_of_nan(zero: float | Tensor) -> None:
    w = torch.ones(3, requires_grad=True)
    parts = {"fit": w**2, "broken": torch.log(-w)}
    total = weighted_sum(parts, {"fit": 1.0, "broken": zero})
    total.sum().backward()
    assert total.tolist() == [1.0] * 3
    assert w.grad is not None and not torch.isinf(w.grad).any()
    if isinstance(zero, float):
        assert w.grad.tolist() == [2.0] * 3


def test_all_weights_zero_train_nothing() -> None:
    trainer = Trainer(RunSpec(target="correlated").with_(layers=2, hidden=(4,), batch=16))
    trainer.steps(2)
    x = trainer.batches.take(16)
    before = trainer.stepper.gradient(x, trainer.weights)
    trainer.set(weights={"nll": 0.0})
    after = trainer.stepper.gradient(x, trainer.weights)
    assert before[1].any() and not after[1].any()
    trainer.steps(1)
    assert trainer.status == "training"


def test_a_weight_of_the_likelihood_scales_loss_and_gradient() -> None:
    trainer = Trainer(RunSpec(target="correlated").with_(layers=2, hidden=(4,), batch=16))
    x = trainer.batches.take(16)
    (loss, grad), (twice, steep) = (trainer.stepper.gradient(x, {"nll": w}) for w in (1.0, 2.0))
    assert torch.equal(twice, 2 * loss) and torch.equal(steep, 2 * grad)


def test_nll_is_the_mean_of_minus_log_prob() -> None:
    flow = flowcases.flow(RunSpec().with_(layers=2, hidden=(8,)).flow, members=2)
    x = flowcases.points(50)
    value = NLL().terms(flow, x)["nll"]
    assert value.shape == (2,)
    assert torch.allclose(value, -flow.log_prob(x).mean(-1))


def test_the_average_weighs_the_past_by_a_power_of_the_step() -> None:
    average, power = torch.zeros(1), averaging.POWER
    history = torch.randn(40, generator=flowcases.generator())
    for step, value in enumerate(history, 1):
        averaging.update(average, value[None], step)
    # Unrolled, the recursion gives step k a weight in proportion to Γ(k + p) / Γ(k), about k^p.
    k = torch.arange(1, 41, dtype=torch.float64)
    weight = torch.softmax(torch.lgamma(k + power) - torch.lgamma(k), 0)
    assert float(average) == pytest.approx(float((weight * history).sum()), rel=1e-4)


def test_the_schedule_warms_up_then_falls_with_the_root_of_the_step() -> None:
    assert schedule.factor(0) == pytest.approx(1 / schedule.WARM_UP, rel=0.01)
    rates = [schedule.factor(step) for step in range(10_000)]
    peak = rates.index(max(rates))
    assert abs(peak - schedule.WARM_UP) < 2 and rates[peak] > 0.98
    assert rates == sorted(rates[: peak + 1]) + sorted(rates[peak + 1 :], reverse=True)
    assert schedule.factor(schedule.HALF_LIFE) == pytest.approx(1 / math.sqrt(2))


# ── the recipe ───────────────────────────────────────────────────────────────────────────────


def gap_after(steps: int, target: str, coupling: str) -> tuple[float, float, float]:
    """Gap of the averaged weights, its error, and the gap of the plain weights."""
    trainer = Trainer(RunSpec(target=target).with_(coupling=coupling))
    trainer.steps(steps)
    points = HeldOut(trainer.target, 8_000, 0, FINAL_KEY)
    score = points.score(trainer.shown)
    return (
        float(score.gaps[0]),
        float(score.errors[0]),
        float(points.score(trainer.stepper.flow).gaps[0]),
    )


def test_affine_learns_two_moons_within_a_few_hundred_steps() -> None:
    """Two seconds of training at most; ten reach 0.02."""
    gap, error, plain = gap_after(350, "moons", "affine")
    assert -4 * error < gap < 0.08
    assert gap < plain  # averaging pays


def test_spline_learns_the_checkerboard() -> None:
    gap, error, _ = gap_after(200, "checkerboard", "spline")
    assert -4 * error < gap < 0.25


def test_additive_cannot_beat_the_volume_preserving_bound() -> None:
    """1 - ln 2 on any uniform density in 2-D, whatever one does (science.md, section 2.2)."""
    gap, error, _ = gap_after(300, "checkerboard", "additive")
    assert 1 - math.log(2) - 4 * error < gap < 0.7


def test_adam_is_torchs_adam() -> None:
    g = flowcases.generator()
    weights, targets = torch.randn(3, 50, generator=g), torch.randn(3, 50, generator=g)
    plain = torch.nn.Parameter(weights.clone())
    oracle = torch.optim.Adam([plain], betas=adam.BETAS, eps=adam.EPSILON)
    ours = adam.Adam(weights)
    for count in range(1, 60):
        oracle.zero_grad()
        (plain - targets).pow(4).sum().backward()
        oracle.param_groups[0]["lr"] = lr = 0.1 / count
        oracle.step()
        ours.step(weights, 4 * (weights - targets) ** 3, lr, count)
    assert torch.allclose(weights, plain.detach(), rtol=1e-4, atol=1e-5)
