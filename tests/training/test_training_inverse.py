"""Training an INN: its spec, its stream, and a posterior against the closed form."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from inn_core.cli import main
from inn_core.diagnose.posterior import resimulation
from inn_core.problems.base import find
from inn_core.problems.sweeps import single
from inn_core.specs import FlowSpec, SpecError, TrainSpec
from inn_core.specs_inverse import InverseSpec
from inn_core.training import inverse
from inn_core.training.inverse import InverseTrainer

TINY = FlowSpec(layers=4, hidden=(16, 16), linear="rotation")


def tiny(**options: Any) -> InverseSpec:
    training = TrainSpec(lr=3e-3, batch=128, seconds=600, steps=100_000)
    given: dict[str, Any] = {"flow": TINY, "training": training} | options
    return InverseSpec(**given)


# ── the spec ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"latent": 0}, "latent is 0"), ({"latent": 200}, "latent is 200"),
        ({"latent": (1, 2)}, "2 numbers for 1 members"), ({"latent": 1.5}, "latent is 1.5"),
        ({"prior_weight": -1.0}, "prior_weight is -1"), ({"prior_weight": float("nan")}, "nan"),
        ({"prior_weight": "much"}, "prior_weight is 'much'"), ({"prior": "cauchy"}, "prior is"),
        ({"problem": "chess"}, "problem is 'chess'"), ({"members": 99}, "members is 99"),
        ({"flow": "big"}, "flow is"), ({"seed": -1}, "seed is -1"),
    ],
)  # fmt: skip
def test_a_wrong_spec_is_refused_in_a_sentence(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(SpecError, match=says):
        InverseSpec(**wrong)


def test_a_spec_survives_json() -> None:
    spec = InverseSpec(latent=(1, 2, 4), prior_weight=(0, 1, 100.0), members=3, prior=("uniform",))
    again = InverseSpec.from_json(json.loads(json.dumps(spec.to_json())))
    assert again == spec and spec.to_json()["kind"] == "inverse"
    with pytest.raises(SpecError, match="no field"):
        InverseSpec.from_json({"kind": "inverse", "colour": "red"})


# ── the stream ───────────────────────────────────────────────────────────────────────────────


def test_pause_snapshots_and_checkpoints_change_no_bit(tmp_path: Path) -> None:
    spec = tiny(members=2, prior_weight=(0.0, 3.0))
    whole = InverseTrainer(spec)
    whole.steps(30)
    part = InverseTrainer(spec)
    part.steps(11)
    part.snapshot()
    part.save(tmp_path / "c")
    again = InverseTrainer.load(tmp_path / "c")
    again.steps(19)
    for name, value in whole.state().items():
        np.testing.assert_array_equal(value, again.state()[name])


def test_a_member_is_what_it_would_be_alone() -> None:
    both = InverseTrainer(tiny(members=2, prior_weight=(0.0, 3.0)))
    alone = InverseTrainer(tiny(prior_weight=3.0, seed=1))
    # One stream for all members: the second one's is that of seed 0.
    alone.batches = InverseTrainer(tiny()).batches
    flow = InverseTrainer(tiny(seed=1)).stepper.flow
    torch.testing.assert_close(
        both.stepper.flow.state_dict()["chain.layers.0.conditioner.weights.0"][1:],
        flow.state_dict()["chain.layers.0.conditioner.weights.0"],
    )
    both.steps(5), alone.steps(5)
    for name, value in alone.state().items():
        if not name.startswith("units."):
            np.testing.assert_allclose(both.state()[name][1:], value, rtol=1e-3, atol=1e-4)


def test_a_member_that_turns_nan_is_frozen_and_the_others_go_on() -> None:
    spec = tiny(members=3, prior_weight=(0.0, 1.0, 2.0))
    clean, hurt = InverseTrainer(spec), InverseTrainer(spec)
    clean.steps(3), hurt.steps(3)
    with torch.no_grad():
        hurt.stepper.weights[1] = torch.nan
    clean.steps(10), hurt.steps(10)
    assert set(hurt.frozen) == {1} and hurt.snapshot().message
    for name, value in clean.state().items():
        if not name.startswith("units."):
            np.testing.assert_array_equal(value[[0, 2]], hurt.state()[name][[0, 2]])


def test_an_i_resnet_learns_the_arm_by_maximum_likelihood() -> None:
    """The hand misses by 0.8 at first and by 0.2 after 250 steps of 48 pairs."""
    flow = FlowSpec(coupling="residual", layers=4, hidden=(16, 16), linear="rotation")
    trainer = InverseTrainer(tiny(flow=flow, members=2))
    trainer.set(batch=48)
    before = trainer.snapshot().measures["l2"]
    trainer.steps(250)
    after = trainer.snapshot()
    assert not trainer.frozen
    assert max(after.measures["l2"]) < 0.5 * min(before)
    member = inverse.draw(
        trainer.shown, trainer.layout, (1.7, 0.1), 50, np.random.default_rng(1), 1
    )
    rows = inverse.draws(trainer.shown, trainer.layout, (1.7, 0.1), 50, np.random.default_rng(1))
    np.testing.assert_array_equal(rows[1], member)


def test_a_snapshot_tells_terms_l2_and_spread() -> None:
    trainer = InverseTrainer(tiny(members=2, latent=(1, 3)))
    trainer.steps(2)
    snapshot = trainer.snapshot()
    numbers = json.loads(json.dumps(snapshot.numbers(), allow_nan=False))
    measures = numbers["measures"]
    assert set(measures) == {"fit", "latent", "padding", "l2", "sd"}
    assert len(measures["l2"]) == 2 and len(measures["sd"]) == 8
    total = np.array(measures["fit"]) + measures["latent"] + np.array(measures["padding"])
    np.testing.assert_allclose(snapshot.nlls, total, rtol=1e-5)
    trainer.set(weights={"fit": 0.0})
    np.testing.assert_allclose(
        trainer.snapshot().nlls, total - np.array(measures["fit"]), rtol=1e-4, atol=1e-3
    )


def test_many_members_cost_no_more_operations_than_one() -> None:
    from torch.utils._python_dispatch import TorchDispatchMode

    class Count(TorchDispatchMode):
        n = 0

        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            Count.n += 1
            return func(*args, **(kwargs or {}))

    counts = []
    for members in (1, 8):
        trainer = InverseTrainer(tiny(members=members))
        trainer.steps(2)
        with Count():
            Count.n = 0
            trainer.steps(1)
        counts.append(Count.n)
    assert counts[1] <= counts[0]


# ── what it learns ───────────────────────────────────────────────────────────────────────────


def assert_closed_form(problem: Any, sampler: Any, draws: int = 20_000) -> None:
    """Mean and covariance of draws within four Monte-Carlo errors of the closed form."""
    exact = problem.covariance()
    variance = np.diag(exact)
    rng = np.random.default_rng(4)
    for y in ([0.8, -0.5], [-1.0, 1.2], [0.0, 0.0]):
        x = sampler(np.array(y), draws, rng)
        mean_error = np.sqrt(variance / draws)
        error = np.sqrt((np.outer(variance, variance) + exact**2) / draws)
        assert (np.abs(x.mean(0) - problem.mean(np.array(y))) <= 4 * mean_error).all()
        assert (np.abs(np.cov(x.T) - exact) <= 4 * error).all()


def test_the_exact_linear_posterior_passes_and_one_a_twentieth_off_does_not() -> None:
    problem = find("linear-gaussian")
    assert_closed_form(problem, problem.posterior)
    for wrong in (
        lambda y, n, rng: problem.posterior(y, n, rng) + 0.05 * problem.posterior_moments(y)[1],
        lambda y, n, rng: problem.posterior(1.05 * y, n, rng) * 1.05,
    ):
        with pytest.raises(AssertionError):
            assert_closed_form(problem, wrong)


def test_a_network_trained_on_the_linear_problem_has_its_closed_form() -> None:
    spec = single("linear-gaussian")
    trainer = InverseTrainer(replace(spec, seed=1))
    trainer.steps(4_000)  # the slack has its own size after 2,500
    assert_closed_form(trainer.problem, trainer.sampler())


def test_the_shipped_linear_network_has_the_closed_form() -> None:
    spec, flow, layout = inverse.load(inverse.FOLDER / f"linear-gaussian{inverse.ENDING}")
    assert spec.flow == single("linear-gaussian").flow
    assert_closed_form(layout.problem, lambda y, n, rng: inverse.draw(flow, layout, y, n, rng))


def test_a_network_of_curves_learns_the_linear_posterior_roughly() -> None:
    trainer = InverseTrainer(tiny(problem="linear-gaussian", latent=1, flow=TINY))
    trainer.steps(2600)
    problem, rng = trainer.problem, np.random.default_rng(0)
    for y in ([0.8, -0.5], [-1.0, 1.2]):
        x = trainer.sampler()(np.array(y), 8_000, rng)
        mean, sd = problem.posterior_moments(y)
        np.testing.assert_allclose(x.mean(0), mean, atol=0.12)
        np.testing.assert_allclose(x.std(0), sd, rtol=0.1)


def test_the_shipped_arm_finds_every_pose() -> None:
    _, flow, layout = inverse.load(inverse.FOLDER / f"kinematics{inverse.ENDING}")
    problem, rng = layout.problem, np.random.default_rng(1)
    places = problem.simulate(problem.prior_sample(40, rng))
    # Nearer to the end of the arm than the slack can tell apart, the slack itself widens every
    # posterior: there the exact one is that of another question.
    inside = [y for y in places if y[0] < 2 - 2 * problem.slack]
    likely = [y for y in inside if problem.evidence(y) >= 0.03][:8]
    for y, share in [(np.array([1.7, 0.1]), 0.2), *((y, 0.25) for y in likely)]:
        x = inverse.draw(flow, layout, y, 4_000, rng)
        assert resimulation(problem, x, y) <= 0.05
        np.testing.assert_allclose(x.std(0), problem.posterior_moments(y)[1], rtol=share)


# ── the command line ─────────────────────────────────────────────────────────────────────────


def test_train_and_check_from_the_shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "run")
    size = ["--layers", "2", "--hidden", "8", "--steps", "5", "--every", "0.1"]
    assert main(["train", "strip", "--latent", "1", *size, "--out", out, "--json"]) == 0
    lines = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert lines[-1]["status"] == "done" and lines[-1]["step"] == 5
    assert {"l2", "sd", "exact_sd", "rank_p"} <= set(lines[-1]) and "measures" in lines[-2]
    assert main(["check", "strip", "--y", "1.2", "--run", out, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {"l2", "sd", "exact_sd", "rank_p"} <= set(told) and len(told["sd"]) == 2
    for wrong, says in (
        (["check", "kinematics", "--run", out], "solves strip"),
        (["check", "ballistics", "--run", str(tmp_path)], "no trained network"),
        (["check", "strip", "--run", out, "--y", "a,b"], "write numbers"),
        (["check", "strip", "--run", out, "--y", "1,2"], "observes 1"),
        (["train", "kinematics", "--latent", "0"], "latent is 0"),
        (["train", "kinematics", "--prior-weight", "-1"], "prior_weight"),
    ):
        assert main(wrong) == 2
        assert says in capsys.readouterr().err
    (tmp_path / "run" / "inn.inn").write_bytes(b"nonsense")
    assert main(["check", "strip", "--run", out]) == 2


def test_a_conditional_flow_finds_the_closed_form() -> None:
    spec = InverseSpec(
        problem="linear-gaussian", network="conditional",
        flow=FlowSpec(layers=4, hidden=(32,), linear="rotation"),
        training=TrainSpec(lr=5e-3, batch=256, seconds=60.0, steps=1_500),
    )  # fmt: skip
    trainer = InverseTrainer(spec)
    trainer.steps(1_500)
    problem = trainer.problem
    y = problem.references[0]
    mean, sd = problem.posterior_moments(y)
    x = trainer.sampler()(y, 4_000, np.random.default_rng(0))
    np.testing.assert_allclose(x.mean(0), mean, atol=0.12)
    np.testing.assert_allclose(x.std(0), sd, rtol=0.12)
