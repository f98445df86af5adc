"""How page tests read a page: by what its reader sees."""

from __future__ import annotations

import json
import re
from typing import Any

from streamlit.testing.v1 import AppTest


def button(app: AppTest, label: str) -> Any:
    return next(b for b in app.button if b.label == label)


def control(app: AppTest, name: str) -> Any:
    return app.get_by_key(f"pushforward.{name}")


def stage(app: AppTest) -> dict[str, Any]:
    """What the page hands to the stage."""
    return component(app, "id")


def share(app: AppTest) -> dict[str, Any]:
    """What the page hands to the popover "Share"."""
    return component(app, "kinds")


def component(app: AppTest, part: str) -> dict[str, Any]:
    """The data of the only component whose data have a part of this name."""
    found = [json.loads(one.proto.json) for one in app.get("bidi_component")]
    (data,) = [one for one in found if part in one]
    return dict(data)


def sentences(app: AppTest) -> list[str]:
    """What warnings say, without the signs that keep Markdown from reading them."""
    return [re.sub(r"\\([^\w\s])", r"\1", warning.value) for warning in app.warning]
