"""The JavaScript of "change of variables": areas by quadrature, bases, maps, determinants."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page
from scipy import stats

MAPS = 500
BASES = {
    "normal": stats.norm(),
    "uniform": stats.uniform(-np.sqrt(3), 2 * np.sqrt(3)),
    "logistic": stats.logistic(scale=np.sqrt(3) / np.pi),
    "student": stats.t(3),
}
WHERE = "/stage/lessons/change_of_variables"

#: For each map: area, forgotten area, mean slope, by quadrature.
AREAS = """
  return given.maps.map(([z, x]) => {
    const [base, chain] = [m.BASES[given.name], [new m.MonotoneMap(z, x)]];
    return [m.area(base, chain), m.area(base, chain, true), m.meanSlope(base, chain)]
      .map((result) => result.value);
  });
"""


@pytest.fixture(scope="module")
def page(chromium: Browser, assets_url: str) -> Iterator[Page]:
    made = chromium.new_page()
    made.goto(assets_url)
    yield made
    made.close()


def random_maps(n: int, seed: int = 0) -> list[tuple[list[float], list[float]]]:
    """Knots with slopes from 1/20 to 20 and gaps from 0.1 to 1.5, anywhere near the middle."""
    rng = np.random.default_rng(seed)
    maps = []
    for _ in range(n):
        gaps = rng.uniform(0.1, 1.5, rng.integers(2, 9))
        rises = gaps * np.exp(rng.uniform(-3, 3, len(gaps)))
        z = rng.uniform(-4, 0) + np.concatenate([[0], gaps.cumsum()])
        x = rng.uniform(-4, 0) + np.concatenate([[0], rises.cumsum()])
        maps.append((z.tolist(), x.tolist()))
    return maps


def ask(page: Page, code: str, given: Any = None) -> Any:
    """Run ``code`` with the lesson's modules as ``m``."""
    names = ("bases", "monotone", "chain", "plane", "panel", "linear")
    loads = ", ".join(f"await import('{WHERE}/{name}.js')" for name in names)
    return page.evaluate(
        f"async (given) => {{ const m = Object.assign({{}}, {loads}); {code} }}", given
    )


@pytest.mark.parametrize("name", list(BASES))
def test_area_is_1_for_random_maps_and_mean_slope_without_the_derivative(
    page: Page, name: str
) -> None:
    found = ask(page, AREAS, {"name": name, "maps": random_maps(MAPS)})
    area, forgotten, slope = np.array(found).T
    assert len(area) == MAPS
    print(f"{name}: worst |area - 1| = {np.abs(area - 1).max():.1e}")
    assert np.abs(area - 1).max() < 1e-6
    assert np.abs(forgotten / slope - 1).max() < 1e-6
    assert np.abs(forgotten - 1).max() > 1, "the maps are all near the identity"


@pytest.mark.parametrize("name", list(BASES))
def test_mean_slope_against_quantiles(page: Page, name: str) -> None:
    """E[f′(Z)] from scipy's quantiles and f alone: neither f′ nor a density of ours takes part."""
    share = np.linspace(0, 1, 8_001)[1:-1]
    edges = BASES[name].ppf(share)
    for z, x in random_maps(3, seed=1):
        code = """
          const map = new m.MonotoneMap(...given.knots);
          const { value } = m.area(m.BASES[given.name], [map], true);
          return { value, at: given.edges.map((z) => map.forward(z)) };
        """
        got = ask(page, code, {"knots": [z, x], "name": name, "edges": edges.tolist()})
        middle = (np.diff(got["at"]) / np.diff(edges)).mean()
        assert got["value"] == pytest.approx(middle, rel=5e-3)


@pytest.mark.parametrize("name", list(BASES))
def test_bases_are_scipys(page: Page, name: str) -> None:
    z = np.linspace(-9, 9, 181).tolist()
    share = [1e-6, 0.01, 0.025, 0.3, 0.5, 0.9, 0.999]
    code = """
      const base = m.BASES[given.name];
      return [given.z.map(base.density), given.z.map(base.cdf), given.share.map(base.quantile)];
    """
    density, cdf, quantile = ask(page, code, {"name": name, "z": z, "share": share})
    law = BASES[name]
    np.testing.assert_allclose(density, law.pdf(z), rtol=1e-10, atol=1e-300)
    np.testing.assert_allclose(cdf, law.cdf(z), rtol=1e-10, atol=1e-15)
    np.testing.assert_allclose(quantile, law.ppf(share), rtol=1e-9, atol=1e-12)


def test_slices_hold_one_fortieth_each(page: Page) -> None:
    code = "return Object.values(m.BASES).map((b) => m.sliceEdges(b).map((z) => b.cdf(z)));"
    for shares in ask(page, code):
        np.testing.assert_allclose(np.diff(shares), 1 / 40, atol=1e-12)


def points_of(page: Page, knots: Any, z: NDArray[Any]) -> NDArray[Any]:
    code = """
      const map = new m.MonotoneMap(...given.knots);
      return given.z.map((z) => {
        const x = map.forward(z);
        return [x, map.slope(z), map.inverse(x)];
      });
    """
    return np.array(ask(page, code, {"knots": knots, "z": z.tolist()}))


def test_maps_rise_smoothly_and_come_back(page: Page) -> None:
    for knots in random_maps(8, seed=2):
        z = np.sort(np.concatenate([np.linspace(-9, 12, 601), knots[0]]))
        x, slope, home = points_of(page, knots, z).T
        assert (np.diff(x)[np.diff(z) > 0] > 0).all() and (slope > 0).all()
        # Backwards the error is that of x, 1e-14, over the slope.
        assert (np.abs(home - z) * np.minimum(1, slope)).max() < 1e-11
        step = 1e-6
        ahead, behind = (points_of(page, knots, z + d)[:, 0] for d in (step, -step))
        # A kink would show as a jump of the difference quotient, a wrong slope everywhere.
        np.testing.assert_allclose((ahead - behind) / (2 * step), slope, rtol=2e-3, atol=1e-7)
        np.testing.assert_allclose(points_of(page, knots, np.array(knots[0]))[:, 0], knots[1])


@pytest.mark.parametrize(
    "x", [[-2, -1, 1.4, 0.2, 2], [-2, -1, 0.3, 1.9, -0.5], [0.5, -1, 0, 1, 2], [-2, -1, 2, 1, 0]]
)
def test_a_map_that_turns_back_names_two_z_with_one_x(page: Page, x: list[float]) -> None:
    code = """
      const map = new m.MonotoneMap([-2, -1, 0, 1, 2], given);
      const hit = m.collision(map, -4, 4);
      return { turns: map.turnsBack, z: hit.z, x: hit.x, at: hit.z.map((z) => map.forward(z)) };
    """
    got = ask(page, code, x)
    assert got["turns"]
    assert got["z"][1] - got["z"][0] > 0.1
    np.testing.assert_allclose(got["at"], got["x"], atol=5e-3)


def test_a_flat_piece_is_refused_too_and_a_rising_one_is_not(page: Page) -> None:
    code = "return given.map((x) => new m.MonotoneMap([-1, 0, 1], x).turnsBack);"
    assert ask(page, code, [[-1, 0, 0.01], [-1, 0, 0.03]]) == [True, False]


def test_stacked_maps_multiply_their_slopes(page: Page) -> None:
    code = """
      const maps = given.map((knots) => new m.MonotoneMap(...knots));
      const base = m.BASES.logistic;
      const image = (z) => maps.reduce((h, map) => map.forward(h), z);
      return [-1.3, 0.2, 2.5].map((z) => {
        const way = m.follow(base, maps, z);
        return {
          z, slopes: way.slopes, logp: way.logp, home: m.back(maps, image(z)),
          numeric: (image(z + 1e-6) - image(z - 1e-6)) / 2e-6,
          density: m.density(base, maps, image(z)), area: m.area(base, maps).value,
        };
      });
    """
    for way in ask(page, code, random_maps(5, seed=3)):
        assert np.prod(way["slopes"]) == pytest.approx(way["numeric"], rel=1e-4)
        assert way["logp"][0] - way["logp"][-1] == pytest.approx(np.log(way["slopes"]).sum())
        assert way["density"] == pytest.approx(np.exp(way["logp"][-1]), rel=1e-9)
        assert way["home"] == pytest.approx(way["z"], abs=1e-9)
        assert way["area"] == pytest.approx(1, abs=1e-6)


def test_the_check_panels_closed_form_and_round_trip(page: Page) -> None:
    code = """
      return given.flatMap((knots) => Object.values(m.BASES).map((base) => {
        const maps = [new m.MonotoneMap(...knots)];
        return [m.straightError(base, maps), m.roundTrip(maps)];
      }));
    """
    assert np.max(ask(page, code, random_maps(10, seed=4))) < 1e-11


def test_jacobians_in_closed_form(page: Page) -> None:
    code = """
      return Object.entries(m.BENDS).map(([name, bend]) => given.map((z) => {
        const step = 1e-6;
        const column = (dx, dy) => {
          const [a, b] = [1, -1].map((s) => bend.forward([z[0] + s * dx, z[1] + s * dy]));
          return [(a[0] - b[0]) / (2 * step), (a[1] - b[1]) / (2 * step)];
        };
        const [one, two] = [column(step, 0), column(0, step)];
        const near = m.zoomed(bend, z, 1e-3);
        return { J: bend.jacobian(z), numeric: [[one[0], two[0]], [one[1], two[1]]], name,
          det: near.det, ratio: near.ratio };
      }));
    """
    points = np.random.default_rng(5).normal(0, 1.2, (25, 2)).tolist()
    for found in ask(page, code, points):
        for at in found:
            np.testing.assert_allclose(at["J"], at["numeric"], rtol=1e-6, atol=1e-8)
            assert at["ratio"] == pytest.approx(at["det"], rel=1e-4)
            assert at["det"] > 0
            if at["name"] == "swirl":
                assert at["det"] == pytest.approx(1, abs=1e-12)


def test_determinants_and_what_they_cost(page: Page) -> None:
    rng = np.random.default_rng(6)
    for size in range(2, 9):
        matrix = rng.normal(size=(size, size))
        matrix[0, 0] = 0  # elimination has to swap rows
        code = "return [m.fullDet(given), m.triangularDet(given), m.costs(given.length)];"
        full, _, costs = ask(page, code, matrix.tolist())
        assert full["value"] == pytest.approx(np.linalg.det(matrix), rel=1e-9)
        assert full["count"] == costs["full"] == (size**3 - size) / 3 + size - 1
        _, triangular, costs = ask(page, code, np.tril(matrix + 1).tolist())
        assert triangular["value"] == pytest.approx(np.prod(np.diag(matrix + 1)))
        assert triangular["count"] == costs["triangular"] == size - 1


def test_the_linear_rule_is_the_closed_form(page: Page) -> None:
    matrices = np.random.default_rng(7).normal(size=(20, 2, 2)).tolist()
    assert np.max(ask(page, "return given.map((A) => m.closedForm(A));", matrices)) < 1e-10
