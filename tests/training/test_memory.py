"""The C library keeps freed memory once a trainer exists."""

import platform

from inn_core.specs import FlowSpec, RunSpec
from inn_core.training import loop
from inn_core.training.memory import keep_freed_memory


def test_a_trainer_asks_and_glibc_listens(monkeypatch):
    asked = []
    monkeypatch.setattr(loop, "keep_freed_memory", lambda: asked.append(1))
    loop.Trainer(RunSpec(flow=FlowSpec(layers=1, hidden=(4,))))
    assert asked and keep_freed_memory() == (platform.libc_ver()[0] == "glibc")
