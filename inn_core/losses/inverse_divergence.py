"""Variational f-divergences of an INN on an inverse problem (VINA, arXiv 2602.20480).

    forward    D_f between (Y, Z) and T(X): the critic looks at the z side, T is never inverted
    backward   D_f between (X, Y) and (T^-1(Y, Z), Y): the critic looks at the x side, and T is
               never asked forwards

Both are 0 exactly where T^-1(y, Z) has the law of X given y. An f-divergence does not change under
a bijection, so forwards D_f((Y, Z), T(X)) is also D_f(T^-1(Y, Z), X): there the model comes first,
and what is called KL charges the model where it puts mass and the data have none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from inn_core.flows.inn import Layout
from inn_core.losses.critic import Critic
from inn_core.losses.inverse import InverseLoss
from inn_core.losses.nll import Model
from inn_core.losses.variational import model_loss
from inn_core.specs_inverse import InverseSpec

#: Weight of VINA's small pull of T^-1(y, z) to the x that made y; it comes with the trick alone.
ANCHOR = 0.01
#: The slack of the supervised half, in units of the problem's own: asked for more precision, the
#: networks for the arm end further from the target, since the fit then drowns the divergence: after
#: 1,800 steps l2 0.12, 0.08, 0.12 for KL, JS, reverse KL (4 layers), with 1 0.44, 0.37, 1.1 (6).
APART = 3.0
#: Keeps the critics' weights apart from the networks'.
CRITIC_KEY = 7_919


class InverseDivergence(InverseLoss):
    """Terms of one step, each (E,), in place of InverseLoss's ``latent`` and ``sinkhorn``.

    divergence  what the model minimises of the variational bound (losses/variational.py), by its
                critic: the bound itself, or the trick in its place
    fit         forwards the supervised half, as in InverseLoss, with a wider slack; backwards none
    anchor      backwards with the trick: ANCHOR times the mean square of x - T^-1(y, z)

    critic : one of each member; divergences : their names
    """

    def __init__(self, layout: Layout, spec: InverseSpec) -> None:
        super().__init__(layout, spec)
        directions = spec.of_own("direction")
        self.divergences: Sequence[str] = spec.of_own("loss")
        self.objective = spec.critic.objective
        self.fitted = torch.tensor([one == "forward" for one in directions])
        self.decodes |= "backward" in directions
        generators = [torch.Generator().manual_seed(CRITIC_KEY + spec.seed + e) for e in spec.own]
        self.width = inputs(layout, spec)
        self.critic = Critic(
            self.width, spec.critic.hidden, generators, spec.critic.clamp, spec.critic.sd
        )
        names = ["fit"] * ("forward" in directions) + ["padding"] * self.idle + ["divergence"]
        anchored = self.objective == "trick" and "backward" in directions
        names += ["anchor"] * anchored + list(self.shares)
        self.weights: Mapping[str, float] = dict.fromkeys(names, 1.0)
        self.alike = layout.problem.dim_x
        self.wide = APART

    def at(self, step: int) -> None:
        """Nothing changes."""

    def pairs(self, model: Model, batch: Tensor) -> tuple[Tensor, Tensor]:
        """What the critics shall tell apart: real and fake rows, each (E, B, inputs)."""
        x, y, z = self.parts(batch)
        return self.rows(x, y, z, self.codes(model, x)[0], self.again(model, y, z))

    def rows(
        self, x: Tensor, y: Tensor, z: Tensor, code: Tensor | None, again: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """Real and fake rows of every member, from T(x) and T^-1(y, z) where they are wanted."""
        known, truth = y.expand(len(self.used), *y.shape), x[..., : self.alike]
        found = []
        if code is not None:
            used = torch.cat([self.used.new_ones(*self.used.shape[:2], y.shape[-1]), self.used], -1)
            found.append((torch.cat([known, z * self.used], -1), code * used))
        if again is not None:
            real = torch.cat([truth, y], -1).expand(len(self.used), -1, -1)
            found.append((real, torch.cat([again, known], -1)))
        if len(found) == 1:
            return tuple(map(self.padded, found[0]))  # type: ignore[return-value]
        forward = self.fitted[:, None, None]
        (real, fake), (real_back, fake_back) = (map(self.padded, pair) for pair in found)
        return torch.where(forward, real, real_back), torch.where(forward, fake, fake_back)

    def padded(self, rows: Tensor) -> Tensor:
        """Rows with zeros up to what the critics of the whole sweep read."""
        return torch.nn.functional.pad(rows, (0, self.width - rows.shape[-1]))

    def own_terms(
        self, x: Tensor, y: Tensor, z: Tensor, code: Tensor | None, again: Tensor | None
    ) -> dict[str, Tensor]:
        """The divergence, and what comes with it."""
        real, fake = self.rows(x, y, z, code, again)
        v_real, v_fake = self.critic(real), self.critic(fake)
        terms = {"divergence": model_loss(self.divergences, v_real, v_fake, self.objective)}
        if "anchor" in self.weights and again is not None:
            off = (again - x[..., : self.alike]).square().mean((-2, -1))
            terms["anchor"] = torch.where(self.fitted, 0.0, ANCHOR * off)
        return terms


def inputs(layout: Layout, spec: InverseSpec) -> int:
    """What a critic reads, the same for every part of a sweep: the wider of its directions."""
    sizes = {"forward": layout.dim, "backward": layout.problem.dim_x + layout.problem.dim_y}
    return max(sizes[direction] for direction in spec.direction)
