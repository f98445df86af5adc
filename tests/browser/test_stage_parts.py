"""The stage's parts that are mathematics: points, grid, dots, windows, the timeline."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page
from scipy import stats

from inn_core.maps import codec
from inn_core.results import LayerMap
from tests.browser.assetserver import ASSETS
from tests.maps import mapcases

STAGE = ASSETS / "stage"


@pytest.fixture(scope="module")
def page(chromium: Browser, assets_url: str) -> Iterator[Page]:
    made = chromium.new_page()
    made.goto(assets_url)
    yield made
    made.close()


def points_of(page: Page, base: list[Any]) -> np.ndarray:
    flat = page.evaluate(
        """async (base) => {
          const { latentPoints, toBase } = await import('/stage/points.js');
          const normal = latentPoints(4000);
          return [...normal, ...toBase(normal, base, new Float64Array(normal.length))];
        }""",
        base,
    )
    return np.reshape(flat, (2, 4000, 2))


def test_latent_points_are_an_even_sample_of_the_normal(page: Page) -> None:
    z = points_of(page, ["normal"])[0]
    # A random sample of 4,000 is off by 0.016 (sd) in mean and 0.022 in variance; these are even.
    assert np.abs(z.mean(0)).max() < 0.01
    assert np.abs(z.var(0) - 1).max() < 0.03
    for part in (z, z[:1000]):  # every prefix is even too: thumbnails show the first thousand
        radius = stats.kstest(0.5 * (part**2).sum(1), "expon").statistic
        angle = stats.kstest(np.arctan2(part[:, 1], part[:, 0]) / (2 * np.pi) % 1, "uniform")
        assert max(radius, angle.statistic) < 0.6 / np.sqrt(len(part))


@pytest.mark.parametrize("nu", [1.7, 3.0, 30.0])
def test_student_points_are_quantiles(page: Page, nu: float) -> None:
    z, t = points_of(page, ["student", nu])
    wanted = stats.t.ppf(stats.norm.cdf(z), nu)
    assert np.allclose(t, wanted, rtol=2e-3, atol=2e-4)


GRID = """
async ({ frame, rounds }) => {
  const { decodeFrame } = await import('/stage/codec.js');
  const { StageFlow } = await import('/stage/flow.js');
  const { Grid } = await import('/stage/grid.js');
  const bytes = Uint8Array.from(atob(frame), (letter) => letter.charCodeAt(0));
  const flow = new StageFlow((await decodeFrame(bytes)).flow);
  const grid = new Grid(3);
  for (let i = 0; i < rounds; i++) grid.update(flow, 1);
  // The true curves, 40 points between any two vertices.
  const m = 40;
  const z = [];
  const old = grid.states[0];
  for (let i = 0; i < grid.n; i++) {
    if ((i + 1) % grid.vertices === 0) continue;
    for (let k = 0; k < m; k++) {
      const t = (k + 0.5) / m;
      for (const a of [0, 1]) z.push(old[2 * i + a] + t * (old[2 * i + 2 + a] - old[2 * i + a]));
    }
  }
  const states = Array.from({ length: flow.depth + 1 }, () => Float64Array.from(z));
  flow.decodeStates(states);
  return { vertices: grid.vertices, at: [...grid.at], ends: [...grid.states[flow.depth]],
    latent: [...old], fine: [...states[flow.depth]], m };
}
"""


def bent(kind: str, seed: int) -> LayerMap:
    """A layer whose curves are waves, about as strong as a trained one's."""
    layer = mapcases.layer(kind, seed)
    u = np.arange(-7, 7.25, 0.25)
    rng = np.random.default_rng(seed)
    rows = [rng.uniform(0.2, 0.7) * np.sin(rng.uniform(0.5, 1.5) * u + k) for k in range(14)]
    return replace(layer, knots=u, tables=np.stack(rows[: len(layer.tables)]))


@pytest.mark.parametrize("kinds", [("affine0", "affine1") * 2, ("spline0", "spline1") * 2])
def test_grid_vertices_go_where_the_flow_bends(page: Page, kinds: tuple[str, ...]) -> None:
    maps = replace(mapcases.maps(2, ()), layers=tuple(bent(k, i) for i, k in enumerate(kinds)))
    frame = base64.b64encode(codec.encode_frame(mapcases.snapshot(maps))).decode()

    def worst(rounds: int) -> float:
        grid = page.evaluate(GRID, {"frame": frame, "rounds": rounds})
        ends = np.reshape(grid["ends"], (-1, grid["vertices"], 2))
        fine = np.reshape(grid["fine"], (len(ends), grid["vertices"] - 1, grid["m"], 2))
        a, b = ends[:, :-1, None], ends[:, 1:, None]
        along = ((fine - a) * (b - a)).sum(-1) / np.maximum(((b - a) ** 2).sum(-1), 1e-12)
        foot = a + np.clip(along, 0, 1)[..., None] * (b - a)
        at = np.reshape(grid["at"], (-1, grid["vertices"]))
        assert (np.diff(at) > 0).all()  # vertices never overtake each other
        assert (at[:, 0] == 0).all() and (at[:, -1] == 1).all()
        away = np.hypot(*np.moveaxis(fine - foot, -1, 0))
        return float(np.quantile(away.max(-1), 0.99) / np.ptp(ends, axis=(0, 1)).max())

    even, settled = worst(1), worst(8)
    assert settled < 0.006, (even, settled)  # of the picture's width: a few pixels at worst
    assert settled < 0.7 * even


def test_a_dot_covers_its_area_wherever_it_lies(page: Page) -> None:
    sums = page.evaluate(
        """async () => {
          const { makeSprite } = await import('/stage/raster.js');
          return [[1.45, 0], [2.9, 0], [2.3, 0.95]].map(([radius, ring]) => {
            const { starts, covers } = makeSprite(radius, ring, 100);
            return Array.from({ length: starts.length - 1 }, (_, o) =>
              covers.slice(starts[o], starts[o + 1]).reduce((sum, c) => sum + c / 255, 0));
          });
        }"""
    )
    areas = [np.pi * 1.45**2, np.pi * 2.9**2, 2 * np.pi * 2.3 * 0.95]
    for found, area in zip(sums, areas, strict=True):
        assert len(found) == 16
        # A dot that glides must not flicker: hardly any spread, and nearly the true area.
        assert np.ptp(found) < 0.04 * area
        assert abs(np.mean(found) / area - 1) < 0.06


def test_stamps_stay_inside_and_lines_take_the_maximum(page: Page) -> None:
    seen = page.evaluate(
        """async () => {
          const { Raster, makeSprite } = await import('/stage/raster.js');
          const raster = new Raster(document.createElement('canvas'));
          raster.resize(40, 30);
          raster.begin();
          const sprite = makeSprite(2, 0, 40);
          const view = { x: 0, y: 0, k: 1, px: 20, py: 15 };
          const wild = Float64Array.from([NaN, 0, Infinity, 0, -1e9, 3, 19.9, 0, 0, -15, 5, 5]);
          raster.stamp(wild, 6, view, sprite, 0xff000000 | 0, 256);
          const dark = () => raster.pixels.reduce((n, p) => n + ((p & 255) < 128), 0);
          const dots = dark();
          raster.begin();
          for (let i = 0; i < 9; i++) raster.line(-1e4, 15, 1e4, 15, 0.5, 100);
          raster.line(0, NaN, 20, 20, 0.5, 100);
          const covered = [...raster.coverage].filter((c) => c > 0);
          raster.ink(0xff000000 | 0);
          return { dots, covered, left: Math.max(...raster.coverage),
            greys: [...new Set([...raster.pixels].map((p) => p & 255))] };
        }"""
    )
    assert 9 <= seen["dots"] <= 16  # one dot of the six is inside
    assert len(seen["covered"]) == 40 and set(seen["covered"]) == {100}
    assert seen["left"] == 0
    assert sorted(seen["greys"])[-1] == 255 and len(seen["greys"]) == 2


def test_timeline_thins_to_four_hundred_and_keeps_both_ends(page: Page) -> None:
    kept = page.evaluate(
        """async () => {
          const { Timeline } = await import('/stage/timeline.js');
          const timeline = new Timeline();
          timeline.restart(1);
          const seqs = [...Array(1500).keys()];
          for (const seq of [...seqs.slice(900), ...seqs.slice(0, 900), 5, 1499]) {
            const row = { seq, step: 10 * seq, nll: 2 };
            timeline.addRow(row);
            timeline.addFrame(new Uint8Array(1), row);
          }
          timeline.addRow({ seq: 9999, step: 9, nll: NaN });
          const frames = timeline.frames.map((frame) => frame.seq);
          return { rows: timeline.rows.map((row) => row.seq), frames,
            near: frames[timeline.nearest(5003)] };
        }"""
    )
    assert kept["rows"] == list(range(1500))
    frames = kept["frames"]
    assert len(frames) == 400 and frames == sorted(set(frames))
    assert frames[0] == 0 and frames[-1] == 1499
    assert abs(kept["near"] - 500) <= 5


def test_the_window_leaves_out_far_outliers_only(page: Page) -> None:
    window = page.evaluate(
        """async () => {
          const { fit, frame, between } = await import('/stage/windows.js');
          const points = new Float64Array(2000);
          for (let i = 0; i < 2000; i++) points[i] = i % 2 ? Math.sin(i) : 3 + 2 * Math.cos(i);
          points[0] = 5000;
          const out = {};
          between({ x: 0, y: 0, halfX: 1, halfY: 4 }, { x: 2, y: 1, halfX: 4, halfY: 1 }, 0.5, out);
          return { fit: fit(points), range: frame(points, 0, [-20, 20]), out,
            nan: fit(new Float64Array(8).fill(NaN)) };
        }"""
    )
    assert window["fit"]["x"] == pytest.approx(3, abs=0.1)
    assert 2 < window["fit"]["halfX"] < 2.6 and 1 < window["fit"]["halfY"] < 1.3
    low, high = window["range"]
    assert -1 < low < 1 and 5 < high < 7
    assert window["out"] == {"x": 1, "y": 0.5, "halfX": 2, "halfY": 2}
    assert window["nan"]["halfX"] == 3


def test_every_word_is_used_and_every_used_word_is_there() -> None:
    table = set(re.findall(r"^  (\w+): ", (STAGE / "words.js").read_text("utf-8"), re.M))
    code = "\n".join(
        path.read_text("utf-8")
        for path in [*STAGE.glob("*.js"), *STAGE.glob("extras/*.js")]
        if path.name not in {"words.js", "share.js"}  # the popover has words of its own
    )
    asked = set(re.findall(r"""(?<!this\.)(?:say\('|data-word=")(\w+)['"]""", code))
    assert asked - table == set()
    # Others are composed (`status_${…}`) or chosen by a condition; each stands somewhere by name.
    composed = (
        "status_",
        "check_",
        "_title",
        "_room",
        "key_",
        "draw_",
        "slow_",
        "explain_",
        "tool_",
        "scene_",
    )
    popover = json.loads((STAGE.parent / "text" / "en.json").read_text("utf-8"))["share"]["stage"]
    said = set(re.findall(r"""say\('(\w+)'""", (STAGE / "share.js").read_text("utf-8")))
    assert said and said - set(popover) == set()
    spoken = {key for key in table if re.search(rf"\b{key}\b", code)}
    assert {key for key in table - spoken if not any(part in key for part in composed)} == set()
