"""How a file of numbers is written: its encoding, its separator, its decimal mark.

None of the three is said in the file, and people's spreadsheets differ in all of them.
"""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from inn_core.targets.own import DataError

#: In the order in which they are preferred where two cut the lines equally well.
SEPARATORS = (",", ";", "\t", "|", " ")
#: A table with one of these in nearly every line is cut there: its commas are decimal marks.
STRONG = (";", "\t", "|")
#: What stands for a missing number.
GAPS = frozenset(
    ("", "-", "?", ".", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "inf", "+inf", "-inf")
)
#: Numbers whose thousands are grouped, by the decimal mark: 1,234.5 and 1.234,5.
GROUPED = {
    ".": re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?"),
    ",": re.compile(r"[-+]?\d{1,3}(\.\d{3})+(,\d*)?"),
}
#: A comma that can only be a decimal mark: not exactly three digits follow, or it comes last.
DECIMAL_COMMA = re.compile(r"[-+]?\d*,(\d{1,2}|\d{4,})%?|[-+]?\d{1,3}(\.\d{3})+,\d+")
GROUP_COMMA = re.compile(r"[-+]?\d{1,3}(,\d{3})+\.\d*|[-+]?\d{1,3}(,\d{3}){2,}")
MAYBE_COMMA = re.compile(r"[-+]?\d+,\d{3}")
#: Typesetting that means nothing to a number: spaces between thousands, a minus of its own.
TYPESET = str.maketrans({"\u2212": "-", "\u00a0": None, "\u202f": None, "\u2009": None})
QUOTED = re.compile(r'"[^"]*"')
FULL_WIDTH = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff01-\uff60]")
BESIDE_LATIN = re.compile(
    r"(?<=[A-Za-z])[\u3040-\u30ff\u3400-\u9fff\uff01-\uff9f]"
    r"|[\u3040-\u30ff\u3400-\u9fff\uff01-\uff9f](?=[A-Za-z])"
)
PRIVATE = re.compile(r"[\ue000-\uf8ff]")


# ── text ─────────────────────────────────────────────────────────────────────────────────────


def decoded(data: bytes) -> str:
    """Text of a file; raises DataError for what is none."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    if b"\0" in data[:4096]:
        raise DataError("This file is no text, so it is no table; save the table as CSV.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp932")
    except UnicodeDecodeError:
        text = ""
    return text if _japanese(text) else data.decode("latin-1")


def _japanese(text: str) -> bool:
    """Whether text that was read as Shift-JIS is Japanese, not Western European letters.

    "Länge" in latin-1 is also "L舅ge" in Shift-JIS: there single characters stand between Latin
    letters, which they rarely do in Japanese.
    """
    found = len(FULL_WIDTH.findall(text))
    return found > 0 and not PRIVATE.search(text) and 2 * len(BESIDE_LATIN.findall(text)) <= found


def lines_of(text: str) -> Iterator[str]:
    """The lines of a text that are not blank, one by one: a copy of a large file is large."""
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        line = text[start:end]
        if line.strip():
            yield line
        start = end + 1


# ── cells ────────────────────────────────────────────────────────────────────────────────────


def separator_of(lines: list[str]) -> str:
    """The separator that cuts most lines into the same number (at least 2) of cells.

    Where two do ("0,5 1,5"), the one whose cells are numbers.
    """
    if lines[0].lower().startswith("sep=") and lines[0][4:5] in SEPARATORS:
        return lines[0][4]  # a spreadsheet's own note
    plain = [QUOTED.sub("q", line) for line in lines if not line.startswith("#")] or lines

    def agreement(separator: str) -> float:
        counts = Counter(len(_cut(line, separator)) for line in plain)
        usual, times = counts.most_common(1)[0]
        return times / len(plain) if usual > 1 else 0.0

    def numbers(separator: str) -> float:
        rows = [_cut(line, separator) for line in plain]
        decimal = decimal_of(rows, separator)
        cells = [number(cell, decimal) is not None for row in rows for cell in row]
        return sum(cells) / len(cells)

    for separator in STRONG:
        if agreement(separator) > 0.9:
            return separator
    # of equals the first
    return max(SEPARATORS, key=lambda mark: agreement(mark) * (1 + numbers(mark)))


def _cut(line: str, separator: str) -> list[str]:
    return line.split(None if separator == " " else separator)


def rows_of(lines: Iterable[str], separator: str, quotes: bool = True) -> Iterator[list[str]]:
    """The cells of each line; raises DataError."""
    if separator == " ":
        yield from (line.split() for line in lines)
        return
    try:
        cells = (
            csv.reader(lines, delimiter=separator)
            if quotes
            else csv.reader(lines, delimiter=separator, quoting=csv.QUOTE_NONE)
        )
        for row in cells:
            if any(cell.strip() for cell in row):
                yield row
    except csv.Error as error:
        raise DataError(f"The table cannot be read as text ({error}); save it as CSV.") from error


def decimal_of(rows: Iterable[list[str]], separator: str) -> str:
    """The decimal mark of a table, "." or ",": what the cells that can mean one thing only say.

    "1,234" may be either; where commas do not separate, they are taken for decimal marks.
    """
    votes = Counter[str]()
    for row in rows:
        for cell in row:
            text = cell.strip()
            if "," not in text:
                continue
            for kind, pattern in (("comma", DECIMAL_COMMA), ("group", GROUP_COMMA)):
                votes[kind] += pattern.fullmatch(text) is not None
            votes["maybe"] += MAYBE_COMMA.fullmatch(text) is not None
    if votes["group"] > votes["comma"]:
        return "."
    return "," if votes["comma"] or (votes["maybe"] and separator != ",") else "."


def number(cell: str, decimal: str = ".") -> float | None:
    """Read a cell; None for what is no finite number. ``1_000`` is a name, not a number."""
    text = cell.strip()
    if decimal == ",":
        text = _plain(text, decimal)
    try:
        value = float(text)
    except ValueError:
        try:
            value = float(_plain(text, decimal))
        except ValueError:
            return None
    return value if math.isfinite(value) and "_" not in text else None


def _plain(text: str, decimal: str) -> str:
    """A number as Python writes it: no groups, no per cent sign, a point before the decimals."""
    text = text.translate(TYPESET).removesuffix("%")
    if GROUPED[decimal].fullmatch(text):
        text = text.replace("," if decimal == "." else ".", "")
    return text.replace(",", ".") if decimal == "," else text


def is_gap(cell: str) -> bool:
    """Whether a cell says itself that its number is missing."""
    return cell.strip().lower() in GAPS
