"""The view of a stage: read it, apply it, also before its frames have come, whatever it says."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page

from pages.shell import links
from tests.browser.conftest import NewPage
from tests.browser.stagelab import MOUNT, Lab, state, until

LOOK = """async ([what, view]) => {
  const { lookOf } = await import('/stage/stage.js');
  const look = lookOf(window.host);
  return what === 'read' ? look.read() : look.apply(view);
}"""
PRESENT: dict[str, Any] = {
    "step": None,
    "depth": None,
    "probe": None,
    "zoom": {"latent": [0, 0, 1], "data": [0, 0, 1]},
    "layers": {"points": True, "grid": True, "density": True, "data": True},
    "ink": [],
    "lasso": [],
}
ELSEWHERE: dict[str, Any] = {
    "step": 120,
    "depth": 2.25,
    "probe": {"room": "latent", "point": [0.5, -0.25], "pinned": True},
    "zoom": {"latent": [0.5, 0, 2], "data": [0, -0.25, 0.75]},
    "layers": {"points": True, "grid": False, "density": True, "data": False},
    "ink": [
        {"room": "data", "point": [0.25, -0.5], "hue": 1},
        {"room": "latent", "point": [1, 0.5], "hue": 0},
    ],
    "lasso": [
        {"room": "data", "step": 60, "depth": 3.5, "mode": "new", "loop": [0, 0, 1, 0, 1, 1, 0, 1]},
        {"room": "latent", "step": 120, "depth": 0, "mode": "less", "loop": [0, 0, 1, 0, 0.5, 2]},
    ],
}


@pytest.fixture
def lab(new_page: NewPage, assets_url: str) -> Lab:
    return Lab(new_page, assets_url)


def read(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(LOOK, ["read", None])
    return found


def test_a_view_that_was_applied_is_the_one_that_is_read(lab: Lab) -> None:
    page = lab.recorded()
    page.wait_for_function("() => document.querySelector('.pf-line').getAttribute('d')")
    assert read(page) == PRESENT
    page.evaluate(LOOK, ["apply", ELSEWHERE])
    until(page, "s.step === 120 && s.layerPosition === 2.25 && s.ink.length === 2 && s.lit")
    assert read(page) == ELSEWHERE
    page.evaluate(LOOK, ["apply", PRESENT])
    until(page, "s.step === 290 && s.layerPosition === 4 && !s.ink.length && !s.lit")
    assert read(page) == PRESENT


def test_a_view_waits_for_its_frames_and_gives_way_to_the_reader(lab: Lab) -> None:
    page = lab.live()
    page.evaluate(LOOK, ["apply", {"step": 80, "depth": 1.5}])
    lab.send(3, 5, 8, 9)
    until(page, "s.step === 80 && s.layerPosition === 1.5")
    page.evaluate(LOOK, ["apply", {"step": 200}])
    lab.send(10)
    page.keyboard.press("l")  # the reader plays a layer instead
    page.locator("[data-do=live]").click()
    lab.send(20, 21)
    until(page, "s.step === 210")


def test_a_step_that_was_not_kept_is_the_nearest_one_once_all_is_there(lab: Lab) -> None:
    page = lab.blank()
    lab.server.status = "done"
    page.evaluate(MOUNT, {"run": "run-one", "owner": None})
    page.evaluate(LOOK, ["apply", {"step": 14, "depth": None}])
    until(page, "s.step === 10")
    page.get_by_text("Step 14 was not kept; this is step 10").wait_for()


@pytest.mark.parametrize(
    "wrong",
    [
        None, 3, "view", [], {"step": "5", "depth": -1}, {"step": 1e300, "depth": float("nan")},
        {"probe": 5}, {"probe": {"room": "__proto__", "point": [1, 2], "pinned": 1}},
        {"probe": {"room": "data", "point": [1]}}, {"zoom": {"latent": [0, 0, 0]}},
        {"zoom": {"data": [None, 0, 1]}}, {"zoom": 7}, {"layers": {"grid": "no", "toString": True}},
        {"layers": None}, {"ink": 3}, {"ink": [None]}, {"ink": ELSEWHERE["ink"] * 2},
        {"ink": [{"room": "data", "point": [0, 1], "hue": 3}]}, {"lasso": {}}, {"lasso": [[]]},
        {"lasso": [{**ELSEWHERE["lasso"][0], "loop": "0123456789"}]},
        {"lasso": [{**ELSEWHERE["lasso"][0], "loop": [0, 1] * 33}]},
        {"lasso": [{**ELSEWHERE["lasso"][0], "loop": [0, 1, 2, 3, 4, None]}]},
        {"lasso": [{**ELSEWHERE["lasso"][0], "mode": "constructor"}]},
        {"lasso": ELSEWHERE["lasso"] * 3},
    ],
)  # fmt: skip
def test_what_a_view_says_wrong_is_left_out(shared: Page, wrong: Any) -> None:
    page = shared
    page.evaluate(LOOK, ["apply", wrong])
    page.evaluate("() => new Promise((done) => requestAnimationFrame(done))")
    assert read(page) == PRESENT
    assert state(page)["step"] == 290


@pytest.fixture(scope="module")
def shared(chromium: Any, assets_url: str) -> Any:
    """One recorded stage for all the wrong views, which change nothing."""
    context = chromium.new_context()
    page = Lab(lambda **_: context.new_page(), assets_url).recorded()
    yield page
    context.close()


CODEC = """async (views) => {
  const { decode, encode } = await import('/stage/viewtoken.js');
  return views.map((view) => decode(encode(view, {})));
}"""
DECODE = """async (tokens) => {
  const { decode } = await import('/stage/viewtoken.js');
  return tokens.map((token) => decode(token));
}"""
QUERY = """async (asked) => {
  const { queryWith } = await import('/stage/address.js');
  return asked.map(([search, token, dark]) => queryWith(search, token, dark));
}"""
plain = st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-9, 9) | st.text(max_size=8)
nested = st.recursive(
    plain,
    lambda part: (
        st.lists(part, max_size=4) | st.dictionaries(st.text(min_size=1, max_size=6), part)
    ),
)


def examples(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    """Some hundred examples at once: the browser is asked once, not a hundred times."""
    found: list[Any] = []

    @settings(max_examples=count, database=None, derandomize=True)
    @given(strategy)
    def collect(value: Any) -> None:
        found.append(value)

    collect()
    return found


def test_views_survive_their_token_and_python_reads_the_same(shared: Page) -> None:
    views = examples(st.dictionaries(st.text(min_size=1, max_size=6), nested, min_size=1), 150)
    texts = [json.dumps(view) for view in views]
    views = [
        view
        for view, text in zip(views, texts, strict=True)
        if "__proto__" not in text and len(text) < 4000  # a longer token is refused
    ]
    assert len(views) > 100
    assert shared.evaluate(CODEC, views) == views
    encode = CODEC.replace("decode(encode(view, {}))", "encode(view, {})")
    for token in shared.evaluate(encode, views):
        assert len(token) > links.VIEW_LENGTH or links.view_of({"view": token}) == (token, "")


def test_any_token_is_a_view_or_nothing_and_the_stage_goes_on(shared: Page) -> None:
    raw = st.binary(max_size=90).map(lambda some: f"1.{base64.urlsafe_b64encode(some).decode()}")
    texts = examples(st.text(max_size=60) | raw | st.from_regex(r"[0-9]\.[\w-]{0,60}"), 300)
    texts += ["1." + "A" * 100_000, "1." + base64.urlsafe_b64encode(b"[" * 4000).decode()]
    found = shared.evaluate(DECODE, texts)
    assert all(view is None or isinstance(view, dict) for view in found)
    for text, view in zip(texts, found, strict=True):
        if view is not None:
            assert links.view_of({"view": text})[0] == text


def test_no_view_harms_a_stage(shared: Page) -> None:
    name = st.sampled_from(
        [
            "step",
            "depth",
            "probe",
            "zoom",
            "layers",
            "room",
            "point",
            "latent",
            "ink",
            "lasso",
            "loop",
        ]
    )
    parts = st.recursive(
        plain, lambda part: st.lists(part, max_size=3) | st.dictionaries(name, part)
    )
    views = examples(st.dictionaries(name, parts, min_size=1), 200)
    for view in views:
        shared.evaluate(LOOK, ["apply", view])
    shared.evaluate(LOOK, ["apply", PRESENT])
    until(shared, "s.still && s.layerPosition === 4 && s.step === 290")
    assert read(shared) == PRESENT


def test_the_address_keeps_what_is_not_the_stages(shared: Page) -> None:
    asked = [
        ["", "", True], ["", "1.a", False], ["?hidden=64,64&lang=ja", "1.a", True],
        ["?view=1.b&run=x", "", False], ["?run=x&view=1.b&embed_options=dark_theme", "1.c", False],
        ["?embed=true&embed_options=show_padding", "1.a", True],
    ]  # fmt: skip
    assert shared.evaluate(QUERY, asked) == [
        "", "?embed_options=light_theme&view=1.a",
        "?hidden=64,64&lang=ja&embed_options=dark_theme&view=1.a",
        "?run=x", "?run=x&embed_options=light_theme&view=1.c",
        "?embed=true&embed_options=show_padding&embed_options=dark_theme&view=1.a",
    ]  # fmt: skip
