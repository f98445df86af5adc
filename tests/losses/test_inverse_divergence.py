"""Variational divergences of INNs against closed forms: which laws are compared, in which order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from inn_core import registry
from inn_core.flows.inn import Layout
from inn_core.losses.inverse_divergence import ANCHOR, APART, InverseDivergence
from inn_core.losses.variational import bound, model_loss
from inn_core.problems.base import find
from inn_core.specs import FlowSpec
from inn_core.specs_critic import CriticSpec
from inn_core.specs_inverse import DIRECTIONS, InverseSpec
from inn_core.training.adam import Adam
from inn_core.training.flat import flatten
from inn_core.training.inverse import Pairs, build, layout_of
from tests import flowcases

ARM = "kinematics"


def made(problem: str = "linear-gaussian", **options: Any) -> tuple[InverseDivergence, Layout, Any]:
    """A loss, its layout and a perturbed network."""
    given: dict[str, Any] = {
        "loss": "kl", "latent": 1, "flow": FlowSpec(layers=2, hidden=(8,), linear="lu"),
    }  # fmt: skip
    spec = InverseSpec(problem=problem, **given | options)
    layout = layout_of(spec, find(problem))
    flow = build(spec, layout)
    flowcases.perturb(flow, 0.1, 3)
    return InverseDivergence(layout, spec), layout, flow


def rows_of(layout: Layout, n: int, seed: int = 0) -> Tensor:
    return torch.from_numpy(Pairs(layout).sample(n, np.random.default_rng(seed)).astype("f4"))


class Linear:
    """A model that is a matrix either way, in place of a trained network."""

    def __init__(self, matrix: np.ndarray) -> None:
        self.matrix = torch.from_numpy(matrix.astype("f4"))
        self.asked: list[str] = []

    def encode_points(self, x: Tensor) -> Tensor:
        self.asked.append("encode")
        return (x @ self.matrix.T)[None]

    def decode_points(self, z: Tensor) -> Tensor:
        self.asked.append("decode")
        return z @ self.matrix.T


def laws(direction: str, layout: Layout, spread: float) -> tuple[Linear, np.ndarray, np.ndarray]:
    """A model whose z is ``spread`` times as wide as it should be; covariances of real and fake."""
    problem: Any = layout.problem
    scale = np.diag(1 / layout.y_sd)
    if direction == "forward":  # real (y, z), fake T(x): x is standardised
        real = np.eye(3)
        real[:2, :2] = scale @ problem.predictive_covariance() @ scale
        widened = np.diag([1, 1, spread])
        root = widened @ np.linalg.cholesky(real)
        return Linear(root), real, root @ root.T
    # real (x, y), fake (T^-1(y, z), y): x given y is normal
    prior = np.diag(1 / problem.prior_sd)
    exact = np.linalg.cholesky(prior @ problem.covariance() @ prior)
    mean = prior @ np.stack([problem.mean(e) for e in np.eye(2)], 1) @ np.diag(layout.y_sd)
    matrix = np.zeros((layout.dim, layout.dim))
    matrix[:3, :2], matrix[:3, 2:5] = mean, spread * exact
    seen = scale @ problem.predictive_covariance() @ scale

    def joint(wide: float) -> np.ndarray:
        across = mean @ seen
        own = across @ mean.T + wide**2 * exact @ exact.T
        return np.block([[own, across], [across.T, seen]])

    return Linear(matrix), joint(1.0), joint(spread)


def log_ratio(real: np.ndarray, fake: np.ndarray, rows: Tensor) -> Tensor:
    """Ln p_real / p_fake of two centred normal laws."""
    off = torch.from_numpy((np.linalg.inv(fake) - np.linalg.inv(real)).astype("f4"))
    det = np.linalg.slogdet(fake)[1] - np.linalg.slogdet(real)[1]
    return 0.5 * (((rows @ off) * rows).sum(-1) + float(det))


LATENT = {"forward": 1, "backward": 3}


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("name", ["kl", "reverse_kl"])
def test_with_the_optimal_critic_the_bound_is_the_divergence(direction: str, name: str) -> None:
    """Which of the two laws comes first shows: KL(0.6) is .16 nats, reversed it is .38 a z."""
    loss, layout, _ = made(loss=name, direction=direction, latent=LATENT[direction])
    model, first, second = laws(direction, layout, 0.6)
    real, fake = loss.pairs(model, rows_of(layout, 200_000))  # type: ignore[arg-type]
    found: Any = registry.DIVERGENCES[name].load()
    v_real, v_fake = (found.optimal(log_ratio(first, second, rows)) for rows in (real, fake))
    value = float(bound(name, v_real, v_fake))
    dims = layout.dim - 2 if direction == "forward" else 3
    wide = 1 / 0.6**2
    kl = dims * 0.5 * (wide - 1 - np.log(wide))
    reverse = dims * 0.5 * (1 / wide - 1 + np.log(wide))
    assert value == pytest.approx(kl if name == "kl" else reverse, rel=0.03)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_at_the_optimum_no_critic_finds_anything(direction: str) -> None:
    """A critic in training certifies the gap of a wrong model, and nothing of the right one."""
    certified = []
    for spread in (1.0, 0.6):
        loss, layout, _ = made(direction=direction, latent=LATENT[direction])
        model, *_ = laws(direction, layout, spread)
        weights = flatten(loss.critic, 1)
        adam = Adam(weights)
        for step in range(250):
            rows = rows_of(layout, 512, seed=step)
            pair = loss.pairs(model, rows)  # type: ignore[arg-type]
            value = bound("kl", *map(loss.critic, pair))
            grads = torch.autograd.grad(-value.sum(), list(loss.critic.parameters()))
            adam.step(weights, torch.cat([g.reshape(1, -1) for g in grads], 1), 3e-3, step + 1)
        with torch.no_grad():
            pair = loss.pairs(model, rows_of(layout, 50_000, 999))  # type: ignore[arg-type]
            certified.append(float(bound("kl", *map(loss.critic, pair))))
    assert certified[0] < 0.02
    assert certified[1] > 0.2  # of .38 a z


def test_a_run_of_one_direction_goes_one_way_only() -> None:
    for direction, way in zip(DIRECTIONS, ("encode", "decode"), strict=True):
        loss, layout, _ = made(direction=direction, latent=LATENT[direction])
        model, *_ = laws(direction, layout, 1.0)
        loss.terms(model, rows_of(layout, 16))  # type: ignore[arg-type]
        assert model.asked == [way]


@pytest.mark.parametrize("objective", ["saddle", "trick"])
def test_the_terms_are_what_they_say(objective: str) -> None:
    critic = CriticSpec(hidden=(8,), objective=objective)
    loss, layout, flow = made(
        ARM, latent=2, members=4, loss=("kl", "kl", "js", "gan"), critic=critic,
        direction=("forward", "backward", "backward", "forward"),
    )  # fmt: skip
    rows = rows_of(layout, 32)
    x, y, z = rows.split([4, 2, 2], 1)
    terms = loss.terms(flow, rows)
    names = {"fit", "divergence"} | ({"anchor"} if objective == "trick" else set())
    assert set(terms) == set(loss.weights) == names
    code = flow.encode(x)[0]
    again = flow.decode(torch.cat([y, z], 1))[0][..., :4]
    nothing = torch.zeros(32, 2)
    known = y.expand(4, -1, -1)
    for member, name, forward in ((0, "kl", True), (1, "kl", False), (2, "js", False)):
        real = torch.cat([y, z, nothing] if forward else [x, y], 1)
        fake = torch.cat([code, nothing.expand(4, -1, -1)] if forward else [again, known], -1)
        v_real, v_fake = loss.critic(real)[[member]], loss.critic(fake)[[member]]
        expected = model_loss(name, v_real, v_fake, objective)
        torch.testing.assert_close(terms["divergence"][[member]], expected)
    loss.at(10_000)
    slack = APART * loss.slack
    off = (code[..., :2] - y) / slack
    fit = 0.5 * off.square().sum(-1).mean(-1) + torch.log(slack).sum()
    torch.testing.assert_close(terms["fit"], torch.where(loss.fitted, fit, 0.0))
    if objective == "trick":
        anchor = ANCHOR * (again - x).square().mean((-2, -1))
        torch.testing.assert_close(terms["anchor"], torch.where(loss.fitted, 0.0, anchor))


def test_members_leave_no_trace_in_each_others_gradient() -> None:
    loss, layout, flow = made(
        ARM, latent=2, members=2, loss=("kl", "reverse_kl"), direction=DIRECTIONS
    )
    divergence = loss.terms(flow, rows_of(layout, 32))["divergence"]
    grads = torch.autograd.grad(divergence[1], list(flow.parameters()))
    assert all((g[0] == 0).all() for g in grads) and any((g[1] != 0).any() for g in grads)
