"""What to train for an inverse problem: an invertible network x (+ pad) <-> [y, z]. No torch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Self

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
from inn_core.specs_critic import CriticSpec

KIND = "inverse"
PRIORS = ("normal", "uniform")
LOSSES = ("nll", "sinkhorn", *registry.DIVERGENCES)
#: Where the critic of a variational divergence looks: at (y, z), or at (x, y).
DIRECTIONS = ("forward", "backward")
#: x <-> [y, z], or x <-> z with y told to every coupling (Kruse et al. 2021, "cINN").
NETWORKS = ("inn", "conditional")
#: Size of z, and the weight of a term (VINA's lambda' is that of the prior loss).
LATENT, WEIGHT = Range(1, 64, integer=True), Range(0, 1e6)
WEIGHTS = ("prior_weight", "match", "reconstruct")
PER_MEMBER = ("latent", "loss", "direction", "prior", *WEIGHTS)
FLOW = FlowSpec(layers=8, hidden=(64, 64), linear="rotation")


@dataclass(frozen=True)
class InverseSpec:
    """One run on an inverse problem; its members train side by side as one batched computation.

    problem : key of ``registry.PROBLEMS``; setting : its options by name, such as the noise of
        "line", each a number
    network : ``"inn"``, or ``"conditional"``: then z is as large as x, and plain maximum likelihood
        is the only loss
    flow : the network's couplings, as for a 2-D flow
    latent : size of z, one number for all members or one a member, as the next six
    loss : ``"nll"`` (maximum likelihood), ``"sinkhorn"`` (transport of (x, y) to its model) or a
        key of ``registry.DIVERGENCES``: such members have critics (losses/inverse_divergence.py)
    direction : of a divergence, ``"forward"`` or ``"backward"``; says nothing for other losses
    prior_weight : weight of the prior loss; 0 is plain maximum likelihood
    prior : which prior loss: ``"normal"`` (scaled L2 to the x that made the same y) or
        ``"uniform"`` (hinge on a box)
    match, reconstruct : weights of L_x by MMD and of the reconstruction; see losses/inverse.py
    critic : the critics' networks and updates, the same for all members
    members : how many; member e starts from seed ``seed + e``
    part : (i, n) is the i-th of n parts of a sweep, with every n-th member; (0, 1) is all of it.
        A part sees the same data as the whole, so a member is the same in either
    """

    problem: str = "kinematics"
    network: str = "inn"
    flow: FlowSpec = FLOW
    latent: tuple[int, ...] = (2,)
    loss: tuple[str, ...] = ("nll",)
    direction: tuple[str, ...] = ("backward",)
    prior_weight: tuple[float, ...] = (0.0,)
    prior: tuple[str, ...] = ("normal",)
    match: tuple[float, ...] = (0.0,)
    reconstruct: tuple[float, ...] = (0.0,)
    critic: CriticSpec = field(default_factory=CriticSpec)
    training: TrainSpec = field(default_factory=lambda: TrainSpec(lr=2e-3, seconds=85.0))
    seed: int = 0
    members: int = 1
    part: tuple[int, int] = (0, 1)
    setting: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        """Validate every field; raises :class:`SpecError`."""
        if not isinstance(self.flow, FlowSpec):
            raise SpecError(f"flow is {shown(self.flow)}; it must be a FlowSpec.")
        if not isinstance(self.training, TrainSpec):
            raise SpecError(f"training is {shown(self.training)}; it must be a TrainSpec.")
        if not isinstance(self.critic, CriticSpec):
            raise SpecError(f"critic is {shown(self.critic)}; it must be a CriticSpec.")
        members = int(check_number("members", self.members))
        latent = per_member("latent", self.latent, LATENT, members)
        values = {
            "problem": check_name("problem", self.problem, registry.PROBLEMS),
            "network": check_name("network", self.network, dict.fromkeys(NETWORKS)),
            "latent": tuple(int(d) for d in latent),
            "loss": names_of("loss", self.loss, LOSSES, members),
            "direction": names_of("direction", self.direction, DIRECTIONS, members),
            "prior": names_of("prior", self.prior, PRIORS, members),
            **{name: per_member(name, getattr(self, name), WEIGHT, members) for name in WEIGHTS},
            "seed": check_number("seed", self.seed),
            "members": members,
            "part": check_part(self.part, members),
            "setting": check_setting(self.problem, self.setting),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)
        critics = [name in registry.DIVERGENCES for name in self.loss]
        if any(critics) and not all(critics):
            raise SpecError(
                f"loss is {shown(self.loss)}; nll and sinkhorn have no critic to take turns with: "
                "train them in a run of their own."
            )
        more = [name for name in WEIGHTS if any(getattr(self, name))]
        more += ["loss"] if set(self.loss) != {"nll"} else []
        structure = registry.COUPLINGS[self.flow.coupling].structure
        if self.conditional and structure != "coupling":
            raise SpecError(
                f"coupling is {shown(self.flow.coupling)}; its layers read no y, so network must "
                "be inn."
            )
        if self.conditional and more:
            raise SpecError(
                f"A conditional flow learns by maximum likelihood alone; {more[0]} must stay as "
                "it is, or network be inn."
            )

    @property
    def conditional(self) -> bool:
        """Whether y is told to the couplings, and is no part of the code."""
        return self.network == "conditional"

    @property
    def adversarial(self) -> bool:
        """Whether the members have critics."""
        return self.loss[0] in registry.DIVERGENCES

    @property
    def own(self) -> range:
        """The members of this part, as the sweep counts them."""
        return range(self.part[0], self.members, self.part[1])

    def of_own(self, name: str) -> list[Any]:
        """A field that may have one value a member, for the members of this part."""
        values = getattr(self, name)
        return [values[e % len(values)] for e in self.own]

    def to_json(self) -> dict[str, Any]:
        """Plain dict of JSON types; ``from_json`` is its inverse."""
        values = asdict(self)
        values["part"] = list(self.part)
        values["setting"] = dict(self.setting)
        values["flow"]["hidden"] = list(self.flow.hidden)
        values["critic"] = self.critic.to_json()
        values |= {name: list(getattr(self, name)) for name in PER_MEMBER}
        return {"kind": KIND, **values}

    @classmethod
    def from_json(cls, values: Any) -> Self:
        """Build from ``to_json``'s dict (missing fields take defaults); raises SpecError."""
        known = run_fields(cls, values)
        if "critic" in known:
            known["critic"] = CriticSpec.from_json(known["critic"])
        return cls(**known)


def check_part(value: Any, members: int) -> tuple[int, int]:
    """Part i of n, none of them empty; raises SpecError."""
    pair = tuple(value) if isinstance(value, (list, tuple)) else ()
    whole = len(pair) == 2 and all(isinstance(n, int) and not isinstance(n, bool) for n in pair)
    if not whole or not 0 <= pair[0] < pair[1] <= members:
        raise SpecError(
            f"part is {shown(value)}; it must be two whole numbers i and n with i < n, "
            f"and n no more than the {members} members."
        )
    return pair[0], pair[1]


def check_setting(problem: str, value: Any) -> tuple[tuple[str, float], ...]:
    """Options that the problem knows, as pairs by name; raises SpecError."""
    try:
        options = dict(value)
    except (TypeError, ValueError) as error:
        raise SpecError(
            f"setting is {shown(value)}; it must be an object of the problem's options."
        ) from error
    if not options:
        return ()
    from inn_core.problems.base import find  # a problem may need scipy: not before it is asked for

    try:
        find(problem, **{str(name): number for name, number in options.items()})
    except ValueError as error:
        raise SpecError(str(error)) from error
    return tuple(sorted((name, float(number)) for name, number in options.items()))


def names_of(name: str, value: Any, allowed: tuple[str, ...], members: int) -> tuple[str, ...]:
    """One name for all members, or one a member, as a tuple; raises SpecError."""
    names = (value,) if isinstance(value, str) else value
    if not isinstance(names, Iterable) or len(names := tuple(names)) not in (1, members):
        raise SpecError(f"{name} is {shown(value)}; it must be a name, or one a member.")
    return tuple(check_name(name, one, dict.fromkeys(allowed)) for one in names)


def per_member(name: str, value: Any, allowed: Range, members: int) -> tuple[float, ...]:
    """One number for all members, or one a member, as a tuple; raises SpecError."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = (value,)
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise SpecError(f"{name} is {shown(value)}; it must be a number, or one a member.")
    numbers = tuple(value)
    if len(numbers) not in (1, members):
        raise SpecError(
            f"{name} has {len(numbers)} numbers for {members} members; give one, or one a member."
        )
    for number in numbers:
        whole = isinstance(number, int) and not isinstance(number, bool)
        real = whole or isinstance(number, float)
        fits = real and allowed.low <= number <= allowed.high
        if not fits or (allowed.integer and number != int(number)):
            kind = "a whole number" if allowed.integer else "a number"
            raise SpecError(f"{name} is {shown(number)}; it must be {kind} {allowed}.")
    return tuple(int(n) if allowed.integer else float(n) for n in numbers)
