"""Every word a reader sees, from assets/text: one JSON file a language, the same keys in each."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from inn_core.registry import Entry

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "text"
DEFAULT = "en"
KEY = "lang"


@cache
def languages() -> dict[str, dict[str, Any]]:
    """Return language code -> the whole text file, English first."""
    files = {path.stem: path for path in sorted(FOLDER.glob("*.json"))}
    codes = sorted(files, key=lambda code: (code != DEFAULT, code))
    return {code: json.loads(files[code].read_text(encoding="utf-8")) for code in codes}


@dataclass(frozen=True)
class Words:
    """The words of one language: ``words("shell.train")``."""

    lang: str

    def __call__(self, key: str, /, **values: Any) -> str:
        """Return the text at a dotted key with ``{names}`` filled in; raises KeyError."""
        text = self.section(key)
        if not isinstance(text, str):
            raise KeyError(f"{key} is a group of texts in {self.lang}.json; name one of them.")
        return text.format(**values) if values else text

    def section(self, key: str) -> Any:
        """Return what stands at a dotted key: a text, or a group of texts as a dict."""
        part: Any = languages()[self.lang]
        for name in key.split("."):
            part = part[name]
        return part

    def name(self, table: str, key: str, entry: Entry) -> str:
        """Return what people call a registry entry: its name in the text file, else its label."""
        named: Mapping[str, str] = languages()[self.lang]["names"].get(table, {})
        return named.get(key, entry.label)

    def short(self, table: str, key: str, entry: Entry) -> str:
        """Return the same where there is little room: without what stands in brackets."""
        return re.split(r"\s*[(（]", self.name(table, key, entry))[0]


class Markdown(str):
    """A sentence of ours that is to be read as Markdown."""


def plain(text: str) -> str:
    """Somebody's text as it stands, where Markdown is read: no link, no code, no formula of it."""
    return re.sub(r"([\\`*_\[\](){}<>#$~:|^!&-])", r"\\\1", text)


def known(asked: str) -> str | None:
    """Return the language meant by "en", "ja-JP", "ja;q=0.5" and the like; None if none of ours."""
    code = asked.split(";")[0].split("-")[0].strip().lower()
    return code if code in languages() else None


def choose() -> Words:
    """Return the words of the language in use: chosen, in the link, the browser's, or English."""
    if KEY not in st.session_state:
        st.session_state[KEY] = (
            known(st.query_params.get("lang", st.context.locale or "")) or DEFAULT
        )
    chosen = st.session_state[KEY]
    return Words(chosen if chosen in languages() else DEFAULT)


def selector(words: Words) -> None:
    """Draw the language selector."""
    st.segmented_control(
        words("shell.language"),
        list(languages()),
        format_func=lambda code: languages()[code]["language"],
        key=KEY,
        required=True,
        label_visibility="collapsed",
        persist_state="session",
    )
