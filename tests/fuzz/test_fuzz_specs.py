"""Specs as JSON, as link tokens, as parameters of an address; views; wishes for a film."""

from __future__ import annotations

import base64
import contextlib
import json
import string
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from inn_core.export.request import FilmRequest
from inn_core.kinds import read_spec
from inn_core.maps import handmade
from inn_core.runs import views
from inn_core.runs.run import LabError
from inn_core.specs import RunSpec, SpecError
from inn_core.specs_divergence import DivergenceSpec
from inn_core.specs_inverse import InverseSpec
from inn_core.specs_map import MapSpec
from pages.shell import links
from tests.fuzz.bytecases import FUZZ, JSON, TEXTS, near, sentence

RUN, INVERSE, MAP, LOSSES = (
    kind().to_json() for kind in (RunSpec, InverseSpec, MapSpec, DivergenceSpec)
)
LETTERS = string.ascii_letters + string.digits + "-_=.+/ é\0"


def token_of(values: Any) -> str:
    return "v1." + base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@given(st.one_of(JSON, near(RUN), near(INVERSE), near(MAP), near(LOSSES)))
@example({"seed": 10**400})
@FUZZ
def test_a_spec_from_json_is_sound_or_a_sentence(values: Any) -> None:
    try:
        spec = read_spec(values)
    except SpecError as error:
        sentence(error)
    else:
        assert read_spec(json.loads(json.dumps(spec.to_json()))) == spec


@given(st.one_of(st.text(LETTERS, max_size=80), near(RUN).map(token_of), JSON.map(token_of), JSON))
@example("v1.é")
@example("v1." + "A" * 4000)
@FUZZ
def test_a_token_is_a_spec_or_a_sentence(token: Any) -> None:
    try:
        assert isinstance(RunSpec.from_token(token), RunSpec)
    except SpecError as error:
        sentence(error)


NAMES = st.sampled_from(sorted({*links.DEFAULTS, "spec", "view", "run", "lang"})) | TEXTS
VALUES = st.one_of(TEXTS, st.text(LETTERS, max_size=60), JSON.map(str), JSON.map(json.dumps))


@given(st.dictionaries(NAMES, VALUES, max_size=6))
@example({"layers": "9" * 5000})
@example({"hidden": "64," * 5000, "seed": "9" * 400})
@FUZZ
def test_parameters_are_a_spec_and_sentences(parameters: dict[str, str]) -> None:
    spec, refused = links.read(parameters)
    assert links.read(links.write(spec)) == (spec, [])
    for text in refused:
        assert text[-1] in ".?" and len(text) < 600
    token, trouble = links.view_of(parameters)
    assert token is None or not trouble
    links.unread({name: [value] for name, value in parameters.items()}, links.DEFAULTS)


@given(st.one_of(JSON, near({"step": 1, "depth": 2.0, "zoom": {"latent": [0, 0, 1]}, "z": [0.1]})))
@FUZZ
def test_a_view_passes_or_is_refused_with_a_sentence(view: Any) -> None:
    try:
        assert len(json.dumps(views.checked(view), allow_nan=False)) < 1000
    except LabError as error:
        sentence(error)


@given(st.one_of(JSON, near(vars(FilmRequest()))))
@FUZZ
def test_a_film_is_wished_well_or_refused(wish: Any) -> None:
    try:
        assert FilmRequest.from_json(wish).frames >= 1
    except SpecError as error:
        sentence(error)


DRAWN = "h1.Af8BAAAA_wAB"


@given(
    st.one_of(st.text(LETTERS, max_size=80), st.text(LETTERS[:64], max_size=400)).map("h1.".__add__)
)
@example(DRAWN)
@FUZZ
def test_a_drawn_flow_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(handmade.DrawingError):
        assert handmade.to_token(handmade.from_token(text))
