"""What the owner's stage shows, in a few numbers, for everybody else's stage to follow.

A view is one JSON object; each field has one line below. It is checked here, since it is sent
on to hundreds of browsers, and its owner is the only one who can be told what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from inn_core.runs.run import LabError
from inn_core.specs import shown

Check = Callable[[Any], bool]


def number(low: float, high: float) -> Check:
    """Return a check for finite numbers within [low, high]."""

    def check(value: Any) -> bool:
        plain = isinstance(value, (int, float)) and not isinstance(value, bool)
        return plain and low <= value <= high  # NaN and infinity are not; long integers stay exact

    return check


def numbers(least: int, most: int, low: float = -1e4, high: float = 1e4) -> Check:
    """Return a check for lists of ``least`` to ``most`` numbers within [low, high]."""
    one = number(low, high)
    return lambda value: (
        isinstance(value, list) and least <= len(value) <= most and all(map(one, value))
    )


def word(*words: str) -> Check:
    """Return a check for one of ``words``."""
    return lambda value: isinstance(value, str) and value in words


def flag(value: Any) -> bool:
    """Whether ``value`` is true or false."""
    return isinstance(value, bool)


def parts(**checks: Check) -> Check:
    """Return a check for objects with just these parts."""
    return lambda value: (
        isinstance(value, dict)
        and value.keys() == checks.keys()
        and all(check(value[name]) for name, check in checks.items())
    )


def several(most: int, check: Check) -> Check:
    """Return a check for lists of at most ``most`` values that pass ``check``."""
    return lambda value: isinstance(value, list) and len(value) <= most and all(map(check, value))


#: A drop of ink, and a loop of the lasso with the time and depth at which it was drawn.
ROOM = word("latent", "data")
DROP = parts(room=ROOM, point=numbers(2, 2), hue=number(0, 2))
LOOP = parts(
    room=ROOM,
    step=number(0, 1e9),
    depth=number(0, 1000),
    mode=word("new", "add", "less"),
    loop=numbers(6, 64),
)
#: Shift in standardised units and magnification of a room.
ZOOM = numbers(3, 3)
#: Field -> (what it may be besides null, in words; its check). What a stage reads out
#: (assets/stage/viewstate.js) fits in. Together they bound the size:
#: hundreds of bytes, a few thousand with loops.
FIELDS: dict[str, tuple[str, Check]] = {
    "step": ("a step between 0 and 1e9", number(0, 1e9)),
    "depth": ("a depth between 0 and 1000 layers", number(0, 1000)),
    "probe": (
        "an object of room (latent or data), point (two numbers) and pinned (true or false)",
        parts(room=ROOM, point=numbers(2, 2), pinned=flag),
    ),
    "zoom": ("an object of latent and data, three numbers each", parts(latent=ZOOM, data=ZOOM)),
    "layers": (
        "an object of points, grid, density and data, each true or false",
        parts(points=flag, grid=flag, density=flag, data=flag),
    ),
    "ink": ("at most 3 drops of room, point and hue", several(3, DROP)),
    "lasso": ("at most 4 loops of room, step, depth, mode and loop", several(4, LOOP)),
    "target": ("one or two numbers", numbers(1, 2)),
    "z": ("up to sixteen numbers", numbers(1, 16)),
    "chosen": ("a member's place, from 0 to 63", number(0, 63)),
}


def checked(view: Any) -> dict[str, Any]:
    """Return the view without its empty fields; raises LabError with a sentence."""
    if not isinstance(view, dict):
        raise LabError(f"A view is an object with fields; {shown(view)} is none.")
    for name, value in view.items():
        if name not in FIELDS:
            raise LabError(f"{shown(name)} is no part of a view; there are {', '.join(FIELDS)}.")
        allowed, check = FIELDS[name]
        if value is not None and not check(value):
            raise LabError(f"{name} of the view is {shown(value)}; it must be {allowed}, or null.")
    return {name: value for name, value in view.items() if value is not None}
