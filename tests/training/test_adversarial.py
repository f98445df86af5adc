"""Plane flows by nine losses side by side, critics among them: nobody knows of anybody else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from inn_core import registry
from inn_core.losses.plane import LogDensity
from inn_core.losses.variational import bound
from inn_core.maps.codec import decode_frame, encode_frame
from inn_core.maps.diverging import POINTS
from inn_core.runs import size
from inn_core.specs import FlowSpec, SpecError, TrainSpec
from inn_core.specs_critic import CriticSpec
from inn_core.specs_divergence import LOSSES, DivergenceSpec
from inn_core.training.divergence import MEASURED_SEED, DivergenceTrainer, draw, numbers_of
from inn_core.training.heldout import RUNNING_POINTS

SIX = tuple(registry.DIVERGENCES)
SMALL = FlowSpec(layers=3, hidden=(8,), linear="lu")
QUICK = TrainSpec(lr=2e-3, batch=64, seconds=600.0)
CRITIC = CriticSpec(hidden=(8,), lr=3e-3, steps=2)
#: Every loss, unequal depths and blurs, in an order that mixes the groups.
MIXED = DivergenceSpec(
    flow=SMALL, training=QUICK, critic=CRITIC, members=10, seed=3, alike=False,
    loss=("js", "nll", "kl", "sinkhorn", "gan", "energy", "pearson", "sinkhorn", "hellinger",
          "reverse_kl"),
    depth=(1, 2, 3, 1, 2, 3, 3, 2, 1, 3), blur=(0.1, 0.1, 0.1, 0.05) + (0.5,) * 6,
)  # fmt: skip
#: Critics alone, three of one seed each.
DUEL = replace(MIXED, members=3, loss=("js", "kl", "pearson"), depth=(), blur=(0.1,))


def trained(spec: DivergenceSpec, steps: int) -> DivergenceTrainer:
    trainer = DivergenceTrainer(spec)
    trainer.steps(steps)
    return trainer


def tensors(trainer: DivergenceTrainer) -> dict[str, torch.Tensor]:
    found: dict[str, torch.Tensor] = trainer.stepper.tensors()
    return found


def same(a: DivergenceTrainer, b: DivergenceTrainer) -> bool:
    p, q = tensors(a), tensors(b)
    return p.keys() == q.keys() and all(torch.equal(p[name], q[name]) for name in p)


def test_a_member_equals_the_same_member_alone() -> None:
    """To rounding: its weights and its critic's depend on its seed and the points only."""
    together = DivergenceTrainer(MIXED)
    batches = [together.batches.take(64 * 3) for _ in range(10)]
    for count, x in enumerate(batches):
        together.stepper.step(x, count, 2e-3, 5.0, together.weights)
    for e in range(MIXED.members):
        own: dict[str, Any] = {name: (MIXED.of(name, e),) for name in ("loss", "depth", "blur")}
        alone = DivergenceTrainer(replace(MIXED, members=1, seed=MIXED.seed + e, **own))
        ((name, one),) = alone.stepper.steppers.items()
        one.loss.seed = MIXED.seed  # own weights, but the model's draws of the whole run
        for count, x in enumerate(batches):
            alone.stepper.step(x[: 64 * one.draws], count, 2e-3, 5.0, alone.weights)
        group, place = together.stepper.steppers[name], MIXED.groups[name].index(e)
        assert torch.allclose(one.weights[0], group.weights[place], rtol=1e-3, atol=2e-5), e
        if name == "critic":
            assert torch.allclose(one.critic[0], group.critic[place], rtol=1e-3, atol=2e-5), e


def test_alike_members_differ_by_their_losses_alone() -> None:
    trainer = DivergenceTrainer(replace(DUEL, alike=True))
    group = trainer.stepper.steppers["critic"]
    assert torch.equal(group.weights[0], group.weights[2])
    assert torch.equal(group.critic[0], group.critic[2])
    trainer.steps(3)
    assert not torch.equal(group.weights[0], group.weights[2])


@pytest.mark.parametrize("poison", [float("nan"), float("inf")])
@pytest.mark.parametrize("where", ["weights", "critic"])
def test_a_sick_member_changes_no_other_bit(where: str, poison: float) -> None:
    healthy, sick = trained(DUEL, 5), trained(DUEL, 5)
    getattr(sick.stepper.steppers["critic"], where)[1, 3] = poison
    healthy.steps(8)
    sick.steps(8)
    p, q = tensors(healthy), tensors(sick)
    for name, value in p.items():
        if name.split(".")[-1] in ("weights", "average", "mean", "square", "sound", "bounds"):
            assert torch.equal(value[[0, 2]], q[name][[0, 2]]), name
        if name.split(".")[-1] in ("weights", "average", "mean", "square", "sound"):
            assert torch.isfinite(q[name]).all(), name
    assert list(sick.frozen) == [1] and sick.status == "training"
    told = sick.frozen[1]
    assert told.startswith("Member 1 stopped at step 5: its ") and "not finite any more" in told
    assert ("critic" in told) == (where == "critic")
    snapshot = sick.snapshot()
    assert set(snapshot.frozen) == {1} and all(abs(v) < 1e4 for v in snapshot.nlls)


def test_a_frozen_critic_and_its_model_stand_still() -> None:
    trainer = trained(DUEL, 30)
    group = trainer.stepper.steppers["critic"]
    group.critic[0] = torch.nan
    trainer.steps(2)
    model, critic = group.weights[0].clone(), group.critic[0].clone()
    trainer.steps(5)
    assert torch.equal(group.weights[0], model) and torch.equal(group.critic[0], critic)


def test_snapshots_pauses_and_checks_change_no_bit(tmp_path: Path) -> None:
    quiet, watched = DivergenceTrainer(MIXED), DivergenceTrainer(MIXED)
    quiet.steps(6)
    for n in (1, 2, 0, 3):
        watched.snapshot(weights=True)
        watched.steps(n)
        watched.save(tmp_path / "c")
        watched.snapshot(maps=False)
    torch.rand(3)
    assert same(quiet, watched)
    quiet.steps(1)
    watched.steps(1)
    assert same(quiet, watched)


def test_a_check_is_no_snapshot_and_touches_nothing() -> None:
    quiet, checked = trained(DUEL, 2), trained(DUEL, 2)
    report = numbers_of(checked)
    assert report["points"] == 50_000 and len(report["gap"]) == 3 and checked.seq == quiet.seq
    assert same(quiet, checked)


def test_a_loaded_checkpoint_continues_bit_by_bit(tmp_path: Path) -> None:
    through, stopped = DivergenceTrainer(MIXED), DivergenceTrainer(MIXED)
    for trainer in (through, stopped):
        trainer.steps(3)
        trainer.set(lr=1e-2, batch=48, critic_lr=1e-3, critic_steps=3)
        trainer.steps(2)
    stopped.save(tmp_path / "c")
    resumed = DivergenceTrainer.load(tmp_path / "c")
    assert same(through, resumed)
    for trainer in (through, resumed):
        trainer.steps(4)
    assert same(through, resumed)
    assert through.snapshot().measures == resumed.snapshot().measures
    critics = resumed.stepper.steppers["critic"]
    assert (critics.critic_lr, critics.critic_steps) == (1e-3, 3)
    assert critics.updates == 3 * 2 + (2 + 4) * 3
    critics.critic[2] = torch.nan
    resumed.steps(1)
    resumed.save(tmp_path / "c")
    again = DivergenceTrainer.load(tmp_path / "c")
    assert again.frozen == resumed.frozen and list(again.frozen) == [4]
    for trainer in (resumed, again):
        trainer.steps(2)
    assert same(resumed, again)


def test_live_settings_are_checked() -> None:
    trainer = DivergenceTrainer(DUEL)
    given: dict[str, Any]
    for given in ({"critic_lr": -1.0}, {"critic_steps": 11}, {"critic_steps": 1.5}, {"lr": 0.0}):
        with pytest.raises(SpecError, match="between"):
            trainer.set(**({"critic_lr": 1e-2} | given))
    with pytest.raises(SpecError, match="loss term"):
        trainer.set(weights={"nll": 1.0})
    assert trainer.stepper.steppers["critic"].critic_lr == CRITIC.lr
    with pytest.raises(SpecError, match="critic_lr is given, but this run has no critic"):
        DivergenceTrainer(replace(DUEL, loss=("nll",))).set(critic_lr=1e-3)


def test_a_run_with_critics_asks_for_more() -> None:
    """Its step takes the critics' batches as well."""
    plain, critics = (size.step_of(replace(DUEL, loss=(loss,)), 64) for loss in ("nll", "js"))
    assert all(b > (CRITIC.steps + 1) * 0.99 * a for a, b in zip(plain, critics, strict=True))


def test_each_critic_update_sees_points_of_its_own() -> None:
    trainer = DivergenceTrainer(DUEL)
    group = trainer.stepper.steppers["critic"]
    seen: list[torch.Tensor] = []
    pairs = group.loss.pairs

    def watched(model: Any, x: torch.Tensor) -> Any:
        real, fake = pairs(model, x)
        seen.extend([real.detach(), fake.detach()[0]])
        return real, fake

    group.loss.pairs = watched
    trainer.steps(2)
    assert len(seen) == 2 * 2 * (CRITIC.steps + 1) and trainer.stepper.draws == 3
    points = torch.cat(seen).tolist()
    assert len({tuple(point) for point in points}) == len(points) == len(seen) * QUICK.batch


@pytest.mark.parametrize("loss", ["energy", "sinkhorn", "divergence", "nll"])
def test_a_weight_of_0_removes_the_gradient_exactly(loss: str) -> None:
    trainer = DivergenceTrainer(MIXED)
    trainer.set(weights={loss: 0.0})
    groups = {"divergence": "critic"}
    before = {name: one.weights.clone() for name, one in trainer.stepper.steppers.items()}
    trainer.steps(3)
    for name, one in trainer.stepper.steppers.items():
        still = torch.equal(one.weights, before[name])
        assert still == (name == groups.get(loss, loss)), name


def test_the_slope_of_a_density_by_differences_is_its_slope() -> None:
    target = DivergenceSpec().density()
    x = torch.tensor([[[0.3, -0.2], [-2.0, 1.0]]], dtype=torch.float64, requires_grad=True)
    log_p = LogDensity.apply(x, target)
    (slope,) = torch.autograd.grad(log_p.sum(), x)
    mix: Any = target
    for k in range(2):
        at = x.detach()[0, k].numpy()
        variances = mix.covariances[:, 0, 0]
        heights = mix.weights / variances * np.exp(-((at - mix.means) ** 2).sum(1) / 2 / variances)
        pulls = (mix.means - at) / variances[:, None]
        exact = (heights[:, None] * pulls).sum(0) / heights.sum()
        np.testing.assert_allclose(slope[0, k], exact, atol=1e-7)
    np.testing.assert_allclose(log_p.detach()[0], target.log_prob(x.detach()[0].numpy()))


def test_a_snapshot_carries_the_same_latent_points_and_measures_both_ways() -> None:
    trainer = trained(MIXED, 3)
    snapshot = trainer.snapshot()
    _, numbers, maps = decode_frame(encode_frame(snapshot))
    assert maps is None and numbers["net"]["points"].shape == (10, POINTS, 2)
    assert snapshot.net is not None and np.array_equal(
        snapshot.net["points"], trainer.points()["points"]
    )
    for name in ("gap", "gap_error", "reverse", "reverse_error", "sliced", "sliced_floor", "own"):
        assert len(snapshot.measures[name]) == 10, name
    nll, energy = MIXED.loss.index("nll"), MIXED.loss.index("energy")
    assert snapshot.measures["own"][nll] == snapshot.measures["gap"][nll]
    assert snapshot.measures["own"][energy] == snapshot.measures["reverse"][energy]
    group = trainer.stepper.steppers["critic"]
    with torch.no_grad():
        held, own = trainer.held_out.x, draw(group.shown, RUNNING_POINTS, MEASURED_SEED)
        v = [group.loss.critic(group.loss.units(x)) for x in (held, own)]
        told = bound(group.loss.divergences, *v)
    for place, member in enumerate(MIXED.groups["critic"]):
        assert snapshot.measures["own"][member] == pytest.approx(float(told[place]), abs=1e-6)
    assert snapshot.nlls[nll] == pytest.approx(snapshot.entropy + snapshot.measures["gap"][nll])


def test_every_loss_comes_nearer_to_a_gaussian_both_ways() -> None:
    spec = DivergenceSpec(
        "correlated", loss=LOSSES, members=len(LOSSES), flow=replace(SMALL, layers=2),
        training=TrainSpec(lr=3e-3, batch=128, seconds=600.0),
        critic=replace(CRITIC, hidden=(16,), lr=1e-2, steps=4),
    )  # fmt: skip
    trainer = DivergenceTrainer(spec)
    first = trainer.snapshot().measures
    trainer.steps(150)
    last = trainer.snapshot().measures
    for e, loss in enumerate(LOSSES):
        for way in ("gap", "reverse"):
            assert last[way][e] < 0.3 * first[way][e], (loss, way)


@pytest.mark.parametrize(
    ("coupling", "base"), [("residual", "normal"), ("spline", "student"), ("sigmoidal", "normal")]
)
def test_every_kind_of_flow_learns_by_its_own_points(coupling: str, base: str) -> None:
    """Roots of iterative inverses and a learned law of z carry gradients too."""
    flow = FlowSpec(coupling=coupling, layers=2, hidden=(8,), base=base)
    losses = ("js", "energy", "sinkhorn")
    spec = replace(DUEL, target="correlated", shape=None, flow=flow, loss=losses, depth=())
    trainer = DivergenceTrainer(spec)
    before = {name: one.weights.clone() for name, one in trainer.stepper.steppers.items()}
    trainer.steps(3)
    assert not trainer.frozen
    for name, one in trainer.stepper.steppers.items():
        assert torch.isfinite(one.weights).all() and not torch.equal(one.weights, before[name])
        assert (one.adam.square[0, -1] > 0) or base == "normal"
