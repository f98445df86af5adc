"""Layer maps against the engine: exact up to their tolerance, everywhere on the line."""

from __future__ import annotations

import itertools
from typing import Any, cast

import numpy as np
import pytest
import torch

from inn_core import registry
from inn_core.flows.build import build_flow
from inn_core.maps import codec, evaluate, fields, spline, tabulate
from inn_core.specs import FlowSpec, RunSpec
from inn_core.training.loop import Trainer
from tests import flowcases
from tests.maps import mapcases

SPECS = [
    FlowSpec(coupling=c, layers=4, hidden=hidden, bins=5, linear=linear, actnorm=a, base=b)
    for (c, linear), (hidden, a, b) in zip(
        itertools.product(registry.COUPLINGS, registry.LINEARS),
        itertools.cycle([((16,), False, "normal"), ((24, 8, 16), True, "student")]),
        strict=False,
    )
]
IDS = [f"{s.coupling}-{s.linear}-{len(s.hidden)}" for s in SPECS]


@pytest.mark.parametrize("spec", SPECS, ids=IDS)
def test_every_layer_is_the_engines(
    spec: FlowSpec, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Layer by layer: with every kink in place, fine splines and grids nothing is left."""
    monkeypatch.setattr(tabulate, "GRID", 2**30)
    monkeypatch.setattr(tabulate, "TOLERANCE", dict.fromkeys(tabulate.TOLERANCE, 1e-9))
    monkeypatch.setattr(spline, "MOVE", 1e-3)
    monkeypatch.setattr(spline, "PARTS", 100_000)
    for name, value in {"REACH": 9.0, "STEP": 0.1, "MOST": 1000}.items():
        monkeypatch.setattr(fields, name, value)
    reach = 4.0 if spec.coupling == "residual" else tabulate.REACH
    made = flowcases.flow(spec, scale=0.1, members=2)
    worst = 0.0
    for member, t in ((0, 1.0), (1, 0.6)):
        maps = tabulate.tabulate(made, member)
        x = flowcases.points(300, seed=3).clamp(-reach, reach)
        chain = cast(Any, made.chain)
        for layer, table in zip(chain.layers, maps.layers, strict=True):
            for go, read in ((layer.forward, evaluate.forward), (layer.inverse, evaluate.inverse)):
                with torch.no_grad():
                    z, log_det = go(x.expand(2, -1, -1), t=t)
                mine, mine_log_det = read(table, x.numpy(), t)
                off = np.abs(mine - z[member].numpy()) / (1 + np.abs(mine))
                off_log = np.abs(mine_log_det - log_det[member].numpy())
                worst = max(worst, float(off.max()), float(off_log.max()))
    with capsys.disabled():
        print(f" worst {worst:.0e}", end="")
    assert worst < {
        "spline": 1e-5,
        "sum_of_squares": 1e-5,
        "sigmoidal": 1e-5,
        "residual": 1e-4,
    }.get(spec.coupling, 1e-8)


@pytest.mark.parametrize(
    ("coupling", "size"), [("affine", 6_000), ("spline", 25_000), ("residual", 25_000)]
)
def test_a_trained_flow_is_small_and_exact(
    coupling: str, size: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error budget of the tables as they come off the wire, in shares of the plot's width."""
    spec = RunSpec(target="moons", flow=FlowSpec(coupling=coupling))
    trainer = Trainer(spec)
    trainer.steps(100)
    frame = codec.encode_frame(trainer.snapshot())
    maps = codec.decode_frame(frame)[2]
    assert maps is not None
    z = np.random.default_rng(1).standard_normal((20_000, 2))
    with torch.no_grad():
        x = trainer.shown.decode(torch.tensor(z, dtype=torch.float32))[0][0]
        log_q = trainer.shown.log_prob(x)[0].numpy()
    low, high = registry.TARGETS["moons"].load().view[0]
    off = np.abs(evaluate.decode(maps, z)[0] - x.numpy()).max(1) / (high - low)
    off_log = np.abs(evaluate.log_prob(maps, x.numpy()) - log_q)
    with capsys.disabled():
        print(f" {len(frame)} bytes, positions 99 % {np.quantile(off, 0.99):.1e}, worst", end=" ")
        print(f"{off.max():.1e}, log q {np.median(off_log):.1e}, 99 %", end=" ")
        print(f"{np.quantile(off_log, 0.99):.1e}", end="")
    assert len(frame) <= size
    assert np.quantile(off, 0.99) <= 1e-3
    assert off.max() <= 1e-2
    assert np.median(off_log) <= 0.02
    assert np.quantile(off_log, 0.99) <= 0.15


def test_tables_depend_on_the_weights_only() -> None:
    made = flowcases.flow(FlowSpec(layers=3, hidden=(16, 16)), members=3)
    random_state = torch.get_rng_state()
    first = tabulate.tabulate(made, 2)
    assert torch.equal(torch.get_rng_state(), random_state)
    alone = tabulate.tabulate(made.member(2))
    for a, b in zip(first.layers, alone.layers, strict=True):
        np.testing.assert_array_equal(a.knots, b.knots)
        np.testing.assert_array_equal(a.tables, b.tables)


def test_a_fresh_flow_has_two_knots_a_layer() -> None:
    maps = tabulate.tabulate(build_flow(FlowSpec()))
    assert [len(layer.knots) for layer in maps.layers] == [2] * 8
    assert len(codec.encode_frame(mapcases.snapshot(maps))) < 1000


def test_kinks_are_found_exactly() -> None:
    """A network whose bends are known: |u - 1| - 1 through a second ReLU bends at 0, 1 and 2."""
    first = (np.array([[[1.0, -1.0]]]), np.array([[[-1.0, 1.0]]]))
    second = (np.array([[[1.0], [1.0]]]), np.array([[[-1.0]]]))
    third = (np.array([[[3.0]]]), np.array([[[0.5]]]))
    found = np.unique(tabulate.kinks([first, second, third]))
    np.testing.assert_allclose(found, [-16, 0, 1, 2, 16], atol=1e-12)


def test_no_knot_is_dropped_that_is_needed() -> None:
    knots = np.unique(np.random.default_rng(0).integers(-9999, 9999, (1, 300)))[None] / 2048
    rows = np.random.default_rng(1).standard_normal((1, knots.shape[1], 3)).cumsum(1) * 1e-2
    (kept,) = tabulate.needed(knots, rows, 0.05)
    assert 2 < len(kept.knots) < knots.shape[1] / 2
    off = evaluate.rows_at(kept.knots, kept.rows, knots[0]) - rows[0].T
    assert np.abs(off).max() < 0.15


def test_flows_without_layer_maps_are_refused() -> None:
    with pytest.raises(ValueError, match="dimension 3"):
        tabulate.tabulate(build_flow(FlowSpec(layers=2), dim=3))
    with pytest.raises(ValueError, match="reads a condition"):
        tabulate.tabulate(build_flow(FlowSpec(layers=2), condition_dim=1))
