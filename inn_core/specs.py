"""What to build and train, as frozen, validated, JSON-round-tripping dataclasses. No torch.

A spec is checked when it is made: a wrong name, type or size raises :class:`SpecError`, whose text
names the field, the value that came and what is allowed, and is fit to be shown to a reader.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Self

from inn_core import registry

TOKEN_VERSION = "v1"
TOKEN_MAX_LENGTH = 4096
#: What the text of a drawn flow looks like; maps/handmade.py reads it.
DRAWING = re.compile(r"h1\.[A-Za-z0-9_-]{2,4093}")


class SpecError(ValueError):
    """A spec that cannot be built. The message is a sentence for the reader."""


@dataclass(frozen=True)
class Range:
    """The closed interval [low, high] a numeric field must lie in."""

    low: float
    high: float
    integer: bool = False
    log: bool = False

    def __str__(self) -> str:
        form = ",.0f" if self.integer else "g"
        return f"between {self.low:{form}} and {self.high:{form}}"


#: Every numeric field of every spec. Menus, validation, link tokens and docs read this table.
LIMITS: dict[str, Range] = {
    "layers": Range(1, 32, integer=True),
    "hidden": Range(1, 256, integer=True),
    "depth": Range(1, 4, integer=True),
    "bins": Range(2, 32, integer=True),
    "batch": Range(16, 4096, integer=True, log=True),
    "lr": Range(1e-6, 1e3, log=True),
    "clip": Range(0.01, 1e6, log=True),
    "seconds": Range(0.1, 3600),
    "steps": Range(1, 10_000_000, integer=True),
    "seed": Range(0, 2**31 - 1, integer=True),
    "members": Range(1, 20, integer=True),
    "weight": Range(0, 1e6),
    "critic_lr": Range(1e-6, 1e3, log=True),
    "critic_steps": Range(1, 10, integer=True),
}


def check_number(name: str, value: Any, limit: str | None = None) -> float | int:
    """Return ``value`` as int or float if it lies in ``LIMITS[limit or name]``, else raise."""
    allowed = LIMITS[limit or name]
    kind = "a whole number" if allowed.integer else "a number"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise SpecError(f"{name} is {shown(value)}; it must be {kind} {allowed}.")
    if not allowed.low <= value <= allowed.high:  # nor NaN; a long integer is no float
        raise SpecError(f"{name} is {shown(value)}; it must be {kind} {allowed}.")
    if allowed.integer and value != int(value):
        raise SpecError(f"{name} is {shown(value)}; it must be {kind} {allowed}.")
    return int(value) if allowed.integer else float(value)


def check_name(name: str, value: Any, table: Collection[str]) -> str:
    """Return ``value`` if it is in ``table``, else raise a sentence that lists what is."""
    if not isinstance(value, str) or value not in table:
        raise SpecError(f"{name} is {shown(value)}; it must be one of {', '.join(table)}.")
    return value


def check_target(value: Any) -> str:
    """Return ``value`` if it names a registered target or own data, else raise a sentence."""
    return value if registry.is_own(value) else check_name("target", value, registry.TARGETS)


def is_drawing(value: Any) -> bool:
    """Whether ``value`` looks like the text of a flow drawn by hand."""
    return isinstance(value, str) and DRAWING.fullmatch(value) is not None


def check_start(value: Any) -> str:
    """Return ``value`` if training may start there: "", a registered target, a drawn flow."""
    plain = value == "" or is_drawing(value)
    return value if plain else check_name("start", value, registry.TARGETS)


def shown(value: Any) -> str:
    """``value`` as it may appear in a message: its repr, cut at 40 characters."""
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."


def _set(spec: Any, **values: Any) -> None:
    for name, value in values.items():
        object.__setattr__(spec, name, value)


def known_fields(cls: type, values: Any) -> dict[str, Any]:
    """``values`` as keyword arguments of ``cls``; raises for what is no mapping or not known."""
    if not isinstance(values, Mapping):
        raise SpecError(f"{cls.__name__} is {shown(values)}; it must be an object of named fields.")
    names = [f.name for f in fields(cls)]
    for key in values:
        if key not in names:
            raise SpecError(
                f"{shown(key)} is no field of {cls.__name__}; its fields are {', '.join(names)}."
            )
    return dict(values)


@dataclass(frozen=True)
class FlowSpec:
    """The architecture of a flow x -> z.

    coupling : what a layer is, a key of ``registry.COUPLINGS``: a coupling, by what happens to its
        active coordinate, or a residual layer
    layers : number of such layers; a coupling's active coordinate alternates
    hidden : widths of the hidden layers of the network in each
    bins : pieces of a spline, sigmoids of a sigmoidal layer, degree of a sum of squares (8 at most)
    linear : linear layer after each of them, a key of ``registry.LINEARS``
    actnorm : whether an actnorm (per-coordinate scale and shift) precedes each of them
    base : base distribution of z, a key of ``registry.BASES``
    """

    coupling: str = "affine"
    layers: int = 8
    hidden: tuple[int, ...] = (64, 64)
    bins: int = 8
    linear: str = "none"
    actnorm: bool = False
    base: str = "normal"

    def __post_init__(self) -> None:
        """Validate every field; raises :class:`SpecError`."""
        widths: Any = self.hidden
        if isinstance(widths, (str, bytes)) or not isinstance(widths, Iterable):
            raise SpecError(
                f"hidden is {shown(widths)}; it must be a list of widths such as (64, 64)."
            )
        widths = tuple(widths)
        check_number("the number of hidden layers", len(widths), "depth")
        if not isinstance(self.actnorm, bool):
            raise SpecError(f"actnorm is {shown(self.actnorm)}; it must be true or false.")
        _set(
            self,
            coupling=check_name("coupling", self.coupling, registry.COUPLINGS),
            layers=check_number("layers", self.layers),
            hidden=tuple(int(check_number("hidden", w)) for w in widths),
            bins=check_number("bins", self.bins),
            linear=check_name("linear", self.linear, registry.LINEARS),
            base=check_name("base", self.base, registry.BASES),
        )

    @classmethod
    def from_json(cls, values: Any) -> Self:
        """Build from a mapping of field names; raises :class:`SpecError`."""
        return cls(**known_fields(cls, values))


@dataclass(frozen=True)
class TrainSpec:
    """How a flow is trained.

    lr : Adam's peak learning rate
    batch : points a step
    clip : largest gradient norm of one member
    seconds : budget of own compute; the run ends there and may be continued
    steps : budget of steps
    """

    lr: float = 3e-3
    batch: int = 512
    clip: float = 5.0
    seconds: float = 60.0
    steps: int = 10_000_000

    def __post_init__(self) -> None:
        """Validate every field; raises :class:`SpecError`."""
        _set(self, **{f.name: check_number(f.name, getattr(self, f.name)) for f in fields(self)})

    @classmethod
    def from_json(cls, values: Any) -> Self:
        """Build from a mapping of field names; raises :class:`SpecError`."""
        return cls(**known_fields(cls, values))


def run_fields(cls: type, values: Any) -> dict[str, Any]:
    """Fields of a run's spec from its JSON, flow and training built; raises SpecError.

    ``kind``, which says what the spec is (kinds.py), is none of them.
    """
    if isinstance(values, Mapping):
        values = {name: value for name, value in values.items() if name != "kind"}
    known = known_fields(cls, values)
    for name, part in (("flow", FlowSpec), ("training", TrainSpec)):
        if name in known:
            known[name] = part.from_json(known[name])
    return known


@dataclass(frozen=True)
class RunSpec:
    """One training run: which target, which flow, how, from which seed, how many members.

    Member e starts from seed ``seed + e``; all members see the same batches.

    target : a key of ``registry.TARGETS``, or the name of own data (targets/library.py)
    start : where member 0 starts: "" afresh, a registered target at its pretrained weights, the
        text of a drawn flow (maps/handmade.py) at its curves
    """

    target: str = "moons"
    flow: FlowSpec = field(default_factory=FlowSpec)
    training: TrainSpec = field(default_factory=TrainSpec)
    loss: str = "nll"
    seed: int = 0
    members: int = 1
    start: str = ""

    def __post_init__(self) -> None:
        """Validate every field; raises :class:`SpecError`."""
        if not isinstance(self.flow, FlowSpec):
            raise SpecError(f"flow is {shown(self.flow)}; it must be a FlowSpec.")
        if not isinstance(self.training, TrainSpec):
            raise SpecError(f"training is {shown(self.training)}; it must be a TrainSpec.")
        _set(
            self,
            target=check_target(self.target),
            start=check_start(self.start),
            loss=check_name("loss", self.loss, registry.LOSSES),
            seed=check_number("seed", self.seed),
            members=check_number("members", self.members),
        )

    def with_(self, **changes: Any) -> RunSpec:
        """Copy with changes; fields of ``flow`` and ``training`` may be named directly."""
        flow_names = {f.name for f in fields(FlowSpec)}
        train_names = {f.name for f in fields(TrainSpec)}
        flow = {k: changes.pop(k) for k in list(changes) if k in flow_names}
        training = {k: changes.pop(k) for k in list(changes) if k in train_names}
        return replace(
            self,
            flow=replace(self.flow, **flow),
            training=replace(self.training, **training),
            **changes,
        )

    def to_json(self) -> dict[str, Any]:
        """Plain dict of JSON types; ``RunSpec.from_json`` is its inverse."""
        values = asdict(self)
        values["flow"]["hidden"] = list(self.flow.hidden)
        return values

    @classmethod
    def from_json(cls, values: Any) -> Self:
        """Build from ``to_json``'s dict (missing fields take defaults); raises SpecError."""
        return cls(**run_fields(cls, values))

    def to_token(self) -> str:
        """Short, versioned, URL-safe text of this spec (only what differs from the defaults)."""
        plain, default = self.to_json(), RunSpec().to_json()
        short = {k: v for k, v in plain.items() if v != default[k]}
        for part in ("flow", "training"):
            if part in short:
                short[part] = {k: v for k, v in plain[part].items() if v != default[part][k]}
        text = json.dumps(short, separators=(",", ":"), sort_keys=True).encode()
        return f"{TOKEN_VERSION}.{base64.urlsafe_b64encode(text).decode().rstrip('=')}"

    @classmethod
    def from_token(cls, token: Any) -> Self:
        """Read ``to_token``'s text; raises :class:`SpecError` with a sentence for anything else."""
        if not isinstance(token, str) or len(token) > TOKEN_MAX_LENGTH:
            raise SpecError("This link is too long to be one of ours; ask for a fresh one.")
        version, _, body = token.partition(".")
        if version != TOKEN_VERSION:
            raise SpecError(
                f"This link is of version {shown(version)}; this lab reads {TOKEN_VERSION}."
            )
        try:
            padded = body + "=" * (-len(body) % 4)
            values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        except (binascii.Error, ValueError, RecursionError) as error:
            raise SpecError("This link is damaged; ask for a fresh one.") from error
        return cls.from_json(values)
