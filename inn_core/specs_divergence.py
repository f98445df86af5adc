"""What to train when losses are compared: plane flows side by side, each with its own. No torch."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Self

from inn_core import registry
from inn_core.specs import FlowSpec, Range, SpecError, TrainSpec, check_name, check_number, shown
from inn_core.specs import run_fields as plain_fields
from inn_core.specs_critic import CriticSpec, check_range
from inn_core.specs_inverse import names_of, per_member
from inn_core.specs_map import check_sizes

if TYPE_CHECKING:
    from inn_core.targets.base import Target

KIND = "divergence"
MEMBERS = Range(1, 40, integer=True)
#: nll: maximum likelihood; energy: reverse KL from the target's own density; sinkhorn: transport of
#: samples; the six of ``registry.DIVERGENCES`` ask a critic.
LOSSES = ("nll", "energy", "sinkhorn", *registry.DIVERGENCES)
#: Sinkhorn's blur, a length in data units.
BLUR = Range(1e-3, 1e3, log=True)
PER_MEMBER = ("loss", "depth", "blur")
FLOW = FlowSpec(layers=8, hidden=(32, 32), linear="lu")


@dataclass(frozen=True)
class DivergenceSpec:
    """One run that fits plane flows to a density, each member by its own loss.

    target : key of ``registry.FAMILIES`` or ``registry.TARGETS``
    shape : the number of a family (half the distance of the hills, Pareto's α), None for its usual
    flow : the largest network of the run, which the members are parts of
    loss : of each member, one of LOSSES, or one for all
    depth : of each member, or none for all of ``flow``; deeper layers stay the identity
    blur : Sinkhorn's, of each member or one for all
    critic : that of every member whose loss asks one
    alike : whether all members start from the weights of seed ``seed``, so that they differ by
        their losses alone; else member e starts from seed ``seed + e``. All see the same points
    """

    target: str = "hills"
    shape: float | None = None
    flow: FlowSpec = FLOW
    loss: tuple[str, ...] = ("nll",)
    depth: tuple[int, ...] = ()
    blur: tuple[float, ...] = (0.1,)
    critic: CriticSpec = field(default_factory=lambda: CriticSpec(lr=1e-3, steps=2, clamp=10.0))
    training: TrainSpec = field(default_factory=lambda: TrainSpec(lr=2e-3, batch=256))
    alike: bool = True
    seed: int = 0
    members: int = 1

    def __post_init__(self) -> None:
        """Validate every field; raises :class:`SpecError`."""
        for name, kind in (("flow", FlowSpec), ("critic", CriticSpec), ("training", TrainSpec)):
            if not isinstance(getattr(self, name), kind):
                raise SpecError(
                    f"{name} is {shown(getattr(self, name))}; it must be a {kind.__name__}."
                )
        if not isinstance(self.alike, bool):
            raise SpecError(f"alike is {shown(self.alike)}; it must be true or false.")
        target = check_name("target", self.target, {**registry.FAMILIES, **registry.TARGETS})
        members = int(per_member("members", self.members, MEMBERS, 1)[0])
        values = {
            "target": target,
            "shape": check_shape(target, self.shape),
            "loss": names_of("loss", self.loss, LOSSES, members),
            "depth": check_sizes("depth", self.depth, self.flow.layers, members),
            "blur": per_member("blur", self.blur, BLUR, members),
            "seed": check_number("seed", self.seed),
            "members": members,
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)
        coupling = registry.COUPLINGS[self.flow.coupling]
        if coupling.structure != "coupling" and set(self.depth) != {self.flow.layers}:
            raise SpecError(
                f"coupling is {self.flow.coupling}; its layers cannot be left out, so depth must "
                "be that of the flow."
            )

    @property
    def groups(self) -> dict[str, list[int]]:
        """What a loss needs -> the members that need it: each group is one batched computation."""
        found: dict[str, list[int]] = {}
        for member in range(self.members):
            loss = self.of("loss", member)
            found.setdefault(group_of(loss), []).append(member)
        return found

    def of(self, name: str, member: int) -> Any:
        """A member's loss, depth or blur."""
        values = getattr(self, name)
        return values[member % len(values)]

    def seed_of(self, member: int) -> int:
        """The seed of a member's weights."""
        return self.seed + (0 if self.alike else member)

    def density(self) -> Target:
        """The target."""
        from inn_core.targets import families, library

        if self.shape is None:
            return library.find(self.target)
        return families.find(self.target, self.shape)

    def to_json(self) -> dict[str, Any]:
        """Plain dict of JSON types; ``from_json`` is its inverse."""
        values = asdict(self)
        values["flow"]["hidden"] = list(self.flow.hidden)
        values["critic"] = self.critic.to_json()
        values |= {name: list(getattr(self, name)) for name in PER_MEMBER}
        return {"kind": KIND, **values}

    @classmethod
    def from_json(cls, values: Any) -> Self:
        """Build from ``to_json``'s dict (missing fields take defaults); raises SpecError."""
        known = plain_fields(cls, values)
        if "critic" in known:
            known["critic"] = CriticSpec.from_json(known["critic"])
        return cls(**known)


def group_of(loss: str) -> str:
    """``"critic"`` for the losses that ask one, else the loss itself."""
    return "critic" if loss in registry.DIVERGENCES else loss


def check_shape(target: str, value: Any) -> float | None:
    """The number of a family, its usual one for None; raises SpecError."""
    if target not in registry.FAMILIES:
        if value is not None:
            raise SpecError(
                f"shape is {shown(value)}, but target is {target}; only "
                f"{', '.join(registry.FAMILIES)} take one."
            )
        return None
    kind = registry.FAMILIES[target].load()
    return (
        float(kind.default) if value is None else check_range("shape", value, Range(*kind.allowed))
    )
