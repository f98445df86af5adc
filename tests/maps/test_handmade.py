"""Drawn flows: their text, their maps against torch and closed forms; best layers, their gain."""

from __future__ import annotations

import base64
import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from inn_core import registry
from inn_core.bijections.univariate.affine import Affine
from inn_core.maps import codec, evaluate, greedy, handmade, runfile
from inn_core.maps.handmade import KNOTS, Drawing, DrawingError, DrawnLayer
from inn_core.specs import FlowSpec, RunSpec, SpecError

U = np.linspace(-handmade.EDGE, handmade.EDGE, KNOTS)


def drawing(seed: int, layers: int = 3, scales: bool = True, size: float = 1.0) -> Drawing:
    """Smooth random curves off the identity, on the text's grid of values."""
    rng = np.random.default_rng(seed)

    def curve(largest: float) -> Any:
        waves = rng.normal(size=4)[:, None] * np.sin(np.arange(1, 5)[:, None] * U / 2 + seed)
        return np.rint(np.clip(size * waves.sum(0), -largest, largest) / 0.005) * 0.005

    drawn = tuple(
        DrawnLayer(int(rng.integers(2)), curve(8.0), curve(2.0) if scales else None)
        for _ in range(layers)
    )
    return Drawing(drawn, None if scales else (0.3, -0.2, 0.1, 0.0))


def parabola(final: tuple[float, float, float, float] | None = None) -> Drawing:
    """The banana's own layer, h2 -> h2 - 0.6 (u^2 - 1)."""
    return Drawing((DrawnLayer(1, np.clip(-0.6 * (U**2 - 1), -8, 8)),), final)


@pytest.mark.parametrize("scales", [True, False])
@pytest.mark.parametrize("layers", [1, 4])
def test_text_and_drawing_are_inverse(layers: int, scales: bool) -> None:
    drawn = drawing(layers, layers, scales)
    token = handmade.to_token(drawn)
    again = handmade.from_token(token)
    assert handmade.to_token(again) == token
    assert len(token) < 300 * layers * (1 + scales)
    for a, b in zip(drawn.layers, again.layers, strict=True):
        assert a.active == b.active
        np.testing.assert_allclose(a.t, b.t, atol=1e-9)
        assert (a.s is None) == (b.s is None)
        if a.s is not None and b.s is not None:
            np.testing.assert_allclose(a.s, b.s, atol=1e-9)
    assert again.coupling == ("affine" if scales else "additive")


TOKEN = handmade.to_token(parabola())


@pytest.mark.parametrize(
    ("token", "says"),
    [
        (None, "must be a text"),
        (7, "must be a text"),
        ("", "version"),
        ("h9.AQE", "version"),
        ("h1.§§", "damaged"),
        ("h1." + "A" * 9000, "9003 letters"),
        ("h1.", "cut off"),
        (TOKEN[:23], "cut off"),
        (TOKEN + "AAAA", "damaged"),
        ("h1.BQ", "5 layers"),
        ("h1.AA", "0 layers"),
        ("h1.AQk", "damaged"),
        ("h1.AQH__________", "damaged"),
    ],
)
def test_what_is_no_drawing_gets_a_sentence(token: Any, says: str) -> None:
    with pytest.raises(DrawingError, match=says) as caught:
        handmade.from_token(token)
    assert str(caught.value).endswith(".")


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_no_bytes_do_anything_but_a_drawing_or_a_sentence(data: bytes) -> None:
    token = "h1." + base64.urlsafe_b64encode(data).decode().rstrip("=")
    try:
        drawn = handmade.from_token(token)
    except DrawingError:
        return
    assert np.isfinite(evaluate.log_prob(handmade.maps_of(drawn, "moons"), [[0.0, 1.0]])).all()


def test_curves_beyond_the_limits_are_refused() -> None:
    steep = Drawing((DrawnLayer(1, np.zeros(KNOTS), np.full(KNOTS, 2.5)),))
    with pytest.raises(DrawingError, match=r"curve s reaches 2\.5; allowed is -2 to 2"):
        handmade.from_token(handmade.to_token(steep))
    with pytest.raises(DrawingError, match="final scale"):
        handmade.from_token(handmade.to_token(parabola((9.0, 0.0, 0.0, 0.0))))
    with pytest.raises(SpecError, match="target"):
        handmade.maps_of(parabola(), "nowhere")


def by_torch(drawn: Drawing, target: Any, x: Any) -> Any:
    """Log-density by the engine's own affine formula, curves interpolated by numpy."""
    h = torch.as_tensor((x - target.centre) / target.scale)
    log_det = torch.full((len(x),), -2 * math.log(target.scale), dtype=h.dtype)
    for layer in drawn.layers:
        u = h[:, 1 - layer.active].numpy()
        s = np.zeros_like(u) if layer.s is None else np.interp(u, U, layer.s)
        params = (torch.as_tensor(s), torch.as_tensor(np.interp(u, U, layer.t)))
        moved, more = Affine(bins=8).forward(h[:, layer.active], params)
        h = h.clone()
        h[:, layer.active] = moved
        log_det = log_det + more
    if drawn.final is not None:
        scale = torch.tensor(drawn.final)
        h = h * torch.exp(scale[:2]) + scale[2:]
        log_det = log_det + scale[:2].sum()
    return (log_det - 0.5 * (h**2).sum(1) - math.log(2 * math.pi)).numpy(), h.numpy()


@pytest.mark.parametrize("scales", [True, False])
def test_maps_give_the_engines_density(scales: bool) -> None:
    target = registry.TARGETS["moons"].load()
    drawn = drawing(5, 2, scales, size=0.3)
    x = target.sample(2000, np.random.default_rng(0))
    maps = handmade.maps_of(drawn, "moons")
    expected, z = by_torch(drawn, target, x)
    np.testing.assert_allclose(evaluate.encode(maps, x)[0], z, atol=1e-6)
    np.testing.assert_allclose(evaluate.log_prob(maps, x), expected, atol=1e-6)
    back, _ = evaluate.decode(maps, evaluate.encode(maps, x)[0])
    np.testing.assert_allclose(back, x, atol=1e-9)


def test_beyond_the_knots_s_stays_and_t_goes_on_straight() -> None:
    t, s = 0.4 * U, np.tanh(U)
    (layer,) = handmade.maps_of(Drawing((DrawnLayer(0, t, s),)), "banana").layers
    u = np.array([-30.0, -3.75, 0.0, 3.75, 30.0])
    rows = evaluate.rows_at(layer.knots, layer.tables, u)
    np.testing.assert_allclose(rows[0], np.tanh(np.clip(u, -3.75, 3.75)), atol=1e-12)
    np.testing.assert_allclose(rows[1], 0.4 * u, atol=1e-9)
    assert (layer.knots * 2048 == np.rint(layer.knots * 2048)).all(), "the codec's grid"


def test_a_parabola_and_a_final_scale_are_the_banana() -> None:
    target = registry.TARGETS["banana"].load()
    final = (0.0, -math.log(target.sd), 0.0, 0.0)
    gap, error = handmade.gap(handmade.maps_of(parabola(final), "banana"), "banana")
    assert abs(gap) < 3 * error + 1e-3
    without, _ = handmade.gap(handmade.maps_of(parabola(), "banana"), "banana")
    # An additive layer cannot change the spread 0.53 to 1: KL(N(0, v) | N(0, 1)) is left.
    v = target.sd**2
    assert without == pytest.approx(0.5 * (v - 1 - math.log(v)), abs=0.02)


def test_an_additive_layer_keeps_every_area() -> None:
    maps = handmade.maps_of(parabola(), "banana")
    _, log_det = evaluate.forward(maps.layers[0], np.random.default_rng(0).normal(size=(100, 2)))
    assert (log_det == 0).all()


def test_a_drawing_is_a_run_file_like_any_other() -> None:
    drawn = drawing(2, 2, scales=False, size=0.3)
    hello, frames = runfile.load(handmade.run_file(drawn, "moons"))
    assert RunSpec.from_json(hello["spec"]) == handmade.spec_of(drawn, "moons")
    layers = len(handmade.alternating(drawn))
    flow = FlowSpec(coupling="additive", layers=layers, hidden=(handmade.WIDTH,))
    assert handmade.spec_of(drawn, "moons").flow == flow
    assert hello["spec"]["start"] == handmade.to_token(drawn)
    assert hello["made_by"].endswith(handmade.to_token(drawn))
    _, header, maps = codec.decode_frame(frames[0])
    expected, _ = handmade.gap(handmade.maps_of(drawn, "moons"), "moons")
    assert (header["gap"], header["status"]) == (pytest.approx(expected), "done")
    assert maps is not None
    x = registry.TARGETS["moons"].load().sample(500, np.random.default_rng(1))
    ours = evaluate.log_prob(handmade.maps_of(drawn, "moons"), x)
    np.testing.assert_allclose(evaluate.log_prob(maps, x), ours, atol=5e-3)


def test_the_gain_of_the_best_first_layer_on_eight_gaussians() -> None:
    """By quadrature of the plane, and from the mixture's own conditional moments on a line."""
    target = registry.TARGETS["eight_gaussians"].load()
    centres, sd = target.means / target.scale, 0.5 / 1.414 / target.scale
    b = np.linspace(-4, 4, 40_001)
    weight = np.exp(-0.5 * ((b[:, None] - centres[:, 0]) / sd) ** 2)
    p = weight.sum(1) / (8 * sd * math.sqrt(2 * math.pi))
    share = weight / np.maximum(weight.sum(1, keepdims=True), 1e-300)
    m = share @ centres[:, 1]
    v = np.where(p > 0, share @ centres[:, 1] ** 2 + sd**2 - m**2, 1)
    v = np.where(v > 0, v, 1)
    line = float(np.trapezoid(0.5 * p * (m**2 + v - 1 - np.log(v)), b))
    assert greedy.exact_gain("eight_gaussians", 1) == pytest.approx(line, abs=1e-6)
    assert line == pytest.approx(0.1930, abs=1e-4)


@pytest.mark.parametrize("target", ["eight_gaussians", "moons"])
def test_the_best_layer_gains_what_the_formula_says_and_forgetting_gains_once(target: str) -> None:
    alternate = greedy.stack(target, 3, same=False, points=60_000)
    same = greedy.stack(target, 2, same=True, points=60_000)
    first = alternate.blocks[0]
    assert first.formula == pytest.approx(greedy.exact_gain(target, 1))
    assert abs(first.measured - first.formula) < 4 * first.error
    assert first.gap == pytest.approx(alternate.start - first.measured, abs=1e-9)
    assert alternate.blocks[1].measured > 0.05
    assert abs(same.blocks[1].measured) < 0.005
    # Columns with mean 0 and spread 1: what is left of the formula is nothing.
    x, _ = handmade.heldout(target, 50_000, 7)
    maps = alternate.maps
    h = (x - maps.centre) / maps.scale
    assert greedy.estimated_gain(h, 1, bins=50) > 0.15
    after, _ = evaluate.forward(maps.layers[0], h)
    assert abs(greedy.estimated_gain(after, 1, bins=50)) < 0.01
    assert (after[:, 0] == h[:, 0]).all()
