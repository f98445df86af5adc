"""Own data in the real app: drawn, uploaded, trained, found again by a link."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page, expect

from tests.live.support import Lab

STAGE = "window.pushforward?.stages?.[0]"


def test_a_reader_draws_uploads_and_trains(server: Lab, tmp_path: Path, chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(server.url)
    page.wait_for_function(f"() => {STAGE}?.updates > 0", timeout=60_000)
    canvas = page.locator("[data-room=data] canvas").first.element_handle()
    draw(page)
    trained(page, "my drawing")
    expect(page.get_by_text("No floor:", exact=False).first).to_be_visible()
    expect(page.locator(".pf-floor-name")).to_contain_text("no floor")
    run = page.evaluate(f"{STAGE}.run")

    table = tmp_path / "people.csv"
    rows = np.random.default_rng(2).normal([170, 65], [9, 12], (400, 2))
    np.savetxt(table, rows, delimiter=";", header="height;weight", comments="")
    page.get_by_role("button", name="Your data").click()
    page.locator("input[type=file]").first.set_input_files(str(table))
    page.get_by_text("x₁ = (height").wait_for()
    page.get_by_role("button", name="Train on this").last.click()
    page.wait_for_function(f"() => {STAGE}.run !== {run!r}", timeout=30_000)
    trained(page, "people")
    assert canvas is not None and canvas.evaluate("node => node.isConnected"), "not remounted"
    address = page.url

    second = context.new_page()
    second.goto(address)
    second.wait_for_function(f"() => {STAGE}?.updates > 0", timeout=60_000)
    expect(second.get_by_role("combobox", name="Target")).to_have_value("people")
    assert errors == []
    context.close()


def draw(page: Page) -> None:
    page.locator("[data-tool=draw]").click()
    box: Any = page.locator("[data-room=data] .pf-box").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x + 100, y)
    page.mouse.down()
    for i in range(1, 41):
        angle = 2 * math.pi * i / 40
        page.mouse.move(x + 100 * math.cos(angle), y + 100 * math.sin(angle))
    page.mouse.up()
    page.locator("[data-draw=train]").click()


def trained(page: Page, label: str) -> None:
    page.wait_for_function(
        f"() => {STAGE}.status === 'training' && {STAGE}.step > 60", timeout=60_000
    )
    expect(page.get_by_role("combobox", name="Target")).to_have_value(label, timeout=20_000)
    cell = page.locator(".pf-checks td").first
    page.wait_for_function(
        "() => node => /^[\\d.]+ nat/.test(node.textContent)", arg=cell.element_handle()
    )
