"""Weights, figures, own units and films of inverse problems, opened by independent readers."""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from safetensors import safe_open

from inn_core.cli import main
from inn_core.export import figures, film, opening, player, script, shipped, tables, weights
from inn_core.export.request import ExportError, FilmRequest
from inn_core.maps import codec, runfile
from inn_core.specs import FlowSpec, RunSpec, SpecError
from inn_core.specs_inverse import InverseSpec
from inn_core.targets import library
from inn_core.targets.own import OwnData, Units
from inn_core.training.stream import trainer_for

ASSETS = Path(__file__).resolve().parents[2] / "assets" / "pretrained"
RUN = ASSETS / "moons-affine.run"
SPEC = RunSpec(target="moons", flow=FlowSpec(layers=2, hidden=(8,)))


@pytest.fixture(scope="module")
def state() -> weights.Arrays:
    trainer = trainer_for(SPEC, steps=20)
    trainer.steps(20)
    arrays: weights.Arrays = trainer.state()
    return arrays


def test_weights_are_read_by_others_and_make_the_same_flow(
    tmp_path: Path, state: weights.Arrays
) -> None:
    path = tmp_path / "flow.safetensors"
    path.write_bytes(weights.dump(SPEC, state, step=20, seconds=0.5))
    with safe_open(path, framework="np") as file:
        facts = json.loads(file.metadata()["pushforward"])
        assert set(file.keys()) == set(state)
    assert facts["version"] == 1 and facts["spec"]["target"] == "moons"
    spec, arrays, told = weights.load(path.read_bytes())
    assert spec == SPEC and told["step"] == 20
    frame = opening.frame_of(spec, arrays, 20, 0.5)
    again = opening.frame_of(SPEC, state, 20, 0.5)
    assert codec.decode_frame(frame)[1]["nll"] == codec.decode_frame(again)[1]["nll"]
    assert main(["export", str(path), str(tmp_path / "player.html")]) == 0
    assert main(["export", str(path), str(tmp_path / "flow.py")]) == 0
    run = subprocess.run(
        [sys.executable, "-I", str(tmp_path / "flow.py")],
        capture_output=True,
        text=True,
        check=True,
    )  # fmt: skip
    printed, lab = (float(v) for v in re.findall(r"NLL (\S+)  \(the lab: ([^;]+);", run.stdout)[0])
    assert printed == pytest.approx(lab, abs=1e-4)


@pytest.mark.parametrize("damage", ["cut", "plain", "version", "nan", "shape", "spec"])
def test_damaged_weights_get_a_sentence(state: weights.Arrays, damage: str) -> None:
    from safetensors.numpy import save

    data = weights.dump(SPEC, state)
    facts = {"version": 1, "spec": SPEC.to_json()}
    if damage == "cut":
        data = data[: len(data) // 2]
    elif damage == "plain":
        data = bytes(save(state))
    elif damage == "version":
        data = bytes(save(state, metadata={weights.KEY: json.dumps(facts | {"version": 9})}))
    elif damage == "nan":
        data = weights.dump(SPEC, {k: v * np.float32(np.nan) for k, v in state.items()})
    elif damage == "shape":
        data = weights.dump(SPEC.with_(layers=4), state)
    else:
        spec = facts | {"spec": {"target": 7}}
        data = bytes(save(state, metadata={weights.KEY: json.dumps(spec)}))
    told = opening.opened(data)
    assert isinstance(told, str) and told.endswith(".")
    assert "Traceback" not in told and len(told) < 300


def test_own_data_leave_in_their_own_units(tmp_path: Path, state: weights.Arrays) -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((400, 2)).astype(np.float32)
    units = Units(("height", "weight"), (170.0, 70.0), (10.0, 5.0))
    library.use(tmp_path)
    name = library.keep(OwnData("points", "People", x, units), tmp_path)
    spec = RunSpec(target=name, flow=SPEC.flow)
    trainer = trainer_for(spec, steps=30)
    trainer.steps(30)
    hello = runfile.hello(spec)
    tables.write_samples(tmp_path / "s.npz", hello, codec.encode_frame(trainer.snapshot()))
    with np.load(tmp_path / "s.npz") as arrays:
        assert np.abs(arrays["x"].mean(0) - [170, 70]).max() < 12
        near = arrays["x"][:3]
        density = np.exp(arrays["log_prob"])
    assert near[:, 0].min() > 100 and density.max() < 0.2, "a density per unit of the table"
    text, nll = script.of(spec, trainer.state())
    (tmp_path / "people.py").write_text(text, encoding="utf-8")
    code = "import people; x = people.sample(200); print(float(x[:, 0].mean()))"
    for command in (["people.py"], ["-c", code]):
        done = subprocess.run(
            [sys.executable, *command], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        if command == ["people.py"]:
            assert float(re.findall(r"NLL (\S+)", done.stdout)[0]) == pytest.approx(nll, abs=1e-4)
        else:
            assert float(done.stdout) == pytest.approx(170, abs=15)
    assert "height" in figures.page(hello, [codec.encode_frame(trainer.snapshot())])


@pytest.mark.parametrize("entry", ["stage.js", "lessons/inverse_problems.js"])
def test_a_page_holds_every_sheet_that_its_modules_ask_for(entry: str) -> None:
    held = player.neighbours(entry)
    for name in player.modules(player.STAGE / entry):
        module = player.STAGE / name.removeprefix(player.PREFIX)
        for sheet in re.findall(r"new URL\('([^']+\.css)'", module.read_text(encoding="utf-8")):
            path = (module.parent / sheet).resolve().relative_to(player.STAGE)
            assert f"/stage/{path.as_posix()}" in held, (name, sheet)


def test_figures_need_nothing_from_outside() -> None:
    page = figures.page(*runfile.read(RUN))
    assert "Plotly.newPlot" in page and not re.search(r"<script[^>]+src=", page)


@pytest.mark.parametrize("name", ["kinematics", "prior-weight", "strip"])
def test_films_of_inverse_problems(tmp_path: Path, name: str) -> None:
    hello, frames = shipped.run_of(ASSETS / f"{name}.inn")
    request = FilmRequest(kind="depth", width=480, height=320, seconds=0.5, fps=8, title=name)
    reel = film.reel_of(hello, frames)
    path = film.write(tmp_path / "fan.mp4", request, reel)
    with av.open(str(path)) as container:
        pictures = [f.to_ndarray(format="rgb24").astype(int) for f in container.decode(video=0)]
    assert film.timeline(reel, "both", 4) == film.timeline(reel, "depth", 4), "nothing stands still"
    assert len(pictures) == 4 and np.abs(pictures[0] - pictures[2]).mean() > 0.1, "z moves"
    if name == "kinematics":
        studio = film.studio_of(request, reel)
        hand = studio.problem.simulate(studio.answers(0)[0])
        assert np.linalg.norm(hand - studio.y, axis=1).mean() < 0.06, "the fan ends at the target"


def test_a_film_of_training_moves_through_the_networks(tmp_path: Path) -> None:
    from inn_core.training.inverse import InverseTrainer

    trainer = InverseTrainer(InverseSpec())
    frames = []
    for _ in range(3):
        frames.append(codec.encode_frame(trainer.snapshot()))
        trainer.steps(3)
    reel = film.reel_of(shipped.run_of(ASSETS / "kinematics.inn")[0], frames)
    request = FilmRequest(kind="both", width=480, height=320, seconds=1, fps=8, theme="dark")
    film.write(tmp_path / "fan.gif", FilmRequest(**{**vars(request), "format": "gif"}), reel)
    assert (tmp_path / "fan.gif").stat().st_size > 2000
    with pytest.raises(ExportError, match="snapshot"):
        film.reel_of(reel.hello, frames, first=10_000)


def test_no_ffmpeg_is_a_sentence_and_a_file_that_is_no_network_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> str:
        raise RuntimeError("No ffmpeg exe could be found.")

    monkeypatch.setattr("imageio_ffmpeg.get_ffmpeg_exe", missing)
    reel = film.reel_of(*runfile.read(RUN))
    with pytest.raises(ExportError, match="no ffmpeg"):
        film.write(tmp_path / "f.mp4", FilmRequest(width=320, height=240, seconds=0.5), reel)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "x.inn").write_bytes(b"nonsense")
    with pytest.raises(SpecError, match="damaged"):
        shipped.run_of(tmp_path / "x.inn")


FILES = (
    *("f.mp4", "long.mp4", "f.gif", "f.png", "f.html", "f.figures.html"),
    *("f.csv", "f.npz", "f.py", "f.safetensors"),
)


@pytest.mark.parametrize("name", FILES)
def test_a_full_disk_leaves_no_half_file_and_the_old_one_stays(
    tmp_path: Path, state: weights.Arrays, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    source, place = tmp_path / "from.safetensors", tmp_path / "out"
    source.write_bytes(weights.dump(SPEC, state, step=20, seconds=0.5))
    place.mkdir()
    (place / name).write_text("of last week")
    seconds = "3" if name == "long.mp4" else "0.5"  # ffmpeg stops in the middle, and at the end
    small = ["--size", "320x240", "--seconds", seconds, "--fps", "5"]
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20, limits[1]))  # of every file, ffmpeg's too
    try:
        assert main(["export", str(source), str(place / name), *small]) == 2
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    said = capsys.readouterr().err
    assert "cannot be written" in said and said.endswith(".\n") and said.count("\n") == 1
    assert [path.name for path in place.iterdir()] == [name]
    assert (place / name).read_text() == "of last week"
