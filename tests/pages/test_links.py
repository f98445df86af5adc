"""Links: whatever a spec is, its address leads back to it; whatever an address is, a spec comes."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

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
