"""What lessons train: one INN on a problem, or many as one batched run. No torch."""

from __future__ import annotations

from dataclasses import replace

from inn_core.problems.base import find
from inn_core.specs import FlowSpec, TrainSpec
from inn_core.specs_inverse import InverseSpec

#: Small enough that a browser runs all members while a target is dragged.
SMALL = FlowSpec(layers=8, hidden=(32, 32), linear="rotation")
TRAINING = TrainSpec(lr=2e-3, batch=256, seconds=200.0)
#: How large networks may be: name -> (couplings, width of two hidden layers, batch). The last is
#: VINA's; a browser shows fewer of its arms, and its members train on several workers (runs/parts).
SIZES = {"small": (8, 32, 256), "middle": (8, 64, 512), "wide": (4, 128, 512)}


def sized(spec: InverseSpec, size: str) -> InverseSpec:
    """The same sweep with networks of another size."""
    layers, width, batch = SIZES[size]
    flow = replace(spec.flow, layers=layers, hidden=(width, width))
    return replace(spec, flow=flow, training=replace(spec.training, batch=batch))


#: Where the answer is linear in y: a network that can be linear, and then is exact.
LINEAR = FlowSpec(layers=2, hidden=(8,), linear="lu")
#: Of one coupling only: its first coordinate is linear in (y, z) whatever it has learnt.
STRAIGHT = FlowSpec(layers=1, hidden=(8,), linear="lu")
#: Weights of the prior loss that the line is trained with.
LINE_WEIGHTS = (0.0, 0.1, 1.0, 10.0, 100.0)


def line_sweep(spread: float, noise: float, weights: tuple[float, ...], seed: int) -> InverseSpec:
    """The line at a prior sd and a noise, an INN for each weight of the prior loss."""
    return InverseSpec(
        problem="line",
        flow=STRAIGHT,
        latent=(1,),
        prior_weight=weights,
        members=len(weights),
        training=TrainSpec(lr=5e-3, batch=512, seconds=60.0, steps=4_000),
        seed=seed,
        setting=(("spread", spread), ("noise", noise)),
    )


def single(name: str) -> InverseSpec:
    """One network, whose z is as large as what y throws away (of labels: as large as x)."""
    problem = find(name)
    missing = problem.dim_x - problem.dim_y
    latent = problem.dim_x if problem.labels_only or missing < 1 else missing
    spec = InverseSpec(problem=name, latent=(latent,))
    if name == "line":
        return line_sweep(1.0, 0.5, LINE_WEIGHTS, 0)
    if name == "linear-gaussian":
        spec = replace(spec, flow=LINEAR, training=replace(spec.training, lr=5e-3))
    return spec


def size_of(spec: InverseSpec) -> str:
    """The name of a spec's size; the nearest one by width where it has none of them."""
    width = max(spec.flow.hidden)
    return min(SIZES, key=lambda name: abs(SIZES[name][1] - width))


#: VINA's figure 2: the weight of the prior loss, with the normal prior and the inconsistent box.
WEIGHTS = (0.0, 1.0, 100.0)
PRIOR_WEIGHT = InverseSpec(
    flow=SMALL,
    training=TRAINING,
    members=2 * len(WEIGHTS),
    prior_weight=WEIGHTS * 2,
    prior=("normal",) * len(WEIGHTS) + ("uniform",) * len(WEIGHTS),
)

#: VINA's figure 5: the size of z, by maximum likelihood and by Sinkhorn's divergence.
LATENTS = (1, 2, 4, 8, 14)


def latent_sweep(latents: tuple[int, ...], seeds: int) -> InverseSpec:
    """Every size of z by every loss, from so many seeds: first all of one loss, then the other."""
    sizes = latents * seeds
    return InverseSpec(
        flow=SMALL,
        training=TRAINING,
        members=2 * len(sizes),
        latent=sizes * 2,
        loss=("nll",) * len(sizes) + ("sinkhorn",) * len(sizes),
    )


LATENT_DIMENSION = latent_sweep(LATENTS, 2)

SWEEPS: dict[str, InverseSpec] = {
    "prior-weight": PRIOR_WEIGHT,
    "latent-dimension": LATENT_DIMENSION,
}
