"""The two problems in the plane, as the stage of inverse problems needs them."""

from __future__ import annotations

from functools import cache
from typing import Any

from inn_core.maps import network
from inn_core.problems import eight_modes as eight
from inn_core.problems import strip as crescent
from inn_core.problems.base import Problem, find
from inn_core.specs_inverse import InverseSpec


@cache
def modes() -> dict[str, Any]:
    """Eight clusters, four labels: what a label does not tell is the cluster."""
    problem = find("eight-modes")
    model = {
        "centres": eight.CENTRES.tolist(),
        "labels": list(eight.LABELS[eight.EIGHT_MODES.labels]),
        "sd": eight.SD,
    }
    return _scene(problem, (2,), model, (0.0, 1.0))


@cache
def strip() -> dict[str, Any]:
    """A crescent of which one height is measured."""
    problem = find("strip")
    model = {
        "radius": crescent.RADIUS,
        "thickness": crescent.THICKNESS,
        "middle": crescent.MIDDLE,
        "spread": crescent.SPREAD,
        "noise": problem.noise,
        "direction": crescent.STRIP.direction,
    }
    return _scene(problem, (1,), model, problem.y_view[0])


def _scene(
    problem: Problem, latent: tuple[int, ...], model: dict[str, Any], heights: tuple[float, float]
) -> dict[str, Any]:
    spec = InverseSpec(problem=problem.name, latent=latent)
    told = network.hello(spec)["problem"]
    return {
        "net": f"pretrained/{problem.name}.inn",
        "problem": told,
        "model": model,
        "view": [list(side) for side in problem.x_view],
        "range": list(heights),
        "slack": told["slack"][0],
        "soft": True,
    }
