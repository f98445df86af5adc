"""Colours of the films: the palette and the wheel of the stage (assets/stage/colours.js)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rgb = tuple[float, float, float]

#: Okabe & Ito 2008: one hue each for data, model and latent.
DATA, MODEL, LATENT = (0.0, 114.0, 178.0), (230.0, 159.0, 0.0), (0.0, 158.0, 115.0)
WHITE, BLACK = (255.0, 255.0, 255.0), (0.0, 0.0, 0.0)


def blend(a: Rgb, b: Rgb, t: float) -> Rgb:
    """Mix two colours: t = 0 gives a, t = 1 gives b."""
    first, second, third = (x + (y - x) * t for x, y in zip(a, b, strict=True))
    return first, second, third


def hexed(colour: Rgb) -> str:
    """``colour`` as #rrggbb."""
    return "#" + "".join(f"{round(max(0.0, min(255.0, part))):02x}" for part in colour)


@dataclass(frozen=True)
class Theme:
    """The colours of one film."""

    dark: bool
    paper: Rgb
    ink: Rgb
    room: Rgb
    data: Rgb
    model: Rgb
    latent: Rgb

    @property
    def soft(self) -> Rgb:
        """Quiet text."""
        return blend(self.paper, self.ink, 0.62)

    @property
    def faint(self) -> Rgb:
        """Hairlines."""
        return blend(self.paper, self.ink, 0.18)


THEMES: dict[str, Theme] = {
    "light": Theme(False, WHITE, (35.0, 38.0, 46.0), WHITE, DATA, MODEL, LATENT),
    "dark": Theme(
        True, (14.0, 17.0, 23.0), (232.0, 234.0, 240.0), (10.0, 13.0, 17.0),
        blend(DATA, WHITE, 0.28), MODEL, blend(LATENT, WHITE, 0.28),
    ),
}  # fmt: skip


def wheel(latent: NDArray[np.floating[Any]], dark: bool) -> NDArray[np.float32]:
    """Colours (N, 3) of latent points (N, 2): hue is the angle, chroma grows with the radius.

    OKLab (Ottosson 2020); chroma is lowered until the colour lies in sRGB.
    """
    x, y = latent[:, 0], latent[:, 1]
    angle, radius = np.arctan2(y, x), np.hypot(x, y)
    lightness = (0.76 if dark else 0.63) - 0.085 * np.cos(angle)
    chroma = 0.06 + 0.105 * np.minimum(1, radius / 1.8)
    for _ in range(60):
        linear = _linear_srgb(lightness, chroma * np.cos(angle), chroma * np.sin(angle))
        outside = ((linear < -1e-4) | (linear > 1.0001)).any(axis=1)
        if not outside.any():
            break
        chroma = np.where(outside, np.maximum(0, chroma - 0.004), chroma)
    c = np.clip(linear, 0, 1)
    coded = np.where(c <= 0.0031308, 12.92 * c, 1.055 * c ** (1 / 2.4) - 0.055)
    return np.asarray(255 * coded, dtype=np.float32)


def _linear_srgb(lightness: Any, a: Any, b: Any) -> NDArray[np.float64]:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
    cones = np.stack([long, medium, short], axis=1)
    matrix = np.array(
        [
            [4.0767416621, -3.3077115913, 0.2309699292],
            [-1.2684380046, 2.6097574011, -0.3413193965],
            [-0.0041960863, -0.7034186147, 1.707614701],
        ]
    )
    return np.asarray(cones @ matrix.T)
