"""The speed table: ``make bench``, or ``python -m tests.benchmarks [--quick] [--only affine,fit]``.

Prints a line as soon as it is measured and writes all of them, with every slice behind them, as
JSON. Nothing here is collected by pytest.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from tests.benchmarks import report
from tests.benchmarks.lines import LINES
from tests.benchmarks.slices import PEERS_PYTHON, ROOT
from tests.benchmarks.table import Setting

KEYS = [line.key for line in LINES]


def keys(text: str) -> list[str]:
    """Keys of lines, separated by commas; empty means all."""
    chosen = [key for key in text.split(",") if key] or KEYS
    unknown = [key for key in chosen if key not in KEYS]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"{', '.join(unknown)} is no line; the lines are {', '.join(KEYS)}."
        )
    return chosen


def field(text: str) -> tuple[str, object]:
    """``name=value`` of a RunSpec's field, the value as JSON where it is some."""
    name, _, value = text.partition("=")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("make bench", description=__doc__)
    parser.add_argument("--only", type=keys, default=KEYS, help=f"of {','.join(KEYS)}")
    parser.add_argument("--quick", action="store_true", help="a few minutes: short slices")
    parser.add_argument("--seed", type=int, default=0, help="of weights, data and mixtures")
    parser.add_argument("--jobs", type=int, default=1, help="targets fitted at the same time")
    parser.add_argument("--targets", nargs="*", default=[], help="to fit: names, mixture-SEED")
    parser.add_argument("--set", type=field, nargs="*", default=[], help="fields of our RunSpec")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "bench", help="a folder")
    parser.add_argument("--markdown", action="store_true", help="print the table of the README")
    return parser.parse_args()


def main() -> None:
    given = arguments()
    if not PEERS_PYTHON.exists():
        raise SystemExit("The peers have no environment yet; `make bench` makes it.")
    given.out.mkdir(parents=True, exist_ok=True)
    setting = Setting(
        *(given.quick, given.seed, given.out, dict(given.set), given.jobs, tuple(given.targets))
    )
    facts, rows = report.machine(), []
    for line in LINES:
        if line.key not in given.only:
            continue
        rows.append((line, line.measure(setting)))
        print(report.as_text(*rows[-1]), flush=True)
        path = given.out / "bench.json"
        text = json.dumps(report.as_json(rows, facts), indent=1, ensure_ascii=False)
        path.write_text(text + "\n", encoding="utf-8")
    if given.markdown:
        print("\n" + report.as_markdown(rows, facts))


if __name__ == "__main__":
    main()
