"""Scene "theorem 3.1 as a chain": every link holds, both sides are those of numpy, drags."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.divergencespage import MATHS, drag, look_at, opened

LINKS = ("pinsker", "event", "radius", "moment", "seen", "whole")
KINDS = ("kl", "reverse_kl", "pearson", "hellinger", "js")
NX, NY = 128, 64


@pytest.fixture
def page(new_page: NewPage, assets_url: str) -> Page:
    return opened(new_page, assets_url)


def test_no_link_breaks_on_random_laws_events_and_radii(page: Page) -> None:
    told = page.evaluate(
        f"""async (names) => {{
          const m = await import('{MATHS}/chain.js');
          const {{ normals }} = await import('/stage/lessons/universality/distances.js');
          const draws = normals(2000, 5).map((z) => 0.5 + 0.5 * Math.tanh(z));
          let at = 0;
          const u = (low, high) => low + (high - low) * draws[at++];
          const p = m.truth();
          return Array.from({{ length: 200 }}, (_, k) => {{
            const low = u(-3.4, 2.4);
            const q = m.disturbed(p, u(0.01, 0.6), u(-7, 7), u(-3.4, 3.4));
            const what = {{ p, q, name: names[k % names.length], event: [low, low + u(0.3, 5)],
              R: u(0.3, 7), a: u(0.3, 4), e: u(0.01, 1) }};
            return m.links(what).links;
          }});
        }}""",
        list(KINDS),
    )
    for links in told:
        assert set(links) == set(LINKS)
        for name, (left, right) in links.items():
            assert 0 <= left <= right * (1 + 1e-9) + 1e-12, name
    tight = {name: min(one[name][1] / max(one[name][0], 1e-9) for one in told) for name in LINKS}
    assert tight["pinsker"] < 1.2 and tight["event"] < 1.05, "some come close to equality"


def laws(page: Page, share: float, bx: float, by: float) -> tuple[Any, Any, Any]:
    """P, Q and the places of x, as arrays (y, x)."""
    flat = page.evaluate(
        f"""async ([share, bx, by]) => {{
          const m = await import('{MATHS}/chain.js');
          const p = m.truth();
          return [Array.from(p), Array.from(m.disturbed(p, share, bx, by))];
        }}""",
        [share, bx, by],
    )
    p, q = (np.array(one).reshape(NY, NX) for one in flat)
    return p, q, -8 + (np.arange(NX) + 0.5) / 8


def test_both_sides_are_those_of_numpy(page: Page) -> None:
    found = look_at(page, "chain", bx=2.5, by=0.4, a0=-0.5, a1=1, R=2, a=1.5, e=0)["links"]
    p, q, x = laws(page, 0.15, 2.5, 0.4)
    y = -4 + (np.arange(NY) + 0.5) / 8
    assert p.sum() == pytest.approx(1, abs=1e-12) and q.sum() == pytest.approx(1, abs=1e-12)
    assert (p.sum(0) @ x) == pytest.approx(0, abs=1e-9)
    assert (p.sum(1) @ y**2) == pytest.approx(1, abs=3e-3)
    variation = np.abs(p - q).sum() / 2
    event = ((y >= -0.5) & (y <= 1))[:, None]
    masses = [(one * event).sum() for one in (p, q)]
    one, two = ((law * event).sum(0) / mass for law, mass in zip((p, q), masses, strict=True))
    inside = np.abs((p / masses[0] - q / masses[1]) * event).sum() / 2
    far = np.abs(np.cumsum(one - two)).sum() / 8
    tail = max((law * np.abs(x))[np.abs(x) > 2].sum() for law in (one, two))
    moment = max((law * np.abs(x) ** 2.5).sum() for law in (one, two))
    pinsker = math.sqrt((p * np.log(p / q)).sum() / 2)
    want = {
        "pinsker": (variation, pinsker), "event": (inside, variation / max(masses)),
        "radius": (far, 4 * inside + 2 * tail), "moment": (tail, moment * 2**-1.5),
        "seen": (0, 0), "whole": (far, 4 * pinsker / max(masses) + 2 * moment * 2**-1.5),
    }  # fmt: skip
    for name, sides in want.items():
        assert found[name] == pytest.approx(sides, abs=1e-9), name


def test_the_error_of_y_is_that_of_draws(page: Page) -> None:
    left, right = look_at(page, "chain", a0=0, a1=1, e=0.6)["links"]["seen"]
    rng = np.random.default_rng(0)
    y, error = rng.standard_normal(2_000_000), 0.6 * rng.standard_normal(2_000_000)
    inside = (y + error >= 0) & (y + error <= 1)
    assert left == pytest.approx(0.8 * np.abs(error[inside]).mean(), rel=5e-3)
    lipschitz = math.hypot(0.8, 0.5 + 0.9 * 2)
    assert right == pytest.approx(lipschitz * np.abs(error).mean() / inside.mean(), rel=5e-3)


def test_gaps_shrink_like_one_over_root_n(page: Page) -> None:
    gaps = [look_at(page, "chain", n=n)["gap"] for n in (0, 4, 8)]
    assert gaps[0] > gaps[1] > gaps[2]
    assert math.log10(gaps[0] / gaps[2]) == pytest.approx(2, abs=0.6), "10 to 100,000 draws"
    kept = page.evaluate("JSON.stringify(lesson.read())")
    assert look_at(page, "chain", n=0)["gap"] == gaps[0]
    page.evaluate("(view) => lesson.apply(JSON.parse(view))", kept)
    assert page.evaluate("JSON.stringify(lesson.read())") == kept


def test_mass_moved_far_out_of_the_event_leaves_it_alone(page: Page) -> None:
    before = look_at(page, "chain")
    expect(page.locator(".ch-link.loosest")).to_have_count(1)
    box = page.locator("[data-plot=laws]").bounding_box()
    assert box
    ways = page.evaluate(
        """() => {
          const canvas = document.querySelector('[data-plot=laws]');
          const [w, h] = [canvas.clientWidth, canvas.clientHeight];
          const at = (x, y) => [(34 + ((x + 8) / 16) * (w - 44)) / w,
            (10 + ((4 - y) / 11.6) * (h - 34)) / h];
          return [at(3.6, 0.7), at(5, 3), at(-7, 1.4), at(-7, 2)];
        }"""
    )
    drag(page, "[data-plot=laws]", ways[0], ways[1])
    page.wait_for_function("() => window.pushforward.stages[0].still")
    own = page.evaluate("lesson.read()")["own"]
    assert (own["bx"], own["by"]) == pytest.approx((5, 3), abs=0.1)
    after = page.evaluate("window.pushforward.stages[0].numbers")
    assert after["links"]["pinsker"][0] == pytest.approx(before["links"]["pinsker"][0], abs=0.01)
    assert after["links"]["radius"][0] < 0.02 < before["links"]["radius"][0]
    assert after["links"]["event"][1] > 0.3, "the promise does not know where the mass went"
    drag(page, "[data-plot=laws]", ways[2], ways[3])
    assert page.evaluate("lesson.read()")["own"]["a1"] == pytest.approx(2, abs=0.1)
    page.locator(".un-sliders:visible [data-state=share]").fill("0")
    expect(page.locator(".un-sentence:visible")).to_contain_text("P = Q")
