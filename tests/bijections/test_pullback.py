"""Pull-backs written by hand against autograd over the plain version, off the identity."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import Tensor

from inn_core import registry
from inn_core.bijections import pullback
from inn_core.bijections.base import Chain
from inn_core.bijections.univariate import affine, spline
from inn_core.flows.build import build_flow
from inn_core.flows.flow import Flow
from inn_core.losses.nll import NLL
from inn_core.specs import FlowSpec
from tests import flowcases

F64 = torch.float64


def flow(coupling: str, scale: float, members: int = 2, **changes: object) -> Flow:
    """Three layers with every parameter perturbed."""
    dims = {k: int(changes.pop(k)) for k in ("dim", "condition_dim") if k in changes}  # type: ignore[call-overload]
    spec = FlowSpec(coupling=coupling, layers=3, hidden=(9, 7), bins=5, **changes)  # type: ignore[arg-type]
    made = build_flow(spec, range(members), F64, **dims)
    draws = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for p in made.parameters():
            p.copy_(scale * torch.randn(p.shape, generator=draws, dtype=F64))
    return made


def points(n: int, members: int = 2, dim: int = 2, seed: int = 0) -> Tensor:
    draws = torch.Generator().manual_seed(seed)
    spread = torch.randn(members, n, dim, generator=draws, dtype=F64) * 2.5
    spread[:, 0] = 0.0
    spread[:, 1] = spline.BOUND - 1e-9  # close to the end of a spline's domain
    spread[:, 2] = 40.0  # far outside
    return spread


def assert_near(ours: Tensor, theirs: Tensor, inverse: bool = False) -> None:
    """Equal but for rounding; a steep flow's inverse has fewer digits."""
    size, rounding = 1 + float(theirs.detach().abs().max()), 1e-5 if inverse else 1e-7
    torch.testing.assert_close(ours, theirs, rtol=rounding, atol=0.1 * rounding * size)


def gradients(chain: Chain, x: Tensor, condition: Tensor | None, inverse: bool, plain: bool):
    """Value, log-det and the gradient of a random function of both for x and every parameter."""
    x = x.clone().requires_grad_()
    if plain:
        trace = (chain.trace_inverse if inverse else chain.trace)(x, condition)
        value, log_det = trace.states[-1], torch.stack(trace.log_dets).sum(0)
    else:
        value, log_det = (chain.inverse if inverse else chain.forward)(x, condition)
    draws = torch.Generator().manual_seed(1)
    weights = [torch.randn(t.shape, generator=draws, dtype=F64) for t in (value, log_det)]
    found = torch.autograd.grad(
        (value, log_det), [x, *chain.parameters()], weights, allow_unused=True,
        materialize_grads=True,
    )  # fmt: skip
    return value, log_det, *found


@pytest.mark.parametrize("scale", [0.1, 1.0, 3.0])
@pytest.mark.parametrize("inverse", [False, True])
@pytest.mark.parametrize("linear", registry.LINEARS)
@pytest.mark.parametrize("coupling", registry.COUPLINGS)
def test_by_hand_is_by_autograd(coupling: str, linear: str, inverse: bool, scale: float) -> None:
    univariate = registry.COUPLINGS[coupling].load()
    if inverse and coupling in flowcases.UNIVARIATES and univariate.iterative:
        # A root is found to the rounding of z, which at scale 3 moves x by more than its size;
        # what is written in closed form does the same operations twice, and never shows it.
        scale = min(scale, 1.0)
    chain = flow(coupling, scale, linear=linear, actnorm=True).chain
    x = points(40)
    if inverse:  # points that the flow reaches: far from them the inverse has no digits left
        x = chain.trace(x)[0][-1].detach()
    by_hand = gradients(chain, x, None, inverse, plain=False)
    plain = gradients(chain, x, None, inverse, plain=True)
    for ours, theirs in zip(by_hand, plain, strict=True):
        assert_near(ours, theirs, inverse)


@pytest.mark.parametrize("inverse", [False, True])
@pytest.mark.parametrize("coupling", flowcases.UNIVARIATES)
def test_in_five_dimensions_and_with_a_condition(coupling: str, inverse: bool) -> None:
    chain = flow(coupling, 0.4, dim=5, condition_dim=3, linear="rotation").chain
    x, condition = points(30, dim=5), points(30, dim=3, seed=9)
    by_hand = gradients(chain, x, condition, inverse, plain=False)
    plain = gradients(chain, x, condition, inverse, plain=True)
    for ours, theirs in zip(by_hand, plain, strict=True):
        assert_near(ours, theirs)


@pytest.mark.parametrize("inverse", [False, True])
@pytest.mark.parametrize("dim", [4, 16])
def test_residual_layers_of_many_dimensions(dim: int, inverse: bool) -> None:
    chain = flow("residual", 0.5, dim=dim, linear="rotation").chain
    x = points(20, dim=dim)
    if inverse:
        x = chain.trace(x)[0][-1].detach()
    by_hand = gradients(chain, x, None, inverse, plain=False)
    plain = gradients(chain, x, None, inverse, plain=True)
    for ours, theirs in zip(by_hand, plain, strict=True):
        assert_near(ours, theirs, inverse)


@pytest.mark.parametrize("inverse", [False, True])
@pytest.mark.parametrize(
    ("coupling", "dim"),
    [*((name, 2) for name in registry.COUPLINGS), ("residual", 4), ("residual", 16)],
)
def test_points_without_their_volume_have_the_same_gradient(
    coupling: str, dim: int, inverse: bool
) -> None:
    """Where the loss asks for no log-det, against autograd over the plain version."""
    chain = flow(coupling, 0.5, dim=dim, linear="rotation").chain
    x = points(20, dim=dim)
    if inverse:
        x = chain.trace(x)[0][-1].detach()
    x.requires_grad_()
    ours = chain.points(x, inverse=inverse)
    plain = (chain.trace_inverse if inverse else chain.trace)(x)[0][-1]
    assert_near(ours, plain, inverse)
    g = torch.randn(ours.shape, generator=torch.Generator().manual_seed(1), dtype=F64)
    wanted = [x, *chain.parameters()]
    by_hand = torch.autograd.grad(ours, wanted, g, allow_unused=True, materialize_grads=True)
    by_autograd = torch.autograd.grad(plain, wanted, g, allow_unused=True, materialize_grads=True)
    for own, theirs in zip(by_hand, by_autograd, strict=True):
        assert_near(own, theirs, inverse)
    with torch.no_grad():
        assert torch.equal(chain.points(x, inverse=inverse), ours)


@pytest.mark.parametrize("base", registry.BASES)
def test_the_likelihood_needs_no_autograd(base: str) -> None:
    made = flow("affine", 0.5, base=base)
    made.standardise([0.3, -0.2], 1.7)
    x = points(50)[0]
    losses, grads = NLL.gradient(made, x)
    plain = NLL().terms(made, x)["nll"]
    torch.testing.assert_close(losses, plain)
    expected = torch.autograd.grad(plain.sum(), list(made.parameters()))
    for ours, theirs in zip(grads, expected, strict=True):
        torch.testing.assert_close(ours.reshape(theirs.shape), theirs)


@pytest.mark.parametrize("linear", registry.LINEARS)
def test_one_matrix_takes_the_gradient_of_all_parameters(linear: str) -> None:
    made, x = flow("affine", 0.5, linear=linear, actnorm=True), points(20)
    plain = torch.autograd.grad(made.log_prob(x).sum(), list(made.parameters()))
    matrix = torch.cat([p.detach().flatten(1) for p in made.parameters()], 1).requires_grad_()
    made.chain.settle(matrix)
    (whole,) = torch.autograd.grad(made.log_prob(x).sum(), [matrix])
    torch.testing.assert_close(whole, torch.cat([g.flatten(1) for g in plain], 1))


def test_a_copy_and_a_cast_forget_where_the_parameters_were() -> None:
    made, x = flow("affine", 0.5), points(20)
    made.chain.settle(torch.zeros(2, 1, dtype=F64, requires_grad=True))
    other = copy.deepcopy(made)
    with torch.no_grad():
        for p in made.parameters():
            p.zero_()
    assert not torch.equal(other.log_prob(x), made.log_prob(x))
    for p in other.parameters():
        assert torch.autograd.grad(other.log_prob(x).sum(), [p])[0].any()
    single = flow("affine", 0.5)
    single.chain.settle(torch.zeros(2, 1, dtype=F64))
    assert single.float().log_prob(x.float()).dtype == torch.float32


@pytest.mark.parametrize(
    ("module", "name"), [(affine, "TANH"), (spline, "SOFTMAX"), (spline, "TANH")]
)
def test_a_wrong_derivative_is_noticed(
    module: object, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = "affine" if module is affine else "spline"
    chain, x = flow(kind, 1.0).chain, points(40)
    plain = gradients(chain, x, None, False, plain=True)
    right = getattr(module, name)
    monkeypatch.setattr(module, name, lambda *a: 1.001 * right(*a))
    by_hand = gradients(chain, x, None, False, plain=False)
    off = [float((a - b).detach().abs().max()) for a, b in zip(by_hand, plain, strict=True)]
    assert max(off) > 1e-6


def test_layers_without_a_pull_back_of_their_own_are_differentiated_locally() -> None:
    chain = flow("affine", 0.5, linear="lu").chain
    halves = pullback.halves_of(points(10))
    value, _, pull = pullback.by_autograd(chain.layers[0], halves, None)  # type: ignore[arg-type]
    ours = chain.layers[0].vjp(halves)  # type: ignore[operator]
    g, g_log = value, torch.ones(2, 10, dtype=F64)
    for a, b in zip(pull(g, g_log)[1], ours[2](g, g_log)[1], strict=True):
        torch.testing.assert_close(a, b.reshape(a.shape))
