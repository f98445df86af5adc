"""The script that every page runs under: page settings, the menu, then the page itself."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.shell import lessons, words

#: A file, since the browser would fetch an icon font's sign from a server outside.
ICON = Path(__file__).resolve().parents[1] / "assets" / "icon.svg"
st.set_page_config(page_title="Pushforward", page_icon=str(ICON), layout="wide")

text = words.choose()
page = st.navigation(
    [
        st.Page(
            f"{lesson.name}.py",
            title=text(f"{lesson.name}.title"),
            icon=lesson.icon,
            url_path=lesson.name,
            default=number == 0,
            help=text(f"{lesson.name}.sentence"),
        )
        for number, lesson in enumerate(lessons.LESSONS)
    ],
    position="hidden" if st.context.is_embedded else "top",
)
page.run()
