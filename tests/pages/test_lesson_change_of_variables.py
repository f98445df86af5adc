"""The page of "change of variables": its stage, its words, and nothing that asks the server."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from pages.shell.lessons import LESSONS
from pages.shell.words import Words
from tests.pages.conftest import ROOT
from tests.pages.reading import stage

LESSON = "change_of_variables"


def visit(lang: str = "en") -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / f"{LESSON}.py"), default_timeout=20)
    app.query_params["lang"] = lang
    return app.run()


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_it_opens_with_its_stage_and_words(lang: str) -> None:
    app = visit(lang)
    assert not app.exception
    words = Words(lang)
    assert app.title[0].value == words("change_of_variables.title")
    data = stage(app)
    assert (data["id"], data["lang"], data["run"], data["owner"]) == (LESSON, lang, None, None)
    assert data["words"] == words.section(f"{LESSON}.stage")
    assert {tab.label for tab in app.tabs} == {
        words("change_of_variables.idea"),
        words("change_of_variables.sources"),
    }
    assert "arXiv 1906.04032" in " ".join(text.value for text in app.markdown)


def test_it_is_in_the_menu_and_has_no_control_that_asks_the_server() -> None:
    assert LESSON in [lesson.name for lesson in LESSONS]
    app = visit()
    kinds = ("button", "slider", "selectbox", "toggle", "radio", "text_input", "number_input")
    assert not [widget for kind in kinds for widget in app.get(kind)]
