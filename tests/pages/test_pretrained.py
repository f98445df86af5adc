"""The run files that pages open with: each is what its name says, and says how it was made."""

from __future__ import annotations

from pathlib import Path

import pytest

from inn_core.maps.codec import decode_frame
from inn_core.specs import RunSpec
from inn_core.targets import keeping
from pages.shell import pretrained

FILES = sorted(p for p in pretrained.FOLDER.glob("*.run") if p.stem not in keeping.SHIPPED)


def test_the_page_that_opens_first_opens_in_motion() -> None:
    assert pretrained.shows(RunSpec())
    assert pretrained.address_of(RunSpec()) == "pretrained/moons-affine.run"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_run_file_is_what_its_name_says(path: Path) -> None:
    target, _, coupling = path.stem.rpartition("-")
    spec = RunSpec().with_(target=target, coupling=coupling)
    assert pretrained.path_of(spec) == path
    hello, frame = pretrained.hello_of(spec), pretrained.last_frame(spec)
    assert hello is not None and frame is not None
    assert pretrained.shows(spec), "it was trained with other settings than the page's defaults"
    assert hello["made_by"].startswith("python -m inn_core pretrain")
    _, numbers, maps = decode_frame(frame)
    assert maps is not None and len(maps.layers) >= spec.flow.layers
    assert hello["history"][-1][1] == numbers["step"]


def test_another_flow_is_not_shown_as_this_one() -> None:
    assert not pretrained.shows(RunSpec().with_(layers=3))
    assert not pretrained.shows(RunSpec(seed=1))
    assert pretrained.shows(RunSpec().with_(lr=0.1)), "the learning rate is no part of a flow"
