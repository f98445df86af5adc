"""Tables and pictures that a reader brings, and the files in which the lab keeps them."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from inn_core.specs import SpecError
from inn_core.targets import own, photo, reading
from tests.fuzz.bytecases import FUZZ, damaged, sentence

ROWS = "\n".join(f"{k % 7},{k * k % 11},<b>{k}</b>" for k in range(40))
TABLE = f"height,weight,name\n{ROWS}\n".encode()
CELLS = st.one_of(
    st.text(max_size=12), st.floats().map(str), st.integers().map(str),
    st.sampled_from(["", '"', "NA", "1e999", "-", "1,5", "1.234,5", "٣", "=1+1", "\0", "#", "inf"]),
)  # fmt: skip


@st.composite
def tables(draw: Any) -> str:
    """Rows of cells, apart by one of many signs."""
    sign = draw(st.sampled_from([",", ";", "\t", "|", " ", "  "]))
    rows = draw(st.lists(st.lists(CELLS, max_size=5), max_size=30))
    return draw(st.sampled_from(["\n", "\r\n", "\r"])).join(sign.join(row) for row in rows)


def tried(data: bytes | str) -> None:
    try:
        table = reading.read_table(data)
        found = reading.points_of(table, *table.names[:2])
        assert np.isfinite(found.values).all() and len(found.values) >= reading.FEWEST
        assert own.load(found.dump()).name == found.name
    except SpecError as error:
        sentence(error)


@given(st.one_of(st.binary(max_size=300), damaged(TABLE)))
@example(b"\xff\xfe1\x00")
@FUZZ
def test_a_table_of_any_bytes_is_points_or_a_sentence(data: bytes) -> None:
    tried(data)


@given(tables())
@FUZZ
def test_a_table_of_any_cells_is_points_or_a_sentence(text: str) -> None:
    tried(text)


def picture(kind: str, mode: str = "L") -> bytes:
    levels = np.add.outer(np.arange(12), np.arange(9)).astype(np.uint8) * 12
    file = io.BytesIO()
    Image.fromarray(levels).convert(mode).save(file, kind)
    return file.getvalue()


PICTURES = [
    picture("PNG"), picture("PNG", "RGBA"), picture("PNG", "I;16"), picture("JPEG"), picture("GIF"),
    picture("BMP"), picture("TIFF"), picture("TIFF", "F"), picture("WEBP", "RGB"),
]  # fmt: skip


@given(st.one_of(st.binary(max_size=300), st.sampled_from(PICTURES).flatmap(damaged)))
@FUZZ
def test_a_picture_is_a_density_or_a_sentence(data: bytes) -> None:
    try:
        values = photo.picture_of(data).values
        assert np.isfinite(values).all() and (values >= 0).all() and max(values.shape) <= photo.SIDE
    except SpecError as error:
        sentence(error)


KEPT = reading.points_of_array(np.random.default_rng(0).normal(size=(30, 2)), "kept").dump()


@given(st.one_of(st.binary(max_size=100), damaged(KEPT)))
@FUZZ
def test_a_kept_file_is_read_or_refused(data: bytes) -> None:
    try:
        assert own.load(data).values.ndim == 2
    except SpecError as error:
        sentence(error)
