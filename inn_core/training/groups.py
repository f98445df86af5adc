"""Groups of members, one batched network each: of a coupling (fits to a map), of a kind of loss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from inn_core.flows.flow import Flow
from inn_core.losses.fit import FitLoss
from inn_core.specs_map import TERMS
from inn_core.training.recorded import Recorded
from inn_core.training.step import Stepper


class FitStepper(Stepper):
    """The step of one group of flows that are fitted to a map."""

    def __init__(self, loss: FitLoss, flow: Flow, shown: Flow, mask: Tensor) -> None:
        """Train ``flow``; what the mask takes out becomes 0 and stays so."""
        super().__init__(loss, flow, shown, mask=mask)
        self.mix = torch.zeros(len(TERMS))
        self.fit = Recorded(lambda x: self._fit(loss, x), flow.parameters())

    @torch.no_grad()
    def gradient(self, x: Tensor, weights: Mapping[str, float]) -> tuple[Tensor, Tensor]:
        """See Stepper.gradient; x (B, 4) are rows of x and f(x)."""
        self.mix.copy_(torch.tensor([weights[name] for name in TERMS]))
        losses, grad = self.fit(x)
        return losses, grad

    def _fit(self, loss: FitLoss, x: Tensor) -> tuple[Tensor, Tensor]:
        total, grads = loss.gradient(self.flow, x, self.mix)
        return total, self._joined(grads)


class Groups:
    """The steppers of a run as one; see :class:`Stepper` for its face.

    members : name of a group -> the run's members that it has; flow, shown : name -> flow
    """

    note = ""

    def __init__(
        self, loss: Any, steppers: Mapping[str, Stepper], members: dict[str, list[int]]
    ) -> None:
        """``loss`` : that of all groups, for whoever measures by it."""
        self.loss, self.steppers, self.members = loss, steppers, members
        self.flow = nn.ModuleDict({name: one.flow for name, one in steppers.items()})
        self.shown = nn.ModuleDict({name: one.shown for name, one in steppers.items()})
        self.guard = self  # whether all are frozen is asked of it

    def step(
        self, x: Tensor, count: int, lr: float, clip: float, weights: Mapping[str, float]
    ) -> None:
        """One step of every group, on the same points; one that takes fewer has the first."""
        batch = len(x) // self.draws
        for stepper in self.steppers.values():
            stepper.step(x[: batch * stepper.draws], count, lr, clip, weights)

    @property
    def draws(self) -> int:
        """Batches that one step takes from the stream: as many as the greediest group."""
        return max(one.draws for one in self.steppers.values())

    @property
    def critics(self) -> list[Any]:
        """The steppers that have critics."""
        return [critic for one in self.steppers.values() for critic in one.critics]

    @property
    def losses(self) -> Tensor | None:
        """The last step's loss of every member (E,)."""
        found = {name: one.losses for name, one in self.steppers.items()}
        if any(losses is None for losses in found.values()):
            return None
        return self.woven({name: losses for name, losses in found.items() if losses is not None})

    def woven(self, rows: Mapping[str, Tensor]) -> Tensor:
        """Rows of the groups' members as rows of all members, in the run's order."""
        order = [member for name in rows for member in self.members[name]]
        together = torch.cat(list(rows.values()))
        return together[torch.tensor(order).argsort()]

    @property
    def all_frozen(self) -> bool:
        """Whether nothing is left to train."""
        return all(one.guard.all_frozen for one in self.steppers.values())

    @property
    def frozen(self) -> dict[int, str]:
        """Members of the run that the guard stopped, with the reason."""
        found: dict[int, str] = {}
        alone = sum(map(len, self.members.values())) == 1
        for name, one in self.steppers.items():
            for local, text in one.guard.frozen.items():
                member = self.members[name][local]
                who = "The run " if alone else f"Member {member} "
                own = f"Member {local} " if len(self.members[name]) > 1 else "The run "
                found[member] = text.replace(own, who)
        return dict(sorted(found.items()))

    def recalibrate(self) -> None:
        """Take the next losses as the new reference."""
        for one in self.steppers.values():
            one.guard.recalibrate()

    def tensors(self) -> dict[str, Tensor]:
        """Everything that the next step depends on, by name."""
        return {
            f"{name}.{key}": value
            for name, one in self.steppers.items()
            for key, value in one.tensors().items()
        }

    def restore(self, tensors: Mapping[str, Tensor], frozen: Mapping[str, str]) -> None:
        """Take over :meth:`tensors` of a run of the same spec; KeyError if one is missing."""
        for name, one in self.steppers.items():
            start = f"{name}."
            own = {k.removeprefix(start): v for k, v in tensors.items() if k.startswith(start)}
            members = {str(member): local for local, member in enumerate(self.members[name])}
            told = {str(members[m]): text for m, text in frozen.items() if m in members}
            one.restore(own, told)
