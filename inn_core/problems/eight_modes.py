"""Eight clusters on a ring, of which one sees only a label: the classic toy of many answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inn_core.problems.base import Problem
from inn_core.results import FloatArray as Array
from inn_core.specs import SpecError, check_name, shown

INNER, OUTER, SD = 1.0, 1.0 + 2**0.5, 0.2
#: Centres of the clusters, counter-clockwise from the right.
CENTRES = np.array(
    [
        [OUTER, INNER], [INNER, OUTER], [-INNER, OUTER], [-OUTER, INNER],
        [-OUTER, -INNER], [-INNER, -OUTER], [INNER, -OUTER], [OUTER, -INNER],
    ]
)  # fmt: skip
#: What is seen of each cluster (Ardizzone et al. 2018, arXiv 1808.04730).
LABELS: dict[str, tuple[int, ...]] = {
    "all": (0, 1, 2, 3, 4, 5, 6, 7),
    "some": (0, 0, 0, 0, 1, 1, 2, 3),
    "none": (0, 0, 0, 0, 0, 0, 0, 0),
}


@dataclass(frozen=True, eq=False, kw_only=True)
class EightModes(Problem):
    """Which point is it? x ~ 1/8 sum_k N(c_k, 0.2^2 I); y is the one-hot label of its cluster.

    labels : "all" (eight labels), "some" (4, 2, 1 and 1 clusters share a label), "none" (one)
    """

    labels: str = "some"

    def vary(self, **options: Any) -> Problem:
        """The same clusters with other ``labels``."""
        labels = check_name("labels", options.pop("labels", self.labels), LABELS)
        if options:
            raise SpecError(f"{shown(sorted(options))} are no options of {self.name}; labels is.")
        names = tuple(f"label {k + 1}" for k in range(max(LABELS[labels]) + 1))
        return replace(
            self, labels=labels, y_names=names, y_view=((-0.2, 1.2),) * len(names),
            references=np.eye(len(names)),
        )  # fmt: skip

    @property
    def label_of(self) -> NDArray[np.int_]:
        """The label of each cluster, (8,)."""
        return np.array(LABELS[self.labels])

    def draw_prior(self, n: int, rng: np.random.Generator) -> Array:
        """A cluster, then a point of it."""
        return CENTRES[rng.integers(8, size=n)] + SD * rng.standard_normal((n, 2))

    def log_prior(self, x: Array) -> Array:
        """The mixture's log-density."""
        squares = ((x[:, None] - CENTRES) ** 2).sum(-1) / SD**2
        logs = -0.5 * squares - np.log(2 * np.pi * SD**2) - np.log(8)
        return np.asarray(np.logaddexp.reduce(logs, axis=1))

    def forward(self, x: Array) -> Array:
        """The label of the nearest cluster (clusters are 10 sds apart: the point's own)."""
        cluster = ((x[:, None] - CENTRES) ** 2).sum(-1).argmin(1)
        return np.eye(self.dim_y)[self.label_of[cluster]]

    def members(self, y: Array) -> NDArray[np.intp]:
        """The clusters that y's largest entry stands for."""
        return np.flatnonzero(self.label_of == int(np.argmax(y)))

    def draw_posterior(self, y: Array, n: int, rng: np.random.Generator) -> Array:
        """A cluster with this label, then a point of it."""
        members = self.members(y)
        chosen = members[rng.integers(len(members), size=n)]
        return CENTRES[chosen] + SD * rng.standard_normal((n, 2))

    def moments(self, y: Array) -> tuple[Array, Array]:
        """Of a mixture with equal weights."""
        centres = CENTRES[self.members(y)]
        return centres.mean(0), np.sqrt(centres.var(0) + SD**2)

    def density(self, y: Array) -> float:
        """The probability of the label."""
        return len(self.members(y)) / 8

    def share(self, y: Any) -> float:
        """The same: labels are not places."""
        return self.evidence(y)

    def closest(self, y: Array) -> Array:
        """The nearest one-hot vector."""
        return np.eye(self.dim_y)[int(np.argmax(y))]


EIGHT_MODES = EightModes(
    name="eight-modes",
    x_names=("x₁", "x₂"),
    y_names=("label 1", "label 2", "label 3", "label 4"),
    x_view=((-3.4, 3.4), (-3.4, 3.4)),
    y_view=((-0.2, 1.2),) * 4,
    prior_mean=np.zeros(2),
    prior_sd=np.full(2, float(np.sqrt((INNER**2 + OUTER**2) / 2 + SD**2))),
    slack=0.05,
    labels_only=True,
    references=np.eye(4),
)
