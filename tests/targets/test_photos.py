"""Pictures from cameras, scanners and drawing programs, whole and damaged."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from inn_core.targets import photo
from inn_core.targets.own import DataError

#: A ramp, darker to the right and to the top: no turning leaves it as it is.
RAMP = np.add.outer(np.arange(12)[::-1] * 6, np.arange(20) * 9).astype(np.uint8)
GREY = (255 - RAMP).astype(np.uint8)
DOT = np.pad([[0]], 9, constant_values=255).astype(np.uint8)


def file(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    data = io.BytesIO()
    image.save(data, kind, **options)
    return data.getvalue()


def values(image: Image.Image, kind: str = "PNG", **options: Any) -> np.ndarray:
    return photo.picture_of(file(image, kind, **options)).values


def expected(grey: np.ndarray) -> np.ndarray:
    return np.where(grey < 254, 1 - grey / 255, 0)


# ── what a grey level means ──────────────────────────────────────────────────────────────────


def test_a_level_of_grey_is_a_darkness_and_paper_is_white() -> None:
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    got = values(Image.fromarray(levels)).ravel()
    np.testing.assert_allclose(got[:254], 1 - np.arange(254) / 255, atol=1e-7)
    assert got[254] == got[255] == 0


def test_sixteen_bits_are_sixteen_bits_however_dark_the_picture() -> None:
    dark = np.arange(100, dtype=np.uint16).reshape(10, 10) * 2
    assert values(Image.fromarray(dark)).min() > 0.99
    whole = np.linspace(0, 65535, 100).astype(np.uint16).reshape(10, 10)
    np.testing.assert_allclose(values(Image.fromarray(whole)), 1 - whole / 65535, atol=1.5 / 255)


def test_real_numbers_from_0_to_1_are_levels() -> None:
    real = np.linspace(0, 1, 100, dtype=np.float32).reshape(10, 10)
    np.testing.assert_allclose(values(Image.fromarray(real), "TIFF"), 1 - real, atol=1.5 / 255)


@pytest.mark.parametrize(
    "kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"]
)  # the kinds that are read
def test_every_kind_of_file_is_read(kind: str) -> None:
    finest: dict[str, dict[str, Any]] = {"WEBP": {"lossless": True}, "JPEG": {"quality": 100}}
    options = finest.get(kind, {})
    image = Image.fromarray(GREY).convert("RGB")
    np.testing.assert_allclose(values(image, kind, **options), expected(GREY), atol=0.03)


@pytest.mark.parametrize("mode", ["LA", "CMYK", "YCbCr", "LAB", "RGBX"])
def test_unusual_colours_are_read(mode: str) -> None:
    image = Image.fromarray(GREY).convert("RGB").convert(mode)
    got = values(image, "PNG" if mode == "LA" else "TIFF")
    assert got.argmax() == RAMP.argmax()


def test_what_is_seen_through_counts_by_how_little_it_is() -> None:
    rgba = np.zeros((10, 10, 4), np.uint8)
    rgba[:, :5, 3], rgba[:, 5:, 3] = 255, 51
    got = values(Image.fromarray(rgba))
    np.testing.assert_allclose(got[:, :5], 1, atol=1e-6)
    np.testing.assert_allclose(got[:, 5:], 0.2, atol=0.005)


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_camera_held_otherwise_gives_the_same_picture(turn: int) -> None:
    upright = Image.fromarray(GREY)
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    stored = upright.transpose(back[turn]) if turn > 1 else upright
    exif = Image.Exif()
    exif[photo.ORIENTATION] = turn
    for kind, options in (("PNG", {}), ("JPEG", {"quality": 100})):
        got = values(stored, kind, exif=exif, **options)
        np.testing.assert_allclose(got, expected(GREY), atol=0.03)


# ── size ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("mode", ["L", "RGB", "P", "RGBA"])
def test_a_large_picture_in_strips_is_the_average_of_its_blocks(mode: str) -> None:
    rng = np.random.default_rng(0)
    small = rng.integers(0, 200, (128, 96)).astype(np.uint8)
    noise = rng.integers(0, 50, (1280, 960)).astype(np.uint8)
    large = np.kron(small, np.ones((10, 10), np.uint8)) + noise  # five strips
    image = Image.fromarray(large)
    if mode == "P":
        palette = [v for v in range(256) for _ in range(3)]
        image = image.copy()
        image.putpalette(palette)
    else:
        image = image.convert(mode)
    blocks = large.reshape(128, 10, 96, 10).mean((1, 3))
    got = values(image)
    assert got.shape == (128, 96)
    np.testing.assert_allclose(got, 1 - blocks / 255, atol=1 / 255)


def test_a_large_photo_is_unpacked_at_a_fraction_of_its_size() -> None:
    wide = np.kron(GREY, np.ones((200, 200), np.uint8))
    got = values(Image.fromarray(wide).convert("RGB"), "JPEG", quality=95)
    assert got.shape == (77, 128)
    centres = (np.linspace(0, 1, 12, endpoint=False) * 77 + 3).astype(int)
    np.testing.assert_allclose(got[centres, 3], expected(GREY)[:, 0], atol=0.04)


@pytest.mark.parametrize("size", [(40_000, 3), (3, 40_000), (2, 5), (5, 2)])
def test_thin_pictures_are_read(size: tuple[int, int]) -> None:
    target = photo.picture_of(file(Image.new("L", size))).target()
    assert target.sample(10, np.random.default_rng(0)).shape == (10, 2)
    assert target.entropy == pytest.approx(np.log(np.prod([b - a for a, b in target.support])))


def header_only(width: int, height: int) -> bytes:
    """A PNG that claims to be huge, and has hardly a byte."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (header_only(8000, 8000), "8,000 × 8,000 pixels; it may have 40 million"),
        (header_only(14_000, 14_000), "too many pixels"),
        (header_only(2**31 - 1, 2**31 - 1), "too many pixels"),
        (header_only(30, 1), "30 × 1 pixels"),
        (header_only(30, 30), "damaged"),
        (b"\x89PNG\r\n\x1a\n", "no picture|damaged"),
        (b"0" * 51_000_000, "51 MB; it may have 50"),
        (file(Image.fromarray(np.where(RAMP > 226, 254, 255).astype(np.uint8))), "all white"),
        (file(Image.fromarray(DOT)), "white but for 1 of its pixels"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(data: bytes, says: str) -> None:
    with pytest.raises(DataError, match=says) as refusal:
        photo.picture_of(data)
    assert str(refusal.value).endswith(".")


def test_no_other_program_is_started_for_a_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    import subprocess

    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("a program was started"))
    postscript = file(Image.fromarray(GREY).convert("RGB"), "EPS")
    with pytest.raises(DataError, match="no picture"):
        photo.picture_of(postscript)


SAMPLES = [
    file(Image.fromarray(GREY)),
    file(Image.fromarray(GREY), "JPEG"),
    file(Image.fromarray(GREY), "GIF"),
    file(Image.fromarray(GREY), "TIFF", compression="tiff_lzw"),
    file(Image.fromarray(GREY), "WEBP"),
    file(Image.fromarray(GREY), "BMP"),
]


@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.integers(0, 400), st.binary(max_size=3)), max_size=6),
    st.integers(0, 900),
)
def test_a_damaged_picture_is_read_or_refused_in_a_sentence(
    data: bytes, damage: list[tuple[int, bytes]], end: int
) -> None:
    for place, what in damage:
        data = data[:place] + what + data[place + 2 :]
    try:
        got = photo.picture_of(data[: max(end, 20)])
        assert np.isfinite(got.values).all() and got.values.max() > 0
    except DataError as error:
        assert str(error).endswith(".")
