"""On a phone the picture comes first: head, notices, stage; then the controls, then the words.

What starts a run stays at hand: a bar at the lower edge of the window (``--pf-foot`` tells its
height to panels of the stage that stand there too).
"""

from __future__ import annotations

import streamlit as st

#: Widest page, in CSS pixels, whose controls would push the stage off the first screen.
NARROW = 640

_HEAD = """<style>
@media (max-width: {narrow}px) {{
  [data-testid="stMainBlockContainer"] {{ padding-top: 3.4rem; }}
  .st-key-{head} {{ gap: 6px 8px; }}
  .st-key-{head} > [data-testid="stLayoutWrapper"] > div {{ gap: 8px; }}
  .st-key-{head} button {{ padding-inline: 9px; }}
}}
</style>"""
_RULES = """<style>
@media (max-width: {narrow}px) {{
  :root {{ --pf-foot: 52px; }}
  [data-testid="stLayoutWrapper"]:has(> .st-key-{head}) {{ order: -3; }}
  [data-testid="stLayoutWrapper"]:has(> .st-key-{notices}) {{ order: -2; }}
  .st-key-{stage} {{ order: -1; }}
  .st-key-{go} {{
    position: fixed; z-index: 7; inset: auto 0 0 0; width: 100%; flex-wrap: nowrap;
    padding: 8px 1rem calc(8px + env(safe-area-inset-bottom)); backdrop-filter: blur(12px);
  }}
  .st-key-{go} button {{ white-space: nowrap; }}
  [data-testid="stMainBlockContainer"] {{ padding-bottom: 5rem; }}
}}
</style>"""


def close_head(lesson: str) -> None:
    """Draw a lesson's head together: its title, its sentence, and all its buttons in one row."""
    st.html(_HEAD.format(narrow=NARROW, head=f"{lesson}-head"))


def picture_first(lesson: str) -> None:
    """Reorder a lesson's blocks; their keys are ``<lesson>.head``, ``.notices`` and ``.stage``.

    Block ``<lesson>.go`` holds the buttons that start a run.
    """
    names = {part: f"{lesson}-{part}" for part in ("head", "notices", "stage", "go")}
    close_head(lesson)
    st.html(_RULES.format(narrow=NARROW, **names))
