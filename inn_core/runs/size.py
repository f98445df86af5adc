"""How much a run asks of a worker with each step, so that none eats its memory or hours.

Both figures are upper estimates from the spec alone; seconds of training are bounded on their own
(``longest_s``), since a run costs its seconds whatever it does in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from inn_core import registry
from inn_core.kinds import AnySpec
from inn_core.runs.run import LabError
from inn_core.runs.settings import Settings
from inn_core.specs import RunSpec
from inn_core.specs_divergence import FLOW as DIVERGENCE_FLOW
from inn_core.specs_divergence import DivergenceSpec
from inn_core.specs_inverse import FLOW, InverseSpec
from inn_core.specs_map import FLOW as MAP_FLOW
from inn_core.specs_map import MapSpec

#: Multiplications forwards, and twice as many backwards, each with an addition.
PASSES = 6
#: Floats that a step keeps for each unit, and for each raw parameter of a coupling's function.
KEPT_UNIT, KEPT_RAW = 3, 16
#: Coordinates of an inverse problem besides its latent ones, at most.
BESIDES = 16


def step_of(spec: AnySpec, batch: int) -> tuple[float, float]:
    """Floating-point operations and bytes of one step of all members on ``batch`` points."""
    flow = spec.flow
    dim = max(spec.latent) + BESIDES if isinstance(spec, InverseSpec) else 1
    couplings = spec.coupling if isinstance(spec, MapSpec) else (flow.coupling,)
    raw = dim * (3 * flow.bins if registry.PIECES.intersection(couplings) else 2)
    widths = (dim, *flow.hidden, raw)
    weights = sum(a * b for a, b in pairwise(widths))
    points = spec.members * batch * flow.layers
    kept = KEPT_UNIT * sum(flow.hidden) + KEPT_RAW * raw
    # A residual layer carries its Jacobian along, a column a coordinate.
    whole = any(registry.COUPLINGS[name].structure != "coupling" for name in couplings)
    times = 1 + max(2, dim) if whole else 1
    if (
        isinstance(spec, InverseSpec | DivergenceSpec)
        and set(spec.loss) & registry.DIVERGENCES.keys()
    ):
        times *= 1 + spec.critic.steps  # each update of a critic draws points of the model
        weights += sum(a * b for a, b in pairwise((dim, *spec.critic.hidden, 1))) // flow.layers
    return float(PASSES * points * weights * times), float(4 * points * kept * times)


def check(spec: AnySpec, settings: Settings, batch: int | None = None) -> None:
    """Raise LabError with a sentence that says what to lower if a step of the run is too large."""
    batch = batch or spec.training.batch
    work, room = step_of(spec, batch)
    if work <= settings.step_flops and room <= settings.step_bytes:
        return
    much = (
        f"{work / 1e9:,.0f} billion operations, {settings.step_flops / 1e9:,.3g} at most"
        if work > settings.step_flops
        else f"{room / 1e9:,.1f} GB of memory, {settings.step_bytes / 1e9:,.3g} at most"
    )
    parts = parts_of(spec, batch)
    first, *others = sorted(parts, key=lambda name: -parts[name][0])
    named = ", ".join(f"{name} ({parts[name][1]})" for name in others)
    raise LabError(
        f"This run is too large for the lab: one step takes {much}. "
        f"Lower {first} ({parts[first][1]}) first, else {named}."
    )


def parts_of(spec: AnySpec, batch: int) -> Mapping[str, tuple[float, str]]:
    """Setting -> (how often larger than usual it is, its value as text)."""
    kinds = ((InverseSpec, FLOW), (MapSpec, MAP_FLOW), (DivergenceSpec, DIVERGENCE_FLOW))
    usual = next((flow for kind, flow in kinds if isinstance(spec, kind)), RunSpec().flow)
    hidden = ", ".join(map(str, spec.flow.hidden))
    return {
        "members": (spec.members, str(spec.members)),
        "batch": (batch / RunSpec().training.batch, f"{batch:,}"),
        "layers": (spec.flow.layers / usual.layers, str(spec.flow.layers)),
        "hidden": (sum(spec.flow.hidden) / sum(usual.hidden), hidden),
    }
