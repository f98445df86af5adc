"""Tables as spreadsheets, measuring programs and people write them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inn_core.specs import SpecError
from inn_core.targets import dialect, reading
from inn_core.targets.own import DataError

ROWS = [(round(20 + 1.37 * i, 2), round(0.25 * i * i - 3, 2)) for i in range(40)]
PLAIN = [f"{a},{b}" for a, b in ROWS]


def read(*lines: str, encoding: str = "utf-8") -> reading.Table:
    return reading.read_table("\n".join(lines).encode(encoding))


# ── any table, written in any way ────────────────────────────────────────────────────────────

CELL = st.floats(-1e7, 1e7, allow_nan=False).map(lambda v: round(v, 2))


@st.composite
def tables(draw: st.DrawFn) -> tuple[np.ndarray, tuple[str, ...], bytes]:
    """Values, names (or none), and a file that holds them."""
    width = draw(st.integers(2, 5))
    row = st.lists(CELL, min_size=width, max_size=width)
    values = draw(st.lists(row, min_size=3, max_size=12))
    separator = draw(st.sampled_from([",", ";", "\t", "|", " ", ", ", "   "]))
    comma = draw(st.booleans()) and separator.strip() != ","
    grouped = draw(st.booleans()) and separator.strip(" ") in (";", "\t", "|")

    def cell(value: float) -> str:
        text = f"{value:,.2f}" if grouped else f"{value:.2f}"
        return text.translate(str.maketrans(",.", ".,")) if comma else text

    lines = [separator.join(cell(v) for v in row) for row in values]
    names = tuple(draw(st.permutations(["a", "bb", "größe", "体重", "e"]))[:width])
    named = draw(st.booleans())
    if named:
        lines.insert(0, separator.join(names))
    text = draw(st.sampled_from(["\n", "\r\n", "\r"])).join(lines)
    text += draw(st.sampled_from(["", "\n", "\n\n"]))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
    return np.array(values), names if named else (), text.encode(encoding)


@settings(deadline=None, max_examples=300)
@given(tables())
def test_a_table_is_read_however_it_was_written(
    table: tuple[np.ndarray, tuple[str, ...], bytes],
) -> None:
    values, names, data = table
    got = reading.read_table(data)
    np.testing.assert_array_equal(got.values, values)
    assert got.names == names or not names


# ── what the programs of this world add ──────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        (["x,x", *PLAIN], ("x", "x (2)")),
        ([",b", *PLAIN], ("column 1", "b")),
        (["a" * 70 + ",x", *PLAIN], ("a" * 60, "x")),
        (["a" * 70 + "," + "a" * 71, *PLAIN], ("a" * 60, "a" * 54 + " (2)")),
        (["sep=;", "x;y", *(line.replace(",", ";") for line in PLAIN)], ("x", "y")),
        (["My measurements", "", "x,y", *PLAIN], ("x", "y")),
        (["My measurements,,", "x,y", *PLAIN], ("x", "y")),
        (["# made by a program", "# x y", *(p.replace(",", " ") for p in PLAIN)], ("x", "y")),
        (["# made by a program", "x,y", *PLAIN], ("x", "y")),
        (["x,y", "cm,kg", *PLAIN], ("x", "y")),
        ([f"{line}," for line in PLAIN], ("column 1", "column 2")),
        (["name,x,y", *(f'"Doe, J.; {i}",{p}' for i, p in enumerate(PLAIN))], ("x", "y")),
        (["x,y,name", *(f'{p},5" pipe' for p in PLAIN[:39])], ("x", "y")),
        ([*PLAIN, "3", "1,2,3,4,5", ",,"], ("column 1", "column 2")),
        (["NaN,1", *PLAIN], ("column 1", "column 2")),
        ([",1", *PLAIN], ("column 1", "column 2")),
        (["2024-01-02,3,4", *(f"2024-01-02,{p}" for p in PLAIN)], ("column 2", "column 3")),
        (["id,x,y", *(f"2024_{i},{p}" for i, p in enumerate(PLAIN))], ("x", "y")),
    ],
)
def test_names_and_rows_are_found(lines: list[str], names: tuple[str, ...]) -> None:
    table = read(*lines)
    assert table.names == names
    usable = table.values[np.isfinite(table.values).all(1)]
    np.testing.assert_array_equal(usable[usable[:, 0] > 5][:39], ROWS[:39])


def test_titles_do_not_swallow_rows() -> None:
    lines = ["5,", *PLAIN, "7,"]
    assert len(read(*lines).values) == 42
    data = reading.points_of(read(*lines), "column 1", "column 2")
    assert len(data.values) == 40 and data.note == "2 rows with gaps were left out."


@pytest.mark.parametrize(
    ("cell", "decimal", "value"),
    [
        ("1,5", ",", 1.5), ("1.234,5", ",", 1234.5), ("1.234.567", ",", 1234567.0),
        ("1.5", ",", 1.5), ("1,234.5", ".", 1234.5), ("12 %", ".", 12.0), ("12%", ".", 12.0),
        ("\u22123.5", ".", -3.5), ("1\u202f234.5", ".", 1234.5), ("１２", ".", 12.0),
        ("1e5", ".", 1e5), (" 7 ", ".", 7.0), ("1_000", ".", None), ("nan", ".", None),
        ("1e999", ".", None), ("", ".", None), ("1,5", ".", None), ("12,34.5", ".", None),
        ("0x10", ".", None), ("1.2.3", ".", None), ("1 2", ".", None),
    ],
)  # fmt: skip
def test_numbers(cell: str, decimal: str, value: float | None) -> None:
    assert dialect.number(cell, decimal) == value


@pytest.mark.parametrize(
    ("cells", "separator", "decimal"),
    [
        (["1,5"], ";", ","), (["1.5"], ";", "."), (["1,234.5"], "\t", "."),
        (["1.234,56"], ";", ","), (["1,234"], "\t", ","), (["1,234"], ",", "."),
        (["1,234,567"], ";", "."), (["1,234", "2,5"], ",", ","), (["1,234", "2,500.5"], ";", "."),
        (["Doe, J."], ";", "."), ([], ",", "."),
    ],
)  # fmt: skip
def test_decimal_marks(cells: list[str], separator: str, decimal: str) -> None:
    assert dialect.decimal_of([cells], separator) == decimal


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("身長,体重", "cp932"), ("身長(cm),体重kg", "cp932"), ("時刻,ｶﾅ", "cp932"),
        ("größe,gewicht", "latin-1"), ("Länge,Höhe", "latin-1"), ("temp (°),cañón", "latin-1"),
        ("日本語,größe", "utf-8"), ("größe,体重", "utf-16"),
    ],
)  # fmt: skip
def test_letters_survive(header: str, encoding: str) -> None:
    assert read(header, *PLAIN, encoding=encoding).names == tuple(header.split(","))


# ── what is refused, and how much it may cost ────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"1,2\n" * 2_000_001, "2,000,000 rows"),
        (b"1,2\n" * 6_000_000, "24 MB; it may have 20"),
        (("1," * 3000 + "\n").encode() * 30, "3,001 columns"),
        (("1," * 1999 + "\n").encode() * 500 + b"1\n" * 200_000, "columns and 200,501 rows"),
        (b"PK\x03\x04\0\0", "no text"),
        (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n" + b"(text) Tj ET\n" * 40, "column"),
        (b'x,y\n"' + b"a" * 200_000 + b'",1\n', "cannot be read"),
    ],
)
def test_what_is_too_much_is_refused_in_a_sentence(data: bytes, says: str) -> None:
    with pytest.raises(DataError, match=says):
        reading.read_table(data)


def test_a_large_table_is_read_in_little_memory() -> None:
    import tracemalloc

    data = b"12.3456,-7.65432\n" * 200_000
    tracemalloc.start()
    try:
        table = reading.read_table(data)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert table.values.shape == (200_000, 2)
    assert most < 6 * len(data)  # cells as lists of text would take thirty times the file


TABLE = ("größe;gewicht;name\n" + "\n".join(f"{a};{b};Ann" for a, b in ROWS)).encode()


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(st.integers(0, len(TABLE) - 1), st.binary(max_size=4)), max_size=8))
def test_a_damaged_table_is_read_or_refused_in_a_sentence(damage: list[tuple[int, bytes]]) -> None:
    data = TABLE
    for place, what in damage:
        data = data[:place] + what + data[place + 2 :]
    try:
        table = reading.read_table(data)
        points = reading.points_of(table, *table.names[:2])
        assert np.isfinite(points.values).all()
    except SpecError as error:
        assert str(error).endswith(".")
