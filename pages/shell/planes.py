"""The scenes of inverse problems: the arm, and two problems in the plane."""

from __future__ import annotations

from functools import cache
from typing import Any

from inn_core.maps import network
from inn_core.problems import eight_modes as eight
from inn_core.problems import strip as crescent
from inn_core.problems.base import Problem, find
from inn_core.problems.sweeps import single

#: Scene -> its problem.
PROBLEMS = {"arm": "kinematics", "modes": "eight-modes", "strip": "strip"}


@cache
def scenes() -> dict[str, Any]:
    """Scene -> what the stage needs to show it: its shipped network, and what its numbers mean."""
    return {"arm": _setup(PROBLEMS["arm"]), "modes": modes(), "strip": strip()}


def scene_of(problem: str) -> str | None:
    """The scene of a problem, None where it has none."""
    return next((scene for scene, name in PROBLEMS.items() if name == problem), None)


def modes() -> dict[str, Any]:
    """Eight clusters, four labels: what a label does not tell is the cluster."""
    problem = find(PROBLEMS["modes"])
    model = {
        "centres": eight.CENTRES.tolist(),
        "labels": list(eight.LABELS[eight.EIGHT_MODES.labels]),
        "sd": eight.SD,
    }
    return _plane(problem, model, (0.0, 1.0))


def strip() -> dict[str, Any]:
    """A crescent of which one height is measured."""
    problem = find(PROBLEMS["strip"])
    model = {
        "radius": crescent.RADIUS,
        "thickness": crescent.THICKNESS,
        "middle": crescent.MIDDLE,
        "spread": crescent.SPREAD,
        "noise": problem.noise,
        "direction": crescent.STRIP.direction,
    }
    return _plane(problem, model, problem.y_view[0])


def _setup(name: str) -> dict[str, Any]:
    hello = network.hello(single(name))
    return {"net": f"pretrained/{name}.inn", "problem": hello["problem"]}


def _plane(problem: Problem, model: dict[str, Any], heights: tuple[float, float]) -> dict[str, Any]:
    setup = _setup(problem.name)
    return setup | {
        "model": model,
        "view": [list(side) for side in problem.x_view],
        "range": list(heights),
        "slack": setup["problem"]["slack"][0],
        "soft": True,
    }
