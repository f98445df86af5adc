"""The numpy oracle off the identity: what must hold for every layer at every fraction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from inn_core.maps import evaluate, spline
from inn_core.results import LayerMap
from tests.maps import mapcases

kinds = st.sampled_from(mapcases.KINDS)
seeds = st.integers(0, 10_000)
fractions = st.one_of(st.sampled_from([0.25, 1.0]), st.floats(0.01, 1.0))
scales = st.sampled_from([0.1, 1.0, 5.0])


def check_round_trip(layer: LayerMap, t: float, p: Any) -> None:
    """Backward error: z comes back from its x; log-dets are opposite."""
    x, back = evaluate.inverse(layer, p, t)
    z, log_det = evaluate.forward(layer, x, t)
    assert np.abs(z - p).max() < 1e-9 * (1 + np.abs(p).max() + np.abs(x).max())
    np.testing.assert_allclose(log_det, -back, atol=2e-6)


def check_log_det(layer: LayerMap, t: float, p: Any) -> None:
    """The log-det is that of finite differences, both ways; passive coordinates stay to the bit."""
    for go in (evaluate.forward, evaluate.inverse):
        step = 1e-6 * (1 + np.abs(p))
        columns = [
            (go(layer, p + step * e, t)[0] - go(layer, p - step * e, t)[0])
            / (2 * step[:, i : i + 1])
            for i, e in enumerate(np.eye(2))
        ]
        det = columns[0][:, 0] * columns[1][:, 1] - columns[0][:, 1] * columns[1][:, 0]
        off = np.abs(np.log(det) - go(layer, p, t)[1])
        # The slope of a spline bends at its corners: there a difference sees both sides.
        assert np.quantile(off, 0.95) < 1e-4
        if layer.active >= 0:
            assert (go(layer, p, t)[0][:, 1 - layer.active] == p[:, 1 - layer.active]).all()


CHECKS: tuple[Callable[[LayerMap, float, Any], None], ...] = (check_round_trip, check_log_det)


@settings(max_examples=60, deadline=None)
@given(kinds, seeds, fractions, scales)
def test_every_layer_is_invertible_at_every_fraction(
    kind: str, seed: int, t: float, scale: float
) -> None:
    layer = mapcases.layer(kind, seed, scale if kind[:4] != "free" else min(scale, 1.0))
    for check in CHECKS:
        check(layer, t, mapcases.points(seed))


@pytest.mark.parametrize("kind", mapcases.KINDS)
def test_fraction_goes_from_the_identity_to_the_layer(kind: str) -> None:
    layer, p = mapcases.layer(kind, 5), mapcases.points(5)
    start, log_det = evaluate.forward(layer, p, 0.0)
    np.testing.assert_allclose(start, p, atol=1e-12)
    np.testing.assert_allclose(log_det, 0, atol=1e-12)
    whole = evaluate.forward(layer, p)[0]
    np.testing.assert_array_equal(evaluate.forward(layer, p, 1.0)[0], whole)
    assert np.abs(whole - p).max() > 0.1
    path = np.stack([evaluate.forward(layer, p, t)[0] for t in np.linspace(0, 1, 401)])
    assert np.abs(np.diff(path, axis=0)).max() < 0.2 * np.abs(path).max(), "the path jumps"


def test_partial_flows_pass_from_z_to_x() -> None:
    flow, z = mapcases.maps(1), mapcases.points(2)
    count = len(flow.layers)
    np.testing.assert_allclose(evaluate.decode_partial(flow, z, 0)[0], z * 1.7 + [0.3, -1.2])
    np.testing.assert_array_equal(
        evaluate.decode_partial(flow, z, count)[0], evaluate.decode(flow, z)[0]
    )
    states = evaluate.trace(flow, evaluate.decode(flow, z)[0]).states
    for depth in (1.0, 2.5, 5.25, count):
        x, log_det = evaluate.decode_partial(flow, z, depth)
        back, opposite = evaluate.encode_partial(flow, x, depth)
        np.testing.assert_allclose(back, z, rtol=1e-7, atol=1e-7)
        np.testing.assert_allclose(opposite, -log_det, atol=1e-5)
        if depth == int(depth):
            h = (x - flow.centre) / flow.scale
            np.testing.assert_allclose(h, states[count - int(depth)], rtol=1e-6, atol=1e-6)


def test_trace_adds_up_to_encode() -> None:
    flow, x = mapcases.maps(4), mapcases.points(3)
    states, log_dets = evaluate.trace(flow, x)
    z, log_det = evaluate.encode(flow, x)
    np.testing.assert_allclose(states[-1], z)
    np.testing.assert_allclose(sum(log_dets) - 2 * np.log(1.7), log_det)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(
    "kinds", [("affine1", "lu", "affine0"), ("spline1", "rotation", "spline0"), mapcases.ROOTS]
)
def test_mass_is_one(seed: int, kinds: tuple[str, ...]) -> None:
    """By quadrature in x: the midpoint rule, with the far tails of the base left out."""
    flow = replace(mapcases.maps(2 * seed, kinds, scale=0.5, knots=12), base=("normal",))
    angle = np.linspace(0, 2 * np.pi, 400)
    edge = evaluate.decode(flow, 5 * np.stack([np.cos(angle), np.sin(angle)], -1))[0]
    (x0, y0), (x1, y1) = edge.min(0), edge.max(0)
    n = 500
    x, y = (lo + (np.arange(n) + 0.5) / n * (hi - lo) for lo, hi in ((x0, x1), (y0, y1)))
    total = 0.0
    for row in np.array_split(y, 12):
        grid = np.stack(np.meshgrid(x, row), -1).reshape(-1, 2)
        total += np.exp(evaluate.log_prob(flow, grid)).sum()
    assert total * (x1 - x0) * (y1 - y0) / n**2 == pytest.approx(1, abs=2e-3)


def test_spline_meets_the_published_formula() -> None:
    """Vector worked out by hand: K = 3, B = 3, raw w, h, d with the paper's own constraints."""
    w, h = np.array([0.1, -0.2, 0.4]), np.array([-0.3, 0.2, 0.5])
    d = 1e-3 + np.log1p(np.exp([0.7, -0.4]))
    corners = [
        np.concatenate([[-3], 6 * np.cumsum(1e-3 + 0.997 * np.exp(r) / np.exp(r).sum()) - 3])
        for r in (w, h)
    ]
    x, y, slopes = (np.tile(r, (2, 1)) for r in (*corners, np.concatenate([[1], d, [1]])))
    z, log_slope = spline.forward(np.array([-2.5, -1.2]), spline.Bins(x, y, slopes, 3.0))
    np.testing.assert_allclose(z, [-2.6378610398, -1.9058073483], atol=1e-9)
    np.testing.assert_allclose(log_slope, [-0.5900956391, -0.1304828312], atol=1e-9)


def test_base_is_scipys() -> None:
    z = mapcases.points(0)
    np.testing.assert_allclose(
        evaluate.base_log_prob(("student", 3.5), z), stats.t(3.5).logpdf(z).sum(1)
    )
    np.testing.assert_allclose(
        evaluate.base_log_prob(("normal",), z), stats.norm.logpdf(z).sum(1), atol=1e-12
    )


def test_misuse_is_told() -> None:
    with pytest.raises(ValueError, match=r"\(3,\); they must be \(N, 2\)"):
        evaluate.encode(mapcases.maps(0), np.zeros(3))
    with pytest.raises(ValueError, match="'cubic'; it must be affine"):
        evaluate.forward(LayerMap("matrix", "cubic"), np.zeros((1, 2)))


def _flipped(f: Any) -> Any:
    def wrong(*args: Any, **options: Any) -> Any:
        value, log_det = f(*args, **options)
        return value, -log_det

    return wrong


def _shifted(f: Any) -> Any:
    def wrong(*args: Any, **options: Any) -> Any:
        value, log_det = f(*args, **options)
        return value, np.roll(log_det, 1)

    return wrong


MUTATIONS = [
    ("affine1", evaluate, "_affine", _flipped),
    ("affine0", evaluate, "_affine", _shifted),
    ("spline1", evaluate, "_spline", _flipped),
    ("spline0", spline, "forward", _shifted),
    ("spline1", spline, "_log_slope", lambda f: lambda q, s, d0, d1: f(q, s, d1, d0)),
    ("spline1", spline, "corners", lambda f: lambda layer: (f(layer)[0], np.abs(f(layer)[1]))),
    ("lu", evaluate, "matrix", lambda f: lambda y, t: (f(y, t)[0], f(y, t)[1], -f(y, t)[2])),
    ("lu", evaluate, "matrix", lambda f: lambda y, t: (f(y, t)[0], f(y, t)[1], f(y, 1.0)[2])),
]


@pytest.mark.parametrize(("kind", "module", "name", "mutate"), MUTATIONS)
def test_the_checks_notice_a_mutation(
    kind: str, module: Any, name: str, mutate: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer, p = mapcases.layer(kind, 8), mapcases.points(8)
    monkeypatch.setattr(module, name, mutate(getattr(module, name)))
    failed = []
    for check in CHECKS:
        try:
            check(layer, 0.5, p)
        except (AssertionError, FloatingPointError, RuntimeWarning):
            failed.append(check)
    assert failed
