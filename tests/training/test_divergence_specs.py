"""Specs of flows that differ by their loss: what they refuse, and that they are a kind of run."""

from __future__ import annotations

from typing import Any

import pytest

from inn_core.kinds import KINDS, carries_arrays, kind_name, read_spec
from inn_core.maps.diverging import hello
from inn_core.runs import size
from inn_core.runs.settings import Settings
from inn_core.specs import FlowSpec, SpecError
from inn_core.specs_divergence import DivergenceSpec
from inn_core.training.divergence import DivergenceTrainer, numbers_of
from tests.training.test_adversarial import MIXED


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"target": "knot"}, "target is 'knot'; it must be one of hills, pareto, moons"),
        ({"target": "moons", "shape": 1}, "shape is 1, but target is moons; only hills, pareto"),
        ({"target": "pareto", "shape": 0.1}, "shape is 0.1; it must be a number between 0.5"),
        ({"loss": "tv"}, "loss is 'tv'; it must be one of nll, energy, sinkhorn, kl"),
        ({"loss": ("nll", "kl")}, "it must be a name, or one a member"),
        ({"depth": 9}, "depth is 9; it must be a whole number between 1 and 8"),
        ({"blur": 0}, "blur is 0; it must be a number between 0.001"),
        ({"blur": (1, 2)}, "blur has 2 numbers for 1 members"),
        ({"members": 41}, "members is 41; it must be a whole number between 1 and 40"),
        ({"alike": "yes"}, "alike is 'yes'; it must be true or false"),
        ({"critic": {}}, "critic is {}; it must be a CriticSpec"),
        ({"flow": FlowSpec(coupling="residual"), "depth": 2}, "its layers cannot be left out"),
    ],
)
def test_a_wrong_spec_is_a_sentence(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SpecError, match=sentence):
        DivergenceSpec(**values)


@pytest.mark.parametrize("spec", [DivergenceSpec(), DivergenceSpec("pareto", 1.5), MIXED])
def test_a_spec_comes_back_from_json_and_is_a_kind_of_its_own(spec: DivergenceSpec) -> None:
    assert read_spec(spec.to_json()) == spec
    assert kind_name(spec) == "divergence" and carries_arrays(spec)
    size.check(spec, Settings())
    told = hello(spec)
    assert told["spec"] == spec.to_json() and len(told["data"]) > 1000
    with pytest.raises(SpecError, match="'width' is no field of CriticSpec"):
        read_spec(spec.to_json() | {"critic": {"width": 3}})


def test_the_kind_is_registered_with_all_its_parts() -> None:
    kind = KINDS["divergence"]
    assert kind.load("trainer") is DivergenceTrainer
    assert kind.load("check") is numbers_of and kind.load("hello") is hello
