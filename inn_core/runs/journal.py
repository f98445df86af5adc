"""The log of a lab: one JSON line an event, without anything that a reader typed. No torch.

    {"at": "2026-11-25T09:30:02.118Z", "event": "started", "run": "k3x7qa", "kind": "flow", …}

Events are noted with facts of our own making: numbers, words of this code, the first letters of a
token. Of any other record in the engine's logs only the template is written, not what stands in it,
and of an error its type and place, not its text: either may quote a title, a file name or a link.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)
#: Lines of one event in a second; of what comes beyond only the number is written.
MOST = 20
#: Letters of a token: enough to find a run in the log, too few to open it.
LETTERS = 6


class Flood:
    """Counts events of a kind within a second, so that no stranger fills the disk."""

    def __init__(self) -> None:
        self.second, self.seen = 0, Counter[str]()

    def allows(self, event: str) -> bool:
        """Count one; False if there were too many in this second."""
        now = int(time.monotonic())
        if now != self.second:
            lost = sum(max(0, count - MOST) for count in self.seen.values())
            self.second, self.seen = now, Counter()
            if lost:
                log.info("silenced", extra={"facts": {"lines": lost}})
        self.seen[event] += 1
        return self.seen[event] <= MOST


flood = Flood()


def note(event: str, run: str = "", **facts: float | str | None) -> None:
    """Write an event. Facts are numbers or words of this code, never what came from outside."""
    if flood.allows(event):
        about = {"run": run[:LETTERS]} if run else {}
        log.info(event, extra={"facts": about | facts})


class Lines(logging.Formatter):
    """A record as one JSON line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"at": at.replace("+00:00", "Z")}
        facts = getattr(record, "facts", None)
        if facts is not None:
            return json.dumps(line | {"event": record.msg, **facts})
        line |= {"event": record.levelname.lower(), "where": record.name, "says": str(record.msg)}
        error = record.exc_info[1] if record.exc_info else None
        for argument in record.args if isinstance(record.args, tuple) else ():
            error = argument if isinstance(argument, BaseException) else error
        if error is not None:
            line |= {"error": type(error).__name__, "trace": trace_of(error)}
        return json.dumps(line)


def trace_of(error: BaseException) -> list[str]:
    """Where an error was raised, innermost last: file and line, no text."""
    frames = traceback.extract_tb(error.__traceback__)[-5:]
    return [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames]


def install() -> None:
    """Send the engine's logs to stderr, line by line; once a process."""
    engine = logging.getLogger("inn_core")
    if not any(isinstance(handler.formatter, Lines) for handler in engine.handlers):
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(Lines())
        engine.addHandler(handler)
    engine.propagate = False
    engine.setLevel(logging.INFO)
