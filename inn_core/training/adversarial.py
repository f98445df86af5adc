"""Steps of flows against critics: some updates of every critic, then one of every model.

A critic belongs to one member. It has its own Adam and its own guard, and each of its updates sees
points of its own: a step takes 1 + critic.steps batches from the stream, the last for the model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import torch
from torch import Tensor

from inn_core.flows.flow import Flow
from inn_core.losses.critic import Critic
from inn_core.losses.nll import Loss, Model
from inn_core.losses.variational import bound
from inn_core.specs_critic import CriticSpec
from inn_core.training import schedule
from inn_core.training.adam import Adam
from inn_core.training.flat import flatten
from inn_core.training.guard import FINITE, Guard
from inn_core.training.step import Stepper

#: β₁ and β₂ of VINA's and most GANs' Adam: little momentum, for the other side moves as well.
BETAS = (0.5, 0.9)
#: Tensors of the critics in a checkpoint begin so.
CRITIC = "critic."


class Adversarial(Loss, Protocol):
    """A loss whose terms ask a critic.

    critic : the critics of its C members; divergences : one name a critic
    """

    critic: Critic
    divergences: Sequence[str]

    def pairs(self, model: Model, x: Tensor) -> tuple[Tensor, Tensor]:
        """What the critics shall tell apart on a batch: real, fake, each (C, B, D) or (B, D)."""
        ...


class CriticStepper(Stepper):
    """The step of a flow and the critics of some or all of its members.

    bounds : the last update's bound of each critic (C,), or None before the first
    critic_lr, critic_steps : live settings; see CriticSpec
    """

    loss: Adversarial

    def __init__(
        self,
        loss: Adversarial,
        flow: Flow,
        shown: Flow,
        spec: CriticSpec,
        members: Sequence[int] | None = None,
        betas: tuple[float, float] = BETAS,
        mask: Tensor | None = None,
    ) -> None:
        """``members`` : whom the critics belong to, all by default; ``betas`` : of the model."""
        super().__init__(loss, flow, shown, mask=mask)
        self.adam = Adam(self.weights, betas)
        self.guard = Guard(self.weights, FINITE)
        self.members = list(range(flow.members) if members is None else members)
        self.critic = flatten(loss.critic, len(self.members))
        self.critic_adam = Adam(self.critic, BETAS)
        self.critic_guard = Guard(self.critic, FINITE)
        self.critic_lr, self.critic_steps = spec.lr, spec.steps
        self.updates = 0
        self.bounds: Tensor | None = None

    @property
    def draws(self) -> int:  # type: ignore[override]
        """Batches a step: one for each critic update, one for the model."""
        return 1 + self.critic_steps

    @property
    def critics(self) -> list[Any]:
        """Itself."""
        return [self]

    def step(
        self, x: Tensor, count: int, lr: float, clip: float, weights: Mapping[str, float]
    ) -> None:
        """Take step number ``count`` on x, ``draws`` batches one after the other."""
        *parts, last = x.tensor_split(self.draws)
        self.loss.at(count)
        for part in parts:
            self.sharpen(part, count, clip)
        self.update(last, count, lr, clip, weights)
        for local, member in enumerate(self.members):
            if member in self.guard.frozen:
                self.critic_guard.stop(local, self.guard.frozen[member])

    @torch.no_grad()
    def sharpen(self, x: Tensor, count: int, clip: float) -> None:
        """One ascent of every critic's bound on the batch x."""
        real, fake = self.loss.pairs(self.flow, x)
        with torch.enable_grad():
            critic = self.loss.critic
            self.bounds = bound(self.loss.divergences, critic(real), critic(fake))
            grads = torch.autograd.grad(-self.bounds.sum(), list(critic.parameters()))
        self.bounds = self.bounds.detach()
        grad = torch.cat([g.reshape(len(self.critic), -1) for g in grads], 1)
        before = set(self.critic_guard.frozen)
        self.critic_guard.before_step(-self.bounds, self.critic, grad, count, clip, self.critic_lr)
        self.updates += 1
        lr = self.critic_lr * schedule.factor(count)
        self.critic_adam.step(self.critic, grad, lr, self.updates)
        self.critic_guard.after_step(self.critic)
        for local in set(self.critic_guard.frozen) - before:
            well = bool(fake.expand(len(self.critic), -1, -1)[local].isfinite().all())
            self._stop(self.members[local], local, count, lr=self.critic_lr, well=well)

    def _stop(self, member: int, local: int, step: int, lr: float, well: bool) -> None:
        """Freeze the model of a critic that went wrong, or was shown what is no number."""
        who = "The run" if self.flow.members == 1 else f"Member {member}"
        text = (
            f"{who} stopped at step {step}: its critic is not finite any more. Lower the critic's "
            f"learning rate (now {lr:g}) and reset."
            if well
            else f"{who} stopped at step {step}: its points are not finite any more. Lower the "
            "learning rate and reset."
        )
        self.critic_guard.frozen[local] = text
        self.guard.stop(member, text)

    def tensors(self) -> dict[str, Tensor]:
        """Everything that the next step depends on, by name."""
        own = {
            "weights": self.critic,
            "adam.mean": self.critic_adam.mean,
            "adam.square": self.critic_adam.square,
            # Live settings of the critics; float64 holds a learning rate to the bit.
            "settings": torch.tensor(
                [self.critic_lr, self.critic_steps, self.updates], dtype=torch.float64
            ),
        }
        own |= {f"guard.{name}": value for name, value in self.critic_guard.tensors().items()}
        if self.bounds is not None:
            own["bounds"] = self.bounds
        return super().tensors() | {CRITIC + name: value for name, value in own.items()}

    def restore(self, tensors: Mapping[str, Tensor], frozen: Mapping[str, str]) -> None:
        """Take over :meth:`tensors` of a run of the same spec; KeyError if one is missing."""
        super().restore(tensors, frozen)
        own = {k.removeprefix(CRITIC): v for k, v in tensors.items() if k.startswith(CRITIC)}
        self.critic.copy_(own["weights"])
        self.critic_adam.mean.copy_(own["adam.mean"])
        self.critic_adam.square.copy_(own["adam.square"])
        lr, steps, updates = own["settings"].tolist()
        self.critic_lr, self.critic_steps, self.updates = lr, int(steps), int(updates)
        told = {member: local for local, member in enumerate(self.members)}
        self.critic_guard.restore(
            {name: own[f"guard.{name}"] for name in self.critic_guard.tensors()},
            {str(told[int(m)]): text for m, text in frozen.items() if int(m) in told},
        )
        self.bounds = own.get("bounds")
