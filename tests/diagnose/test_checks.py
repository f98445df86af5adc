"""The checks measure what they say, and see every kind of wrong flow (mutations at the end)."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from inn_core import registry
from inn_core.diagnose import distance
from inn_core.diagnose.invert import jacobian, jacobian_error, round_trip
from inn_core.diagnose.mass import mass
from inn_core.diagnose.report import LATENT_BOX
from inn_core.flows.flow import Flow
from inn_core.specs import FlowSpec
from tests import flowcases

SPECS = [
    FlowSpec(coupling=coupling, linear=linear, base=base, layers=4, hidden=(16,), actnorm=actnorm)
    for coupling, linear, base, actnorm in (
        *((coupling, "none", "normal", False) for coupling in registry.COUPLINGS),
        *(("affine", linear, "normal", True) for linear in registry.LINEARS if linear != "none"),
        *(("spline", "rotation", base, False) for base in registry.BASES if base != "normal"),
    )
]


def total(flow: Flow) -> tuple[float, float]:
    dtype = flow.units.scale.dtype
    flow.requires_grad_(False)
    value, error = mass(flow, *LATENT_BOX[flow.base.describe(0)[0]], dtype=dtype)
    return float(value[-1]), float(error[-1])


# ── what is right passes ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("spec", SPECS, ids=str)
@pytest.mark.parametrize("seed", [0, 1])
def test_every_flow_has_mass_one(spec: FlowSpec, seed: int) -> None:
    value, error = total(flowcases.flow(spec, seed=seed, members=2))
    assert value == pytest.approx(1.0, abs=1e-6)
    assert error < 1e-3


@pytest.mark.parametrize("coupling", registry.COUPLINGS)
def test_the_quadrature_agrees_with_a_plain_grid_over_x(coupling: str) -> None:
    """The oracle: cells of a fine grid in the plane, for flows mild enough to be resolved so."""
    flow = flowcases.flow(FlowSpec(coupling=coupling, layers=4, hidden=(16,)), scale=0.05)
    angle = torch.linspace(0, 2 * torch.pi, 200, dtype=torch.float64)
    with torch.no_grad():  # as wide as the image of a latent disc of radius 5
        rim = flow.decode(5 * torch.stack([angle.cos(), angle.sin()], 1))[0].abs().max()
    x = torch.linspace(-float(rim), float(rim), 641, dtype=torch.float64)
    grid = torch.cartesian_prod(x, x)
    with torch.no_grad():
        q = torch.cat([flow.log_prob(part)[0].exp() for part in grid.split(20_000)])
    assert float(q.sum()) * float(x[1] - x[0]) ** 2 == pytest.approx(total(flow)[0], abs=2e-3)


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_every_flow_passes_round_trip_and_jacobian(spec: FlowSpec) -> None:
    flow = flowcases.flow(spec, members=2)
    x = flowcases.points(200)
    assert round_trip(flow, x).shape == (2,)
    assert float(round_trip(flow, x).max()) < 1e-6
    z = flow.encode(x)[0].detach()
    assert float(jacobian_error(flow.encode, x).max()) < 1e-6
    assert float(jacobian_error(flow.decode, z).max()) < 1e-6
    matrix, _ = jacobian(flow.encode, x)
    assert matrix.shape == (2, 200, 2, 2)


@pytest.mark.parametrize("name", registry.TARGETS)
def test_no_flow_beats_the_entropy(name: str) -> None:
    """Gibbs: for any parameters, NLL on fresh data >= entropy, less a confidence bound."""
    target = registry.TARGETS[name].load()
    x = target.sample(4000, np.random.default_rng(1))
    log_p = target.log_prob(x)
    for seed, spec in enumerate(SPECS):
        flow = flowcases.flow(spec, seed=seed, scale=0.1)
        flow.standardise([float(c) for c in target.centre], target.scale)
        with torch.no_grad():
            log_q = flow.log_prob(torch.from_numpy(x))[0].numpy()
        gap, error = distance.gap(log_p, log_q)
        assert gap > -4 * error - 1e-3
        plain = -log_q.mean() - target.entropy  # the same without the control variate
        assert plain > -4 * log_q.std() / math.sqrt(len(x))


# ── closed forms ─────────────────────────────────────────────────────────────────────────────


def test_the_gap_is_the_kl_between_gaussians() -> None:
    """KL(N(0, I) || N(m, s² I)) = ln s² + (2 + |m|²) / 2s² - 1 in two dimensions."""
    x = np.random.default_rng(0).standard_normal((100_000, 2))
    m, s = np.array([0.5, -0.3]), 1.7
    log_p = -0.5 * (x**2).sum(1) - math.log(2 * math.pi)
    log_q = -0.5 * ((x - m) ** 2).sum(1) / s**2 - math.log(2 * math.pi * s**2)
    exact = math.log(s**2) + (2 + m @ m) / (2 * s**2) - 1
    gap, error = distance.gap(log_p, log_q[None])
    assert gap.shape == (1,)
    assert float(gap[0]) == pytest.approx(exact, abs=4 * float(error[0]))
    assert float(error[0]) < 0.005


def test_wasserstein_and_energy_have_their_closed_forms() -> None:
    """W1 of a shift is its length; the energy distance of N(0, I), N(e1, I) in 2-D is .429821."""
    rng = np.random.default_rng(0)
    a = rng.standard_normal((400, 2))
    assert distance.wasserstein1(a, a[::-1]) == 0.0
    assert distance.wasserstein1(a, a + np.array([0.3, 0.4])) == pytest.approx(0.5)
    one = np.array([1.0, 0.0])
    far = [
        distance.energy(rng.standard_normal((1500, 2)), one + rng.standard_normal((1500, 2)))
        for _ in range(3)
    ]
    assert np.mean(far) == pytest.approx(0.429821, abs=0.04)
    same = [
        distance.energy(rng.standard_normal((500, 2)), rng.standard_normal((700, 2)))
        for _ in range(10)
    ]
    assert abs(np.mean(same)) < 0.006 and min(same) < 0 < max(same)  # unbiased: around zero


def test_the_floor_of_w1_is_the_known_one() -> None:
    """Two samples of N(0, I_2) with n = 500 are 0.20 apart (science.md, section 6)."""
    rng = np.random.default_rng(0)
    floor = [
        distance.wasserstein1(rng.standard_normal((500, 2)), rng.standard_normal((500, 2)))
        for _ in range(4)
    ]
    assert np.mean(floor) == pytest.approx(0.20, abs=0.03)


def test_the_mass_of_a_heavy_tailed_base_needs_its_stretched_box() -> None:
    flow = flowcases.flow(FlowSpec(base="student", layers=2, hidden=(8,)), dtype=torch.float32)
    short, _ = mass(flow, *LATENT_BOX["normal"])
    assert float(short[0]) < 0.998 < total(flow)[0]


# ── what is wrong fails ──────────────────────────────────────────────────────────────────────


class Mutant(Flow):
    """An affine flow whose public functions can be spoilt."""

    def __init__(self, kind: str) -> None:
        good = flowcases.flow(FlowSpec(layers=4, hidden=(16,)), scale=0.1, dtype=torch.float64)
        super().__init__(good.chain, good.base)
        self.units, self.kind = good.units, kind

    def encode(self, x: Tensor, condition: Tensor | None = None) -> tuple[Tensor, Tensor]:
        z, log_det = super().encode(x)
        if self.kind == "sign":
            return z, 2 * self.units.log_det - log_det
        if self.kind == "units":
            return z, log_det - self.units.log_det
        if self.kind == "elsewhere":  # the log-det at the wrong point
            return z, super().encode(z)[1]
        if self.kind == "bounded":  # range smaller than the plane, as a layer with tanh
            bent = torch.tanh(z / 3)
            return 3 * bent, log_det + torch.log1p(-bent.square()).sum(-1)
        return z, log_det

    def decode(self, z: Tensor, condition: Tensor | None = None) -> tuple[Tensor, Tensor]:
        if self.kind == "bounded":
            bent = (z / 3).clamp(-1 + 1e-9, 1 - 1e-9)
            x, log_det = super().decode(3 * torch.atanh(bent))
            return x, log_det - torch.log1p(-bent.square()).sum(-1)
        x, log_det = super().decode(z)
        if self.kind == "inverse sign":
            return x, -2 * self.units.log_det - log_det
        if self.kind == "inverse":
            return x * 1.001, log_det
        return x, log_det


def verdicts(kind: str) -> dict[str, bool]:
    """Which checks a mutant passes."""
    mutant = Mutant(kind)
    x = flowcases.points(300, scale=0.5)
    x = x[x.abs().amax(-1) < 1.5]
    z = mutant.encode(x)[0].detach()
    value, error = mass(mutant, dtype=torch.float64)
    return {
        "round trip": float(round_trip(mutant, x).max()) < 1e-5,
        "jacobian": float(jacobian_error(mutant.encode, x).max()) < 1e-6,
        "inverse jacobian": float(jacobian_error(mutant.decode, z).max()) < 1e-6,
        "mass": abs(float(value[0]) - 1) < max(5e-3, 3 * float(error[0])),
    }


@pytest.mark.parametrize(
    ("kind", "caught_by"),
    [
        ("none", set()),
        ("sign", {"jacobian", "mass"}),
        ("units", {"jacobian", "mass"}),
        ("elsewhere", {"jacobian", "mass"}),
        ("inverse sign", {"inverse jacobian"}),
        ("inverse", {"round trip", "inverse jacobian"}),
        ("bounded", {"mass"}),
    ],
)
def test_each_mutation_is_caught(kind: str, caught_by: set[str]) -> None:
    assert {name for name, passed in verdicts(kind).items() if not passed} == caught_by
