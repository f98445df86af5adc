"""The drawer "Export" in the real app: what a browser saves is opened by others, offline."""

from __future__ import annotations

import io
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.live.support import Lab

STAGE = "window.pushforward?.stages?.[0]"
SVG = "{http://www.w3.org/2000/svg}"
WINDOW: ViewportSize = {"width": 1280, "height": 900}
#: Of each lesson's drawer: (group, button) of the files that are saved and opened.
SAVED = {
    "": [("Picture", "PNG"), ("Picture", "SVG"), ("Page", "Figures")],
    "change_of_variables": [("Picture", "SVG"), ("Page", "Player")],
    "inverse_problems": [("Picture", "PNG"), ("Picture", "SVG"), ("Page", "Player")],
}
#: Ink of the model, #e69f00: bars and marks of that colour are in the lesson's picture.
ORANGE = "#e69f00"
#: Something that a page shows once it has drawn.
DRAWN = {
    "Figures": "document.querySelectorAll('svg.main-svg path').length > 20",
    "Player": f"{STAGE}?.points > 0",
}


def test_what_the_drawers_save_opens_elsewhere(
    server: Lab, tmp_path: Path, chromium: Browser
) -> None:
    files: list[tuple[str, Path]] = []
    context = chromium.new_context(viewport=WINDOW, accept_downloads=True)
    page = context.new_page()
    for lesson, wishes in SAVED.items():
        page.goto(f"{server.url}/{lesson}")
        page.wait_for_function(f"() => {STAGE}?.points > 0", timeout=30_000)
        files += [(wish[1], save(page, tmp_path, *wish)) for wish in wishes]
    context.close()
    assert len({path.name for _, path in files}) == len(files), "every file has its own name"
    for button, path in files:
        if button in DRAWN:
            opened_offline(chromium, path, DRAWN[button])
        else:
            {"PNG": check_png, "SVG": check_svg}[button](path, chromium)


def save(page: Page, folder: Path, group: str, button: str) -> Path:
    """Press a button of the drawer and keep the file."""
    tab = page.get_by_test_id("stButtonGroup").get_by_role("radio", name=group, exact=True)
    if not tab.is_visible():
        page.get_by_role("button", name="Export").click()
    tab.click()
    pressed = page.get_by_role("button", name=button, exact=True)
    expect(pressed).to_be_enabled()
    with page.expect_download() as coming:
        pressed.click()
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


def check_png(path: Path, chromium: Browser) -> None:
    """Pillow reads it: twice the screen's size, and far from blank."""
    with Image.open(path) as image:
        assert image.format == "PNG"
        pixels = np.asarray(image.convert("RGB"))
    assert not_blank(pixels) and pixels.shape[1] > 1.5 * WINDOW["width"] * 0.6


def check_svg(path: Path, chromium: Browser) -> None:
    """An XML parser finds vectors and letters in it, and a browser draws it."""
    root = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    assert root.tag == f"{SVG}svg"
    kinds = {kind: len(list(root.iter(f"{SVG}{kind}"))) for kind in ("path", "text", "circle")}
    assert kinds["path"] >= 5 and kinds["text"] >= 10, kinds
    if path.name.startswith("kinematics"):
        bars = [bar for bar in root.iter(f"{SVG}rect") if bar.get("fill") == ORANGE]
        assert len(bars) >= 4, "the spread of each joint"
    page = chromium.new_page(viewport={"width": 1200, "height": 800})
    page.goto(path.as_uri())
    assert not_blank(np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB")))
    page.close()


def not_blank(pixels: np.ndarray) -> bool:
    """Whether two parts in a hundred of a picture are not its ground, and colours are in it."""
    ground = np.median(pixels.reshape(-1, 3), 0)
    ink = np.abs(pixels - ground).max(-1) > 40
    colour = np.ptp(pixels.astype(int), axis=-1) > 60
    return bool(ink.mean() > 0.02 and colour.mean() > 0.005)


def opened_offline(chromium: Browser, path: Path, drawn: str) -> None:
    """Open a page from the disk with the network off: it draws, asks for nothing, has no error."""
    context = chromium.new_context(offline=True, viewport=WINDOW)
    page, wrong = context.new_page(), list[str]()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
    page.on("request", lambda r: wrong.append(r.url) if r.url.startswith("http") else None)
    page.goto(path.as_uri())
    page.wait_for_function(f"() => {drawn}")
    shot = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
    context.close()
    assert wrong == [] and not_blank(shot), (path.name, wrong)
