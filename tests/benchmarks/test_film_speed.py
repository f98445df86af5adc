"""A film costs little more than its encoding: a ratio, since the machine's own pace cancels."""

from __future__ import annotations

import resource
import time
from pathlib import Path

from inn_core.export import film
from inn_core.export.motion import timeline
from inn_core.maps import runfile

RUN = Path(__file__).resolve().parents[2] / "assets" / "pretrained" / "moons-affine.run"
#: Whole film over its encoder alone, in CPU time. Drawing takes about as long as encoding.
MOST = 3.2


def cpu() -> float:
    """CPU seconds of this process and of the encoders that it has waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def test_drawing_keeps_up_with_the_encoder(tmp_path: Path) -> None:
    reel = film.reel_of(*runfile.read(RUN))
    request = film.FilmRequest(seconds=3.0)
    film.write(tmp_path / "warm.mp4", film.FilmRequest(seconds=0.5, fps=4), reel)
    began = cpu()
    film.write(tmp_path / "film.mp4", request, reel)
    whole = cpu() - began
    studio = film.studio_of(request, reel)
    pictures = [studio.picture(m).copy() for m in timeline(reel, request.kind, request.frames)]
    began = cpu()
    film._mp4(tmp_path / "encoder.mp4", request, iter(pictures))
    encoder = cpu() - began
    print(f"film {whole:.2f} s, encoder alone {encoder:.2f} s of CPU: {whole / encoder:.2f}")
    assert whole / encoder < MOST
    assert (tmp_path / "film.mp4").stat().st_size < 5e6 * request.seconds / 10 * 1.5
