"""Mixtures of Gaussians: eight Gaussians, two unequal Gaussians, a correlated one, eight modes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import log, pi

import numpy as np

from inn_core.targets.base import Array, Target, square
from inn_core.targets.numerics import log_sum_exp

LOG_2PI_E = log(2 * pi) + 1


@dataclass(frozen=True, eq=False, kw_only=True)
class GaussianMixture(Target):
    """p(x) = sum_k w_k N(x; m_k, S_k).

    weights (K,) sum to 1; means (K, 2); covariances (K, 2, 2)
    """

    weights: Array
    means: Array
    covariances: Array

    def __post_init__(self) -> None:
        """Raise ValueError for weights that are no probabilities."""
        if (self.weights < 0).any() or abs(self.weights.sum() - 1) > 1e-9:
            raise ValueError(
                f"weights are {self.weights.tolist()}; they must be 0 or more and sum to 1."
            )

    @cached_property
    def _factors(self) -> Array:
        """Lower triangles L_k with S_k = L_k L_k^T, (K, 2, 2)."""
        return np.linalg.cholesky(self.covariances)

    def draw(self, n: int, rng: np.random.Generator) -> Array:
        """Choose a component, then x = m_k + L_k e with standard normal e."""
        k = rng.choice(len(self.weights), size=n, p=self.weights)
        noise = rng.standard_normal((n, 2))
        return self.means[k] + np.einsum("nij,nj->ni", self._factors[k], noise)

    def log_density(self, x: Array) -> Array:
        """Log of sum_k w_k exp(-|L_k^-1 (x - m_k)|^2 / 2) / (2 pi |L_k|)."""
        whiten = np.linalg.inv(self._factors)
        e = np.einsum("kij,nkj->nki", whiten, x[:, None] - self.means)
        log_norm = np.log(self.weights / (2 * pi)) + np.linalg.slogdet(whiten)[1]
        return log_sum_exp(log_norm - 0.5 * (e**2).sum(axis=-1))

    def moments(self) -> tuple[Array, Array]:
        """Mean sum_k w_k m_k; covariance sum_k w_k (S_k + m_k m_k^T) - mean mean^T."""
        mean = self.weights @ self.means
        second = self.covariances + self.means[:, :, None] * self.means[:, None, :]
        return mean, np.tensordot(self.weights, second, 1) - np.outer(mean, mean)


def isotropic(means: Array, sds: Array) -> dict[str, Array]:
    """Fields of a mixture of equal weights with round components: means (K, 2), sds (K,)."""
    count = len(means)
    covariances = sds[:, None, None] ** 2 * np.eye(2)
    return {"weights": np.full(count, 1 / count), "means": means, "covariances": covariances}


_eighth = np.arange(8) * pi / 4

#: FFJORD's ring of eight: radius 4, sd 0.5, all divided by 1.414 (Grathwohl et al. 2019,
#: arXiv 1810.01367). Neighbours overlap, so H is -sum p log p on ``quadrature(2)``.
EIGHT_GAUSSIANS = GaussianMixture(
    name="eight_gaussians",
    view=square(4.5),
    entropy=2.831880,
    support=square(6.0),
    detail=0.5 / 1.414,
    **isotropic(
        4 / 1.414 * np.stack([np.cos(_eighth), np.sin(_eighth)], axis=1), np.full(8, 0.5 / 1.414)
    ),
)

#: Two Gaussians of sd 1 and 0.1, twelve apart: a map that keeps areas cannot make both from one
#: (Draxler et al. 2024, arXiv 2402.06578). They overlap by less than 1e-15, hence
#: H = ln 2 + mean of the two entropies.
TWO_GAUSSIANS = GaussianMixture(
    name="two_gaussians",
    view=square(9.0),
    entropy=log(2) + LOG_2PI_E + log(0.1),
    support=((-13.0, 7.0), (-7.0, 7.0)),
    detail=0.1,
    **isotropic(np.array([[-6.0, 0.0], [6.0, 0.0]]), np.array([1.0, 0.1])),
)

#: Two Gaussians of sd 1 and 1/4, eight apart: the same, as far as an additive flow can be trained
#: to it in a minute. They overlap by less than 1e-9; H as above.
TWO_SIZES = GaussianMixture(
    name="two_sizes",
    view=square(7.0),
    entropy=log(2) + LOG_2PI_E + log(0.25),
    support=((-11.0, 7.0), (-7.0, 7.0)),
    detail=0.25,
    **isotropic(np.array([[-4.0, 0.0], [4.0, 0.0]]), np.array([1.0, 0.25])),
)

#: One Gaussian, variances 1, correlation 0.9: H = ln(2 pi e) + ln(1 - 0.9^2) / 2.
CORRELATED = GaussianMixture(
    name="correlated",
    view=square(4.0),
    entropy=LOG_2PI_E + 0.5 * log(1 - 0.9**2),
    support=square(7.0),
    detail=0.3,
    weights=np.ones(1),
    means=np.zeros((1, 2)),
    covariances=np.array([[[1.0, 0.9], [0.9, 1.0]]]),
)

_a, _b = 2.4142, 1.0

#: The 8-mode toy: sd 0.2, centres (±2.4142, ±1), (±1, ±2.4142) (Ardizzone et al. 2018,
#: arXiv 1808.04730). H = ln 8 + ln(2 pi e 0.2^2) = 1.698443 less 2e-6, by which neighbours overlap.
EIGHT_MODES = GaussianMixture(
    name="eight_modes",
    view=square(3.5),
    entropy=1.698441,
    support=square(4.0),
    detail=0.2,
    **isotropic(
        np.array(
            [(s * x, t * y) for x, y in ((_a, _b), (_b, _a)) for s in (1, -1) for t in (1, -1)]
        ),
        np.full(8, 0.2),
    ),
)
