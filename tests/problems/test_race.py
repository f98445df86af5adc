"""The rows of the race: which runs they are, and the command that records them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inn_core.cli import main, racing
from inn_core.problems import race
from inn_core.problems.sweeps import LATENT_DIMENSION, single
from inn_core.specs import SpecError
from inn_core.specs_critic import CriticSpec
from inn_core.specs_inverse import InverseSpec
from pages.shell.pretrained import FOLDER


def test_a_run_belongs_to_its_row_whatever_its_seed_and_critic() -> None:
    rows = race.rows()
    assert len({one.key for one in rows}) == len(rows) == 16
    for one in rows:
        spec = race.spec_of(one, 7, CriticSpec(steps=5), lr=1e-4, clip=1.0)
        assert race.row_of(spec) == one
        again = InverseSpec.from_json(json.loads(json.dumps(spec.to_json())))
        assert race.row_of(again) == one
    for other in (single("kinematics"), LATENT_DIMENSION, replace(spec, latent=(3,))):
        assert race.row_of(other) is None


def test_what_has_no_critic_has_no_direction() -> None:
    assert race.row("affine", "nll", "forward") == race.Row("affine", "nll")
    with pytest.raises(SpecError, match="architecture is 'cubic'"):
        race.row("cubic", "kl", "forward")


def test_marks_run_from_the_first_step_to_the_last() -> None:
    for steps in (1, 10, 11, 3000):
        found = racing.marks(steps)
        assert found[0] == 0 and found[-1] == steps and len(set(found)) == len(found)


def test_the_command_adds_rows_to_the_file(tmp_path: Path) -> None:
    path = tmp_path / "race.json"
    call = ["pretrain", "race", str(path), "--steps", "2", "--only"]
    assert main([*call, "affine-kl-forward"]) == 0
    assert main([*call, "affine-nll"]) == 0
    kept = json.loads(path.read_text())
    assert list(kept["rows"]) == ["affine-nll", "affine-kl-forward"]
    assert kept["made_by"].startswith("python -m inn_core pretrain race")
    for key, row in kept["rows"].items():
        one = race.row_of(InverseSpec.from_json(row["spec"]))
        assert one is not None and one.key == key
        assert [shot[0] for shot in row["shots"]] == [0, 2] and not row["frozen"]
    assert main([*call, "affine-kl-sideways"]) == 2


def test_the_shipped_rows_did_all_their_steps_and_no_member_stopped() -> None:
    """Each of them 3,000 iterations at the default settings, with no NaN."""
    rows = json.loads((FOLDER / "race.json").read_text())["rows"]
    assert list(rows) == [one.key for one in race.rows()]
    for key, row in rows.items():
        spec = InverseSpec.from_json(row["spec"])
        found = race.row_of(spec)
        assert found is not None and found.key == key and spec == race.spec_of(found)
        assert row["shots"][-1][0] == race.STEPS and not row["frozen"]
        assert all(len(l2) == race.SEEDS and np.isfinite(l2).all() for *_, l2 in row["shots"])
