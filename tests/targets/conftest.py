"""Every registered target in turn, with its density on its own quadrature grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

import inn_core as inn
from inn_core.registry import TARGETS
from inn_core.targets.base import Array, Target


@dataclass(frozen=True)
class OnGrid:
    """The points (N, 2) of a quadrature, their log-density and their share of the mass."""

    points: Array
    log_p: Array
    mass: Array


@pytest.fixture(scope="session", params=list(TARGETS))
def target(request: pytest.FixtureRequest) -> Target:
    found = inn.target(request.param)
    assert isinstance(found, Target)
    return found


@pytest.fixture(scope="session")
def refine(target: Target) -> int:
    """How fine a grid tests use: these two are slow, and fine enough as they are."""
    return 1 if target.name in ("two_spirals", "pinwheel") else 2


@pytest.fixture(scope="session")
def on_grid(target: Target, refine: int) -> OnGrid:
    grid = target.quadrature(refine)
    log_p = target.log_prob(grid.points)
    return OnGrid(grid.points, log_p, np.exp(log_p) * grid.areas)
