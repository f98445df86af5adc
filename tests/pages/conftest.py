"""Page tests run the router script without a server, with a lab that never trains."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from inn_core.runs import client
from tests.pages.fakelab import FakeLab

ROOT = Path(__file__).resolve().parents[2]

Open = Callable[..., AppTest]


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch) -> FakeLab:
    """The lab that every page of the test talks to."""
    fake = FakeLab()
    monkeypatch.setattr(client, "current", lambda: fake)
    return fake


@pytest.fixture
def visit(lab: FakeLab) -> Open:
    """Open the app at an address: ``visit(layers="4")``."""

    def visit(**parameters: Any) -> AppTest:
        app = AppTest.from_file(str(ROOT / "pages" / "router.py"), default_timeout=20)
        app.query_params.update(parameters)
        return app.run()

    return visit
