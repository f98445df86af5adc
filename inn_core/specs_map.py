"""What to train when a flow is fitted to a target diffeomorphism on a compact set. No torch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Self

from inn_core import registry
from inn_core.specs import (
    FlowSpec,
    Range,
    SpecError,
    TrainSpec,
    check_name,
    check_number,
    run_fields,
    shown,
)
from inn_core.specs_inverse import per_member

if TYPE_CHECKING:
    from inn_core.diffeos.base import Diffeo

KIND = "map"
MEMBERS = Range(1, 40, integer=True)
#: The terms of the loss, all lengths in the plane: norms of |z - f(x)| over a batch.
TERMS = ("l2", "lp", "sup")
POWER = Range(1, 32)
PER_MEMBER = ("coupling", "depth", "width")
FLOW = FlowSpec(layers=16, hidden=(32, 32))


@dataclass(frozen=True)
class MapSpec:
    """One run that fits flows to a map; its members train side by side.

    diffeo : key of ``registry.DIFFEOS``; amplitude : how far from the identity, None for its usual
    warp : displacements of a drawn warp's control points, x and y of each; none for its start
    flow : the largest network of the run, which the members are parts of
    coupling, depth, width : of each member, or one for all, or none for what ``flow`` says. A
        member's layers beyond its depth stay the identity, and its hidden units beyond its width 0
    l2, lp, sup : weights of the loss's terms (losses/fit.py); power : the p of L^p
    members : how many; member e starts from seed ``seed + e``, all see the same points
    """

    diffeo: str = "twist"
    amplitude: float | None = None
    warp: tuple[float, ...] = ()
    flow: FlowSpec = FLOW
    coupling: tuple[str, ...] = ()
    depth: tuple[int, ...] = ()
    width: tuple[int, ...] = ()
    l2: float = 1.0
    lp: float = 0.0
    sup: float = 0.0
    power: float = 8.0
    training: TrainSpec = field(default_factory=lambda: TrainSpec(lr=5e-3, seconds=90.0))
    seed: int = 0
    members: int = 1

    def __post_init__(self) -> None:
        """Validate every field; raises :class:`SpecError`."""
        if not isinstance(self.flow, FlowSpec):
            raise SpecError(f"flow is {shown(self.flow)}; it must be a FlowSpec.")
        if not isinstance(self.training, TrainSpec):
            raise SpecError(f"training is {shown(self.training)}; it must be a TrainSpec.")
        if self.flow.base != "normal":
            raise SpecError(
                f"base is {self.flow.base!r}; a fit to a map has no law of z, so it stays normal."
            )
        name = check_name("diffeo", self.diffeo, registry.DIFFEOS)
        members = int(_number("members", self.members, MEMBERS))
        values = {
            "diffeo": name,
            "amplitude": check_amplitude(name, self.amplitude),
            "warp": check_warp(name, self.warp),
            "coupling": check_couplings(self.coupling or (self.flow.coupling,), members),
            "depth": check_sizes("depth", self.depth, self.flow.layers, members),
            "width": check_sizes("width", self.width, max(self.flow.hidden), members),
            **{term: check_number(term, getattr(self, term), "weight") for term in TERMS},
            "power": _number("power", self.power, POWER),
            "seed": check_number("seed", self.seed),
            "members": members,
        }
        for key, value in values.items():
            object.__setattr__(self, key, value)
        if not any(self.weights.values()):
            raise SpecError("l2, lp and sup are all 0; one of them must be more than that.")
        try:
            self.target()
        except ValueError as error:  # a warp that folds
            raise SpecError(str(error)) from error

    @property
    def weights(self) -> dict[str, float]:
        """The weight of each term of the loss."""
        return {term: float(getattr(self, term)) for term in TERMS}

    @property
    def groups(self) -> dict[str, list[int]]:
        """Coupling -> the members that have it: each group is one batched computation."""
        found: dict[str, list[int]] = {}
        for member in range(self.members):
            found.setdefault(self.of("coupling", member), []).append(member)
        return found

    def of(self, name: str, member: int) -> Any:
        """A member's coupling, depth or width."""
        values = getattr(self, name)
        return values[member % len(values)]

    def target(self) -> Diffeo:
        """The diffeomorphism; ValueError if a warp folds."""
        from inn_core.diffeos.base import find

        return find(self.diffeo, self.amplitude, self.warp)

    def to_json(self) -> dict[str, Any]:
        """Plain dict of JSON types; ``from_json`` is its inverse."""
        values = asdict(self)
        values["flow"]["hidden"] = list(self.flow.hidden)
        values |= {name: list(getattr(self, name)) for name in (*PER_MEMBER, "warp")}
        return {"kind": KIND, **values}

    @classmethod
    def from_json(cls, values: Any) -> Self:
        """Build from ``to_json``'s dict (missing fields take defaults); raises SpecError."""
        return cls(**run_fields(cls, values))


def check_amplitude(name: str, value: Any) -> float:
    """The amplitude as the kind of map allows it, its usual one for None; raises SpecError."""
    kind = registry.DIFFEOS[name].load()
    return (
        float(kind.default) if value is None else _number("amplitude", value, Range(*kind.allowed))
    )


def check_warp(name: str, value: Any) -> tuple[float, ...]:
    """Displacements as a tuple; whether they fold is the map's business. Raises SpecError."""
    from inn_core.diffeos.warp import FARTHEST, NUMBERS

    numbers = tuple(value) if isinstance(value, (list, tuple)) else (value,)
    if numbers and name != "warp":
        raise SpecError(f"warp is given, but diffeo is {name}; only a drawn warp takes one.")
    if len(numbers) not in (0, NUMBERS):
        raise SpecError(f"warp has {len(numbers)} numbers; it must have {NUMBERS}, or none.")
    allowed = Range(-FARTHEST, FARTHEST)
    return tuple(_number("a number of warp", number, allowed) for number in numbers)


def check_couplings(value: Any, members: int) -> tuple[str, ...]:
    """One coupling for all members, or one a member; raises SpecError."""
    names = (value,) if isinstance(value, str) else value
    if not isinstance(names, Iterable) or len(names := tuple(names)) not in (1, members):
        raise SpecError(f"coupling is {shown(value)}; it must be a name, or one a member.")
    return tuple(check_name("coupling", one, registry.COUPLINGS) for one in names)


def check_sizes(name: str, value: Any, most: int, members: int) -> tuple[int, ...]:
    """A size for all members, or one a member, at most ``most``; raises SpecError."""
    allowed = Range(1, most, integer=True)
    given = most if value == () or value == [] else value
    return tuple(int(size) for size in per_member(name, given, allowed, members))


def _number(name: str, value: Any, allowed: Range) -> float:
    """One number in a range; raises SpecError."""
    return float(per_member(name, value, allowed, 1)[0])
