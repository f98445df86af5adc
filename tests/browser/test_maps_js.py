"""The browser's layer maps against the numpy oracle and the engine, on random points."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page

from inn_core import registry
from inn_core.maps import codec, evaluate, runfile
from inn_core.maps.tabulate import tabulate
from inn_core.results import FlowMaps
from inn_core.specs import FlowSpec
from tests import flowcases
from tests.maps import mapcases

FRACTIONS = (1.0, 0.35)
DEPTHS = (0.0, 1.4, 3.0, 8.0)

#: All that a frame's flow says about the points, as flat lists.
SCRIPT = """
async ({ frame, points, z, fractions, depths, view }) => {
  const maps = await import('/stage/maps.js');
  const { decodeFrame } = await import('/stage/codec.js');
  const bytes = Uint8Array.from(atob(frame), (letter) => letter.charCodeAt(0));
  const { when, header, flow } = await decodeFrame(bytes);
  const xy = Float64Array.from(points.flat());
  const latent = Float64Array.from(z.flat());
  const run = (go) => {
    const logDet = new Float64Array(xy.length / 2);
    return { value: Array.from(go(logDet)), logDet: Array.from(logDet) };
  };
  const layers = flow.layers.map((layer) => fractions.map((t) => ({
    forward: run((logDet) => maps.forward(layer, xy, new Float64Array(xy.length), logDet, t)),
    inverse: run((logDet) => maps.inverse(layer, xy, xy.slice(), logDet, t)),
    jacobian: points.map(([x, y]) => Array.from(maps.jacobian(layer, x, y, t))),
  })));
  return {
    when, header, layers,
    encode: run((logDet) => maps.encode(flow, xy, undefined, logDet)),
    logProb: Array.from(maps.logProb(flow, xy)),
    trace: maps.trace(flow, xy).map((state) => Array.from(state)),
    decode: depths.map((depth) =>
      run((logDet) => maps.decodePartial(flow, latent, depth, undefined, logDet))),
    back: depths.map((depth) =>
      Array.from(maps.encodePartial(flow, maps.decodePartial(flow, latent, depth), depth))),
    ellipse: depths.map((depth) =>
      z.slice(0, 40).map((point) => maps.jacobianAt(flow, point, depth))),
    density: Array.from(maps.densityGrid(flow, view, 12, 9)),
    single: Array.from(maps.decode(flow, Float32Array.from(latent))),
  };
}
"""
VIEW = [[-3.0, 4.0], [-5.0, 2.0]]


@pytest.fixture(scope="module")
def page(chromium: Browser, assets_url: str) -> Iterator[Page]:
    made = chromium.new_page()
    made.goto(assets_url)
    yield made
    made.close()


class Worst:
    """The largest error of each quantity, relative to 1 + its size."""

    def __init__(self) -> None:
        self.errors: dict[str, float] = {}

    def see(self, name: str, mine: Any, oracle: NDArray[np.float64]) -> None:
        got = np.asarray(mine, np.float64).reshape(oracle.shape)
        assert np.isfinite(got).all(), name
        off = float((np.abs(got - oracle) / (1 + np.abs(oracle))).max())
        self.errors[name] = max(off, self.errors.get(name, 0.0))

    @property
    def worst(self) -> float:
        return max(self.errors.values())

    def __str__(self) -> str:
        return ", ".join(f"{name} {error:.0e}" for name, error in self.errors.items())


def compare(page: Page, flow: FlowMaps, seed: int) -> Worst:
    """Send a flow to the browser and compare everything with the oracle on the decoded tables."""
    frame = codec.encode_frame(mapcases.snapshot(flow), epoch=2, when=8.5)
    when, header, maps = codec.decode_frame(frame)
    assert maps is not None
    p, z = mapcases.points(seed), np.random.default_rng(seed).standard_normal((200, 2))
    said = page.evaluate(
        SCRIPT,
        {
            "frame": base64.b64encode(frame).decode(),
            "points": p.tolist(),
            "z": z.tolist(),
            "fractions": FRACTIONS,
            "depths": DEPTHS,
            "view": VIEW,
        },
    )
    assert (said["when"], said["header"]) == (when, header)
    worst = Worst()
    for layer, by_fraction in zip(maps.layers, said["layers"], strict=True):
        for t, got in zip(FRACTIONS, by_fraction, strict=True):
            for name, go in (("forward", evaluate.forward), ("inverse", evaluate.inverse)):
                value, log_det = go(layer, p, t)
                worst.see(f"{layer.formula} {name}", got[name]["value"], value)
                worst.see(f"{layer.formula} log_det", got[name]["logDet"], log_det)
            log_det = evaluate.forward(layer, p, t)[1]
            j = np.reshape(got["jacobian"], (-1, 2, 2))
            det = j[:, 0, 0] * j[:, 1, 1] - j[:, 0, 1] * j[:, 1, 0]
            worst.see(f"{layer.formula} det", det, np.exp(log_det))
            if layer.active >= 0:  # exact zeros: the passive coordinate stays
                stays = np.eye(2)[1 - layer.active]
                assert (j[:, 1 - layer.active] == stays).all()
    encoded, log_det = evaluate.encode(maps, p)
    worst.see("encode", said["encode"]["value"], encoded)
    worst.see("encode log_det", said["encode"]["logDet"], log_det)
    worst.see("log_prob", said["logProb"], evaluate.log_prob(maps, p))
    for state, mine in zip(evaluate.trace(maps, p).states, said["trace"], strict=True):
        worst.see("trace", mine, state)
    for i, depth in enumerate(DEPTHS):
        x, log_det = evaluate.decode_partial(maps, z, depth)
        worst.see("decode", said["decode"][i]["value"], x)
        worst.see("decode log_det", said["decode"][i]["logDet"], log_det)
        assert np.abs(np.reshape(said["back"][i], (-1, 2)) - z).max() < 1e-6
        ellipse = said["ellipse"][i]
        worst.see("ellipse at", [[e["x"], e["y"]] for e in ellipse], x[:40])
        worst.see("ellipse", [e["logDet"] for e in ellipse], log_det[:40])
        assert _slopes_off(maps, z[:40], depth, [e["matrix"] for e in ellipse]) < 1e-3
    columns, rows = (
        lo + (np.arange(n) + 0.5) / n * (hi - lo) for (lo, hi), n in zip(VIEW, (12, 9), strict=True)
    )
    grid = np.stack(np.meshgrid(columns, rows[::-1]), -1).reshape(-1, 2)
    got = np.array(said["density"])
    np.testing.assert_allclose(got, np.exp(evaluate.log_prob(maps, grid)), rtol=1e-5, atol=1e-30)
    x = evaluate.decode(maps, z.astype(np.float32))[0]
    np.testing.assert_allclose(np.reshape(said["single"], (-1, 2)), x, rtol=1e-6, atol=1e-6)
    return worst


def _slopes_off(maps: FlowMaps, z: NDArray[np.float64], depth: float, mine: Any) -> float:
    """Relative distance of Jacobians from central differences; kinks may spoil a fifth of them."""
    step = 1e-6
    columns = [
        evaluate.decode_partial(maps, z + step * e, depth)[0]
        - evaluate.decode_partial(maps, z - step * e, depth)[0]
        for e in np.eye(2)
    ]
    j = np.stack(columns, -1) / (2 * step)
    off = np.abs(np.reshape(mine, (-1, 2, 2)) - j).max((1, 2)) / (1e-9 + np.abs(j).max((1, 2)))
    return float(np.quantile(off, 0.8))


@pytest.mark.parametrize(("seed", "scale"), [(0, 1.0), (1, 0.1), (2, 0.5), (3, 1.5)])
def test_the_browser_says_what_the_oracle_says(
    page: Page, seed: int, scale: float, capsys: pytest.CaptureFixture[str]
) -> None:
    bins = 2 + 5 * seed
    worst = compare(page, mapcases.maps(seed, scale=scale, bins=bins), seed)
    roots = mapcases.maps(seed, (*mapcases.ROOTS, "rotation"), scale=scale, bins=bins)
    worst.errors |= compare(page, roots, seed).errors
    with capsys.disabled():
        print(f"\n  worst {worst.worst:.1e}: {worst}")
    assert worst.worst < 1e-7


@pytest.mark.parametrize("coupling", registry.COUPLINGS)
def test_the_browser_says_what_the_engine_says(
    page: Page, coupling: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Down the whole path: engine, tables, wire, browser. Budget: 0.1 % of a plot 8 wide."""
    spec = FlowSpec(coupling=coupling, layers=4, hidden=(32, 32), linear="rotation", actnorm=True)
    flow = flowcases.flow(spec, scale=0.03)
    worst = compare(page, tabulate(flow), 4)
    z = np.random.default_rng(4).standard_normal((200, 2))
    frame = codec.encode_frame(mapcases.snapshot(tabulate(flow)))
    said = page.evaluate(
        SCRIPT,
        {
            "frame": base64.b64encode(frame).decode(),
            "points": z.tolist(),
            "z": z.tolist(),
            "fractions": [],
            "depths": [len(flow.chain)],
            "view": VIEW,
        },
    )
    with torch.no_grad():
        x = flow.decode(torch.tensor(z))[0][0].numpy()
        log_q = flow.log_prob(torch.tensor(z))[0].numpy()
    off = np.abs(np.reshape(said["decode"][0]["value"], (-1, 2)) - x).max(1) / 8
    off_log = np.abs(np.array(said["logProb"]) - log_q)
    with capsys.disabled():
        print(f"\n  oracle {worst.worst:.1e}; engine: positions 99 % {np.quantile(off, 0.99):.1e},")
        print(f"  worst {off.max():.1e} of the plot, log q {np.median(off_log):.1e} nats")
    assert worst.worst < 1e-7
    assert np.quantile(off, 0.99) < 1e-3
    assert off.max() < 1e-2
    assert np.median(off_log) < 0.02


READ_RUN = """
async (file) => {
  const { parseRun, dataPoints } = await import('/stage/runfile.js');
  const bytes = Uint8Array.from(atob(file), (letter) => letter.charCodeAt(0));
  try {
    const { hello, frames } = parseRun(bytes);
    return { hello, sizes: frames.map((f) => f.length), points: Array.from(dataPoints(hello)) };
  } catch (error) {
    return error.message;
  }
}
"""


def test_run_files_are_read(page: Page) -> None:
    view = [[-4.0, 4.0], [-2.0, 3.0]]
    p = np.random.default_rng(0).uniform([-4, -2], [4, 3], (50, 2))
    data = runfile.pack_points(p, view)
    hello: dict[str, Any] = {"v": 1, "target": {"view": view}, "data": data, "ほ": "ら"}
    file = runfile.dump(hello, [b"12345", b"", b"1"])
    said = page.evaluate(READ_RUN, base64.b64encode(file).decode())
    assert (said["hello"], said["sizes"]) == (hello, [5, 0, 1])
    np.testing.assert_allclose(
        np.reshape(said["points"], (-1, 2)), runfile.unpack_points(data, view), atol=1e-12
    )
    for wrong in (b"", b"PFRUN1", file[:-1], file[:11], runfile.MAGIC, b"GIF89a" + file):
        assert "run file" in page.evaluate(READ_RUN, base64.b64encode(wrong).decode())


READ_FRAME = """
async (frames) => {
  const { decodeFrame } = await import('/stage/codec.js');
  const told = [];
  for (const frame of frames) {
    const bytes = Uint8Array.from(atob(frame), (letter) => letter.charCodeAt(0));
    try { await decodeFrame(bytes); told.push('read'); } catch (error) { told.push(error.message); }
  }
  return told;
}
"""


def test_damaged_frames_are_refused(page: Page) -> None:
    frame = codec.encode_frame(mapcases.snapshot(mapcases.maps(0)))
    rng = np.random.default_rng(0)
    damaged = [frame[:n] for n in (0, 5, 9, 60, len(frame) - 1)]
    for _ in range(40):
        bad = bytearray(frame)
        bad[rng.integers(8, len(frame))] ^= 1 << rng.integers(8)
        damaged.append(bytes(bad))
    told = page.evaluate(READ_FRAME, [base64.b64encode(f).decode() for f in damaged])
    assert told[0] == "A frame of 0 bytes came; it is cut off."
    assert all(told)
    assert page.evaluate(READ_FRAME, [base64.b64encode(frame).decode()]) == ["read"]


DECAY = """
async () => {
  const { decay } = await import('/stage/decay.js');
  let worst = 0;
  for (let x = 0; x < 700; x += 0.0137) {
    worst = Math.max(worst, Math.abs(decay(x) / Math.exp(-x) - 1));
  }
  const ends = [700, 1e9, Infinity, NaN].map((x) => [decay(x)].toString());
  return [worst, decay(0), ends];
}
"""


def test_the_quick_exponential_is_the_exponential(page: Page) -> None:
    worst, at_zero, ends = page.evaluate(DECAY)
    assert worst < 2e-13 and at_zero == 1
    assert ends == ["0", "0", "0", "NaN"]
