"""How page tests read a page: by what its reader sees."""

from __future__ import annotations

import json
from typing import Any

from streamlit.testing.v1 import AppTest


def button(app: AppTest, label: str) -> Any:
    return next(b for b in app.button if b.label == label)


def control(app: AppTest, name: str) -> Any:
    return app.get_by_key(f"pushforward.{name}")


def stage(app: AppTest) -> dict[str, Any]:
    """What the page hands to the stage."""
    mounted = app.get("bidi_component")
    assert len(mounted) == 1
    data: dict[str, Any] = json.loads(mounted[0].proto.json)
    return data


def sentences(app: AppTest) -> list[str]:
    return [warning.value for warning in app.warning]
