"""Links: whatever a spec is, its address leads back to it; whatever an address is, a spec comes."""

from __future__ import annotations

import base64
import json
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inn_core import registry
from inn_core.specs import LIMITS, RunSpec
from pages.shell import controls, links, share


def whole(name: str) -> st.SearchStrategy[int]:
    return st.integers(int(LIMITS[name].low), int(LIMITS[name].high))


specs = st.builds(
    lambda **fields: RunSpec().with_(**fields),
    target=st.sampled_from(sorted(registry.TARGETS)),
    coupling=st.sampled_from(sorted(registry.COUPLINGS)),
    layers=whole("layers"),
    hidden=st.lists(whole("hidden"), min_size=1, max_size=4).map(tuple),
    linear=st.sampled_from(sorted(registry.LINEARS)),
    base=st.sampled_from(sorted(registry.BASES)),
    actnorm=st.booleans(),
    lr=st.floats(1e-6, 1e3).map(lambda value: float(f"{value:.6g}")),
    batch=whole("batch"),
    members=whole("members"),
    seed=whole("seed"),
)


@given(specs)
def test_a_spec_survives_the_address_bar(spec: RunSpec) -> None:
    address = urlencode(links.write(spec))
    assert links.read(dict(parse_qsl(address))) == (spec, [])
    assert links.read({"spec": spec.to_token()}) == (spec, [])


def test_the_default_needs_no_parameters() -> None:
    assert links.write(RunSpec()) == {}


@given(st.dictionaries(st.sampled_from([*links.DEFAULTS, "spec", "x"]), st.text(max_size=30)))
def test_any_link_gives_a_spec_and_sentences(parameters: dict[str, str]) -> None:
    spec, refused = links.read(parameters)
    assert isinstance(spec, RunSpec)
    assert len(refused) <= len(parameters)
    assert all(sentence.endswith(".") or sentence.endswith("?") for sentence in refused)


def token(view: object, version: int = links.VIEW_VERSION) -> str:
    body = base64.urlsafe_b64encode(json.dumps(view).encode()).decode().rstrip("=")
    return f"{version}.{body}"


@given(st.dictionaries(st.text(max_size=9), st.floats(allow_nan=False) | st.text(max_size=9)))
def test_a_view_is_handed_on_as_it_came(view: dict[str, object]) -> None:
    assert links.view_of({"view": token(view)}) == (token(view), "")


@given(
    st.text(max_size=60)
    | st.from_regex(r"\d{1,4}\.[\w-]{0,80}", fullmatch=True)
    | st.binary(max_size=60).map(lambda raw: f"1.{base64.urlsafe_b64encode(raw).decode()}")
)
def test_any_view_is_read_or_refused_with_a_sentence(text: str) -> None:
    found, sentence = links.view_of({"view": text})
    assert (found == text and not sentence) or (found is None and (sentence or not text))
    assert not sentence or sentence.endswith(".")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (token({}, version=2), "is of format 2, this page reads 1"),
        (token([1]), "cannot be read"),
        (token({"a": 1})[:-3], "cannot be read"),
        ("1." + "A" * 7000, "has 7,002 characters, 6,000 at most"),
        ("1." + base64.urlsafe_b64encode(b"[" * 4400).decode()[:5900], "cannot be read"),
    ],
)
def test_a_refused_view_says_why(text: str, said: str) -> None:
    found, sentence = links.view_of({"view": text})
    assert found is None and said in sentence and "usual view" in sentence


@given(specs)
def test_a_runs_link_carries_its_spec_and_seed(spec: RunSpec) -> None:
    carried = links.carried(spec)
    assert links.read({"run": "gone", **carried}) == (spec, [])
    assert carried["seed"] == str(spec.seed)


@given(specs)
def test_controls_show_a_spec_and_change_only_what_they_show(spec: RunSpec) -> None:
    for control in controls.CONTROLS:
        shown = controls.value_of(control, spec)
        again = controls.apply(control, spec, shown)
        assert controls.value_of(control, again) == shown
        field = controls.FIELD_OF.get(control.name, control.name)
        assert links.changes(spec, again) <= {field}


@pytest.mark.parametrize(
    ("name", "forged", "said"),
    [
        ("layers", 10**6, "layers is 1000000; it must be a whole number between 1 and 32."),
        ("width", 0, "hidden is 0; it must be a whole number between 1 and 256."),
        ("depth", 10**9, "depth is 1000000000; it must be a whole number between 1 and 4."),
        ("target", "../../etc", "target is '../../etc'; it must be one of moons,"),
        ("lr", float("nan"), "lr is nan; it must be a number between"),
        ("actnorm", "yes", "actnorm is 'yes'; it must be true or false."),
    ],
)
def test_what_a_forged_widget_sends_is_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, forged: object, said: str
) -> None:
    state = {f"lesson.{name}": forged, "lesson.batch": 64}
    monkeypatch.setattr(controls.st, "session_state", state)
    spec, refused = controls.read("lesson", RunSpec())
    assert spec == RunSpec().with_(batch=64)
    assert len(refused) == 1 and said in refused[0]
    assert state[f"lesson.{name}"] != forged


def test_four_controls_at_most_stand_above_the_stage() -> None:
    assert sum(control.shown for control in controls.CONTROLS) <= 4


@pytest.mark.parametrize(
    ("page", "public", "bound", "lan", "expected"),
    [
        ("http://localhost:8501/", None, None, "10.0.0.7", ("http://10.0.0.7:8501", False)),
        ("http://localhost:8501/", None, "127.0.0.1", "10.0.0.7", ("http://localhost:8501", True)),
        ("http://127.0.0.1:8501/", None, None, None, ("http://127.0.0.1:8501", True)),
        ("https://lab.example.org/x", None, None, None, ("https://lab.example.org", False)),
        ("http://localhost:8501/", "https://a.org", None, None, ("https://a.org", False)),
        (None, None, None, None, ("http://localhost:8501", True)),
    ],
)
def test_links_use_an_address_that_others_can_reach(
    monkeypatch: pytest.MonkeyPatch,
    page: str | None,
    public: str | None,
    bound: str | None,
    lan: str | None,
    expected: tuple[str, bool],
) -> None:
    monkeypatch.setattr(share, "lan_host", lambda: lan)
    assert tuple(share.address(page, public, bound)) == expected


def test_the_qr_code_is_a_picture_of_the_link() -> None:
    assert share.qr("http://localhost:8501/?run=abc").startswith("<svg")
    assert share.qr("http://localhost/?run=a") != share.qr("http://localhost/?run=b")


@given(st.text(max_size=80) | st.from_regex(r"https?://[^ ]{0,60}", fullmatch=True))
def test_qr_codes_are_drawn_of_links_into_this_lab_only(link: str) -> None:
    status, body = share.answer_qr(link, "lab.example.org:8501")
    if status == 200:
        assert urlsplit(link).netloc in ("lab.example.org:8501", share.lan_host())
    else:
        assert body.endswith(".")


def test_a_qr_code_says_no_when_it_has_no_room() -> None:
    link = "http://lab.example.org/?view=1."
    assert share.answer_qr(link + "A" * 2000, "lab.example.org")[0] == 200
    assert share.answer_qr(link + "A" * 9000, "lab.example.org")[0] == 413
    assert share.answer_qr(link, "other.example.org", "http://lab.example.org/x")[0] == 200
