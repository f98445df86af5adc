"""Training on own data: held-out loss without a floor, and pretrained weights to start from."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from inn_core.cli import main
from inn_core.diagnose.report import check
from inn_core.maps import codec, runfile
from inn_core.specs import RunSpec, SpecError
from inn_core.targets import library, reading
from inn_core.training import beginning
from inn_core.training.loop import Trainer

SMALL = RunSpec().with_(layers=2, hidden=(16,), batch=64)


@pytest.fixture
def mine(tmp_path: Path) -> str:
    """A correlated Gaussian, of which only 2,000 points are known."""
    rng = np.random.default_rng(0)
    points = rng.normal(size=(2000, 2)) @ np.array([[1.0, 0.8], [0.0, 0.6]])
    library.use(tmp_path)
    return library.keep(reading.points_of_array(points, "mine", standardise=False), tmp_path)


def test_the_loss_of_points_is_measured_on_what_training_never_sees(mine: str) -> None:
    spec = SMALL.with_(target=mine)
    trainer = Trainer(spec)
    assert len(trainer.held_out.x) == 400
    target: Any = library.find(mine)
    np.testing.assert_allclose(
        np.sort(trainer.held_out.x.numpy(), axis=0), np.sort(target.held_out, axis=0), atol=1e-6
    )
    first = trainer.snapshot().nll
    trainer.steps(300)
    last = trainer.final()
    # The truth is a Gaussian with det 0.36: its entropy is 1 + ln 2π + ln 0.6.
    assert last.nll == pytest.approx(1 + math.log(2 * math.pi) + math.log(0.6), abs=0.12)
    assert last.nll < first - 0.3
    assert math.isnan(last.entropy) and math.isnan(last.gap)
    numbers = json.loads(json.dumps(last.numbers(), allow_nan=False))
    assert numbers["entropy"] is None and numbers["gap"] is None
    _, read, _ = codec.decode_frame(codec.encode_frame(last))
    assert read["entropy"] is None and read["nll"] == pytest.approx(last.nll)
    hello = runfile.hello(spec)
    assert hello["target"]["known"] is False and hello["target"]["entropy"] is None
    assert hello["target"]["label"] == "mine"
    json.dumps(hello, allow_nan=False)


def test_the_check_report_says_what_is_not_known(mine: str) -> None:
    trainer = Trainer(SMALL.with_(target=mine))
    trainer.steps(50)
    report = check(trainer, mine).numbers()
    assert report["entropy"] is None and report["gap"] is None and report["points"] == 400
    assert report["nll"] == pytest.approx(trainer.final().nll, abs=1e-4)
    json.dumps(report, allow_nan=False)


def test_a_checkpoint_finds_its_data_again(mine: str, tmp_path: Path) -> None:
    trainer = Trainer(SMALL.with_(target=mine))
    trainer.steps(5)
    trainer.save(tmp_path / "c")
    again = Trainer.load(tmp_path / "c")
    trainer.steps(5), again.steps(5)
    for name, value in trainer.state().items():
        np.testing.assert_array_equal(value, again.state()[name])


def start_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spec: RunSpec) -> Trainer:
    donor = Trainer(spec)
    donor.steps(20)
    monkeypatch.setattr(beginning, "FOLDER", tmp_path)
    beginning.save(donor.shown, beginning.path_of(spec.target, spec.flow.coupling))
    return donor


def test_a_run_starts_from_the_weights_of_a_preset(
    mine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    donor = start_file(tmp_path, monkeypatch, SMALL)
    z = torch.randn(50, 2)
    expected = donor.shown.chain.inverse(z[None])[0]
    trainer = Trainer(SMALL.with_(target=mine, start="moons", members=2))
    got = trainer.shown.chain.inverse(z.expand(2, -1, -1))[0]
    assert trainer.message == ""
    torch.testing.assert_close(got[:1], expected, atol=0.02, rtol=0.02)  # float16 weights
    fresh = Trainer(SMALL.with_(target=mine, members=2))
    torch.testing.assert_close(
        got[1:], fresh.shown.chain.inverse(z.expand(2, -1, -1))[0][1:], atol=0, rtol=0
    )
    assert trainer.shown.units.scale == fresh.shown.units.scale


@pytest.mark.parametrize("change", [{"layers": 3}, {"hidden": (8,)}, {"coupling": "spline"}])
def test_weights_that_do_not_fit_are_left_and_said(
    mine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    start_file(tmp_path, monkeypatch, SMALL)
    trainer = Trainer(SMALL.with_(target=mine, start="moons", **change))
    assert "starts afresh" in trainer.message
    trainer.steps(2)


def test_a_start_must_be_a_preset() -> None:
    with pytest.raises(SpecError, match="start"):
        RunSpec(start="own-0123456789abcdef")
    assert RunSpec.from_token(RunSpec(start="moons").to_token()).start == "moons"


def test_every_preset_has_weights_of_the_default_layout() -> None:
    files = sorted(beginning.FOLDER.glob("*.weights"))
    assert len(files) >= 36
    for path in files:
        target, _, coupling = path.stem.rpartition("-")
        trainer = Trainer(RunSpec(target=target, start=target).with_(coupling=coupling))
        assert trainer.message == "" and path.stat().st_size < 300_000


# ── the command line ─────────────────────────────────────────────────────────────────────────

HEART = """
................
................
...33.....33....
..3676...6763...
.369996.369996..
.6999999999999..
.7999999999997..
.6999999999996..
.3699999999963..
..36999999963...
...369999963....
....3699963.....
.....36963......
......363.......
.......3........
................
"""


def heart(path: Path) -> Path:
    """A 16 × 16 picture in ten grey levels."""
    from PIL import Image

    rows = [[0 if c == "." else int(c) for c in line] for line in HEART.split()]
    grey = 255 - np.rint(np.array(rows) * 255 / 9).astype(np.uint8)
    Image.fromarray(grey).save(path / "heart.png")
    return path / "heart.png"


def last_line(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return line


def test_a_picture_of_16_by_16_is_learnt_to_a_tenth_of_a_nat(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ["--data", str(heart(tmp_path)), "--coupling", "spline"]
    size = ["--layers", "6", "--hidden", "32,32", "--batch", "256", "--steps", "700"]
    assert main(["train", *data, *size, "--seconds", "600", "--json"]) == 0
    line = last_line(capsys)
    assert line["entropy"] == pytest.approx(library_entropy(tmp_path), abs=1e-9)
    assert 0 < line["gap"] < 0.1


def library_entropy(folder: Path) -> float:
    from inn_core.targets.photo import picture_of

    return picture_of((folder / "heart.png").read_bytes()).target().entropy


def test_two_columns_of_a_table_train_and_are_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = np.random.default_rng(1).normal([5, -3, 0], [2, 9, 1], (300, 3))
    table = tmp_path / "people.csv"
    np.savetxt(table, rows, delimiter=";", header="a;b;c", comments="")
    out = str(tmp_path / "run")
    run = ["--data", str(table), "--columns", "c,b", "--steps", "30", "--layers", "2"]
    assert main(["train", *run, "--out", out, "--json"]) == 0
    line = last_line(capsys)
    assert line["entropy"] is None and line["gap"] is None and 2 < line["nll"] < 4
    assert main(["check", out, "--json"]) == 0
    assert last_line(capsys)["entropy"] is None
    assert main(["train", *run, "--out", out]) == 0
    assert "no floor is known" in capsys.readouterr().out


@pytest.mark.parametrize("columns", ["a", "a,a", "a,nothing", "a,b,c"])
def test_wrong_columns_are_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], columns: str
) -> None:
    table = tmp_path / "t.csv"
    np.savetxt(table, np.random.default_rng(1).normal(size=(40, 3)), delimiter=",", header="a,b,c")
    assert main(["train", "--data", str(table), "--columns", columns, "--steps", "2"]) == 2
    assert "Traceback" not in capsys.readouterr().err
