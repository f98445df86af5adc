"""One thread for torch while a run computes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute with one intra-op thread, then put the caller's setting back.

    Two threads are slower on networks this small, and the order of a sum, so its last bit, depends
    on their number: a run would not repeat on another machine.
    """
    threads = torch.get_num_threads()
    if threads == 1:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
