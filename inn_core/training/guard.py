"""The guard: clips each member's gradient and freezes a member whose loss leaves all bounds.

Freezing is masking: the frozen member's gradient becomes zero and its weights are put back to the
last ones known to be sound, while every other member goes through the same operations on the same
bits as if nothing had happened.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

#: A finite loss is absurd when it exceeds the first one by so many nats in so many steps in a row.
#: A single batch of heavy-tailed data may do so, and a bounded spline never gets far above.
ABSURD = ((50.0, 10), (3.0, 50))
#: Where a rising loss is no fault (it is the adversary's gain, or not in nats): finite will do.
FINITE = ((float("inf"), 1),)
#: Every so many steps sound weights are put aside.
KEEP_EVERY = 25


class Guard:
    """Watches losses (E,) and gradients (E, P). ``frozen``: member -> the reason, a sentence."""

    def __init__(self, weights: Tensor, limits: tuple[tuple[float, int], ...] = ABSURD) -> None:
        """``weights`` (E, P) are the parameters before the first step; ``limits`` as ABSURD."""
        self.frozen: dict[int, str] = {}
        self.sound = weights.detach().clone()
        members = len(weights)
        self.ceilings = torch.full((len(limits), members), torch.inf)
        self.strikes = torch.zeros(len(limits), members, dtype=torch.int64)
        self._rise = torch.tensor([[rise] for rise, _ in limits])
        self._patience = torch.tensor([[patience] for _, patience in limits])
        self._alive = torch.ones(members, 1, dtype=torch.bool)
        self._struck = False
        self._fresh = True

    @property
    def all_frozen(self) -> bool:
        """Whether nothing is left to train."""
        return len(self.frozen) == len(self.sound)

    def before_step(
        self, losses: Tensor, weights: Tensor, grad: Tensor, step: int, clip: float, lr: float
    ) -> None:
        """Clip the gradient in place; freeze what cannot go on. ``step`` counts from 0."""
        if self._fresh:
            self._fresh, self.ceilings = False, losses + self._rise
        norm = torch.linalg.vector_norm(grad, dim=1)  # (E,)
        # NaN compares false, so one test catches NaN, infinity and absurdity.
        sound = (losses < self.ceilings[-1]) & (norm < torch.inf)
        if self.frozen:
            sound |= ~self._alive.squeeze(1)
        if not sound.all() or self._struck:
            self._strike(losses, norm, sound, step, lr)
        if step % KEEP_EVERY == 0:
            torch.where(sound.unsqueeze(1), weights, self.sound, out=self.sound)
        grad.mul_((clip / norm).clamp_(max=1.0).unsqueeze(1))
        if self.frozen:
            grad.masked_fill_(~self._alive, 0.0)

    def after_step(self, *matrices: Tensor) -> None:
        """Put the frozen members' rows back to their sound weights (Adam's momentum moves on)."""
        if self.frozen:
            for rows in matrices:
                torch.where(self._alive, rows, self.sound, out=rows)

    def stop(self, member: int, reason: str) -> None:
        """Freeze a member for what happened elsewhere: its critic, or the model of a critic."""
        if member not in self.frozen:
            self.frozen[member] = reason
            self._mask()

    def recalibrate(self) -> None:
        """Take the next loss as the new reference (the weights of the loss terms changed)."""
        self._fresh = True

    def _strike(self, losses: Tensor, norm: Tensor, sound: Tensor, step: int, lr: float) -> None:
        above = ~(losses < self.ceilings) & ~sound
        self.strikes = torch.where(above, self.strikes + 1, 0)
        self._struck = bool(self.strikes.any())
        finite = losses.isfinite() & norm.isfinite()
        gone = ~finite | (self.strikes >= self._patience).any(0)
        for member in gone.nonzero().flatten().tolist():
            if member not in self.frozen:
                self.frozen[member] = reason(
                    member, len(losses), step, float(losses[member]), float(norm[member]), lr
                )
        self._mask()

    def _mask(self) -> None:
        self._alive.fill_(True)
        self._alive[list(self.frozen)] = False

    def tensors(self) -> dict[str, Tensor]:
        """Return what a checkpoint must hold."""
        return {"sound": self.sound, "ceilings": self.ceilings, "strikes": self.strikes}

    def restore(self, tensors: Mapping[str, Tensor], frozen: Mapping[str, str]) -> None:
        """Take over a checkpoint's state."""
        self.sound.copy_(tensors["sound"])
        self.ceilings = tensors["ceilings"].clone()
        self.strikes = tensors["strikes"].clone()
        self._struck = bool(self.strikes.any())
        self._fresh = bool(self.ceilings.isinf().all())
        self.frozen = {int(member): str(text) for member, text in frozen.items()}
        self._mask()


def reason(member: int, members: int, step: int, loss: float, norm: float, lr: float) -> str:
    """Say in one or two sentences why a member was stopped and what to do."""
    who = "The run" if members == 1 else f"Member {member}"
    if loss != loss:
        what = "the loss is not a number any more"
    elif abs(loss) == float("inf"):
        what = "the loss became infinite"
    elif not norm < float("inf"):
        what = "the gradient became infinite"
    else:
        what = f"the loss rose to {loss:.3g} nats and stayed there"
    return f"{who} stopped at step {step}: {what}. Lower the learning rate (now {lr:g}) and reset."
