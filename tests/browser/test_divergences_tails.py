"""Scene 5 of the lesson "divergences": boxes beside their target, and three ways to a tail."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from scipy import integrate, optimize, stats

from pages.shell import heavytails
from pages.shell.pretrained import FOLDER
from tests.browser.conftest import NewPage
from tests.browser.divergencespage import MATHS, STAGE, drag, look_at, moving, opened, rested


@pytest.fixture
def page(new_page: NewPage, assets_url: str) -> Page:
    return opened(new_page, assets_url)


# ── support ──────────────────────────────────────────────────────────────────────────────────


def gained(name: str, v: float) -> float:
    """g_f(v), what the critic gains where there is data."""
    return v if name == "kl" else math.log(2) - math.log1p(math.exp(-v))


def paid(name: str, v: float) -> float:
    """f*(g_f(v)), what it pays where there is model."""
    return math.exp(v - 1) if name == "kl" else math.log1p(math.exp(v)) - math.log(2)


@pytest.mark.parametrize("name", ["kl", "js"])
def test_the_ceiling_is_what_the_best_clamped_critic_says(page: Page, name: str) -> None:
    cases = [(0.0, 1.0, 4.0), (0.3, 1.0, 4.0), (1.0, 1.0, 2.0), (2.5, 1.0, 4.0), (0.5, 1.0, 0.7),
             (0.0, 2.0, 4.0), (0.6, 1.7, 3.0), (0.2, 0.4, 4.0), (0.1, 1.9, 0.2)]  # fmt: skip
    for d, w, clamp in cases:
        told, loose, js, kl = page.evaluate(
            f"""async ([name, d, w, clamp]) => {{
              const boxes = await import('{MATHS}/boxes.js');
              const at = (most) => boxes.ceiling(name, d, most, w);
              return [at(clamp), at(40), boxes.trueJs(d, w), boxes.trueKl(d, w)];
            }}""",
            [name, d, w, clamp],
        )
        both = max(0.0, min(1.0, 0.5 + d + w / 2) - max(0.0, 0.5 + d - w / 2))
        real, fake = 1 - both, 1 - both / w

        def lost(v: Any, shares: Any = (real, fake, both, both / w)) -> float:
            up = shares[0] * gained(name, v[0]) + shares[2] * gained(name, v[2])
            return float(shares[1] * paid(name, v[1]) + shares[3] * paid(name, v[2]) - up)

        best = optimize.minimize(lost, np.zeros(3), bounds=[(-clamp, clamp)] * 3)
        assert told == pytest.approx(-best.fun, abs=1e-5)
        if name == "js":
            assert loose == pytest.approx(js, abs=1e-9)
        elif both == 1:
            assert loose == pytest.approx(kl, abs=1e-9) and kl == pytest.approx(math.log(w))
        else:
            assert kl == math.inf


def test_sinkhorn_of_boxes_is_a_divergence_with_its_gradient(page: Page) -> None:
    rows = page.evaluate(
        f"""async () => {{
          const {{ Sinkhorn }} = await import('{MATHS}/sinkhornline.js');
          const {{ half, quantiles }} = await import('{MATHS}/boxes.js');
          const n = 24, of = new Sinkhorn(n);
          const box = (c, w) => quantiles(c, w, new Float64Array(n));
          const target = box(0.5, 1);
          const rows = [];
          for (const blur of [0.01, 0.05, 0.3, 1, 10]) {{
            for (const [c, w] of [[0.5, 1], [3.5, 1], [1.1, 2], [0.5, 0.3]]) {{
              const {{ value, slope }} = of.divergence(target, box(c, w), blur);
              const back = of.divergence(box(c, w), target, blur).value;
              const h = 1e-4;
              const at = (dc, dw) => of.divergence(target, box(c + dc, w + dw), blur).value;
              const points = box(0, 1);
              rows.push({{ blur, c, w, value, back, exact: half(c, w),
                shift: slope.reduce((a, b) => a + b), shifted: (at(h, 0) - at(-h, 0)) / (2 * h),
                widen: slope.reduce((sum, g, i) => sum + g * points[i], 0),
                widened: (at(0, h) - at(0, -h)) / (2 * h) }});
            }}
          }}
          return rows;
        }}"""
    )
    for row in rows:
        assert row["value"] == pytest.approx(row["back"], abs=1e-3), "symmetric"
        assert row["shift"] == pytest.approx(row["c"] - 0.5, abs=1e-9), "the same at every blur"
        assert row["shift"] == pytest.approx(row["shifted"], abs=1e-6)
        assert row["widen"] == pytest.approx(row["widened"], abs=2e-3)
        if row["blur"] <= 0.05:
            assert row["value"] == pytest.approx(row["exact"], abs=5e-4), "½ W₂²"
        if row["w"] == 1:
            assert row["value"] == pytest.approx((row["c"] - 0.5) ** 2 / 2, abs=1e-9)
    wide = [row for row in rows if row["w"] == 0.3]
    pulls = [abs(row["widen"]) for row in wide]
    assert pulls[0] > 0.05 and pulls[-1] < 1e-3, "a large blur does not see the width"


def test_near_the_target_both_arrive_and_far_off_the_critic_has_no_slope(page: Page) -> None:
    near = look_at(page, "tails", d=0.5)
    covers = near["criticWidth"] / 2 - abs(near["criticAt"]) >= 0.5
    truth = math.log(near["criticWidth"]) if covers else math.inf
    assert near["done"] == 400 and near["truth"] == pytest.approx(truth)
    assert abs(near["sinkhornAt"]) < 1e-3 and abs(near["criticAt"]) < 0.02
    for loss, way in (("kl", "trick"), ("js", "saddle"), ("kl", "saddle")):
        far = look_at(page, "tails", d=4, loss=loss, way=way)
        assert abs(far["sinkhornAt"]) < 1e-3
        assert far["criticAt"] > 3 and far["boundPull"] == 0
        assert far["truth"] == (math.inf if loss == "kl" else pytest.approx(2 * math.log(2)))
        assert far["bound"] == pytest.approx(far["ceiling"], abs=1e-6)
        expect(page.locator(".un-sentence:visible")).to_contain_text("Nothing pulls")


def test_a_blur_that_is_too_large_leaves_the_width_alone(page: Page) -> None:
    sharp = look_at(page, "tails", d=1, w=0.4, blur=-2)
    soft = look_at(page, "tails", d=1, w=0.4, blur=1)
    assert sharp["sinkhornWidth"] > soft["sinkhornWidth"] + 0.1
    assert soft["sinkhornWidth"] == pytest.approx(0.4, abs=1e-2)
    assert max(abs(sharp["sinkhornAt"]), abs(soft["sinkhornAt"])) < 1e-3


def test_boxes_are_dragged_and_a_link_repeats_the_chase(page: Page) -> None:
    look_at(page, "tails", d=1)
    canvas = "canvas[data-room=main]"
    drag(page, canvas, (0.5, 0.5), ((3.5 + 1) / 7.5, 0.5))
    told = rested(page)
    view = page.evaluate("lesson.read()")
    assert view["own"]["d"] == pytest.approx(3, abs=0.03)
    look_at(page, "tails", d=1)
    page.evaluate("(view) => lesson.apply(view)", view)
    assert rested(page) == pytest.approx(told, nan_ok=True)
    page.locator(canvas).press("ArrowRight")
    rested(page)
    assert page.evaluate("lesson.read().own.d") == pytest.approx(3.05, abs=0.03)
    page.evaluate("lesson.apply({ scene: 'tails', own: { d: -7, loss: 'gan', view: 3 } })")
    rested(page)
    assert page.evaluate("lesson.read().own") == {}


def test_while_boxes_run_the_curves_under_them_stay(new_page: NewPage, assets_url: str) -> None:
    page = moving(new_page, assets_url)
    page.evaluate("(view) => lesson.apply(view)", {"scene": "tails", "own": {"d": 1.5}})
    page.wait_for_function(f"() => {STAGE}.numbers.done > 20")
    node = page.evaluate_handle("document.querySelector('.un-second svg').firstElementChild")
    mark = ".un-second svg > :last-child .ta-now"
    before = page.locator(mark).first.get_attribute("cx")
    page.wait_for_function(f"(done) => {STAGE}.numbers.done > done + 20", arg=20)
    assert node.evaluate("(g) => g.isConnected"), "curves that nothing changed stand"
    assert page.locator(mark).first.get_attribute("cx") != before
    page.evaluate("lesson.apply({ scene: 'tails', own: { d: 1.5, loss: 'js' } })")
    rested(page)
    assert not node.evaluate("(g) => g.isConnected"), "another loss has other curves"
    page.evaluate(f"window.draws = {STAGE}.draws")
    page.wait_for_timeout(400)
    assert page.evaluate(f"{STAGE}.draws - draws") == 0, "at rest nothing is drawn"


# ── tails ────────────────────────────────────────────────────────────────────────────────────


def test_survival_functions_are_scipys(page: Page) -> None:
    xs = [0.0, 0.1, 1.0, 3.0, 30.0, 1e3, 1e4]
    nus, scales = [1.0, 2.5, 7.0, 10.0], [0.1, 0.7, 2.0]
    found = page.evaluate(
        f"""async ({{ xs, nus, scales }}) => {{
          const s = await import('{MATHS}/survival.js');
          return {{ student: nus.map((nu) => xs.map((x) => s.student(x, nu))),
            unbounded: scales.map((scale) => xs.map((x) => s.unbounded(x, scale))),
            bounded: xs.map((x) => s.bounded(x, 3, 0.5)), pareto: xs.map((x) => s.pareto(x, 2.5)),
            gamma: [0.5, 1, 3.7, 40].map(s.gammaLog) }};
        }}""",
        {"xs": xs, "nus": nus, "scales": scales},
    )
    x = np.array(xs)
    for nu, told in zip(nus, found["student"], strict=True):
        np.testing.assert_allclose(told, 2 * stats.t(nu).sf(x), rtol=1e-9)
    for scale, told in zip(scales, found["unbounded"], strict=True):

        def within(z: float, at: float, scale: float = scale) -> float:
            return float(stats.norm.pdf(z) * 2 * stats.norm.sf(at * np.exp(-scale * z)))

        peaks = [math.log(max(at, 1e-3)) / scale for at in xs]
        exact = [
            integrate.quad(within, -14, 14, args=(at,), limit=400, epsabs=0, epsrel=1e-10,
                           points=[min(13.0, max(-13.0, peak))])[0]
            for at, peak in zip(xs, peaks, strict=True)
        ]  # fmt: skip
        seen = np.array(exact) > 1e-25
        np.testing.assert_allclose(np.array(told)[seen], np.array(exact)[seen], rtol=1e-6)
    np.testing.assert_allclose(
        found["bounded"], np.where(x <= 0.5, 1, 2 * stats.norm.sf((x - 0.5) / 3)), rtol=1e-8
    )
    np.testing.assert_allclose(found["pareto"], (1 + x) ** -2.5)
    np.testing.assert_allclose(
        found["gamma"], [math.lgamma(v) for v in (0.5, 1, 3.7, 40)], atol=1e-12
    )


def test_only_power_laws_are_level(page: Page) -> None:
    near, far = (look_at(page, "tails", view="tails", x=x, alpha=2, nu=3, s=1) for x in (1.5, 4))
    assert near["pareto_steep"] == pytest.approx(2) == far["pareto_steep"]
    assert far["student_steep"] == pytest.approx(3, abs=1e-2)
    assert far["unbounded_steep"] > 2 * near["unbounded_steep"]
    assert near["bounded_steep"] > 50
    expect(page.locator(".un-sentence:visible")).to_contain_text("no power law")
    canvas = "canvas[data-room=main]"
    drag(page, canvas, (0.9, 0.3), (0.5, 0.6))
    assert rested(page)["u"] == pytest.approx(100, rel=0.05)


def test_counted_draws_of_trained_flows_stand_beside(new_page: NewPage, assets_url: str) -> None:
    t = np.geomspace(0.1, 3e3, 30)
    counts = np.round(2e6 * (1 + t) ** -2.0)
    normal = np.where(t < 20, counts, 0)
    spec = {"flow": {"layers": 4}, "training": {"batch": 512}}
    runs = [
        {
            "alpha": 2.0,
            "base": base,
            "dof": dof,
            "t": t.tolist(),
            "model": model.tolist(),
            "spec": spec,
        }
        for base, dof, model in (("normal", None, normal), ("student", 2.1, counts))
    ]
    told = json.dumps({"v": 1, "samples": 1_000_000, "step": 2000, "runs": runs})
    page = opened(new_page, assets_url)
    page.route("**/pretrained/pareto-tails.json", lambda route: route.fulfill(body=told))
    page.evaluate(
        """async () => {
          const { Runs, shareAt } = await import('/stage/lessons/divergences/tails/runs.js');
          const runs = await new Promise((done) => {
            const made = new Runs('pretrained/pareto-tails.json', () => done(made));
          });
          window.flows = runs.near(2.0);
          window.share = (k, u) => shareAt(flows[k], u) ?? null;
          window.other = runs.near(3.0).length;
        }"""
    )
    assert page.evaluate("[flows.map((one) => one.base), other]") == [["normal", "student"], 0]
    assert page.evaluate("share(1, 11)") == pytest.approx(11**-2.0, rel=0.02)
    assert page.evaluate("share(0, 100)") is None, "beyond the last draw nothing is known"


def test_recorded_flows_stand_beside_their_target_alone(page: Page) -> None:
    look_at(page, "tails", view="tails", alpha=2, x=1)
    page.wait_for_function(f"() => {STAGE}.numbers.run_student_beyond !== undefined")
    rows = json.loads((FOLDER / heavytails.FILE).read_text(encoding="utf-8"))["runs"]
    for row in rows:
        if row["alpha"] != 2:
            continue
        t, counts = np.array(row["t"]), np.array(row["model"])
        share = np.interp(np.log(10), np.log1p(t), np.log(np.maximum(counts, 1) / 2e6))
        told = rested(page)[f"run_{row['base']}_beyond"]
        assert told == pytest.approx(np.exp(share), rel=1e-9)
    made = page.locator(".ta-made")
    expect(made).to_contain_text("4 affine couplings, by maximum likelihood on 1,024,000 Pareto")
    expect(made).to_contain_text("VINA")
    row_ = page.locator("[data-row=run_normal]")
    expect(row_).to_contain_text("α = 2: 2,000,000 draws")
    look_at(page, "tails", view="tails", alpha=2, x=4)
    expect(row_).to_contain_text("no draw")
    look_at(page, "tails", view="tails", alpha=2.5, x=1)
    expect(row_).to_be_hidden()
    look_at(page, "tails")
    expect(made).to_be_hidden()
