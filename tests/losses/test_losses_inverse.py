"""The losses of an INN against closed forms, and its layout."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from scipy import stats

from inn_core.flows.inn import PAD_SD, Layout
from inn_core.losses.distances import mmd, sinkhorn
from inn_core.losses.inverse import TRANSPORT, TRANSPORTED, ConditionalLoss, InverseLoss
from inn_core.losses.nll import weighted_sum
from inn_core.problems.base import find
from inn_core.specs import SpecError
from inn_core.specs_inverse import InverseSpec
from inn_core.training.inverse import Pairs, build, draw
from tests import flowcases


def setup(problem: str = "linear-gaussian", **options: Any) -> Any:
    """Spec, layout, perturbed float64 flow and a batch."""
    spec = InverseSpec(problem=problem, **options)
    latent = [int(d) for d in np.broadcast_to(spec.latent, spec.members)]
    layout = Layout.of(find(problem), latent)
    flow = build(spec, layout).double()
    flowcases.perturb(flow, 0.05, 3)
    rows = Pairs(layout).sample(64, np.random.default_rng(0))
    return spec, layout, flow, torch.from_numpy(rows), InverseLoss(layout, spec)


def test_fit_and_latent_are_the_negative_log_density_of_a_gaussian_code() -> None:
    _, layout, flow, batch, loss = setup(latent=1)
    terms = loss.terms(flow, batch)
    d, dim_y = layout.dim, layout.problem.dim_y
    assert (d, dim_y) == (3, 2) and set(terms) == {"fit", "latent"}
    code, log_det = flow.encode(batch[:, :d])
    covariance = layout.slack_root @ layout.slack_root.T / np.outer(layout.y_sd, layout.y_sd)
    off = code[0, :, :2].detach().numpy() - batch[:, d : d + 2].numpy()
    by_hand = -stats.multivariate_normal(np.zeros(2), covariance).logpdf(off) - np.log(2 * np.pi)
    assert terms["fit"].item() == pytest.approx(by_hand.mean(), rel=1e-6)
    z = code[0, :, 2].detach().numpy()
    by_hand = 0.5 * z**2 - log_det[0].detach().numpy()
    assert terms["latent"].item() == pytest.approx(by_hand.mean(), rel=1e-6)


def test_the_slack_is_wide_at_first_and_its_own_size_later() -> None:
    _, _, flow, batch, loss = setup(latent=1)
    own = loss.terms(flow, batch)["fit"].item()
    loss.at(0)
    wide = loss.terms(flow, batch)["fit"].item()
    loss.at(10_000)
    assert loss.terms(flow, batch)["fit"].item() == own != wide
    assert loss.wide == 1


@pytest.mark.parametrize("prior", ["normal", "uniform"])
def test_the_prior_term_is_a_paired_distance_or_a_hinge(prior: str) -> None:
    _, layout, flow, batch, loss = setup(
        latent=1, prior=(prior,), members=3, prior_weight=(0.0, 1.0, 100.0)
    )
    term = loss.terms(flow, batch)["prior"]
    assert term[0].item() == 0.0
    d, dim_y = layout.dim, layout.problem.dim_y
    x, y, z = batch.split([d, dim_y, d - dim_y], dim=1)
    again = flow.decode(torch.cat([y, z], 1).expand(3, -1, -1))[0].detach().numpy()
    if prior == "normal":
        expected = 0.5 * ((again - x.numpy()) ** 2).sum(-1).mean(-1)
    else:
        units = again * layout.problem.prior_sd
        outside = np.maximum(units - 0.5, 0) + np.maximum(-0.5 - units, 0)
        expected = 10 * outside.sum(-1).mean(-1)
    np.testing.assert_allclose(term.detach().numpy(), [0, 1, 100] * expected, rtol=1e-5)


def test_weight_0_leaves_no_trace_in_the_gradient() -> None:
    _, _, flow, batch, loss = setup(latent=1, members=2, prior_weight=(0.0, 5.0))
    terms = loss.terms(flow, batch)
    total = weighted_sum(terms, {**loss.weights, "fit": 0.0, "latent": 0.0})
    grads = torch.autograd.grad(total.sum(), list(flow.parameters()), allow_unused=True)
    moved = [g for g in grads if g is not None]
    assert all((g[0] == 0).all() for g in moved) and any((g[1] != 0).any() for g in moved)
    assert "prior" not in setup(latent=1)[4].weights


def test_members_with_a_smaller_z_leave_coordinates_idle() -> None:
    _, layout, flow, batch, loss = setup(latent=(1, 3), members=2)
    assert layout.dim == 5 and layout.used().tolist() == [[1, 0, 0], [1, 1, 1]]
    terms = loss.terms(flow, batch)
    code = flow.encode(batch[:, :5])[0].detach().numpy()
    idle = 0.5 * (code[0, :, 3:] ** 2).sum(1).mean() / PAD_SD**2 + 2 * math.log(PAD_SD)
    np.testing.assert_allclose(terms["padding"].detach().numpy(), [idle, 0], rtol=1e-5, atol=1e-9)
    side = layout.z_side(np.array([0.8, -0.5]), np.ones((4, 3)), member=0)
    np.testing.assert_array_equal(side[:, 2:], np.tile([1.0, 0, 0], (4, 1)))


@pytest.mark.parametrize("problem", ["kinematics", "ballistics", "strip", "eight-modes"])
def test_the_layout_fits_every_problem(problem: str) -> None:
    _, layout, flow, batch, _ = setup(problem, latent=3)
    assert layout.dim >= layout.problem.dim_x and layout.dim >= layout.problem.dim_y + 3
    x = layout.x_of(batch[:, : layout.dim].numpy())
    y = layout.problem.simulate(x)
    seen = batch[:, layout.dim : layout.dim + layout.problem.dim_y].numpy()
    noise = layout.problem.noise / layout.y_sd
    np.testing.assert_allclose(layout.y_side(y), seen, atol=float((6 * noise).max()) + 1e-9)
    code, _ = flow.encode(batch[:, : layout.dim])
    back, _ = flow.decode(code)
    torch.testing.assert_close(back[0], batch[:, : layout.dim], atol=1e-6, rtol=0)
    rng = np.random.default_rng(0)
    drawn = draw(flow.float(), layout, layout.problem.references[0], 7, rng)
    assert drawn.shape == (7, layout.problem.dim_x) and np.isfinite(drawn).all()


def test_match_and_reconstruction_are_what_they_say() -> None:
    _, _, flow, batch, loss = setup(latent=1, members=2, match=(0.0, 2.0), reconstruct=(3.0, 0.0))
    terms = loss.terms(flow, batch)
    x, y, z = batch.split([3, 2, 1], dim=1)
    again = flow.decode(torch.cat([y, z], 1).expand(2, -1, -1))[0].detach()
    expected = 2 * float(mmd(x[None], again)[1])
    np.testing.assert_allclose(terms["match"].detach(), [0, expected], rtol=1e-6)
    code = flow.encode(x)[0]
    back = flow.decode(torch.cat([y.expand(2, -1, -1), code[..., 2:]], -1))[0]
    expected = 3 * float(0.5 * ((back - x) ** 2).sum(-1).mean(-1)[0].detach())
    np.testing.assert_allclose(terms["reconstruct"].detach(), [expected, 0], rtol=1e-6)


def test_sinkhorn_members_have_no_likelihood_and_others_no_transport() -> None:
    _, _, flow, batch, loss = setup(latent=1, members=2, loss=("nll", "sinkhorn"))
    terms = loss.terms(flow, batch)
    assert terms["latent"][1] == 0 != terms["latent"][0]
    assert terms["sinkhorn"][0] == 0 < terms["sinkhorn"][1]
    x, y, z = (part[:TRANSPORTED] for part in batch.split([3, 2, 1], dim=1))
    again = flow.decode(torch.cat([y, z], 1).expand(2, -1, -1))[0].detach()[1:]
    pairs = torch.cat([x, y], 1)[None]
    expected = TRANSPORT * float(sinkhorn(pairs, torch.cat([again, y[None]], -1)))
    assert terms["sinkhorn"][1].item() == pytest.approx(expected, rel=1e-5)


def test_a_conditional_flow_is_told_y() -> None:
    spec = InverseSpec(problem="linear-gaussian", network="conditional", members=2)
    layout = Layout.of(find(spec.problem), [1, 1], spec.conditional)
    assert (layout.dim, layout.free, layout.known) == (3, 3, 0)
    flow = build(spec, layout).double()
    flowcases.perturb(flow, 0.05, 3)
    rows = torch.from_numpy(Pairs(layout).sample(64, np.random.default_rng(0)))
    assert rows.shape == (64, 3 + 2 + 3)
    term = ConditionalLoss(layout, spec).terms(flow, rows)["latent"]
    x, y = rows[:, :3], rows[:, 3:5].expand(2, -1, -1)
    log_prob = flow.log_prob(x, y).mean(-1)  # with the constant that the term leaves out
    expected = -log_prob - 1.5 * math.log(2 * math.pi)
    np.testing.assert_allclose(term.detach(), expected.detach(), rtol=1e-9)


@pytest.mark.parametrize(
    "wrong", [{"match": (1.0,)}, {"loss": ("sinkhorn",)}, {"prior_weight": (2.0,)}]
)
def test_a_conditional_flow_knows_maximum_likelihood_only(wrong: dict[str, Any]) -> None:
    with pytest.raises(SpecError, match="maximum likelihood alone"):
        InverseSpec(network="conditional", **wrong)


def test_the_slack_of_a_noisy_problem_makes_bayes_the_optimum() -> None:
    """Closed form: C = B^-1 A and R give q(x | y) the mean and covariance of the posterior."""
    layout = Layout.of(find("linear-gaussian"), [1])
    problem: Any = layout.problem
    covariance = problem.predictive_covariance()
    np.testing.assert_allclose(layout.y_sd, np.sqrt(np.diag(covariance)), rtol=1e-9)
    slope = np.eye(2) - problem.noise**2 * np.linalg.inv(covariance)
    code = np.linalg.inv(slope) @ problem.a
    slack = layout.slack_root @ layout.slack_root.T
    # Given y, what the code sees of x is spread as the slack allows, around y itself.
    exact = problem.covariance()
    np.testing.assert_allclose(code @ exact @ code.T, slack, rtol=1e-9)
    np.testing.assert_allclose(code @ problem.mean(np.array([0.8, -0.5])), [0.8, -0.5], rtol=1e-9)
    np.testing.assert_allclose(layout.slack, np.sqrt(np.diag(slack)), rtol=1e-9)
    assert Layout.of(find("kinematics"), [2]).slack == pytest.approx([0.05, 0.05])
