"""The player: one file from the disk, the network off, the same stage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from inn_core.export import player
from inn_core.maps import runfile
from tests.browser.stagelab import until

RUNS = Path(__file__).resolve().parents[2] / "assets" / "pretrained"
SIZES = {"moons-affine": 1_500_000, "checkerboard-spline": 4_000_000}


@pytest.fixture
def errors() -> list[str]:
    return []


def open_player(chromium: Browser, path: Path, errors: list[str], **options: Any) -> Page:
    page = chromium.new_context(offline=True, **options).new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.on("request", lambda r: errors.append(r.url) if r.url.startswith("http") else None)
    page.goto(path.as_uri())
    until(page, "s.points === 4000 && s.extras")
    return page


@pytest.mark.parametrize("name", SIZES)
def test_it_plays_from_the_disk(
    chromium: Browser, tmp_path: Path, errors: list[str], name: str
) -> None:
    hello, frames = runfile.read(RUNS / f"{name}.run")
    player.write(tmp_path / "player.html", hello, frames)
    assert (tmp_path / "player.html").stat().st_size < SIZES[name]
    assert [p.name for p in tmp_path.iterdir()] == ["player.html"]
    page = open_player(chromium, tmp_path / "player.html", errors)
    until(page, f"s.step === {hello['history'][-1][1]}")
    curve = page.locator(".pf-curve")
    curve.focus()
    page.keyboard.press("ArrowLeft")
    until(page, f"s.step < {hello['history'][-1][1]}")
    page.keyboard.press("m")
    expect(page.locator(".pf-slow")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("i")
    expect(page.locator(".pf")).to_have_attribute("data-tool", "ink")
    expect(page.locator("[data-tool=draw]")).to_be_hidden()
    page.keyboard.press("d")
    expect(page.locator(".pf")).to_have_attribute("data-tool", "ink")
    page.context.close()
    assert errors == []


def test_words_cannot_end_the_script_and_the_embedded_form_is_bare(
    chromium: Browser, tmp_path: Path, errors: list[str]
) -> None:
    hello, frames = runfile.read(RUNS / "moons-affine.run")
    evil = "</script><script>window.evil = 1</script><!-- {x}"
    hello["target"]["label"] = evil
    path = tmp_path / "player.html"
    path.write_text(player.page(hello, frames[-3:], lang="ja"), encoding="utf-8")
    page = open_player(chromium, path, errors)
    assert page.evaluate("window.evil ?? null") is None
    assert evil[:9] in page.locator("h1").inner_text()
    page.goto(f"{path.as_uri()}?embed=true")
    until(page, "s.points === 4000")
    expect(page.locator("h1")).to_be_hidden()
    page.context.close()
    assert errors == []


def test_a_long_run_is_thinned_to_its_ends() -> None:
    frames = [bytes([k % 256, k // 256]) for k in range(400)]
    kept = player.thinned(frames, player.MOST)
    assert len(kept) <= player.MOST and kept[0] == frames[0] and kept[-1] == frames[-1]
    assert player.thinned(frames[:5], player.MOST) == frames[:5]
