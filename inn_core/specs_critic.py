"""How the critic of a variational divergence is built and trained. No torch."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

from inn_core.specs import FlowSpec, Range, SpecError, check_number, known_fields, shown

#: The model minimises the bound itself, or - E g_f(V) of its own points (losses/variational.py).
OBJECTIVES = ("saddle", "trick")
#: Where V is clamped; sd of the first weights.
CLAMP, SD = Range(0.1, 50), Range(0, 1)


@dataclass(frozen=True)
class CriticSpec:
    """The critic of a run; VINA's (arXiv 2602.20480) has these widths, this lr and this clamp.

    hidden : widths of its hidden layers; lr : peak learning rate of its own Adam
    steps : critic updates before each update of the model, each on points of its own
    clamp : V is held in [-clamp, clamp]
    objective : what the model minimises, one of OBJECTIVES
    sd : of all weights at the start (VINA: 0.02), or 0 for a start that suits ReLUs
    """

    hidden: tuple[int, ...] = (64, 64)
    lr: float = 2e-4
    steps: int = 1
    clamp: float = 4.0
    objective: str = "saddle"
    sd: float = 0.0

    def __post_init__(self) -> None:
        """Validate every field; raises :class:`SpecError`."""
        if not isinstance(self.objective, str) or self.objective not in OBJECTIVES:
            raise SpecError(
                f"objective is {shown(self.objective)}; it must be one of {', '.join(OBJECTIVES)}."
            )
        values = {
            "hidden": FlowSpec(hidden=self.hidden).hidden,
            "lr": check_number("critic's lr", self.lr, "critic_lr"),
            "steps": check_number("critic's steps", self.steps, "critic_steps"),
            "clamp": check_range("clamp", self.clamp, CLAMP),
            "sd": check_range("sd", self.sd, SD),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def to_json(self) -> dict[str, Any]:
        """Plain dict of JSON types; ``from_json`` is its inverse."""
        return {**asdict(self), "hidden": list(self.hidden)}

    @classmethod
    def from_json(cls, values: Any) -> Self:
        """Build from ``to_json``'s dict (missing fields take defaults); raises SpecError."""
        return cls(**known_fields(cls, values))


def check_range(name: str, value: Any, allowed: Range) -> float:
    """One number in a range; raises SpecError."""
    kind = "a whole number" if allowed.integer else "a number"
    real = isinstance(value, (int, float)) and not isinstance(value, bool)
    whole = real and (not allowed.integer or value == value // 1)
    if not whole or not allowed.low <= value <= allowed.high:
        raise SpecError(f"{name} is {shown(value)}; it must be {kind} {allowed}.")
    return float(value)
