"""The sweeps of the lessons: many INNs on one problem, as one batched run. No torch."""

from __future__ import annotations

from inn_core.specs import FlowSpec, TrainSpec
from inn_core.specs_inverse import InverseSpec

#: Small enough that a browser runs all members while a target is dragged.
SMALL = FlowSpec(layers=8, hidden=(32, 32), linear="rotation")
TRAINING = TrainSpec(lr=2e-3, batch=256, seconds=200.0)

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
LATENT_DIMENSION = InverseSpec(
    flow=SMALL,
    training=TRAINING,
    members=2 * len(LATENTS),
    latent=LATENTS * 2,
    loss=("nll",) * len(LATENTS) + ("sinkhorn",) * len(LATENTS),
)

SWEEPS: dict[str, InverseSpec] = {
    "prior-weight": PRIOR_WEIGHT,
    "latent-dimension": LATENT_DIMENSION,
}
