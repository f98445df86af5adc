"""What a film shall be: a frozen, validated table of wishes. Bad wishes are sentences."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from inn_core.specs import Range, SpecError, shown

KINDS = ("training", "depth", "both")
FORMATS = ("mp4", "gif")
THEMES = ("light", "dark")

#: Pixels of the sizes that have a name.
SIZES: dict[str, tuple[int, int]] = {
    "720p": (1280, 720),
    "1080p": (1920, 1080),
    "square": (1080, 1080),
}

#: Every numeric wish. H.264 with yuv420p wants even sides; larger films fill a lecturer's disk.
LIMITS: dict[str, Range] = {
    "width": Range(320, 3840, integer=True),
    "height": Range(240, 2160, integer=True),
    "seconds": Range(0.5, 120),
    "fps": Range(1, 60, integer=True),
}
#: Pixels of all pictures together: two minutes at 1080p, 30 a second, an hour or so of one core.
MOST_PIXELS = 8e9
#: A GIF stores time in hundredths of a second, and grows by its frames.
GIF_FPS = 15


class ExportError(SpecError):
    """Something that cannot leave the lab. The message is a sentence for the reader."""


@dataclass(frozen=True)
class FilmRequest:
    """One film.

    kind : ``"training"`` (snapshot by snapshot), ``"depth"`` (layer by layer), ``"both"``
    width, height : pixels, even; seconds : length; fps : frames a second (a GIF: at most 15)
    theme : ``"light"`` or ``"dark"``; format : ``"mp4"`` or ``"gif"``
    title : a line above the rooms, or nothing; formula, numbers, source : whether to write them
    from_step, to_step : the span of training that is shown, or None for all of it
    """

    kind: str = "both"
    width: int = 1280
    height: int = 720
    seconds: float = 10.0
    fps: int = 30
    theme: str = "light"
    format: str = "mp4"
    title: str = ""
    formula: bool = True
    numbers: bool = True
    source: bool = True
    from_step: int | None = None
    to_step: int | None = None

    def __post_init__(self) -> None:
        """Validate every field; raises :class:`ExportError`."""
        for name, allowed in (("kind", KINDS), ("theme", THEMES), ("format", FORMATS)):
            value = getattr(self, name)
            if value not in allowed:
                raise ExportError(f"{name} is {shown(value)}; it must be {' or '.join(allowed)}.")
        for name, limit in LIMITS.items():
            object.__setattr__(self, name, checked(name, getattr(self, name), limit))
        for name in ("width", "height"):
            if getattr(self, name) % 2:
                raise ExportError(f"{name} is {getattr(self, name)}; films have even sides.")
        if self.width * self.height * self.frames > MOST_PIXELS:
            raise ExportError(
                f"A film of {self.seconds:g} s with {self.fps} pictures of {self.width} × "
                f"{self.height} a second would take hours; lower its size, its length or fps."
            )
        if self.format == "gif" and self.fps > GIF_FPS:
            object.__setattr__(self, "fps", GIF_FPS)
        if not isinstance(self.title, str):
            raise ExportError(f"title is {shown(self.title)}; it must be a line of text.")
        object.__setattr__(self, "title", " ".join(self.title.split())[:90])

    @property
    def frames(self) -> int:
        """How many pictures the film has, at least one."""
        return max(1, round(self.seconds * self.fps))

    @classmethod
    def from_json(cls, values: Any) -> FilmRequest:
        """Build from a mapping of field names; raises :class:`ExportError`."""
        names = [f.name for f in fields(cls)]
        if not isinstance(values, dict) or not set(values) <= set(names):
            raise ExportError(f"A film's wishes are {', '.join(names)}; {shown(values)} came.")
        return cls(**values)


def checked(name: str, value: Any, limit: Range) -> int | float:
    """``value`` if it lies in ``limit``; raises :class:`ExportError`."""
    kind = "a whole number" if limit.integer else "a number"
    fits = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not fits or not limit.low <= value <= limit.high or (limit.integer and value != int(value)):
        raise ExportError(f"{name} is {shown(value)}; a film's {name} is {kind} {limit}.")
    return int(value) if limit.integer else float(value)


def size_of(text: str) -> tuple[int, int]:
    """Read "720p", "square" or "1280x720"; raises :class:`ExportError`."""
    if text in SIZES:
        return SIZES[text]
    width, cross, height = text.lower().partition("x")
    if not (cross and width.isdigit() and height.isdigit()):
        raise ExportError(f"size is {shown(text)}; write 1280x720, or one of {', '.join(SIZES)}.")
    return int(width), int(height)
