"""Ink keeps its share of the mass: the disc, its stain, and the stain's mass by summing density."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from scipy import integrate, stats

from inn_core.maps import runfile
from pages.shell import pretrained
from tests.browser.conftest import NewPage
from tests.browser.stagelab import Lab, until

MEASURE = """
async ({ frame, base, home, centre, share }) => {
  const ink = await import('/stage/extras/ink.js');
  const { makeFlow } = await import('/stage/maps.js');
  const { StageFlow } = await import('/stage/flow.js');
  const { decodeFrame } = await import('/stage/codec.js');
  let flow = new StageFlow(makeFlow({ base }));
  if (frame) {
    const bytes = Uint8Array.from(atob(frame), (letter) => letter.charCodeAt(0));
    flow = new StageFlow((await decodeFrame(bytes)).flow);
  }
  const density = { latent: ink.baseDensity(flow.base), data: ink.flowDensity(flow) };
  const radius = ink.discRadius(density[home], centre, share);
  const outline = new ink.Outline();
  outline.carry(flow, home, centre, radius);
  const [disc, stain] = home === 'latent' ? [0, flow.depth] : [flow.depth, 0];
  const canvas = new OffscreenCanvas(150, 150);
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  const other = home === 'latent' ? 'data' : 'latent';
  const reach = other === 'latent' ? ink.reachOf(flow.base) : Infinity;
  const weigh = ink.massInside(
    outline.states[stain], density[other], pen, undefined, undefined, reach);
  let step = weigh.next();
  while (!step.done) step = weigh.next();
  return {
    radius, mass: step.value, disc: ink.area(outline.states[disc]),
    stain: ink.area(outline.states[stain]),
  };
}
"""


@pytest.fixture
def page(new_page: NewPage, assets_url: str) -> Page:
    page = new_page()
    page.goto(assets_url)
    return page


def measured(page: Page, frame: bytes | None = None, **asked: Any) -> dict[str, float]:
    packed = base64.b64encode(frame).decode() if frame else None
    given = {"frame": packed, "base": ["normal"], "home": "latent", "share": 0.1} | asked
    result: dict[str, float] = page.evaluate(MEASURE, given)
    return result


@pytest.mark.parametrize("centre", [[0, 0], [1.2, -0.4], [-2.5, 0.3], [3.5, 3.5]])
@pytest.mark.parametrize("share", [0.1, 0.02, 0.5])
def test_a_disc_holds_its_share_of_a_normal(page: Page, centre: list[float], share: float) -> None:
    radius = measured(page, centre=centre, share=share)["radius"]
    # |z - c|² of a standard normal z is a non-central chi-square with 2 degrees of freedom.
    exact = np.sqrt(stats.ncx2.ppf(share, 2, max(1e-12, float(np.dot(centre, centre)))))
    assert stats.ncx2.cdf(radius**2, 2, max(1e-12, float(np.dot(centre, centre)))) == pytest.approx(
        share, abs=1e-3
    )
    assert radius == pytest.approx(exact, rel=0.01)


def test_a_disc_holds_its_share_of_a_student_base(page: Page) -> None:
    centre, nu = [0.8, -0.5], 2.5
    radius = measured(page, base=["student", nu], centre=centre)["radius"]

    def ring(angle: float, r: float) -> float:
        x, y = centre[0] + r * np.cos(angle), centre[1] + r * np.sin(angle)
        return float(r * stats.t.pdf(x, nu) * stats.t.pdf(y, nu))

    mass, _ = integrate.dblquad(ring, 0, radius, 0, 2 * np.pi)
    assert mass == pytest.approx(0.1, abs=1e-3)


@pytest.mark.parametrize("path", sorted(pretrained.FOLDER.glob("*.run")), ids=lambda p: p.stem)
def test_a_stain_keeps_the_share_however_it_is_stretched(page: Page, path: Path) -> None:
    hello, frames = runfile.read(path)
    target = hello["target"]
    data = runfile.unpack_points(hello["data"], target["view"]) - target["centre"]
    rng = np.random.default_rng(len(path.stem))
    centres = {"latent": rng.normal(0, 0.8, 2), "data": data[7] / target["scale"]}
    for home, centre in centres.items():
        found = measured(page, frames[-1], home=home, centre=[float(v) for v in centre])
        assert found["mass"] == pytest.approx(0.1, abs=0.003)
        assert found["disc"] == pytest.approx(np.pi * found["radius"] ** 2, rel=1e-3)
        assert abs(found["stain"] / found["disc"] - 1) > 1e-3, "a trained flow moves area"


@pytest.mark.parametrize("centre", [[2.2, -1.8], [3, 0.2], [-2, -3], [3, 3]])
def test_a_stain_that_reaches_far_out_is_weighed_where_the_mass_is(
    page: Page, centre: list[float]
) -> None:
    frame = runfile.read(pretrained.FOLDER / "moons-affine.run")[1][-1]
    found = measured(page, frame, home="data", centre=centre)
    assert found["mass"] == pytest.approx(0.1, abs=0.005)


def test_a_click_drops_ink_and_both_rooms_say_so(new_page: NewPage, assets_url: str) -> None:
    page = Lab(new_page, assets_url).recorded()
    page.locator("[data-tool=ink]").click()
    for room, share in (("latent", 0.6), ("data", 0.4)):
        box: Any = page.locator(f"[data-room={room}] .pf-box").bounding_box()
        page.mouse.click(box["x"] + share * box["width"], box["y"] + share * box["height"])
    until(page, "s.ink.length === 2 && s.ink.every((drop) => drop.measured !== null)")
    drops = page.evaluate("window.pushforward.stages[0].ink")
    assert [drop["home"] for drop in drops] == ["latent", "data"]
    assert all(drop["measured"] == pytest.approx(0.1, abs=0.003) for drop in drops)
    stains = page.locator(".pf-ink text", has_text=re.compile(r"(9\.[89]|10\.[012]) %, summed"))
    expect(stains).to_have_count(2)
    texts = page.locator(".pf-ink text").all_text_contents()
    assert sum("10 % of the mass" in text for text in texts) == 2

    before = drops[0]["centre"]
    latent: Any = page.locator("[data-room=latent] .pf-box").bounding_box()
    x, y = latent["x"] + 0.6 * latent["width"], latent["y"] + 0.6 * latent["height"]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 60, y - 40, steps=6)
    page.mouse.up()
    until(page, f"s.ink[0].centre[0] < {before[0] - 0.2} && s.ink[0].measured !== null")
    # The drops stay when the tool is put down; the probe works again; Reset view clears them.
    page.keyboard.press("Escape")
    assert len(page.evaluate("window.pushforward.stages[0].ink")) == 2
    page.locator("[data-do=reset]").click()
    until(page, "s.ink.length === 0")
    assert page.locator(".pf-ink path").count() == 0


def test_the_stain_follows_depth_and_training(new_page: NewPage, assets_url: str) -> None:
    lab = Lab(new_page, assets_url)
    page = lab.live()
    lab.send(3, 4)
    until(page, "s.seq === 4")
    page.locator("[data-tool=ink]").click()
    box: Any = page.locator("[data-room=latent] .pf-box").bounding_box()
    page.mouse.click(box["x"] + 0.6 * box["width"], box["y"] + 0.45 * box["height"])
    stain = page.locator("[data-room=data] .pf-ink path")
    disc = page.locator("[data-room=latent] .pf-ink path")
    until(page, "s.ink.length === 1 && s.ink[0].measured !== null")
    first, round_ = stain.get_attribute("d"), disc.bounding_box()
    lab.send(12)
    until(page, "s.seq === 12")
    page.wait_for_function(
        "([node, d]) => node.getAttribute('d') !== d", arg=[stain.element_handle(), first]
    )
    assert disc.bounding_box() == pytest.approx(round_, abs=1.5), "its disc stays where it fell"
    strip = page.locator(".pf-strip")
    strip.focus()
    page.keyboard.press("Home")
    until(page, "s.layerPosition === 0")
    page.wait_for_function(
        "([stain, disc]) => Math.abs(stain.getBBox().width / disc.getBBox().width - 1) < 0.5",
        arg=[stain.element_handle(), disc.element_handle()],
    )


def test_labels_of_ink_stand_whole_and_apart(new_page: NewPage, assets_url: str) -> None:
    page = Lab(new_page, assets_url).recorded()
    page.locator("[data-tool=ink]").click()
    for share, room in ((0.97, "data"), (0.95, "latent")):
        box: Any = page.locator(f"[data-room={room}] .pf-box").bounding_box()
        page.mouse.click(box["x"] + share * box["width"], box["y"] + 8)
    until(page, "s.ink.length === 2 && s.ink.every((drop) => drop.measured !== null)")
    for room in ("latent", "data"):
        edge: Any = page.locator(f"[data-room={room}] .pf-box").bounding_box()
        labels = page.locator(f"[data-room={room}] .pf-ink text").all()
        places: list[Any] = [label.bounding_box() for label in labels]
        assert len(places) >= 2
        for i, a in enumerate(places):
            assert a["x"] >= edge["x"] - 1
            assert a["x"] + a["width"] <= edge["x"] + edge["width"] + 1
            for b in places[:i]:
                apart = abs(a["y"] - b["y"]) > 10 or a["x"] + a["width"] < b["x"]
                assert apart or b["x"] + b["width"] < a["x"], (a, b)
