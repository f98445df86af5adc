"""The layout of an INN: which coordinates of a square map mean what.

    x side:  [x | pad]          z side:  [y | z | idle]

Both sides have D = max(dim_x, dim_y + d_z) coordinates (Ardizzone et al. 2018, arXiv 1808.04730).
x and y are read standardised by the problem's prior. The pad is small noise, so that the map has a
density there too; idle coordinates (of members with a smaller z than others, or where x has more
numbers than y and z together) are pulled to 0 and decoded from 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inn_core.problems.base import Problem
from inn_core.results import FloatArray as Array

#: Sd of the noise on padded coordinates, in standardised units.
PAD_SD = 0.05


@dataclass(frozen=True, eq=False)
class Layout:
    """Sizes, units and masks of an INN of E members for one problem.

    latent : d_z of each member, (E,)
    widest : the largest d_z that there must be room for: that of members trained elsewhere, say
    conditional : the z side is z alone, as large as x; y is told to the couplings instead
    """

    problem: Problem
    latent: tuple[int, ...]
    y_mean: Array
    y_sd: Array
    conditional: bool = False
    widest: int = 0

    @classmethod
    def of(
        cls, problem: Problem, latent: Sequence[int], conditional: bool = False, widest: int = 0
    ) -> Layout:
        """The layout of a problem; y is standardised by its mean and sd under the prior."""
        try:
            mean, sd = problem.predictive()
        except NotImplementedError:
            seen = problem.simulate(problem.prior_sample(20_000, np.random.default_rng(0)))
            mean, sd = seen.mean(0), np.maximum(seen.std(0), 1e-3)
        if conditional:
            latent, widest = [problem.dim_x] * len(latent), problem.dim_x
        return cls(problem, tuple(latent), mean, sd, conditional, widest)

    @property
    def dim(self) -> int:
        """D, the number of coordinates of either side."""
        return max(self.problem.dim_x, self.known + max(*self.latent, self.widest))

    @property
    def known(self) -> int:
        """Coordinates of the z side that are y."""
        return 0 if self.conditional else self.problem.dim_y

    @property
    def free(self) -> int:
        """Coordinates of the z side besides y."""
        return self.dim - self.known

    @property
    def slack_root(self) -> Array:
        """R of the loss |R^-1 (y - T_y(x))|^2 / 2, lower triangular, in y's units: (dim_y, dim_y).

        R R^T is the slack's covariance. Without noise it is sigma_y^2 I, sigma_y the problem's own.
        With noise s the code is y_hat = T_y(x), and what the loss wants for given y is y_hat ~ N(y,
        R R^T). In the linear-Gaussian case y_hat = B^-1 A x with B = 1 - s^2 P^-1, the slope of
        E[A x | y], and P the covariance of y. Then cov(A x | y) = s^2 B, so R R^T = s^2 B^-1: a
        little more than the noise itself, and correlated where y is. With it the optimum of a
        linear network is Bayes' posterior; with the noise alone it is up to 4 % too narrow.
        """
        problem = self.problem
        if not problem.noise:
            return problem.slack * np.eye(problem.dim_y)
        spread, axes = np.linalg.eigh(problem.predictive_covariance())
        share = problem.noise**2 / np.maximum(spread, 1e-12)
        covariance = axes * (problem.slack**2 / (1 - np.minimum(share, 0.9))) @ axes.T
        return np.asarray(np.linalg.cholesky(covariance))

    @property
    def slack(self) -> Array:
        """Sd of the slack in each coordinate of y, in y's units, (dim_y,)."""
        return np.asarray(np.sqrt(np.square(self.slack_root).sum(1)))

    def used(self) -> Array:
        """1 where a coordinate besides y is latent, 0 where it is idle: (E, free)."""
        return (np.arange(self.free) < np.array(self.latent)[:, None]).astype(float)

    def x_side(self, x: Array, pad: Array) -> Array:
        """Standardised x (n, dim_x) with PAD_SD times ``pad`` (n, D - dim_x): (n, D)."""
        problem = self.problem
        return np.concatenate([(x - problem.prior_mean) / problem.prior_sd, PAD_SD * pad], axis=-1)

    def x_of(self, side: Array) -> Array:
        """The x in points of the x side (..., D), in the problem's own units."""
        problem = self.problem
        return np.asarray(side[..., : problem.dim_x] * problem.prior_sd + problem.prior_mean)

    def y_side(self, y: Array) -> Array:
        """Standardised y (..., dim_y)."""
        return np.asarray((y - self.y_mean) / self.y_sd)

    def z_side(self, y: Array, z: Array, member: int = 0) -> Array:
        """Points [y | z | 0] (n, D) for y (dim_y,) or (n, dim_y) and normal draws z (n, free)."""
        if self.conditional:
            return z
        known = np.broadcast_to(self.y_side(y), (len(z), self.problem.dim_y))
        return np.concatenate([known, z * self.used()[member]], axis=1)
