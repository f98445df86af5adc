"""Losses of plane flows that need the model's own points: transport, reverse KL, critics.

The points are drawn by a generator that the step number alone sets, so that a run that was saved,
watched or split draws the same ones. All members share the draws underneath.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inn_core.losses.critic import Critic
from inn_core.losses.distances import sinkhorn
from inn_core.losses.nll import Model
from inn_core.losses.variational import model_loss

#: Keeps the model's draws apart from the other streams of a seed (1 to 5).
DRAWS_KEY = 6
#: Points of a batch that Sinkhorn compares: its cost grows with the square.
TRANSPORTED = 64
#: Half a central difference of ln p, as a share of the target's unit.
SMALL = 1e-4


class Density(Protocol):
    """What a loss may know of a target."""

    @property
    def centre(self) -> NDArray[np.float64]:
        """Where the data are, (2,)."""
        ...

    @property
    def scale(self) -> float:
        """How far they spread."""
        ...

    def log_prob(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Ln p(x), (n,)."""
        ...


class Drawn:
    """What these losses share: a generator that begins anew with every step."""

    weights: Mapping[str, float] = {}

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.generator = torch.Generator()
        self.at(0)

    def at(self, step: int) -> None:
        """Set the generator to what it is at this step."""
        words = np.random.SeedSequence([self.seed, DRAWS_KEY, step]).generate_state(2)
        self.generator.manual_seed(int(words[0]) << 31 | int(words[1]) >> 1)


class Transport(Drawn):
    """``sinkhorn``: the debiased divergence of data and model's points, in squared data units."""

    weights: Mapping[str, float] = {"sinkhorn": 1.0}

    def __init__(self, blurs: Sequence[float], seed: int) -> None:
        """``blurs`` : one a member, in data units."""
        super().__init__(seed)
        self.blur = torch.tensor(blurs)

    def terms(self, model: Model, x: Tensor) -> dict[str, Tensor]:
        """The one term, (E,)."""
        few = x[:TRANSPORTED]
        found = model.sample(len(few), self.generator)
        return {"sinkhorn": sinkhorn(few[None], found, self.blur.to(found.dtype))}


class Energy(Drawn):
    """``energy``: KL(model, data) = E_z ln q - ln p, from the target's own density: no data."""

    weights: Mapping[str, float] = {"energy": 1.0}

    def __init__(self, target: Density, seed: int) -> None:
        super().__init__(seed)
        self.target = target

    def terms(self, model: Model, x: Tensor) -> dict[str, Tensor]:
        """The one term, (E,), in nats."""
        own = model.sample(len(x), self.generator)
        log_p = LogDensity.apply(own, self.target)
        return {"energy": (model.log_prob(own) - log_p).mean(-1)}


class Variational(Drawn):
    """``divergence``: what critics of the data against the model's points make the model minimise.

    critic : one a member; it sees points in the target's units
    """

    weights: Mapping[str, float] = {"divergence": 1.0}

    def __init__(
        self,
        divergences: Sequence[str],
        critic: Critic,
        objective: str,
        target: Density,
        seed: int,
    ) -> None:
        super().__init__(seed)
        self.divergences: Sequence[str] = tuple(divergences)
        self.critic, self.objective = critic, objective
        self.centre = torch.from_numpy(np.asarray(target.centre, np.float32))
        self.scale = float(target.scale)

    def pairs(self, model: Model, x: Tensor) -> tuple[Tensor, Tensor]:
        """Data (B, 2) and as many points of every model (E, B, 2), in the target's units."""
        own = model.sample(len(x), self.generator)
        return self.units(x), self.units(own)

    def units(self, x: Tensor) -> Tensor:
        """Points as the critics see them."""
        return (x - self.centre) / self.scale

    def terms(self, model: Model, x: Tensor) -> dict[str, Tensor]:
        """The one term, (E,)."""
        real, fake = self.pairs(model, x)
        v_real, v_fake = self.critic(real), self.critic(fake)
        return {"divergence": model_loss(self.divergences, v_real, v_fake, self.objective)}


class LogDensity(torch.autograd.Function):
    """ln p of points (E, B, 2) by a target that knows numpy alone; its slope by differences.

    Central differences in float64 with a step of 1e-4 units err by about 1e-8: far less than the
    float32 that they are rounded to.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, target: Density) -> Tensor:
        """The values (E, B); the slopes are kept."""
        points = x.detach().double().reshape(-1, 2).numpy()
        h = SMALL * float(target.scale)
        steps = h * np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
        around = [target.log_prob(points + step) for step in steps]
        slope = np.stack([around[0] - around[1], around[2] - around[3]], -1) / (2 * h)
        ctx.save_for_backward(torch.from_numpy(slope).to(x.dtype).reshape(x.shape))
        log_p = torch.from_numpy(target.log_prob(points))
        return log_p.to(x.dtype).reshape(x.shape[:-1])

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Any:
        """The slope times what came."""
        (slope,) = ctx.saved_tensors
        return grad.unsqueeze(-1) * slope, None
