"""The command line: what it prints, what it keeps, and one sentence for whatever is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import inn_core
from inn_core import registry
from inn_core.cli import main, tails
from inn_core.export import weights
from inn_core.kinds import read_spec
from inn_core.maps import runfile
from inn_core.maps.codec import decode_frame
from inn_core.targets import compared
from inn_core.training.film import FRAMES, thin

SHIPPED = Path(__file__).parents[1] / "assets" / "pretrained"
SMALL = ["--layers", "2", "--hidden", "8", "--batch", "32", "--steps", "40", "--every", "0.02"]
TRAIN = ["train", "--target", "correlated", *SMALL]


def test_list_names_every_choice(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    text = capsys.readouterr().out
    for table in (registry.TARGETS, registry.COUPLINGS, registry.LINEARS, registry.BASES):
        for name, entry in table.items():
            assert name in text and entry.label in text


def test_sample_writes_points_and_their_log_density(tmp_path: Path) -> None:
    out = tmp_path / "points"  # kept as it is: no .npz is added
    assert main(["sample", "eight_gaussians", "--n", "500", "--seed", "3", "--out", str(out)]) == 0
    with np.load(out) as data:
        assert sorted(data) == ["log_p", "x"]
        assert np.array_equal(data["x"], inn_core.sample("eight_gaussians", 500, seed=3))
        assert np.array_equal(data["log_p"], inn_core.target("eight_gaussians").log_prob(data["x"]))


def test_train_prints_json_lines_and_a_last_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*TRAIN, "--json", "--seed", "5", "--members", "2"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    *snapshots, last = lines
    assert snapshots[0]["step"] == 0 and len(snapshots[0]["nlls"]) == 2
    assert last["done"] is True and last["steps"] == 40 and last["status"] == "done"
    needed = {"nll", "entropy", "gap", "gap_error", "steps_per_s", "round_trip", "seconds"}
    assert needed <= set(last)
    assert last["nll"] == pytest.approx(last["entropy"] + last["gap"])
    assert last["steps_per_s"] == pytest.approx(40 / last["seconds"], rel=0.05)


def test_train_speaks_to_people_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(TRAIN) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("step      0") and "steps/s" in lines[0]
    assert lines[-1].startswith("done after 40 steps: nll ")


def test_a_stop_by_the_guard_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*TRAIN, "--lr", "1000", "--json"]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["done"] is True and last["status"] == "stopped"
    assert "Lower the learning rate" in last["message"]


@pytest.mark.parametrize("members", ["1", "2"])
def test_a_kept_run_can_be_checked_and_played(
    members: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "run"
    command = [*TRAIN, "--members", members, "--seed", "7", "--out", str(folder)]
    assert main(command) == 0
    assert sorted(p.name for p in folder.iterdir()) == [
        "film.run",
        "spec.json",
        "weights.safetensors",
    ]
    head, frames = runfile.read(folder / "film.run")
    assert head["spec"] == json.loads((folder / "spec.json").read_text())
    assert head["spec"]["seed"] == 7 and head["made_by"].startswith("python -m inn_core train")
    assert 2 <= len(frames) <= FRAMES and head["check"]["points"] == 50_000
    headers = [decode_frame(frame)[1] for frame in frames]
    assert [headers[0]["step"], headers[-1]["step"]] == [0, 40]
    assert [row[0] for row in head["history"]] == [h["seq"] for h in headers]

    capsys.readouterr()
    assert main(["check", str(folder), "--points", "2000", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["nll"] == pytest.approx(head["check"]["nll"], abs=0.1)
    assert report["mass"] == pytest.approx(1, abs=1e-4)
    assert main(["check", str(folder), "--points", "2000"]) == 0
    text = capsys.readouterr().out
    assert "gap" in text and "2000 fresh points" in text and "mass" in text


def test_pretrain_writes_a_film(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "deep" / "x.run"
    assert main(["pretrain", "two_gaussians-spline", str(out), *SMALL]) == 0
    head, frames = runfile.read(out)
    assert head["spec"]["target"] == "two_gaussians"
    assert head["spec"]["flow"]["coupling"] == "spline"
    assert "pretrain two_gaussians-spline" in head["made_by"] and len(frames) >= 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["train", "--target", "moon"], "target is 'moon'; it must be one of moons,"),
        ([*TRAIN, "--layers", "1000000"], "layers is 1000000; it must be a whole number between"),
        ([*TRAIN, "--layers", "many"], "'many' is no number"),
        ([*TRAIN, "--lr", "-1"], "lr is -1; it must be a number between"),
        ([*TRAIN, "--lr", "nan"], "lr is nan"),
        ([*TRAIN, "--hidden", "0"], "hidden is 0"),
        ([*TRAIN, "--hidden", "8,,8"], "'' is no number"),
        ([*TRAIN, "--seconds", "0"], "seconds is 0"),
        ([*TRAIN, "--every", "-1"], "must be more than 0"),
        ([*TRAIN, "--coupling", "glow"], "coupling is 'glow'; it must be one of additive,"),
        (["sample", "nothing", "--out", "x.npz"], "target is 'nothing'"),
        (["sample", "moons", "--n", "1e30", "--out", "x.npz"], "n is 1e+30"),
        (["sample", "moons", "--n", "inf", "--out", "x.npz"], "n is inf"),
        (["sample", "moons", "--seed", "-4", "--out", "x.npz"], "seed is -4"),
        (["sample", "moons", "--out", "no/such/folder/x.npz"], "No such file"),
        (["check", "no/such/folder"], "is no kept run"),
        (["pretrain", "moons", "x.run"], "name is 'moons'; it must be TARGET-COUPLING"),
        (["pretrain", "sun-affine", "x.run"], "target is 'sun'"),
        (["fly"], "invalid choice"),
        ([], "required"),
    ],
)
def test_bad_input_gets_a_sentence_and_status_2(
    arguments: list[str],
    words: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    try:
        status = main(arguments)
    except SystemExit as end:  # argparse
        status = int(end.code or 0)
    output = capsys.readouterr()
    assert status == 2 and words in output.err and output.out == ""
    assert list(tmp_path.iterdir()) == []


def test_damaged_folders_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "run"
    assert main([*TRAIN, "--out", str(folder)]) == 0
    (folder / "weights.safetensors").write_bytes(b"nonsense")
    assert main(["check", str(folder)]) == 2
    assert "damaged" in capsys.readouterr().err
    (folder / "spec.json").write_text('{"target": "atlantis"}')
    assert main(["check", str(folder)]) == 2
    assert "atlantis" in capsys.readouterr().err
    (folder / "spec.json").write_text("{")
    assert main(["check", str(folder)]) == 2


def test_the_module_runs_as_a_program_without_a_traceback() -> None:
    root = Path(inn_core.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-m", "inn_core", "train", "--layers", "0"],
        capture_output=True,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONWARNINGS": "error"},
    )
    assert done.returncode == 2
    assert done.stderr == "train: layers is 0; it must be a whole number between 1 and 32.\n"


def test_importing_the_package_loads_no_torch_and_its_names_exist() -> None:
    code = (
        "import sys, inn_core as inn, inn_core.cli; assert 'torch' not in sys.modules; "
        "assert 'scipy' not in sys.modules; inn.RunSpec(); inn.sample('moons', 3); "
        "assert 'torch' not in sys.modules; "
        "assert all(getattr(inn, name) for name in inn.__all__); assert 'torch' in sys.modules"
    )
    root = Path(inn_core.__file__).parents[1]
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root)
    with pytest.raises(AttributeError, match="it has FlowSpec, RunSpec"):
        inn_core.nothing  # noqa: B018
    assert dir(inn_core) == sorted(inn_core.__all__)


def test_thinning_keeps_both_ends_and_is_dense_at_first() -> None:
    steps = list(range(0, 5000, 7))
    kept = thin(steps, steps, 60)
    assert len(kept) <= 60 and kept[0] == 0 and kept[-1] == steps[-1]
    gaps = np.diff(kept)
    assert (np.diff(gaps) >= -7).all() and gaps[0] == 7 and gaps[-1] > 300
    assert thin([1, 2], [1, 2], 60) == [1, 2]


def test_a_map_is_fitted_kept_and_measured_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    film = tmp_path / "run.map"
    told = ["--json", "--out", str(tmp_path), "--out-run", str(film)]
    assert main(["train", "square", "--amplitude", "0.2", "--sup", "0.5", *SMALL, *told]) == 0
    *_, shot, last = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert shot["status"] == "done" and last["map"] == "square"
    assert last["max"] == pytest.approx(shot["measures"]["max"][0])
    hello, frames = runfile.read(film)
    assert hello["spec"]["amplitude"] == 0.2 and hello["spec"]["sup"] == 0.5
    maps = decode_frame(frames[-1])[2]
    assert maps is not None and len(maps.layers) == 3
    assert main(["check", "square", "--run", str(tmp_path), "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["mean"], again["max"]) == (last["mean"], last["max"])
    assert main(["check", "twist", "--run", str(tmp_path)]) == 2
    assert "fitted to square, not twist" in capsys.readouterr().err
    assert main(["train", "square", "--amplitude", "0.5"]) == 2
    assert "amplitude is 0.5; it must be a number between 0 and 0.35" in capsys.readouterr().err


def test_losses_are_compared_kept_and_shipped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    film, few = tmp_path / "few.run", ["--steps", "2", "--hidden", "4", "--batch", "32"]
    told = ["--json", "--out", str(tmp_path), "--out-run", str(film)]
    wish = ["--target", "pareto", "--shape", "2.5", "--loss", "nll,kl", "--depth", "1,2"]
    assert main(["train", "divergence", *wish, "--critic-steps", "1", *few, *told]) == 0
    *_, shot, last = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert shot["status"] == "done" and last["target"] == "pareto"
    assert last["gap"] == pytest.approx(shot["measures"]["gap"])
    hello, frames = runfile.read(film)
    assert hello["spec"]["shape"] == 2.5 and hello["spec"]["depth"] == [1, 2]
    assert decode_frame(frames[-1])[1]["net"]["points"].shape == (2, 400, 2)
    spec, _, facts = weights.load((tmp_path / "divergence.safetensors").read_bytes())
    assert spec.to_json() == hello["spec"] and facts["step"] == 2
    assert main(["train", "divergence", "--loss", "tv"]) == 2
    assert "loss is 'tv'; it must be one of nll, energy" in capsys.readouterr().err
    assert main(["pretrain", "hills-losses", str(film), *few]) == 0
    assert runfile.read(film)[0]["spec"]["loss"] == list(compared.SHIPPED["hills-losses"].loss)


def test_tails_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = {key: compared.lasting(spec, 1) for key, spec in list(compared.TAILS.items())[:2]}
    monkeypatch.setattr(tails, "TAILS", wanted)
    monkeypatch.setattr(tails, "SAMPLES", 100_000)
    path = tmp_path / "tails.json"
    assert main(["pretrain", "pareto-tails", str(path)]) == 0
    told = json.loads(path.read_text(encoding="utf-8"))
    assert [run["base"] for run in told["runs"]] == ["normal", "student"]
    for run in told["runs"]:
        shares, exact = np.array(run["data"]) / (2 * told["samples"]), np.array(run["exact"])
        seen = shares > 1e-3
        assert np.log(shares[seen]) == pytest.approx(exact[seen], abs=0.1)
        assert np.exp(exact) == pytest.approx((1 + np.array(run["t"])) ** -run["alpha"], rel=1e-4)
        assert run["model"] == sorted(run["model"], reverse=True)
        assert run["spec"]["shape"] == run["alpha"]
        assert (run["dof"] is None) == (run["base"] == "normal")


def test_what_is_shipped_of_losses_is_what_the_lab_would_make() -> None:
    hello, frames = runfile.read(SHIPPED / "hills-losses.losses")
    assert read_spec(hello["spec"]) == compared.SHIPPED["hills-losses"]
    assert decode_frame(frames[-1])[1]["step"] == compared.SHIPPED["hills-losses"].training.steps
    told = json.loads((SHIPPED / "pareto-tails.json").read_text(encoding="utf-8"))
    found = {(run["alpha"], run["base"]): read_spec(run["spec"]) for run in told["runs"]}
    assert found == compared.TAILS
    for run in told["runs"]:  # the counts of the data are those of the exact law
        mean = 2 * told["samples"] * np.exp(run["exact"])
        assert (np.abs(np.array(run["data"]) - mean) < 6 * np.sqrt(mean) + 3).all()


def test_flows_of_growing_depth_go_into_one_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "few.flows"
    assert main(["pretrain", "pinwheel-depths", str(path), "--steps", "2", "--hidden", "4"]) == 0
    hello, frames = runfile.read(path)
    found = [decode_frame(frame)[2] for frame in frames]
    assert [len(maps.layers) for maps in found if maps] == hello["depths"]
    assert hello["made_by"].endswith("--steps 2 --hidden 4") and len(hello["samples"]) == 8
    assert main(["pretrain", "pinwheel-depths", str(path), "--layers", "3"]) == 2
    assert "layers is 3; the depths of pinwheel-depths are" in capsys.readouterr().err
