"""Files that are whole or not there: written beside their place, then moved to it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from inn_core.export.request import ExportError


@contextmanager
def place(path: str | Path, what: str = "file") -> Iterator[Path]:
    """Give a path beside ``path`` to write at; what is there takes its place when the block ends.

    A block that fails leaves nothing, and what lay at ``path`` before stays.
    Raises ExportError with a sentence for what the system refuses, such as a full disk.
    """
    final = Path(path)
    beside = final.with_name(f".{final.name}.part")
    try:
        yield beside
        os.replace(beside, final)
    except OSError as error:
        raise ExportError(
            f"The {what} cannot be written ({error.strerror or error}); make room and try again."
        ) from error
    finally:
        with suppress(OSError):
            beside.unlink()
