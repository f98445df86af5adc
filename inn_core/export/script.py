"""A kept run as one Python file that needs torch alone: standalone.py with spec and weights."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inn_core.export import whole
from inn_core.export.request import ExportError
from inn_core.kinds import AnySpec
from inn_core.specs import RunSpec
from inn_core.targets import library

TEMPLATE = Path(__file__).with_name("standalone.py")
#: Points of the data that the script carries, to print their NLL.
POINTS, POINTS_KEY = 2_000, 23


def write(path: Path, source_: Path) -> float:
    """Write the script of a run that ``train --out`` kept, or of a weights file; return its NLL."""
    spec, arrays = read(source_)
    text, nll = of(spec, arrays)
    with whole.place(path, "script") as beside:
        beside.write_text(text, encoding="utf-8")
    return nll


def read(source_: Path) -> tuple[AnySpec, dict[str, NDArray[Any]]]:
    """Spec and weights of a folder of ``train --out`` or of a weights file."""
    from inn_core.export import weights
    from inn_core.training.film import kept

    if source_.is_dir():
        library.use(source_)
        return kept(source_)
    if source_.suffix != weights.ENDING:
        raise ExportError(
            f"{source_} is no folder of train ... --out DIR and no {weights.ENDING} file; a script "
            "needs the weights of a run."
        )
    library.use(source_.parent)
    spec, arrays, _ = weights.load(source_.read_bytes())
    return spec, arrays


def of(spec: AnySpec, arrays: dict[str, NDArray[Any]]) -> tuple[str, float]:
    """The script of a flow with its own fresh points, and their NLL."""
    if not isinstance(spec, RunSpec):
        raise ExportError(
            "Scripts are made of flows of 2-D densities; of an inverse problem take the weights."
        )
    target = library.find(spec.target)
    points = target.fresh(POINTS, np.random.default_rng([spec.seed, POINTS_KEY]))
    return source(spec, arrays, points)


def source(
    spec: RunSpec, weights: dict[str, NDArray[Any]], points: NDArray[Any]
) -> tuple[str, float]:
    """The script of member 0, and the NLL of ``points`` (n, 2) by the engine in float64."""
    import torch

    from inn_core.flows.build import build_flow

    first = {k: v if k.startswith("units.") else v[:1] for k, v in weights.items()}
    flow = build_flow(spec.flow)
    flow.load_state_dict({k: torch.from_numpy(np.array(v)) for k, v in first.items()})
    flow = flow.double()
    with torch.no_grad():
        nll = float(-flow.log_prob(torch.from_numpy(np.asarray(points, np.float64))).mean())
    parts: dict[str, Any] = {k: v if k.startswith("units.") else v[0] for k, v in first.items()}
    parts = {k: v.astype("<f4") for k, v in parts.items()}
    units = library.units_of(spec.target)  # of a reader's own table: standardisation is undone
    nll += float(np.log(units.sd).sum())
    parts |= {"points": units.undo(points), "own.mean": units.mean, "own.sd": units.sd}
    held = io.BytesIO()
    np.savez_compressed(held, **parts)
    packed = base64.b64encode(held.getvalue()).decode()
    text = TEMPLATE.read_text(encoding="utf-8")
    for old, new in (
        ('json.loads("""{}""")', f"json.loads({json.dumps(json.dumps(spec.to_json()))})"),
        ('WEIGHTS = ""', f'WEIGHTS = (\n    "{packed}"\n)'),
        ("NLL = 0.0", f"NLL = {nll!r}"),
    ):
        if text.count(old) != 1:
            raise RuntimeError(f"standalone.py has no single {old}")
        text = text.replace(old, new)
    return text, nll
