"""Films: MP4 (H.264) and GIF, encoded while they are drawn. A cancelled film leaves no file."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from inn_core.export import whole
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
    encode = _mp4 if request.format == "mp4" else _gif
    with whole.place(path, "film") as beside:
        encode(beside, request, _pictures(request, reel, progress))
    return Path(path)


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
    with whole.place(path, "picture") as beside:
        Image.fromarray(rgba[..., :3].copy()).save(beside, format="PNG")


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
        exe = imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise ExportError(
            "There is no ffmpeg here; install imageio-ffmpeg, or choose GIF."
        ) from error
    command = [
        exe, "-y", "-loglevel", "quiet", "-f", "rawvideo", "-pix_fmt", "rgba",
        "-s", f"{request.width}x{request.height}", "-r", str(request.fps), "-i", "-",
        "-vcodec", "libx264", "-pix_fmt", "yuv420p", *X264, "-threads", "1", "-f", "mp4", str(path),
    ]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE) as ffmpeg:
        assert ffmpeg.stdin
        try:
            for picture in pictures:
                ffmpeg.stdin.write(np.ascontiguousarray(picture).data)
            ffmpeg.stdin.close()
        except BrokenPipeError:  # it has ended early; its status says the same below
            with suppress(BrokenPipeError):
                ffmpeg.stdin.close()
        except BaseException:
            ffmpeg.kill()
            raise
    if ffmpeg.returncode:  # also of the last bytes, which are written when all pictures are sent
        raise OSError("ffmpeg stopped early")


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
