"""What a run can be: a 2-D density's flow, an INN, a fit to a map, losses compared. No torch.

A new kind is one line of :data:`KINDS`: its spec, who trains it, what a viewer is told first, and
how its checkpoint is measured, each as ``"module:attribute"``, imported when it is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from inn_core.specs import RunSpec, SpecError, shown
from inn_core.specs_divergence import KIND as DIVERGENCE
from inn_core.specs_divergence import DivergenceSpec
from inn_core.specs_inverse import KIND as INVERSE
from inn_core.specs_inverse import InverseSpec
from inn_core.specs_map import KIND as MAP
from inn_core.specs_map import MapSpec

AnySpec = RunSpec | InverseSpec | MapSpec | DivergenceSpec
FLOW = "flow"


@dataclass(frozen=True)
class Kind:
    """Where the parts of a kind are.

    spec : its class; trainer : a Trainer's class, or one like it
    hello : spec -> the first message of a live socket; check : trainer -> report as plain numbers
    rate : snapshots a second at most
    """

    spec: type[RunSpec] | type[InverseSpec] | type[MapSpec] | type[DivergenceSpec]
    trainer: str
    hello: str
    check: str
    rate: float = 60.0

    def load(self, part: str) -> Any:
        """Import and return ``"trainer"``, ``"hello"`` or ``"check"``."""
        module, _, attribute = getattr(self, part).partition(":")
        return getattr(import_module(module), attribute)


KINDS: dict[str, Kind] = {
    FLOW: Kind(
        RunSpec,
        "inn_core.training.loop:Trainer",
        "inn_core.maps.runfile:hello",
        "inn_core.diagnose.report:numbers_of",
    ),
    INVERSE: Kind(
        InverseSpec,
        "inn_core.training.inverse:InverseTrainer",
        "inn_core.maps.network:hello",
        "inn_core.training.inverse:numbers_of",
        rate=4.0,  # a whole network goes out with each snapshot
    ),
    MAP: Kind(
        MapSpec,
        "inn_core.training.mapfit:MapTrainer",
        "inn_core.maps.fitted:hello",
        "inn_core.training.mapfit:numbers_of",
        rate=12.0,  # a grid of points is measured for each snapshot
    ),
    DIVERGENCE: Kind(
        DivergenceSpec,
        "inn_core.training.divergence:DivergenceTrainer",
        "inn_core.maps.diverging:hello",
        "inn_core.training.divergence:numbers_of",
        rate=8.0,  # every member is measured both ways, and its points go out
    ),
}


def kind_of(spec: AnySpec) -> Kind:
    """The kind of a spec; raises SpecError for anything else."""
    for kind in KINDS.values():
        if isinstance(spec, kind.spec):
            return kind
    raise SpecError(
        f"A run needs {', '.join(kind.spec.__name__ for kind in KINDS.values())}; "
        f"it got {type(spec).__name__}."
    )


def kind_name(spec: AnySpec) -> str:
    """The name of a spec's kind, a key of :data:`KINDS`."""
    return next(name for name, kind in KINDS.items() if isinstance(spec, kind.spec))


def carries_arrays(spec: AnySpec) -> bool:
    """Whether a run's snapshots carry arrays (``net``) in place of layer maps."""
    always = isinstance(spec, InverseSpec | DivergenceSpec)
    return always or (isinstance(spec, MapSpec) and spec.members > 1)


def read_spec(values: Any) -> AnySpec:
    """A spec from its ``to_json``; one without a kind is a flow's. Raises SpecError."""
    name = values.get("kind", FLOW) if isinstance(values, dict) else FLOW
    if not isinstance(name, str) or name not in KINDS:
        raise SpecError(f"A run's kind is {shown(name)}; it must be one of {', '.join(KINDS)}.")
    return KINDS[name].spec.from_json(values)
