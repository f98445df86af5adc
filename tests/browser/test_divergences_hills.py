"""The lesson "divergences": six divergences against closed forms, two hills, links, drags."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.divergencespage import MATHS, STAGE, drag, look_at, opened, rested

#: N(0, 1) against N(1, 1), each in closed form or by quadrature of its definition.
VALUES = {
    "kl": 0.5, "reverse_kl": 0.5, "pearson": math.e - 1, "hellinger": 2 - 2 * math.exp(-1 / 8),
    "js": 0.222843, "gan": 0.222843 - math.log(4),
}  # fmt: skip
KINDS = ("kl", "reverse_kl", "js", "sinkhorn")
HALF = 4.6


@pytest.fixture
def page(new_page: NewPage, assets_url: str) -> Page:
    return opened(new_page, assets_url)


def test_the_six_are_their_closed_forms_and_their_best_critic_attains_them(page: Page) -> None:
    found = page.evaluate(
        f"""async () => {{
          const {{ DIVERGENCES }} = await import('{MATHS}/fdivergences.js');
          const {{ logNormal, CLOSED }} = await import('{MATHS}/gauss.js');
          const {{ divergence, integral, middles }} = await import('{MATHS}/grid.js');
          const cells = middles(-14, 15, 2000);
          const [p, q] = [{{ mean: 0, sd: 1 }}, {{ mean: 1, sd: 1 }}];
          const odd = [{{ mean: 0.3, sd: 1.2 }}, {{ mean: -0.8, sd: 1.7 }}];
          return Object.fromEntries(Object.entries(DIVERGENCES).map(([name, rule]) => {{
            const [lp, lq] = [p, q].map(logNormal);
            const attained = integral(cells, (x) => {{
              const v = rule.optimal(lp(x) - lq(x));
              return Math.exp(lp(x)) * rule.activation(v)
                - Math.exp(lq(x)) * rule.conjugate(rule.activation(v));
            }});
            const rows = [0.05, 0.4, 1, 1.7, 30].map((u) => {{
              const v = rule.optimal(Math.log(u));
              const h = 1e-5;
              const slope = (of, at) => (of(at + h) - of(at - h)) / (2 * h);
              return {{
                T: rule.activation(v) - rule.slope(u), slope: slope(rule.f, u) - rule.slope(u),
                equal: rule.f(u) + rule.conjugate(rule.slope(u)) - u * rule.slope(u),
                ratio: rule.logRatio(rule.slope(u)) - Math.log(u),
                dual: rule.dual(v) - rule.conjugate(rule.activation(v)),
                rise: slope(rule.activation, v) - rule.rise(v),
                fall: slope(rule.dual, v) - rule.fall(v),
                point: rule.integrand(Math.log(u), 0.3 * u, 0.3) - 0.3 * rule.f(u),
              }};
            }});
            const [a, b] = odd.map(logNormal);
            const closed = CLOSED[name] ? CLOSED[name](...odd) - divergence(rule, cells, a, b) : 0;
            return [name, {{ value: divergence(rule, cells, lp, lq), attained, closed, rows }}];
          }}));
        }}"""
    )
    assert list(found) == list(VALUES)
    for name, told in found.items():
        assert told["value"] == pytest.approx(VALUES[name], abs=1e-6), name
        assert told["attained"] == pytest.approx(told["value"], abs=1e-9), name
        assert told["closed"] == pytest.approx(0, abs=1e-9), name
        for row in told["rows"]:
            assert {k: v for k, v in row.items() if abs(v) > 2e-6 * (1 + 30)} == {}, name


def mixture(w: float, d: float, s: tuple[float, float]) -> tuple[Any, Any]:
    """Mean and covariance of two round hills on a horizontal line."""
    weights, places = np.array([w, 1 - w]), np.array([[-d / 2, 0], [d / 2, 0]])
    mean = weights @ places
    cov = sum(
        one * (np.eye(2) * sd**2 + np.outer(x - mean, x - mean))
        for one, sd, x in zip(weights, s, places, strict=True)
    )
    return mean, cov


def cov_of(model: dict[str, float]) -> Any:
    root = np.array([[model["l11"], 0], [model["l21"], model["l22"]]])
    return root @ root.T


def test_forward_kl_copies_mean_and_covariance_and_every_fit_is_best_by_its_own_price(
    page: Page,
) -> None:
    models = rested(page)["models"]
    mean, cov = mixture(0.55, 5.2, (0.7, 0.9))
    assert np.array([models["kl"]["m1"], models["kl"]["m2"]]) == pytest.approx(mean, abs=1e-3)
    assert cov_of(models["kl"]) == pytest.approx(cov, abs=1e-3)
    for kind in KINDS:
        assert models[kind][kind] == min(models[other][kind] for other in KINDS)
    assert models["reverse_kl"]["on"] == "two" and models["kl"]["on"] == "both"
    assert models["reverse_kl"]["m1"] == pytest.approx(2.6, abs=0.05)
    assert abs(models["sinkhorn"]["m1"] - mean[0]) < 0.02
    assert models["reverse_kl"]["reverse_kl"] == pytest.approx(math.log(1 / 0.45), abs=0.01)
    expect(page.locator(".un-sentence:visible")).to_contain_text("least on the diagonal")
    expect(page.locator(".dv-table td.best")).to_have_count(4)


def test_with_one_hill_all_four_agree(page: Page) -> None:
    models = look_at(page, "hills", d=0, s1=0.9, s2=0.9)["models"]
    for kind in KINDS:
        near = 0.05 if kind == "sinkhorn" else 1e-3  # blur 0.32, 64 points for each law
        assert cov_of(models[kind]) == pytest.approx(0.81 * np.eye(2), abs=near), kind
        assert models[kind]["kl"] == pytest.approx(0, abs=near)


def test_the_start_decides_where_reverse_kl_falls_and_a_drag_moves_it(page: Page) -> None:
    rested(page)
    place = (1 + 0.4 / HALF) / 2, (1 - 1.2 / HALF) / 2
    other = (1 - 1.6 / HALF) / 2, (1 - 0.6 / HALF) / 2
    drag(page, "[data-panel=kl]", place, other)
    models = rested(page)["models"]
    assert models["reverse_kl"]["on"] == "one" and models["kl"]["on"] == "both"
    own = page.evaluate("lesson.read()")["own"]
    assert (own["mx"], own["my"]) == pytest.approx((-1.6, 0.6), abs=0.05)
    hill = (1 + 2.6 / HALF) / 2, 0.5
    drag(page, "[data-panel=js]", hill, ((1 + 1.5 / HALF) / 2, (1 - 1.5 / HALF) / 2))
    rested(page)
    own = page.evaluate("lesson.read()")["own"]
    assert own["d"] == pytest.approx(2 * math.hypot(1.5, 1.5), abs=0.1)
    assert own["turn"] == pytest.approx(45, abs=2)


def test_a_link_shows_the_same_picture_and_reset_goes_back(page: Page) -> None:
    picture = "document.querySelector('[data-panel=reverse_kl]').toDataURL()"
    first, plain = rested(page), page.evaluate(picture)
    look_at(page, "hills", mx=-1.5, my=0.4, w=0.3, blur=0.2)
    kept, there = page.evaluate("JSON.stringify(lesson.read())"), page.evaluate(picture)
    page.locator(".un-beside:visible [data-do=reset]").click()
    assert rested(page) == first and page.evaluate(picture) == plain
    page.evaluate("(view) => lesson.apply(JSON.parse(view))", kept)
    rested(page)
    assert page.evaluate(picture) == there != plain
    assert page.evaluate("JSON.stringify(lesson.read())") == kept


def test_much_blur_leaves_the_spread_or_collapses_it(page: Page) -> None:
    soft = look_at(page, "hills", blur=2.2)["models"]["sinkhorn"]
    mean, _ = mixture(0.55, 5.2, (0.7, 0.9))
    assert soft["m1"] == pytest.approx(mean[0], abs=0.02)
    assert cov_of(soft) == pytest.approx(0.64 * np.eye(2), abs=0.1), "the spread of the start"
    point = look_at(page, "hills", blur=1.2, bias="on")["models"]["sinkhorn"]
    assert point["m1"] == pytest.approx(mean[0], abs=0.02)
    assert np.abs(cov_of(point)).max() < 1e-3
    expect(page.locator(".un-sentence:visible")).to_contain_text("collapses to the mean")


def test_sinkhorn_is_zero_on_itself_symmetric_and_half_of_w2_squared(page: Page) -> None:
    told = page.evaluate(
        f"""async () => {{
          const m = await import('{MATHS}/sinkhorn.js');
          const n = 60;
          const even = new Float64Array(n).fill(-Math.log(n));
          const x = m.sunflower(n);
          const y = x.map((value, i) => (i % 2 ? 1.5 * value : 0.7 * value + 1));
          const of = (a, b, epsilon) => m.divergence(a, even, b, even, epsilon, {{ count: 300 }});
          return {{ same: of(x, x, 0.1), there: of(x, y, 0.1), back: of(y, x, 0.1),
            sharp: of(x, y, 0.001) }};
        }}"""
    )
    assert told["same"] == pytest.approx(0, abs=1e-4)
    assert told["there"] == pytest.approx(told["back"], rel=1e-4)
    assert told["sharp"] == pytest.approx(0.5 * (1 + 0.3**2 + 0.5**2), rel=1e-3)


def test_keys_and_explanations(page: Page) -> None:
    rested(page)
    page.keyboard.press("e")
    expect(page.locator(".un-notes li")).to_have_count(3)
    page.keyboard.press("e")
    page.keyboard.press("r")
    rested(page)
    page.locator("[data-panel=kl]").focus()
    page.keyboard.press("ArrowLeft")
    rested(page)
    assert page.evaluate("lesson.read()")["own"]["mx"] == pytest.approx(0.3)
    page.keyboard.press("2")
    assert page.evaluate(f"{STAGE}.scene") == "critic"
