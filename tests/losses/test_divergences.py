"""The six f-divergences: conjugates, closed forms, and critics that never promise too much."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from inn_core import registry
from inn_core.losses.critic import Critic
from inn_core.losses.divergences import Divergence
from inn_core.losses.nll import weighted_sum
from inn_core.losses.variational import bound, find, model_loss
from inn_core.specs import SpecError
from inn_core.specs_critic import OBJECTIVES, CriticSpec
from tests.losses import gaussians

ALL: dict[str, Divergence] = {name: entry.load() for name, entry in registry.DIVERGENCES.items()}
each = pytest.mark.parametrize("one", ALL.values(), ids=ALL)
#: science.md, section 6: N(0, 1) against N(1, 1).
PRINTED = {
    "kl": 0.5,
    "reverse_kl": 0.5,
    "pearson": math.e - 1,
    "hellinger": 2 - 2 * math.exp(-1 / 8),
    "js": 0.222843,
    "gan": -1.163451,
}
moderate = st.floats(-6, 6)


def number(value: float, dtype: torch.dtype = torch.float64) -> Tensor:
    return torch.tensor(value, dtype=dtype)


@each
@given(log_u=moderate, v=moderate)
def test_fenchel_young(one: Divergence, log_u: float, v: float) -> None:
    """f(u) + f*(t) >= ut for every t that g_f can give."""
    u, t = number(log_u).exp(), one.activation(number(v))
    slack = one.f(u) + one.conjugate(t) - u * t
    assert float(slack) >= -1e-9 * (1 + abs(float(u * t)))


@each
@given(log_u=moderate)
def test_it_is_an_equality_at_the_optimal_critic_which_is_the_slope_of_f(
    one: Divergence, log_u: float
) -> None:
    u = number(log_u).exp().requires_grad_()
    (slope,) = torch.autograd.grad(one.f(u), u)
    t = one.activation(one.optimal(number(log_u)))
    assert float(t) == pytest.approx(float(slope), rel=1e-9, abs=1e-12)
    u = u.detach()
    equal = one.f(u) + one.conjugate(t) - u * t
    assert float(equal) == pytest.approx(0.0, abs=1e-8 * (1 + abs(float(u * t))))


@each
@given(v=st.floats(-20, 20))
def test_g_f_stays_where_the_conjugate_is_finite(one: Divergence, v: float) -> None:
    t = one.activation(number(v))
    assert bool(one.conjugate(t).isfinite())
    assert float(one.charge(number(v))) == pytest.approx(
        float(one.conjugate(t)), rel=1e-6, abs=1e-9
    )


@each
@given(v=st.floats(-49, 49), rise=st.floats(1e-3, 1))
def test_g_f_rises_and_nothing_overflows_in_float32(one: Divergence, v: float, rise: float) -> None:
    x = number(v, torch.float32).requires_grad_()
    paid, gain = one.charge(x), one.activation(x)
    slopes = torch.autograd.grad(paid + gain, x)
    assert all(bool(value.isfinite()) for value in (paid, gain, *slopes))
    assert float(one.activation(number(v + rise))) >= float(one.activation(number(v)))


@each
@given(log_u=moderate)
def test_f_is_convex_with_a_pinsker_constant_where_it_is_0_at_1(
    one: Divergence, log_u: float
) -> None:
    u = number(log_u).exp()
    around = torch.stack([u * 0.9, u, u * 1.1])
    low, middle, high = one.f(around)
    assert float(low + high - 2 * middle) >= -1e-12
    assert (one.pinsker is None) == (abs(float(one.f(number(1.0)))) > 1e-12)


def quadrature(one: Divergence, m: float, s: float, n: float, t: float) -> tuple[float, float]:
    """The bound at T* and E_q f(r), both on a grid."""
    x = gaussians.grid(m, s, n, t)
    log_p, log_q = gaussians.log_density(x, m, s), gaussians.log_density(x, n, t)
    log_r = torch.from_numpy(np.clip(log_p - log_q, -300, 300))
    v = one.optimal(log_r)
    gain = one.activation(v).numpy() * np.exp(log_p) - one.charge(v).numpy() * np.exp(log_q)
    return float(np.trapezoid(gain, x)), float(np.trapezoid(np.exp(log_p), x))


@each
def test_the_optimal_critic_reproduces_the_closed_forms(one: Divergence) -> None:
    found, mass = quadrature(one, 0.0, 1.0, 1.0, 1.0)
    assert mass == pytest.approx(1.0, abs=1e-9)
    assert found == pytest.approx(PRINTED[one.name], abs=1e-6)
    assert found == pytest.approx(float(gaussians.TRUE[one.name](0.0, 1.0, 1.0, 1.0)), abs=1e-6)


@each
def test_it_does_so_for_gaussians_in_general(one: Divergence) -> None:
    m, s, n, t = gaussians.pairs(200, seed=7)
    true = gaussians.TRUE[one.name](m, s, n, t)
    found = [quadrature(one, *pair)[0] for pair in zip(m, s, n, t, strict=True)]
    np.testing.assert_allclose(found, true, atol=1e-6, rtol=1e-6)


@each
def test_total_variation_is_below_the_pinsker_bound(one: Divergence) -> None:
    if one.pinsker is None:
        return
    m, s, n, t = gaussians.pairs(50, seed=8)
    x = gaussians.grid(m, s, n, t)
    p, q = np.exp(gaussians.log_density(x, m, s)), np.exp(gaussians.log_density(x, n, t))
    tv = 0.5 * np.trapezoid(abs(p - q), x, axis=0)
    assert (tv <= one.pinsker * np.sqrt(gaussians.TRUE[one.name](m, s, n, t)) + 1e-9).all()


def test_a_trained_critic_never_exceeds_the_truth() -> None:
    """200 pairs times six divergences as one ensemble; 4 standard errors on fresh samples."""
    m, s, n, t = gaussians.pairs(200, seed=9)
    names = [name for name in ALL for _ in m]
    law = torch.from_numpy(np.tile(np.stack([m, s, n, t]), len(ALL)).astype(np.float32))
    centre, spread = law[0::2, :, None, None], law[1::2, :, None, None]  # (2, E, 1, 1)
    generator = torch.Generator().manual_seed(0)

    def draw(count: int) -> tuple[Tensor, Tensor]:
        noise = torch.randn(2, len(names), count, 1, generator=generator)
        real, fake = (noise * spread + centre).unbind(0)
        return real, fake

    critic = Critic(1, (8,), [torch.Generator().manual_seed(e) for e in range(len(names))])
    adam = torch.optim.Adam(critic.parameters(), lr=0.02, fused=True)
    for _ in range(100):
        real, fake = draw(64)
        adam.zero_grad()
        (-bound(names, critic(real), critic(fake)).sum()).backward()
        adam.step()
    with torch.no_grad():
        real, fake = draw(6_000)
        v_real, v_fake = critic(real), critic(fake)
        found = bound(names, v_real, v_fake).numpy()
    true = np.concatenate([gaussians.TRUE[name](m, s, n, t) for name in ALL])
    gain, paid = np.empty_like(v_real), np.empty_like(v_fake)
    for k, one in enumerate(ALL.values()):
        own = slice(200 * k, 200 * (k + 1))
        gain[own], paid[own] = one.activation(v_real[own]), one.charge(v_fake[own])
    error = np.sqrt((gain.var(1) + paid.var(1)) / gain.shape[1])
    assert (found <= true + 4 * error).all()
    # And it learned: what it finds is most of what there is to find. (GAN begins at -ln 4.)
    start = np.where(np.array(names) == "gan", -math.log(4), 0.0)
    shares = ((found - start) / (true - start)).reshape(len(ALL), -1)
    assert (np.median(shares, 1) > 0.7).all(), np.median(shares, 1)


def test_members_may_have_different_divergences() -> None:
    rng = torch.Generator().manual_seed(1)
    names = ["js", "kl", "js", "pearson", "gan", "kl"]
    real, fake = torch.randn(2, 6, 50, generator=rng)
    together = bound(names, real, fake)
    for e, name in enumerate(names):
        alone = bound(name, real[e : e + 1], fake[e : e + 1])
        assert torch.equal(alone[0], together[e])
    fake[2] = torch.nan
    sick = bound(names, real, fake.requires_grad_())
    (grad,) = torch.autograd.grad(sick.sum(), fake)
    others = [0, 1, 3, 4, 5]
    assert torch.equal(sick[others], together[others]) and bool(grad[others].isfinite().all())


def test_the_trick_is_not_the_saddle_but_pulls_the_same_way() -> None:
    fake = torch.linspace(-3, 3, 40).expand(len(ALL), -1).clone().requires_grad_()
    real = torch.zeros(len(ALL), 1)
    slopes = {}
    for objective in OBJECTIVES:
        loss = model_loss(list(ALL), real, fake, objective)
        (slopes[objective],) = torch.autograd.grad(loss.sum(), fake)
    assert torch.equal(model_loss(list(ALL), real, fake), bound(list(ALL), real, fake))
    for e, name in enumerate(ALL):
        if name != "pearson":  # its charge falls again below v = -2
            assert bool((slopes["saddle"][e] < 0).all()), name
        assert bool((slopes["trick"][e] < 0).all()), name
    assert not torch.allclose(slopes["saddle"], slopes["trick"])
    with pytest.raises(ValueError, match="objective is 'luck'; it must be one of saddle, trick"):
        model_loss("kl", real, fake, "luck")


def test_a_weight_of_0_leaves_no_trace_of_the_bound() -> None:
    fake = torch.full((2, 5), torch.nan, requires_grad=True)
    terms = {"divergence": bound("kl", torch.zeros(2, 5), fake)}
    total = weighted_sum(terms, {"divergence": 0.0})
    assert torch.equal(total, torch.zeros(2))


@torch.no_grad()
def test_critics_of_an_ensemble_are_their_members_own() -> None:
    seeds = [torch.Generator().manual_seed(e) for e in (3, 4)]
    critic = Critic(2, (8, 8), seeds, clamp=0.5)
    alone = Critic(2, (8, 8), [torch.Generator().manual_seed(4)], clamp=0.5)
    x = 3 * torch.randn(30, 2, generator=torch.Generator().manual_seed(0))
    assert critic(x).shape == (2, 30) and float(critic(x).abs().amax()) <= 0.5
    assert torch.allclose(critic(x)[1], alone(x)[0], atol=1e-6)
    assert torch.equal(critic(x.expand(2, -1, -1)), critic(x))
    small = Critic(2, (64, 64), [torch.Generator().manual_seed(0)], sd=0.02)
    for weight in list(small.network.weights)[1:2]:
        assert float(weight.std()) == pytest.approx(0.02, rel=0.05)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"objective": "luck"}, "objective is 'luck'; it must be one of saddle, trick"),
        ({"objective": ["saddle"]}, "objective is"),
        ({"hidden": ()}, "the number of hidden layers is 0"),
        ({"lr": -1}, "critic's lr is -1; it must be a number between"),
        ({"steps": 11}, "critic's steps is 11; it must be a whole number between 1 and 10"),
        ({"steps": 1.5}, "critic's steps is 1.5; it must be a whole number"),
        ({"clamp": 0}, "clamp is 0; it must be a number between 0.1 and 50"),
        ({"clamp": float("nan")}, "clamp is nan"),
        ({"sd": "wide"}, "sd is 'wide'"),
    ],
)
def test_a_wrong_critic_is_a_sentence(values: dict[str, object], sentence: str) -> None:
    with pytest.raises(SpecError, match=sentence):
        CriticSpec(**values)  # type: ignore[arg-type]


def test_a_critic_comes_back_from_json() -> None:
    spec = CriticSpec(hidden=(8,), lr=1e-3, steps=3, clamp=10.0, objective="trick", sd=0.02)
    assert CriticSpec.from_json(spec.to_json()) == spec
    assert CriticSpec.from_json({}) == CriticSpec()
    with pytest.raises(SpecError, match="'width' is no field of CriticSpec"):
        CriticSpec.from_json({"width": 3})


def test_unknown_divergences_and_wrong_counts_are_sentences() -> None:
    v = torch.zeros(3, 4)
    with pytest.raises(ValueError, match="divergence is 'tv'; it must be one of kl, reverse_kl"):
        find("tv")
    with pytest.raises(ValueError, match="There are 2 divergences for 3 members"):
        bound(["kl", "js"], v, v)
