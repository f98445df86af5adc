"""Depth in the scene of two hills: a recorded run's flows by four losses, read from its file."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from inn_core.maps import codec, diverging, runfile
from inn_core.results import Snapshot
from inn_core.targets.compared import contest
from tests.browser.conftest import NewPage
from tests.browser.divergencespage import STAGE, look_at
from tests.browser.test_show import open_lesson

SPEC = contest(shape=1.5)
FILE = "pretrained/hills-made-up.run"


def cells() -> list[tuple[str, int]]:
    return [(SPEC.of("loss", e), SPEC.of("depth", e)) for e in range(SPEC.members)]


def made_up() -> bytes:
    """A run file whose member e has all its points at (e / 8 - 1, 0.5) and a gap of e / 100."""
    gaps = tuple(e / 100 for e in range(SPEC.members))
    points = np.zeros((SPEC.members, diverging.POINTS, 2), np.float32)
    points[..., 0] = np.arange(SPEC.members)[:, None] / 8 - 1
    points[..., 1] = 0.5
    measures = {
        "gap": gaps, "gap_error": (0.001,) * SPEC.members,
        "reverse": tuple(2 * gap for gap in gaps), "reverse_error": (0.002,) * SPEC.members,
        "sliced": tuple(0.4 / depth for _, depth in cells()),
        "sliced_floor": (0.03,) * SPEC.members,
    }  # fmt: skip
    shot = Snapshot(
        seq=1, step=1500, seconds=9.0, nll=1.0, train_nll=1.0, entropy=1.0, gap=0.0,
        gap_error=0.001, lr=1e-3, batch=256, steps_per_s=10.0, round_trip=1e-6, status="done",
        nlls=gaps, measures=measures, net={"points": points},
    )  # fmt: skip
    return runfile.dump(diverging.hello(SPEC), [codec.encode_frame(shot)])


@pytest.fixture
def page(new_page: NewPage, assets_url: str) -> Page:
    page = new_page(viewport={"width": 1300, "height": 900}, reduced_motion="reduce")
    page.route(f"**/{FILE}", lambda route: route.fulfill(body=made_up()))
    open_lesson(page, assets_url, "divergences", options={"hills": {"file": FILE}})
    page.evaluate(
        """async () => {
          const { lookOf } = await import('/stage/lessons/divergences.js');
          window.lesson = lookOf(document.querySelector('[data-stage]').parentElement);
        }"""
    )
    return page


def shown(page: Page) -> list[list[float]]:
    """Columns of each panel with the model's colour in them, as shares of the width."""
    columns: list[list[float]] = page.evaluate(
        """() => [...document.querySelectorAll('[data-panel]')].map((canvas) => {
          const { width, height } = canvas;
          const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
          const seen = new Set();
          for (let k = 0; k < width * height; k++) {
            const [r, g, b] = data.slice(4 * k, 4 * k + 3);
            if (r > 200 && g > 130 && g < 190 && b < 80) seen.add((k % width) / width);
          }
          return [...seen].sort();
        })"""
    )
    return columns


def test_each_panel_shows_its_loss_at_the_depth_of_the_slider(page: Page) -> None:
    order = ("nll", "energy", "js", "sinkhorn")
    for index, depth in ((1, 1), (4, 8)):
        look_at(page, "hills", depth=index)
        page.wait_for_function(f"() => {STAGE}.step === 1500")
        for loss, columns in zip(order, shown(page), strict=True):
            e = cells().index((loss, depth))
            place = ((e / 8 - 1) / 4.6 + 1) / 2
            assert np.median(columns) == pytest.approx(place, abs=0.01), (loss, depth)


def test_the_table_says_every_measure_and_the_sentence_its_range(page: Page) -> None:
    look_at(page, "hills", depth=3)
    cell: Any = page.locator("[data-loss=js] [data-depth='4']")
    sentence = page.locator(".un-sentence:visible")
    expect(cell).to_have_text("0.100 (floor 0.030)")
    expect(cell).to_have_class("best")
    expect(sentence).to_contain_text("hills at ±1.50")
    expect(sentence).to_contain_text("the price matters less")
    page.locator("[data-pick='measure=gap']").click()
    e = cells().index(("js", 4))
    expect(cell).to_have_text(f"{e / 100:.3f} ± 0.001")
    least, most = (cells().index((loss, 4)) / 100 for loss in ("nll", "sinkhorn"))
    expect(sentence).to_contain_text(f"between {least:.3f} and {most:.3f}")
    expect(sentence).to_contain_text("do not agree")
    page.locator("[data-pick='measure=reverse']").click()
    expect(cell).to_have_text(f"{e / 50:.3f} ± 0.002")
    page.locator("[data-state=depth]").fill("1")
    expect(sentence).to_contain_text("One layer cannot")
    expect(page.locator("[data-state=d]")).to_be_hidden()
    look_at(page, "hills")
    expect(page.locator("[data-state=d]")).to_be_visible()


def test_a_phone_shows_every_depth(page: Page) -> None:
    page.set_viewport_size({"width": 400, "height": 900})
    look_at(page, "hills", depth=3)
    expect(page.locator("[data-loss=js] [data-depth='8']")).to_contain_text("floor")
    ends = "(selector) => document.querySelector(selector).getBoundingClientRect().right"
    table, stage = (page.evaluate(ends, one) for one in (".dv-deep table", "[data-stage]"))
    assert table <= stage + 0.5


def test_a_file_that_is_cut_off_is_a_sentence(page: Page) -> None:
    page.unroute(f"**/{FILE}")
    page.route(f"**/{FILE}", lambda route: route.fulfill(body=made_up()[:700]))
    page.reload()
    page.evaluate("document.body.replaceChildren()")
    open_lesson(page, page.url.rstrip("/"), "divergences", options={"hills": {"file": FILE}})
    page.locator("[data-state=depth]").fill("2")
    expect(page.locator(".un-sentence:visible")).to_contain_text("cut off")
