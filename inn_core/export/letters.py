"""The words of a film that change from picture to picture, and what writes them."""

from __future__ import annotations

import numpy as np

from inn_core.export.motion import Moment
from inn_core.export.paint import Picture, mix, pack
from inn_core.export.reel import Still


def numbers(still: Still, step: float, moment: Moment, entropy: float | None) -> str:
    """What the picture says of itself."""
    nll = still.numbers["nll"]
    parts = [f"step {round(step):,}", f"NLL {nll:.3f} nats"]
    if entropy is not None:
        parts.append(f"{max(0.0, nll - entropy):.3f} above the floor")
    if not moment.training:
        parts.append(f"layer {moment.depth:.1f} of {len(still.maps.layers)}")
    return "    ".join(parts)


class Letters:
    """Writes short changing lines: Pillow renders one in a fraction of a millisecond."""

    def __init__(self, size: int) -> None:
        from pathlib import Path

        import matplotlib
        from PIL import ImageFont

        path = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
        self.font = ImageFont.truetype(str(path), size)

    def __call__(
        self, picture: Picture, left: float, top: float, text: str,
        colour: tuple[float, float, float],
    ) -> None:  # fmt: skip
        """Blend ``text`` into the picture with its upper left corner at (left, top)."""
        from PIL import Image, ImageDraw

        box = self.font.getbbox(text)
        size = (int(box[2]) + 2, int(box[3]) + 2)
        mask = Image.new("L", size)
        ImageDraw.Draw(mask).text((0, 0), text, fill=255, font=self.font)
        x, y = round(left), round(top)
        part = picture[y : y + size[1], x : x + size[0]]
        cover = np.asarray(mask, np.uint32)[: part.shape[0], : part.shape[1]]
        part[:] = mix(part, pack(colour), cover)
