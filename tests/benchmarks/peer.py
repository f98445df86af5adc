"""A peer in its own process and environment: the flow a user of the library would write.

Affine or rational-quadratic spline couplings in two dimensions that swap the coordinates, two
hidden layers, Adam at 1e-3, fresh rows of 100,000 standardised points: what each library's own
examples do. Nothing of inn_core is imported here.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from tests.benchmarks.serve import Contender, serve

#: Spline bins, the box they cover, Adam's learning rate, uncounted steps before the first slice.
BINS, BOUND, LR, WARM = 8, 4.0, 1e-3, 10

Built = tuple[nn.Module, Callable[[Tensor], Tensor]]
Shape = dict[str, Any]


def network(inputs: int, outputs: int, hidden: int) -> nn.Sequential:
    """A conditioner: two hidden layers of ReLU."""
    return nn.Sequential(
        *(nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU()),
        nn.Linear(hidden, outputs),
    )


def freia(layers: int, hidden: int, coupling: str) -> Built:
    """FrEIA: one-sided affine couplings and a fixed swap."""
    import FrEIA.framework as framework
    import FrEIA.modules as modules

    flow = framework.SequenceINN(2)
    swap = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    for _ in range(layers):
        flow.append(
            modules.AffineCouplingOneSided,
            subnet_constructor=lambda inputs, outputs: network(inputs, outputs, hidden),
        )
        flow.append(modules.FixedLinearTransform, M=swap, b=torch.zeros(2))

    def log_prob(x: Tensor) -> Tensor:
        z, log_det = flow(x)
        return log_det - 0.5 * (z**2).sum(1) - math.log(2 * math.pi)

    return flow, log_prob


def normflows(layers: int, hidden: int, coupling: str) -> Built:
    """normflows: affine coupling blocks whose last layer starts at zero, as its examples do."""
    import normflows as library

    parts: list[nn.Module] = []
    for _ in range(layers):
        net = library.nets.MLP([1, hidden, hidden, 2], init_zeros=True)
        parts += [library.flows.AffineCouplingBlock(net), library.flows.Permute(2, mode="swap")]
    base = library.distributions.base.DiagGaussian(2, trainable=False)
    flow = library.NormalizingFlow(base, parts)
    return flow, flow.log_prob


def nflows(layers: int, hidden: int, coupling: str) -> Built:
    """nflows: affine or spline couplings with linear tails, and reversals."""
    from nflows import transforms
    from nflows.distributions.normal import StandardNormal
    from nflows.flows.base import Flow

    class Net(nn.Module):
        def __init__(self, inputs: int, outputs: int) -> None:
            super().__init__()
            self.net = network(inputs, outputs, hidden)

        def forward(self, x: Tensor, context: Tensor | None = None) -> Tensor:
            out: Tensor = self.net(x)
            return out

    parts = []
    mask = torch.tensor([1, -1])
    for _ in range(layers):
        if coupling == "spline":
            layer = transforms.PiecewiseRationalQuadraticCouplingTransform(
                mask, Net, num_bins=BINS, tails="linear", tail_bound=BOUND
            )
        else:
            layer = transforms.AffineCouplingTransform(mask, Net)
        parts += [layer, transforms.ReversePermutation(2)]
    flow = Flow(transforms.CompositeTransform(parts), StandardNormal([2]))
    return flow, flow.log_prob


def zuko(layers: int, hidden: int, coupling: str) -> Built:
    """zuko: RealNVP, or a neural spline flow of two passes (which is a coupling; 8 bins)."""
    import zuko as library

    widths = (hidden, hidden)
    flow = (
        library.flows.NSF(2, bins=BINS, transforms=layers, hidden_features=widths, passes=2)
        if coupling == "spline"
        else library.flows.RealNVP(2, transforms=layers, hidden_features=widths)
    )
    return flow, lambda x: flow().log_prob(x)


BUILDERS = {"freia": freia, "normflows": normflows, "nflows": nflows, "zuko": zuko}


def make(wanted: Shape) -> Contender:
    """The contender for {"library", "coupling", "layers", "hidden", "batch", "seed", "data"}."""
    warnings.filterwarnings("ignore")
    torch.set_num_threads(1)
    torch.manual_seed(wanted["seed"])
    with np.load(wanted["data"]) as file:
        train, held_out = torch.from_numpy(file["train"]), torch.from_numpy(file["held_out"])
        floor = float(file["floor"])
    flow, log_prob = BUILDERS[wanted["library"]](
        wanted["layers"], wanted["hidden"], wanted["coupling"]
    )
    optimizer = torch.optim.Adam(flow.parameters(), lr=LR)

    def step() -> int:
        optimizer.zero_grad()
        loss = -log_prob(train[torch.randint(0, len(train), (wanted["batch"],))]).mean()
        loss.backward()
        optimizer.step()
        return 1

    @torch.no_grad()
    def gap() -> float:
        parts = [log_prob(x).sum() for x in held_out.split(10_000)]
        return -float(torch.stack(parts).sum()) / len(held_out) - floor

    for _ in range(WARM):
        step()
    # The clock starts after those: ten steps in the peer's favour, and no lazy imports on its bill.
    return Contender(step, gap, cpu_s=0.0)


if __name__ == "__main__":
    serve(make)
