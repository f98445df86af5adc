"""Films: MP4 (H.264) and GIF, encoded while they are drawn. A cancelled film leaves no file."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from inn_core.export.motion import timeline
from inn_core.export.paint import Picture
from inn_core.export.reel import Reel
from inn_core.export.request import ExportError, FilmRequest
from inn_core.export.scene import Studio

#: Called after every picture with (done, all); returning False cancels.
Progress = Callable[[int, int], bool]

#: x264: quality by constant rate factor (lower is better and larger).
CRF = 25
#: Quality, speed, fast start (a browser plays before all has come), and no sound. On flat colours
#: the coarser motion search costs nothing to see and a quarter of the time.
X264 = (
    "-crf", str(CRF), "-preset", "veryfast", "-x264-params", "subme=1:rc-lookahead=5:weightp=0",
    "-movflags", "+faststart", "-an",
)  # fmt: skip


class Cancelled(ExportError):
    """The reader has called the film off."""


def write(
    path: str | Path, request: FilmRequest, reel: Any, progress: Progress | None = None
) -> Path:
    """Draw and encode a film at ``path``; nothing is left there unless it is whole.

    progress : told after every picture; False cancels
    Raises ExportError with a sentence: no ffmpeg, a full disk, a cancelled film.
    """
    final = Path(path)
    beside = final.with_name(f".{final.name}.part")
    encode = _mp4 if request.format == "mp4" else _gif
    try:
        encode(beside, request, _pictures(request, reel, progress))
        os.replace(beside, final)
    except OSError as error:
        raise ExportError(
            f"The film cannot be written ({error.strerror or error}); make room and try again."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()
    return final


def reel_of(
    hello: dict[str, Any], frames: list[bytes], first: int | None = None, last: int | None = None
) -> Any:
    """What a film shows of a run, whatever kind it is; raises ExportError."""
    if "problem" in hello:
        from inn_core.export.fans import FanReel

        return FanReel.of(hello, frames, first, last)
    return Reel.of(hello, frames, first, last)


def studio_of(request: FilmRequest, reel: Any) -> Any:
    """What draws its pictures."""
    if reel.dances:
        from inn_core.export.fans import FanStudio

        return FanStudio(request, reel)
    return Studio(request, reel)


def write_picture(path: Path, request: FilmRequest, reel: Any) -> None:
    """The last snapshot, all layers deep, as one PNG."""
    from PIL import Image

    moment = timeline(reel, "training", request.frames)[-1]
    picture = np.ascontiguousarray(studio_of(request, reel).picture(moment))
    rgba = picture.view(np.uint8).reshape(request.height, request.width, 4)
    Image.fromarray(rgba[..., :3].copy()).save(path, format="PNG")


def _pictures(request: FilmRequest, reel: Any, progress: Progress | None) -> Iterator[Picture]:
    studio = studio_of(request, reel)
    moments = timeline(reel, request.kind, request.frames)
    for done, moment in enumerate(moments, 1):
        yield studio.picture(moment)
        if progress and not progress(done, len(moments)):
            raise Cancelled("The film was cancelled.")


def _mp4(path: Path, request: FilmRequest, pictures: Iterator[Picture]) -> None:
    """Feed pictures to ffmpeg; yuv420p plays everywhere."""
    import imageio_ffmpeg

    try:
        imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise ExportError(
            "There is no ffmpeg here; install imageio-ffmpeg, or choose GIF."
        ) from error
    writer: Any = imageio_ffmpeg.write_frames(
        str(path), (request.width, request.height), fps=request.fps, codec="libx264",
        pix_fmt_in="rgba", pix_fmt_out="yuv420p", macro_block_size=2, quality=None,
        ffmpeg_log_level="error",
        output_params=[*X264, "-threads", "1", "-f", "mp4"],
    )  # fmt: skip
    writer.send(None)
    try:
        for picture in pictures:
            writer.send(np.ascontiguousarray(picture))
    finally:
        writer.close()


def _gif(path: Path, request: FilmRequest, pictures: Iterator[Picture]) -> None:
    """One palette for the whole film, made from its last picture and its first."""
    from PIL import Image

    palette: Image.Image | None = None
    frames = []
    for picture in pictures:
        rgb = picture.view(np.uint8).reshape(request.height, request.width, 4)[..., :3]
        image = Image.fromarray(np.ascontiguousarray(rgb))
        if palette is None:
            palette = image.quantize(192, method=Image.Quantize.MEDIANCUT)
        frames.append(image.quantize(palette=palette, dither=Image.Dither.NONE))
    frames[0].save(
        path, format="GIF", save_all=True, append_images=frames[1:], loop=0, optimize=False,
        duration=round(100 / request.fps) * 10,
    )  # fmt: skip
