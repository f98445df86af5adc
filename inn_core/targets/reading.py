"""Reading what people bring: tables of any dialect, and points. Every refusal is a sentence."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inn_core.targets.own import LABEL, DataError, OwnData, Units

Array = NDArray[np.float64]

#: A file of more bytes is refused, as is one of more rows; of more points a part is taken.
MOST_BYTES, MOST_ROWS, MOST_POINTS = 50_000_000, 2_000_000, 20_000
#: Fewer points are no density.
FEWEST = 20
#: Share of a column's cells that must be numbers for it to count as a column of numbers.
NUMERIC = 0.8
SEPARATORS = (",", ";", "\t", "|", " ")
ENCODINGS = ("utf-8-sig", "cp932", "latin-1")
#: Beyond this a spread cannot be squared.
FARTHEST = 1e100
THIN_KEY = 17


@dataclass(frozen=True)
class Table:
    """The columns of numbers of a table: names, and values (rows, columns) with NaN for gaps."""

    names: tuple[str, ...]
    values: Array


def read_table(data: bytes | str) -> Table:
    """Read CSV, TSV or columns apart by blanks, with or without a header.

    Raises DataError: empty, too large, no text, fewer than two columns of numbers.
    """
    text = data if isinstance(data, str) else decoded(data)
    if len(text) > MOST_BYTES:
        raise DataError(_too_large(len(text)))
    if text.count("\n") > MOST_ROWS:
        raise DataError(
            f"The table has more than {MOST_ROWS:,} rows; a sample of {MOST_POINTS:,} is plenty."
        )
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise DataError("The table is empty; it needs two columns of numbers.")
    separator = _separator(lines[: min(len(lines), 200)])
    if separator == " ":
        rows = [line.split() for line in lines]
    else:
        try:
            rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=separator))
        except csv.Error as error:
            raise DataError(
                f"The table cannot be read as text ({error}); save it as CSV."
            ) from error
    width = max(len(row) for row in rows)
    if width > 2_000:
        raise DataError(f"The table has {width:,} columns; it may have 2,000.")
    comma = separator != ","
    header = [_number(cell, comma) is None for cell in rows[0]]
    named = all(header) or (any(header) and len(rows) > 1 and _more_numbers(rows, comma))
    names = [cell.strip() for cell in rows[0]] if named else []
    return _numeric(rows[1:] if named else rows, names, width, comma)


def _numeric(rows: list[list[str]], names: list[str], width: int, comma: bool) -> Table:
    """The columns in which most cells are numbers."""
    if not rows:
        raise DataError("The table has a header and no rows; it needs two columns of numbers.")
    kept, found = [], []
    for k in range(width):
        cells = [_number(row[k], comma) if k < len(row) else None for row in rows]
        values = np.array([np.nan if cell is None else cell for cell in cells])
        if np.isfinite(values).mean() >= NUMERIC or _finite_or_nan(rows, k, values):
            kept.append(values)
            label = names[k] if k < len(names) and names[k] else f"column {k + 1}"
            found.append(label[:LABEL])
    if len(kept) < 2:
        what = "no column" if not kept else f"one column ({found[0]})"
        raise DataError(f"The table has {what} of numbers; it needs two. Text cannot be a place.")
    return Table(tuple(found), np.stack(kept, axis=1))


def _finite_or_nan(rows: list[list[str]], k: int, values: Array) -> bool:
    """Whether all that is missing in a column says so itself ("NaN", "NA", nothing)."""
    gaps = {"", "na", "nan", "n/a", "null", "none", "-", "inf", "-inf"}
    missing = [row[k].strip().lower() in gaps if k < len(row) else True for row in rows]
    return bool(np.isfinite(values).any() and (np.isfinite(values) | np.array(missing)).all())


def _separator(lines: list[str]) -> str:
    """The separator that cuts most lines into the same number (at least 2) of cells."""

    def score(separator: str) -> tuple[float, int]:
        if separator == " ":
            counts = [len(line.split()) for line in lines]
        else:
            counts = [line.count(separator) + 1 for line in lines]
        usual = max(set(counts), key=counts.count)
        agree = counts.count(usual) / len(counts)
        return (agree if usual > 1 else 0.0, -SEPARATORS.index(separator))

    # "1,5;2,5" has both: a semicolon or a tab means that commas are decimal points.
    for strong in (";", "\t", "|"):
        if score(strong)[0] > 0.9:
            return strong
    return max(SEPARATORS, key=score)


def _more_numbers(rows: list[list[str]], comma: bool) -> bool:
    """Whether the second row has a number where the first has none."""
    return any(
        _number(above, comma) is None and _number(below, comma) is not None
        for above, below in zip(rows[0], rows[1], strict=False)
    )


def _number(cell: str, comma: bool) -> float | None:
    """Read a cell; a decimal comma counts where commas do not separate."""
    text = cell.strip().replace("−", "-")
    if comma and "," in text and "." not in text:
        text = text.replace(",", ".", 1)
    try:
        value = float(text)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def decoded(data: bytes) -> str:
    """Text of a file; raises DataError for what is none."""
    if len(data) > MOST_BYTES:
        raise DataError(_too_large(len(data)))
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    if b"\0" in data[:4096]:
        raise DataError("This file is no text, so it is no table; save the table as CSV.")
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DataError("This file is in no known encoding; save it as UTF-8.")


def _too_large(size: int) -> str:
    return f"The table has {size / 1e6:.0f} MB; it may have {MOST_BYTES / 1e6:.0f}."


# ── points ───────────────────────────────────────────────────────────────────────────────────


def points_of(table: Table, first: str, second: str, label: str = "table") -> OwnData:
    """Two columns of a table as points, each column standardised; raises DataError."""
    if first == second:
        raise DataError(f"Both columns are {first}; choose two different ones.")
    for name in (first, second):
        if name not in table.names:
            raise DataError(
                f"There is no column {name[:40]!r}; the columns of numbers are "
                f"{', '.join(table.names)[:200]}."
            )
    xy = table.values[:, [table.names.index(first), table.names.index(second)]]
    return points_of_array(xy, label, names=(first, second))


def points_of_array(
    xy: Array, label: str, names: tuple[str, str] = ("x₁", "x₂"), standardise: bool = True
) -> OwnData:
    """Points (n, 2) as own data; rows with gaps are left out, and said. Raises DataError.

    standardise : to mean 0 and sd 1 column by column; else the points stay where they are (a
        drawing is made in plot units)
    """
    xy = np.asarray(xy, np.float64)
    usable = np.isfinite(xy).all(1) & (np.abs(xy) < FARTHEST).all(1)
    skipped, points = int((~usable).sum()), xy[usable]
    if len(points) < FEWEST:
        gaps = f" ({skipped} rows have gaps)" if skipped else ""
        raise DataError(
            f"There are {len(points)} points{gaps}; a density needs at least {FEWEST}. Add more."
        )
    notes = [f"{skipped} rows with gaps were left out."] if skipped else []
    if len(points) > MOST_POINTS:
        notes.append(f"{MOST_POINTS:,} of {len(points):,} points were taken, at random.")
        chosen = np.random.default_rng(THIN_KEY).choice(len(points), MOST_POINTS, replace=False)
        points = points[np.sort(chosen)]
    mean, sd = points.mean(0), points.std(0)
    scale = np.maximum(np.abs(points).max(0), 1e-300)
    for k, name in enumerate(names):
        if sd[k] <= 1e-12 * scale[k]:
            raise DataError(f"{name} is the same in all rows; a density needs spread in both.")
    unit = (points - mean) / sd
    if abs(float((unit[:, 0] * unit[:, 1]).mean())) > 1 - 1e-6:
        raise DataError(
            "All points lie on one line; a density in the plane needs spread across it too."
        )
    units = Units(names)
    if standardise:
        first, second = (str(name) for name in names)
        units = Units(
            (first, second), (float(mean[0]), float(mean[1])), (float(sd[0]), float(sd[1]))
        )
        points = unit
    return OwnData("points", label_of(label), points.astype(np.float32), units, " ".join(notes))


def label_of(text: str) -> str:
    """A line of at most LABEL letters, without control characters."""
    line = " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())
    return line[:LABEL] or "own data"
