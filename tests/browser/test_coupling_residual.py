"""Residual layers in the lesson "coupling layers": arrows, a full Jacobian, a fixed point."""

from __future__ import annotations

import math

import numpy as np
from playwright.sync_api import expect

from inn_core.bijections import residual, series
from tests.browser.conftest import NewPage
from tests.browser.test_coupling_layers import ENGLISH, STAGE, open_lesson

#: The page's own functions at slopes J, draws of terms and signs, and a layer g = J x on a grid.
ASK = """async ({slopes, lengths, probes}) => {
  const c = await import('/stage/lessons/coupling_layers/contraction.js');
  const { makeLayer, forward } = await import('/stage/maps.js');
  const n = 12, knots = Float64Array.from({length: n}, (_, i) => i - 5.5);
  const [a, b, d, e] = slopes[0], table = new Float64Array(2 * n * n);
  for (let j = 0; j < n; j++) for (let i = 0; i < n; i++) {
    table[j * n + i] = a * knots[i] + b * knots[j];
    table[n * n + j * n + i] = d * knots[i] + e * knots[j];
  }
  const layer = makeLayer({kind: 'field', formula: 'field', knots, rows: 2 * n, table,
    numbers: [0, 0]});
  const z = forward(layer, Float64Array.of(1, -0.5), new Float64Array(2));
  return {
    bound: c.LIPSCHITZ, always: c.ALWAYS, on: c.GOING_ON, steps: c.iterates(layer, z),
    at: c.slopesAt(layer, [1, -0.5]),
    norms: slopes.map(c.norm), sums: slopes.map((one) => c.powerSeries(one, 20)),
    bounds: [1, 5, 20].map((terms) => c.truncationBound(terms)),
    estimates: slopes.map((one, i) => c.estimate(one, lengths[i], probes[i])),
    chance: c.roulette(slopes[0], 4000, 3),
    again: c.roulette(slopes[0], 4000, 3),
  };
}"""


def test_its_numbers_are_the_engines(new_page: NewPage, assets_url: str) -> None:
    """Series, bound, roulette and iterates against numpy, and Banach's bound for the latter."""
    page = new_page()
    page.goto(f"{assets_url}/")
    rng = np.random.default_rng(5)
    slopes = rng.standard_normal((50, 2, 2))
    slopes *= 0.85 / np.linalg.norm(slopes, 2, axis=(1, 2))[:, None, None]
    # The same draws as series.roulette makes from this seed.
    draws = np.random.default_rng(8)
    lengths = series.ALWAYS + draws.geometric(1 - series.GOING_ON, len(slopes)) - 1
    probes = draws.choice([-1.0, 1.0], slopes.shape[:-1])
    told = page.evaluate(
        ASK,
        {
            "slopes": slopes.reshape(-1, 4).tolist(),
            "lengths": lengths.tolist(),
            "probes": probes.tolist(),
        },
    )
    named = (residual.LIPSCHITZ, series.ALWAYS, series.GOING_ON)
    assert (told["bound"], told["always"], told["on"]) == named
    np.testing.assert_allclose(told["norms"], 0.85)
    for terms in (1, 7, 20):
        mine = [row[terms - 1] for row in told["sums"]]
        np.testing.assert_allclose(mine, series.power_series(slopes, terms), atol=1e-12)
    wanted = [series.truncation_bound(2, 0.9, n) for n in (1, 5, 20)]
    np.testing.assert_allclose(told["bounds"], wanted)
    estimates = series.roulette(slopes, np.random.default_rng(8))
    np.testing.assert_allclose(told["estimates"], estimates, atol=1e-12)
    exact = math.log(np.linalg.det(np.eye(2) + slopes[0]))
    chance = np.array(told["chance"])
    assert abs(chance.mean() - exact) < 4 * chance.std() / math.sqrt(len(chance))
    assert told["again"] == told["chance"]
    np.testing.assert_allclose(told["at"], slopes[0].ravel(), atol=1e-6)
    first, steps = told["steps"][1], told["steps"]
    moved = math.hypot(first["x"] - steps[0]["x"], first["y"] - steps[0]["y"])
    for n, step in enumerate(steps):
        off = math.hypot(step["x"] - 1, step["y"] + 0.5)
        assert off <= min(step["error"], series.fixed_point_bound(0.9, n, moved)) + 1e-9
    assert 3 < len(steps) <= series.iterations(0.9) and steps[-1]["error"] <= 1e-6


def test_it_stands_in_the_lesson(new_page: NewPage, assets_url: str) -> None:
    """No curves; four entries of which none is 0 by construction; the way back converges."""
    page = new_page(viewport={"width": 1440, "height": 1000}, reduced_motion="reduce")
    open_lesson(page, assets_url, "moons")
    page.locator("[data-choice=residual]").click()
    page.wait_for_function("() => !document.querySelector('.pl-series').classList.contains('off')")
    page.keyboard.press("l")
    page.wait_for_function(f"() => {STAGE}.layerPosition === 7")
    page.wait_for_function("() => document.querySelectorAll('.pl-series .sum').length === 20")
    assert page.locator(".pl-lane:visible").count() == 0
    assert page.locator(".pl-matrix .zero").count() == 0
    entries = [float(e.replace("−", "-")) for e in page.locator("[data-entry]").all_inner_texts()]
    assert 0 not in entries
    det = entries[0] * entries[3] - entries[1] * entries[2]
    said = page.inner_text("[data-say=det]")
    told = float(said.split("four: ")[1].split(". ")[0])
    assert abs(told - det) < 0.005
    assert 0 < float(said.split("here is ")[1].split(";")[0]) <= residual.LIPSCHITZ
    assert int(page.inner_text("[data-check=check_steps]")) > 3
    assert page.inner_text("[data-check=check_certified]").endswith("e−7")
    assert page.get_attribute(".pl-iterates", "d")
    page.locator("[role=tab][data-view=kinds]").click()
    expect(page.locator(".pl-kind-note").last).to_contain_text(ENGLISH["kind_gap"].split("}")[-1])
