"""Reading a picture: its darkness is the density. Every refusal is a sentence."""

from __future__ import annotations

import io
import warnings

import numpy as np

from inn_core.targets.own import DataError, OwnData
from inn_core.targets.reading import label_of

MOST_BYTES = 50_000_000
#: A picture of more pixels is refused before it is unpacked.
MOST_PIXELS = 40_000_000
#: Pixels along the longer side of the density: finer detail no flow of this lab resolves.
SIDE = 128
#: Darkness below this counts as white: paper is never quite white.
WHITE = 1 / 255


def picture_of(data: bytes, label: str = "picture") -> OwnData:
    """A picture's file as own data; raises DataError.

    The picture is turned upright (EXIF), laid on white where it is transparent, made grey and
    averaged down to at most 128 pixels along its longer side.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    if len(data) > MOST_BYTES:
        raise DataError(
            f"The picture's file has {len(data) / 1e6:.0f} MB; it may have {MOST_BYTES / 1e6:.0f}."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the size is checked here, before anything is unpacked
            image: Image.Image = Image.open(io.BytesIO(data))
        width, height = image.size
        if width * height > MOST_PIXELS:
            raise DataError(
                f"The picture has {width:,} × {height:,} pixels; it may have "
                f"{MOST_PIXELS / 1e6:.0f} million. Make it smaller: {SIDE} a side are used."
            )
        if min(width, height) < 2 or width * height < 9:
            raise DataError(
                f"The picture has {width} × {height} pixels; a density needs at least 3 × 3."
            )
        image = ImageOps.exif_transpose(image)
        if image.mode.startswith(("I", "F")):
            image = _sixteen_bits(image)
        paper = Image.new("RGBA", image.size, "white")
        grey = Image.alpha_composite(paper, image.convert("RGBA")).convert("L")
        factor = SIDE / max(grey.size)
        if factor < 1:
            size = [max(2, round(side * factor)) for side in grey.size]
            grey = grey.resize((size[0], size[1]), Image.Resampling.BOX)
    except DataError:
        raise
    except UnidentifiedImageError as error:
        raise DataError("This file is no picture that can be read; use PNG or JPEG.") from error
    except Exception as error:  # a decoder of a damaged file may raise anything
        raise DataError("The picture is damaged; save it again as PNG.") from error
    darkness = 1 - np.asarray(grey, np.float64) / 255
    darkness[darkness <= WHITE] = 0
    if (darkness > 0).sum() < 4:
        raise DataError("The picture is all white; dark places are where the density goes.")
    return OwnData("picture", label_of(label), darkness.astype(np.float32))


def _sixteen_bits(image):  # type: ignore[no-untyped-def]
    """A picture of whole or real numbers as 8 bits: from its darkest to its lightest."""
    from PIL import Image

    values = np.asarray(image, np.float64)
    values = np.nan_to_num(values, nan=0.0, posinf=65535.0, neginf=0.0)
    top = 65535.0 if values.max() > 255 else 255.0
    return Image.fromarray(np.clip(values / top * 255, 0, 255).astype(np.uint8))
