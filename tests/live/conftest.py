"""One hub with two workers for all tests of this folder that need no process of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from inn_core.runs.settings import Settings
from tests.live.support import HubThread, until


@pytest.fixture(scope="package")
def hub_thread(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubThread]:
    thread = HubThread(Settings(store=tmp_path_factory.mktemp("hub"), workers=2, runs_per_worker=3))
    yield thread
    thread.close()


@pytest.fixture
def lab(hub_thread: HubThread) -> Iterator[HubThread]:
    """The hub; every test leaves its seats empty."""
    yield hub_thread
    hub = hub_thread.hub
    for run in list(hub.runs.values()):
        if run.worker or run.place:
            hub_thread.ask(hub.stop(run))
    until(lambda: not hub.seats.admission.seats, "empty seats")
