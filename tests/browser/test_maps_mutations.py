"""What is wrong in the browser's maps is seen by the comparison with the oracle."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Route

from tests.browser.test_maps_js import compare
from tests.maps import mapcases

MUTATIONS = [
    ("layers.js", "backwards ? -s : s", "s"),
    ("layers.js", "bound * Math.tanh(r) : r)", "bound * Math.tanh(t * r) : r)"),
    ("layers.js", "[cos, sin, -sin, cos,", "[cos, -sin, sin, cos,"),
    ("layers.js", "l * u + d2", "d2"),
    ("lines.js", "while (u >= ends[k]) k++", "if (false) k++"),
    ("lines.js", "bucket < last ? bucket | 0 : last", "bucket | 0"),
    ("spline.js", "logDet[i] -= Math.log", "logDet[i] += Math.log"),
    ("spline.js", "side * inner + middle", "inner + middle"),
    ("spline.js", "u < low ? low : u > high ? high : u", "u"),
    ("spline.js", "dd0 * r + d0 * dr", "d0 * dr"),
    ("field.js", "t * t * G[3] * G[4]", "G[3] * G[4]"),
    ("field.js", "logDet[i] -= Math.log", "logDet[i] += Math.log"),
    ("field.js", "p === u ? rate : 0", "rate"),
    ("field.js", "t * G[3], t * G[4], 1", "t * G[4], t * G[3], 1"),
    ("field.js", "18 * f[1]", "16 * f[1]"),
    ("codec.js", "2 * table[at - points]", "table[at - points]"),
    ("codec.js", "places[i] - places[i - 1]", "places[i - 1] - places[i - 2]"),
    ("maps.js", "2 * Math.log(scale)", "Math.log(scale)"),
    ("maps.js", "nu ? 0.5 * (nu + 1)", "nu ? 0.5 * nu"),
    ("maps.js", "top - ((row + 0.5)", "top - (row"),
]


@pytest.mark.parametrize(("file", "text", "wrong"), MUTATIONS)
def test_a_mutation_in_the_browser_is_noticed(
    chromium: Browser, assets_url: str, file: str, text: str, wrong: str
) -> None:
    """The comparison is no empty gesture: one wrong sign or place and it fails."""

    def serve(route: Route) -> None:
        answer = route.fetch()
        source = answer.text()
        assert text in source
        route.fulfill(response=answer, body=source.replace(text, wrong))

    page = chromium.new_page()
    page.route(f"**/stage/{file}", serve)
    page.goto(assets_url)
    try:
        noticed = compare(page, mapcases.maps(1), 1).worst > 1e-5
    except AssertionError:
        noticed = True
    page.close()
    assert noticed
