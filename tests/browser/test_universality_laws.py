"""Scene 3 of the lesson "universality": distances between laws, test functions, growing depth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from inn_core.cli.depths import DEPTHS, POINTS, SAMPLES
from inn_core.diagnose.distance import energy
from inn_core.maps import codec, evaluate, runfile
from inn_core.targets import library
from pages.shell import pretrained, proofs
from tests.browser.conftest import NewPage
from tests.browser.test_universality import STAGE, show
from tests.browser.universalitypage import opened

DISTANCES = "/stage/lessons/universality/distances.js"
FILE = pretrained.FOLDER / proofs.FAMILY


@pytest.fixture(scope="module")
def family() -> tuple[dict[str, Any], list[bytes]]:
    return runfile.read(FILE)


def samples(hello: dict[str, Any]) -> list[Any]:
    return [runfile.unpack_points(text, hello["target"]["view"]) for text in hello["samples"]]


def test_the_file_holds_a_flow_a_depth_and_samples_of_its_target(family: Any) -> None:
    hello, frames = family
    assert FILE.stat().st_size < 200_000
    assert hello["made_by"].startswith("python -m inn_core pretrain pinwheel-depths")
    assert hello["depths"] == list(DEPTHS) and len(frames) == len(DEPTHS)
    law = library.find("pinwheel")
    rng = np.random.default_rng(0)
    for frame, (gap, error) in zip(frames, hello["check"]["gaps"], strict=True):
        maps = codec.decode_frame(frame)[2]
        assert maps is not None
        x = law.sample(4000, rng)
        found = float(np.mean(law.log_prob(x) - evaluate.log_prob(maps, x)))
        assert found == pytest.approx(gap, abs=0.01 + 12 * error)
    gaps = [gap for gap, _ in hello["check"]["gaps"]]
    assert gaps == sorted(gaps, reverse=True)
    drawn = samples(hello)
    assert [len(points) for points in drawn] == [POINTS] * SAMPLES
    second = 4 * (1 + 0.3**2 + 0.1**2)  # E|X|^2 of the pinwheel
    assert np.mean([(points**2).sum(1).mean() for points in drawn]) == pytest.approx(second, 0.03)
    assert len({points[0, 0] for points in drawn}) == SAMPLES


def sliced(a: Any, b: Any, angles: int = 128) -> float:
    turns = np.pi * (np.arange(angles) + 0.5) / angles
    ways = np.stack([np.cos(turns), np.sin(turns)])
    return float(np.abs(np.sort(a @ ways, 0) - np.sort(b @ ways, 0)).mean())


@pytest.fixture
def page(new_page: NewPage, assets_url: str) -> Page:
    return opened(new_page, assets_url)


def test_distances_are_those_of_numpy_and_of_closed_forms(page: Page) -> None:
    found = page.evaluate(
        f"""async () => {{
          const m = await import('{DISTANCES}');
          const [a, b] = [m.normals(4000, 1), m.normals(4000, 2)];
          const moved = (points, by) => points.map((value, i) => value + (i % 2 ? 0 : by));
          const tell = (x, y) => [m.sliced(m.shadows(x), m.shadows(y)), m.energy(x, y)];
          const far = [tell(a, b), tell(a, moved(b, 1)), tell(a, moved(a, 1.7))];
          return {{ a: Array.from(a), b: Array.from(b), far, mean: m.summary(a) }};
        }}"""
    )
    a, b = (np.array(found[name]).reshape(-1, 2) for name in "ab")
    right = np.array([1.0, 0.0])
    for (mine, mine_energy), y in zip(found["far"], (b, b + right, a + 1.7 * right), strict=True):
        assert mine == pytest.approx(sliced(a, y), abs=1e-12)
        assert mine_energy == pytest.approx(energy(a, y), abs=1e-10)
    same, apart, shift = found["far"]
    assert same[0] < 0.05 and abs(same[1]) < 0.004, "the floor of 4,000 points"
    assert apart[0] == pytest.approx(2 / np.pi, abs=0.03)
    assert apart[1] == pytest.approx(0.429821, abs=0.03)
    assert shift[0] == pytest.approx(2 * 1.7 / np.pi, rel=1e-4), "of a shift it is exact"
    values = np.array(found["a"])
    error = values.std(ddof=1) / np.sqrt(len(values))
    assert found["mean"] == pytest.approx({"mean": values.mean(), "error": error}, rel=1e-9)
    both = np.concatenate([a, b])
    assert np.abs(both.mean(0)).max() < 0.04 and np.abs(np.cov(both.T) - np.eye(2)).max() < 0.06
    assert np.mean((both**2).sum(1) > 2 * np.log(10)) == pytest.approx(0.1, abs=0.015)


def measured(page: Page, **own: Any) -> dict[str, Any]:
    page.evaluate("(view) => lesson.apply(view)", {"scene": "law", "own": own})
    page.wait_for_function(f"() => {STAGE}.still && {STAGE}.numbers.slicedHigh > 0")
    numbers: dict[str, Any] = page.evaluate(f"{STAGE}.numbers")
    return numbers


def test_laws_come_nearer_with_depth_until_they_are_inside_the_floor(
    page: Page, family: Any
) -> None:
    told, pictures = [], set()
    for d in range(len(DEPTHS)):
        told.append(measured(page, d=d))
        pictures.add(page.evaluate("document.querySelector('[data-room=law]').toDataURL()"))
    assert len(pictures) == len(DEPTHS)
    assert [one["layers"] for one in told] == list(DEPTHS)
    sliced_to = [one["sliced"] for one in told]
    assert sliced_to == sorted(sliced_to, reverse=True), "the same draws through every flow"
    for name, times in (("sliced", 2), ("energy", 5)):
        assert told[0][name] > times * told[0][f"{name}High"]
        assert told[-1][name] <= told[-1][f"{name}High"]
    drawn = samples(family[0])
    floor = [sliced(x, drawn[(k + 1) % SAMPLES]) for k, x in enumerate(drawn)]
    low, high = told[0]["slicedLow"], told[0]["slicedHigh"]
    assert (low, high) == pytest.approx((min(floor), max(floor)), abs=1e-9)
    expect(page.locator(".un-sentence:visible")).to_contain_text("inside the floor")
    measured(page, d=0)
    expect(page.locator(".un-sentence:visible")).to_contain_text("can tell the flow from ν")


def test_a_test_function_is_dragged_and_its_means_are_those_of_the_points(
    page: Page, family: Any
) -> None:
    points = np.concatenate(samples(family[0]))
    told = measured(page, view="half", cx=0.4, cy=0.5, angle=90)
    share = float(np.mean(points[:, 1] > 0.5))
    assert told["target"] == pytest.approx(share, abs=2e-4)
    page.locator("[data-pick='view=bump']").click()
    canvas = page.locator("[data-room=law]")
    box = canvas.bounding_box()
    assert box
    half = family[0]["target"]["view"][0][1]
    centre = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    page.mouse.move(centre["x"] + 60, centre["y"])
    page.mouse.down()
    page.mouse.move(centre["x"] + box["width"] / 4, centre["y"] - box["height"] / 4, steps=4)
    page.mouse.up()
    view = page.evaluate("lesson.read()")["own"]
    assert (view["cx"], view["cy"]) == pytest.approx((half / 2, half / 2), abs=0.05)
    canvas.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("]")
    page.wait_for_function(f"() => {STAGE}.still")
    after = page.evaluate("lesson.read()")["own"]
    assert after["cx"] == pytest.approx(view["cx"] - 0.1, abs=1e-3) and after["d"] == 1
    r2 = ((points - [after["cx"], after["cy"]]) ** 2).sum(1) / 1.2**2
    f = np.where(r2 < 1, np.exp(1 - 1 / np.where(r2 < 1, 1 - r2, 1)), 0)
    told = page.evaluate(f"{STAGE}.numbers")
    assert told["target"] == pytest.approx(f.mean(), abs=1e-4)
    page.keyboard.press("e")
    expect(page.locator(".un-notes li")).to_have_count(5)
    page.keyboard.press("e")
    kept = page.evaluate("JSON.stringify(lesson.read())")
    show(page, "pieces")
    page.evaluate("(view) => lesson.apply(JSON.parse(view))", kept)
    assert page.evaluate("JSON.stringify(lesson.read())") == kept
