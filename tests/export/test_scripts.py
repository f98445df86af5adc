"""What leaves the lab as a script, a table or arrays, read by a Python that does not know us."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from inn_core.cli import main
from inn_core.export import script
from inn_core.maps import runfile
from inn_core.specs import FlowSpec, RunSpec
from inn_core.targets import library
from inn_core.training.stream import trainer_for

RUN = Path(__file__).resolve().parents[2] / "assets" / "pretrained" / "moons-affine.run"
FLOWS = [
    FlowSpec(coupling="affine", layers=4, hidden=(16,), linear="rotation"),
    FlowSpec(coupling="spline", layers=3, hidden=(16,), bins=5, linear="lu", actnorm=True),
    FlowSpec(coupling="additive", layers=4, hidden=(8, 8), linear="none"),
    FlowSpec(coupling="affine", layers=2, hidden=(16,), linear="none", base="student"),
    FlowSpec(coupling="sum_of_squares", layers=3, hidden=(16,), bins=8, linear="lu"),
    FlowSpec(coupling="sigmoidal", layers=3, hidden=(16,), bins=5, linear="rotation"),
    FlowSpec(coupling="residual", layers=3, hidden=(16, 16), linear="lu", actnorm=True),
]


@pytest.mark.parametrize("flow", FLOWS, ids=lambda f: f"{f.coupling}-{f.linear}-{f.base}")
def test_a_script_prints_the_engines_nll(tmp_path: Path, flow: FlowSpec) -> None:
    spec = RunSpec(target="moons", flow=flow, members=2)
    trainer = trainer_for(spec, steps=60)
    trainer.steps(60)
    points = library.find("moons").sample(500, np.random.default_rng(3))
    text, nll = script.source(spec, trainer.state(), points)
    (tmp_path / "flow.py").write_text(text, encoding="utf-8")
    code = (
        "import runpy, sys; sys.path.insert(0, '.');"
        "runpy.run_path('flow.py', run_name='__main__');"
        "import flow, torch; x = flow.sample(500);"
        "assert not any(m.startswith('inn_core') for m in sys.modules);"
        "z, _ = flow.encode(x); assert (flow.decode(z) - x).abs().max() < 1e-6;"
        "assert torch.isfinite(flow.log_prob(x)).all()"
    )
    command = [sys.executable, "-I", "-c", code]  # one process: torch takes seconds to import
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    printed = float(re.findall(r"NLL (\S+)", done.stdout)[0])
    assert printed == pytest.approx(nll, abs=1e-4)
    assert float(re.findall(r"round trip (\S+)\)", done.stdout)[0]) < 1e-6


def test_scripts_curves_and_samples_from_the_shell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = str(tmp_path / "kept")
    main(["train", "--layers", "2", "--hidden", "8", "--steps", "20", "--out", kept])
    capsys.readouterr()
    main(["export", kept, str(tmp_path / "flow.py")])
    told = float(re.findall(r"NLL (\S+)", capsys.readouterr().out)[0])
    run = subprocess.run(
        [sys.executable, str(tmp_path / "flow.py")], capture_output=True, text=True, check=True
    )
    assert float(re.findall(r"NLL (\S+)", run.stdout)[0]) == pytest.approx(told, abs=1e-6)
    main(["export", str(RUN), str(tmp_path / "curves.csv")])
    with (tmp_path / "curves.csv").open() as file:
        rows = list(csv.DictReader(file))
    hello, _ = runfile.read(RUN)
    assert len(rows) == len(hello["history"]) and float(rows[-1]["nll"]) < 2.5
    main(["export", str(RUN), str(tmp_path / "samples.npz")])
    with np.load(tmp_path / "samples.npz") as arrays:
        target = library.find("moons")
        gap = (arrays["log_prob"] - target.log_prob(arrays["x"])).mean()
        assert arrays["x"].shape == arrays["z"].shape == (10_000, 2) and 0 < gap < 0.2


@pytest.mark.parametrize(
    ("name", "says"),
    [("flow.exe", "does not end in"), ("flow.py", "is no folder")],
)
def test_what_cannot_be_written_gets_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, says: str
) -> None:
    assert main(["export", str(RUN), str(tmp_path / name)]) != 0
    assert says in capsys.readouterr().err and not (tmp_path / name).exists()
