"""On a phone the picture comes first: head, notices, stage; then the controls, then the words.

What starts a run stays at hand: a bar at the lower edge of the window (``--pf-foot`` tells its
height to panels of the stage that stand there too).
"""

from __future__ import annotations

import streamlit as st

#: Widest page, in CSS pixels, whose controls would push the stage off the first screen.
NARROW = 640

_RULES = """<style>
@media (max-width: {narrow}px) {{
  :root {{ --pf-foot: 52px; }}
  [data-testid="stLayoutWrapper"]:has(> .st-key-{head}) {{ order: -3; }}
  [data-testid="stLayoutWrapper"]:has(> .st-key-{notices}) {{ order: -2; }}
  .st-key-{stage} {{ order: -1; }}
  .st-key-{go} {{
    position: fixed; z-index: 1; inset: auto 0 0 0; width: 100%; flex-wrap: nowrap;
    padding: 8px 1rem calc(8px + env(safe-area-inset-bottom)); backdrop-filter: blur(12px);
  }}
  .st-key-{go} button {{ white-space: nowrap; }}
  [data-testid="stMainBlockContainer"] {{ padding-bottom: 5rem; }}
}}
</style>"""


def picture_first(lesson: str) -> None:
    """Reorder a lesson's blocks; their keys are ``<lesson>.head``, ``.notices`` and ``.stage``.

    Block ``<lesson>.go`` holds the buttons that start a run.
    """
    names = {part: f"{lesson}-{part}" for part in ("head", "notices", "stage", "go")}
    st.html(_RULES.format(narrow=NARROW, **names))
