"""Random mixtures of Gaussians, drawn from a seed that is an argument: targets nobody chose."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from inn_core.targets.base import square
from inn_core.targets.mixtures import GaussianMixture

#: Components; their standard deviations; how far centres reach.
FEWEST, MOST, NARROW, WIDE, REACH = 4, 12, 0.15, 0.6, 3.0


def draw(seed: int) -> GaussianMixture:
    """Mixture number ``seed``: random weights, centres and full covariances.

    K uniform on 4..12, weights Dirichlet(2), centres uniform on a square, standard deviations
    log-uniform, axes turned by a random angle. The entropy is -sum p log p on its quadrature.
    """
    rng = np.random.default_rng([seed, 0x3147])
    count = int(rng.integers(FEWEST, MOST + 1))
    means = rng.uniform(-REACH, REACH, (count, 2))
    sds = np.exp(rng.uniform(np.log(NARROW), np.log(WIDE), (count, 2)))
    angle = rng.uniform(0, np.pi, count)
    turn = np.stack([np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)], 1)
    axes = turn.reshape(count, 2, 2) * sds[:, None, :]
    mixture = GaussianMixture(
        name=f"mixture-{seed}",
        view=square(REACH + 2 * WIDE),
        entropy=0.0,
        support=square(REACH + 8 * WIDE),
        detail=float(sds.min()),
        weights=rng.dirichlet(np.full(count, 2.0)),
        means=means,
        covariances=axes @ axes.transpose(0, 2, 1),
    )
    grid = mixture.quadrature()
    log_p = mixture.log_prob(grid.points)
    return replace(mixture, entropy=float(-(np.exp(log_p) * log_p) @ grid.areas))
