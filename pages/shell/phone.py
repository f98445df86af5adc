"""On a phone the picture comes first: head, notices, stage; then the controls, then the words."""

from __future__ import annotations

import streamlit as st

#: Widest page, in CSS pixels, whose controls would push the stage off the first screen.
NARROW = 640

_RULES = """<style>
@media (max-width: {narrow}px) {{
  [data-testid="stLayoutWrapper"]:has(> .st-key-{head}) {{ order: -3; }}
  [data-testid="stLayoutWrapper"]:has(> .st-key-{notices}) {{ order: -2; }}
  .st-key-{stage} {{ order: -1; }}
}}
</style>"""


def picture_first(lesson: str) -> None:
    """Reorder a lesson's blocks; their keys are ``<lesson>.head``, ``.notices`` and ``.stage``."""
    names = {part: f"{lesson}-{part}" for part in ("head", "notices", "stage")}
    st.html(_RULES.format(narrow=NARROW, **names))
