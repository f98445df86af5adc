"""Random states of every lesson's stage, as their links tell them."""

from __future__ import annotations

import math
from random import Random
from typing import Any, Literal

import numpy as np

from inn_core.maps import handmade

Theme = Literal["light", "dark"]
ROOMS = ("latent", "data")
LAYERS = ("points", "grid", "density", "data")


def flow_view(random: Random, layers: int) -> dict[str, Any]:
    def point(far: float) -> list[float]:
        return [random.uniform(-far, far), random.uniform(-far, far)]

    room = random.choice(["latent", "data"])
    drops = [
        {"room": random.choice(ROOMS), "point": point(1), "hue": 2},
        {"room": room, "point": point(1), "hue": 0},
    ]
    return {
        "step": random.choice([None, 30, 200, 500, 900]),
        "depth": random.choice([None, 0, round(random.uniform(0, layers), 4)]),
        "probe": random.choice([None, {"room": room, "point": point(1), "pinned": True}]),
        "zoom": {"latent": [0, 0, 1], room: [*point(0.5), random.uniform(0.6, 4)]},
        "layers": {name: random.random() < 0.7 for name in LAYERS},
        "ink": drops[: random.choice([0, 0, 1, 2])],
        "lasso": random.choice([[], [], [loop(random, layers, "new")], loops(random, layers)]),
    }


def loops(random: Random, layers: int) -> list[dict[str, Any]]:
    return [loop(random, layers, mode) for mode in ("new", "add", "less")]


def loop(random: Random, layers: int, mode: str) -> dict[str, Any]:
    """A wobbly loop of the lasso, drawn at some time and depth."""
    x, y, turn = random.uniform(-1, 1), random.uniform(-1, 1), 2 * math.pi / 12
    radii = [random.uniform(0.4, 1) for _ in range(12)]
    corners = [
        (x + r * math.cos(k * turn), y + r * math.sin(k * turn)) for k, r in enumerate(radii)
    ]
    return {
        "room": random.choice(ROOMS),
        "step": random.choice([30, 200, 900]),
        "depth": round(random.uniform(0, layers), 4),
        "mode": mode,
        "loop": [round(number, 4) for corner in corners for number in corner],
    }


def arm_view(random: Random, **more: Any) -> dict[str, Any]:
    return {
        "target": [round(random.uniform(0.8, 2), 4), round(random.uniform(-1, 1), 4)],
        "z": [round(random.uniform(-2, 2), 4), round(random.uniform(-2, 2), 4)],
        "switches": {"ghost": random.random() < 0.5, "mean": True, "circle": False},
        **more,
    }


def knots(random: Random, maps: int) -> list[dict[str, list[float]]]:
    places = [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5]
    shifts = [[random.uniform(-0.3, 0.3) for _ in places] for _ in range(maps)]
    return [{"z": places, "x": [a + b for a, b in zip(places, one, strict=True)]} for one in shifts]


def states(random: Random) -> list[tuple[str, Theme, list[dict[str, Any]]]]:
    """Twenty-six of them: address, theme, views."""
    plane = {
        "kind": "bent", "bend": "swirl", "zoom": 3, "spot": [0.4, -0.8], "size": 3,
        "A": [[1.2, -0.4], [0.3, -1.1]],
    }  # fmt: skip
    line = {"shown": 0, "base": "uniform", "forget": False, "probe": 0.31}
    drawn = {"spot": [0.5, -1.25], "shown": {"grid": False}, "who": "hand"}
    return [
        ("", "light", [flow_view(random, 8) for _ in range(3)]),
        ("?target=pinwheel&coupling=spline", "dark", [flow_view(random, 6) for _ in range(3)]),
        ("?target=student&lang=ja", "light", [flow_view(random, 8) for _ in range(2)]),
        ("change_of_variables", "light", [
            line | {"tab": "map", "knots": knots(random, 1), "forget": True},
            line | {"tab": "stack", "knots": knots(random, 3), "shown": 2},
            {"tab": "plane", "plane": plane},
            {"tab": "plane", "plane": plane | {"kind": "linear"}},
        ]),
        ("coupling_layers", "dark", [
            drawn | {"name": "watch", "at": 2.35, "kind": "affine", "way": "back"},
            drawn | {"name": "draw", "at": 0.5, "drawing": drawing(random)},
        ]),
        ("latent_dimension", "light", [arm_view(random, chosen=3)]),
        ("prior_weight?lang=ja", "dark", [arm_view(random, chosen=e) for e in (1, 4)]),
        ("inverse_problems", "light", [
            arm_view(random, scene="arm"), arm_view(random, scene="arm"),
            {"scene": "strip", "y": [0.25], "switches": {"mean": False}},
        ]),
        ("divergences", "dark", [scenes_view(random, scene) for scene in DIVERGENCES]),
    ]  # fmt: skip


#: Scene of the lesson "divergences" -> dials that a link may set, with their least and most.
DIVERGENCES: dict[str, dict[str, tuple[float, float]]] = {
    "hills": {"d": (3, 6), "w": (0.2, 0.8), "mx": (-1, 1), "my": (-1, 1), "blur": (-0.5, 1)},
    "critic": {"mean": (-2, 2), "sd": (0.5, 2)},
    "race": {"at": (20, 90)},
    "posterior": {"y": (-1, 1), "dial": (0, 40)},
    "tails": {"alpha": (1, 10), "nu": (1, 10), "x": (0.5, 3.5)},
    "chain": {"R": (0.5, 2)},
}
#: What it may choose beside them.
CHOICES = {"race": {"architecture": "residual"}, "tails": {"view": "tails"}}


def scenes_view(random: Random, scene: str) -> dict[str, Any]:
    """A scene with every dial of its row somewhere."""
    dials = {name: round(random.uniform(*ends), 2) for name, ends in DIVERGENCES[scene].items()}
    return {"scene": scene, "own": dials | CHOICES.get(scene, {})}


def drawing(random: Random) -> str:
    """A drawing of two layers as a token."""
    waves = [0.6 * np.sin(np.arange(81) / 12 + random.uniform(0, 6)) for _ in range(4)]
    layers = [handmade.DrawnLayer(k, waves[2 * k], 0.5 * waves[2 * k + 1]) for k in range(2)]
    return handmade.to_token(handmade.Drawing(tuple(layers)))


def spoilt(view: dict[str, Any]) -> list[Any]:
    """What a forged link may say instead: each part as something else."""
    wrong: list[Any] = [None, [], {}, "x", -1e9, 1e300, [[]], ["arm"], {"z": 1}, {"0": None}, True]
    return [view | {name: bad} for name in view for bad in wrong] + [{}]
