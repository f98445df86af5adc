"""Reading a picture: its darkness is the density. Every refusal is a sentence."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from inn_core.targets.own import DataError, OwnData
from inn_core.targets.reading import label_of

if TYPE_CHECKING:
    from PIL.Image import Image

#: What is tried, and no more: some of Pillow's decoders start other programs (EPS: Ghostscript).
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
MOST_BYTES = 50_000_000
#: A picture of more pixels is refused before it is unpacked.
MOST_PIXELS = 40_000_000
#: Pixels along the longer side of the density: finer detail no flow of this lab resolves.
SIDE = 128
#: Paper is never quite white: a level above this counts as white.
WHITE = 254
#: Fewer dark pixels are no picture.
FEWEST = 4
#: Rows that are made grey at a time: a large picture is not held twice in colour.
STRIP = 256
ORIENTATION = 0x0112  # of EXIF: how the camera was held


def picture_of(data: bytes, label: str = "picture") -> OwnData:
    """A picture's file as own data; raises DataError.

    The picture is laid on white where it is transparent, made grey, turned upright (EXIF) and
    averaged down to at most 128 pixels along its longer side.
    """
    from PIL import Image, UnidentifiedImageError

    if len(data) > MOST_BYTES:
        raise DataError(
            f"The picture's file has {len(data) / 1e6:.0f} MB; it may have {MOST_BYTES / 1e6:.0f}."
        )
    try:
        image: Image.Image = Image.open(io.BytesIO(data), formats=FORMATS)
        _check_size(*image.size)  # known before anything is unpacked
        levels = _levels(image)
    except DataError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DataError(f"The picture has too many pixels; {_advice()}") from error
    except UnidentifiedImageError as error:
        raise DataError("This file is no picture that can be read; use PNG or JPEG.") from error
    except Exception as error:  # a decoder of a damaged file may raise anything
        raise DataError("The picture is damaged; save it again as PNG.") from error
    darkness = np.where(levels < WHITE, 1 - levels / 255, 0.0)
    dark = int((darkness > 0).sum())
    if not dark:
        raise DataError("The picture is all white; dark places are where the density goes.")
    if dark < FEWEST:
        raise DataError(
            f"The picture is white but for {dark} of its pixels; it needs {FEWEST} dark ones."
        )
    return OwnData("picture", label_of(label), darkness.astype(np.float32))


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise DataError(f"The picture has {width:,} × {height:,} pixels; {_advice()}")
    if min(width, height) < 2 or width * height < 9:
        raise DataError(
            f"The picture has {width} × {height} pixels; a density needs at least 3 × 3."
        )


def _advice() -> str:
    return f"it may have {MOST_PIXELS / 1e6:.0f} million. Make it smaller: {SIDE} a side are used."


def _levels(image: Image) -> np.ndarray:
    """Grey levels (h, w) of the picture, upright, 0 to 255, at most SIDE along the longer side."""
    from PIL import Image as pil
    from PIL import ImageOps

    image.draft("L", (4 * SIDE, 4 * SIDE))  # a JPEG is unpacked at a fraction of its size
    turned = image.getexif().get(ORIENTATION, 1)
    if image.mode.startswith(("I", "F")):
        image = _eight_bits(image)
    grey = pil.new("L", image.size)
    for top in range(0, image.height, STRIP):
        box = (0, top, image.width, min(top + STRIP, image.height))
        strip = image.crop(box).convert("RGBA")
        paper = pil.new("RGBA", strip.size, "white")
        grey.paste(pil.alpha_composite(paper, strip).convert("L"), box)
    factor = SIDE / max(grey.size)
    if factor < 1:
        width, height = (max(2, round(side * factor)) for side in grey.size)
        grey = grey.resize((width, height), pil.Resampling.BOX)
    grey.getexif()[ORIENTATION] = turned
    return np.asarray(ImageOps.exif_transpose(grey), np.float64)


def _eight_bits(image: Image) -> Image:
    """A picture of 16-bit or real levels with 8 bits; its white is 65,535, or 255, or 1."""
    from PIL import Image as pil

    values = np.nan_to_num(np.asarray(image, np.float32), nan=0.0, posinf=65535.0, neginf=0.0)
    most = float(values.max())
    white = 65535.0 if "16" in image.mode or most > 255 else 255.0
    if image.mode == "F" and most <= 1:
        white = 1.0
    return pil.fromarray(np.clip(values / white * 255, 0, 255).astype(np.uint8))
