"""Reading what people bring: tables of any dialect, and points. Every refusal is a sentence."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray

from inn_core.targets import dialect
from inn_core.targets.own import LABEL, DataError, OwnData, Units

Array = NDArray[np.float64]

#: A file of more bytes, rows, columns or cells is refused; of more points a part is taken.
MOST_BYTES, MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 20_000_000, 2_000_000, 2_000, 20_000_000
MOST_POINTS = 20_000
#: Fewer points are no density.
FEWEST = 20
#: Share of a column's cells that must be numbers for it to count as a column of numbers.
NUMERIC = 0.8
#: Lines from which the dialect is read.
SAMPLE = 500
#: Beyond this a spread cannot be squared; in the float32 of points that are not standardised.
FARTHEST, FARTHEST_RAW = 1e100, 1e15
THIN_KEY = 17


@dataclass(frozen=True)
class Table:
    """The columns of numbers of a table: names, and values (rows, columns) with NaN for gaps."""

    names: tuple[str, ...]
    values: Array


def read_table(data: bytes | str) -> Table:
    """Read CSV, TSV or columns apart by blanks, with or without a header.

    The text is read line by line into columns of numbers: as lists of cells it would take thirty
    times its size. Raises DataError: empty, too large, no text, fewer than two columns of numbers.
    """
    if len(data) > MOST_BYTES:
        raise DataError(
            f"The table has {len(data) / 1e6:.0f} MB; it may have {MOST_BYTES / 1e6:.0f}. "
            f"A sample of {MOST_POINTS:,} rows is plenty."
        )
    text = data if isinstance(data, str) else dialect.decoded(data)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    count = text.count("\n") + 1
    if count > MOST_ROWS:
        raise DataError(
            f"The table has more than {MOST_ROWS:,} rows; a sample of {MOST_POINTS:,} is plenty."
        )
    lines = dialect.lines_of(text)
    first = list(islice(lines, SAMPLE))
    if not first:
        raise DataError("The table is empty; it needs two columns of numbers.")
    separator, above = dialect.separator_of(first), ""
    if first[0].lower().startswith("sep="):
        del first[0]
    while first and first[0].startswith("#"):  # the last comment may name the columns
        above = first.pop(0).lstrip("# ")
    quotes = text.count('"') % 2 == 0
    rows = dialect.rows_of(chain(first, lines), separator, quotes)
    head = list(islice(rows, SAMPLE - 1))
    width = Counter(len(row) for row in head).most_common(1)[0][0] if head else 0
    if width > MOST_COLUMNS or width * count > MOST_CELLS:
        raise DataError(
            f"The table has {width:,} columns and {count:,} rows; it may have "
            f"{MOST_CELLS / 1e6:.0f} million cells and {MOST_COLUMNS:,} columns."
        )
    decimal = dialect.decimal_of(head, separator)
    while len(head) > 1 and width > 1 and _is_title(head[0], decimal):
        del head[0]
    names = _header(head, decimal)
    if names:
        del head[0]
    elif above:
        names = next(dialect.rows_of([above], separator, quotes), [])
        names = names if len(names) == width else []
    return _numeric(chain(head, rows), names, width, decimal)


def _is_title(row: list[str], decimal: str) -> bool:
    """Whether a row says one thing only, at its beginning, and no number: a title above a table."""
    alone = bool(row[0].strip()) and not any(cell.strip() for cell in row[1:])
    return alone and dialect.number(row[0], decimal) is None


def _header(rows: list[list[str]], decimal: str) -> list[str]:
    """The names in the first row; none if it is a row of data.

    It holds names if it is all text, or if below a text of it there is a number.
    """

    def is_text(cell: str) -> bool:
        return dialect.number(cell, decimal) is None and not dialect.is_gap(cell)

    if not rows:
        return []
    texts = [is_text(cell) for cell in rows[0]]
    above_numbers = any(
        text and dialect.number(cell, decimal) is not None
        for row in rows[1:6]
        for text, cell in zip(texts, row, strict=False)
    )
    return rows[0] if all(texts) or above_numbers else []


def _numeric(rows: Iterator[list[str]], names: list[str], width: int, decimal: str) -> Table:
    """The columns in which most cells are numbers; cells beyond ``width`` belong to no column."""
    columns = [array("d") for _ in range(width)]
    gaps, count = [0] * width, 0
    for row in rows:
        count += 1
        for k, (column, cell) in enumerate(zip(columns, row, strict=False)):
            value = dialect.number(cell, decimal)
            column.append(np.nan if value is None else value)
            if value is None and dialect.is_gap(cell):
                gaps[k] += 1
        for column in columns[len(row) :]:
            column.append(np.nan)
    if not count:
        raise DataError("The table has a header and no rows; it needs two columns of numbers.")
    kept: list[Array] = []
    found: list[str] = []
    for k, column in enumerate(columns):
        values = np.frombuffer(column)
        numbers = int(np.isfinite(values).sum())
        # Many gaps are no reason to drop a column whose gaps say that they are some.
        if numbers >= NUMERIC * count or (numbers and numbers + gaps[k] == count):
            kept.append(values)
            label = label_of(names[k], "") if k < len(names) else ""
            found.append(_unused(label or f"column {k + 1}", found))
    if len(kept) < 2:
        what = "no column" if not kept else f"one column ({found[0]})"
        raise DataError(f"The table has {what} of numbers; it needs two. Text cannot be a place.")
    return Table(tuple(found), np.stack(kept, axis=1))


def _unused(name: str, names: list[str]) -> str:
    """``name``, numbered if another column has it."""
    new, count = name, 1
    while new in names:
        count += 1
        new = f"{name[: LABEL - 6]} ({count})"
    return new


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
    if xy.ndim != 2 or xy.shape[1] != 2:
        raise DataError(f"The points have shape {xy.shape}; each must be a pair of numbers.")
    farthest = FARTHEST if standardise else FARTHEST_RAW
    usable = np.isfinite(xy).all(1) & (np.abs(xy) < farthest).all(1)
    skipped, points = int((~usable).sum()), xy[usable]
    lost = f"{skipped:,} {'row' if skipped == 1 else 'rows'} with gaps"
    lost += f" or beyond {farthest:g}" if np.isfinite(xy[~usable]).all(1).any() else ""
    if len(points) < FEWEST:
        besides = f" besides {lost}" if skipped else ""
        raise DataError(
            f"There are {len(points)} points{besides}; a density needs at least {FEWEST}. Add more."
        )
    notes = [f"{lost} {'was' if skipped == 1 else 'were'} left out."] if skipped else []
    if len(points) > MOST_POINTS:
        notes.append(f"{MOST_POINTS:,} of {len(points):,} points were taken, at random.")
        chosen = np.random.default_rng(THIN_KEY).choice(len(points), MOST_POINTS, replace=False)
        points = points[np.sort(chosen)]
    if not standardise:
        points = points.astype(np.float32).astype(np.float64)  # spread that rounding eats is none
    mean, sd = _mean_and_sd(points)
    for k, name in enumerate(names):
        if sd[k] <= 1e-12 * np.abs(points[:, k]).max():
            raise DataError(f"{name} is the same in all rows; a density needs spread in both.")
    unit = (points - mean) / sd
    if abs(float((unit[:, 0] * unit[:, 1]).mean())) > 1 - 1e-6:
        raise DataError(
            "All points lie on one line (or so it seems beside a few that are very far away); "
            "a density in the plane needs spread across it too."
        )
    units = Units()
    if standardise:
        first, second = (
            label_of(name, default) for name, default in zip(names, units.names, strict=True)
        )
        units = Units(
            (first, second), (float(mean[0]), float(mean[1])), (float(sd[0]), float(sd[1]))
        )
        points = unit
    return OwnData("points", label_of(label), points.astype(np.float32), units, " ".join(notes))


def _mean_and_sd(points: Array) -> tuple[Array, Array]:
    """Mean (2,) and sd (2,) of points; the squares of numbers like 1e-200 are not lost."""
    size = np.maximum(np.abs(points).max(0), 1e-300)
    return points.mean(0), (points / size).std(0) * size


def label_of(text: str, default: str = "own data") -> str:
    """A line of at most LABEL letters, without control characters."""
    line = " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())
    return line[:LABEL] or default
