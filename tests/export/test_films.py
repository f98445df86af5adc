"""Films, opened by independent readers: what a lecturer's slides will open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from inn_core.cli import main
from inn_core.export import film, motion, scene
from inn_core.export.paint import Box, Window, dots, lines, mix, pack, sprite
from inn_core.export.reel import Reel, latent_points, thinned, to_base
from inn_core.export.request import ExportError, FilmRequest, size_of
from inn_core.maps import runfile

RUN = Path(__file__).resolve().parents[2] / "assets" / "pretrained" / "moons-affine.run"


@pytest.fixture(scope="module")
def reel() -> Reel:
    hello, frames = runfile.read(RUN)
    return Reel.of(hello, frames)


# ── files ────────────────────────────────────────────────────────────────────────────────────


def test_an_mp4_plays_everywhere(tmp_path: Path, reel: Reel) -> None:
    request = FilmRequest(width=640, height=360, seconds=1.2, fps=20, title="Moons")
    path = film.write(tmp_path / "film.mp4", request, reel)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")
        assert (context.width, context.height) == (640, 360)
        assert float(stream.average_rate or 0) == 20
        pictures = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert len(pictures) == request.frames == 24
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat"), "it can start before all of it has come"
    assert np.abs(pictures[0].astype(int) - pictures[-1]).mean() > 1, "something moves"
    assert [p.name for p in tmp_path.iterdir()] == ["film.mp4"]


def test_a_gif_loops(tmp_path: Path, reel: Reel) -> None:
    request = FilmRequest(width=480, height=320, seconds=1, fps=30, format="gif", kind="depth")
    assert request.fps == 15
    film.write(tmp_path / "film.gif", request, reel)
    with Image.open(tmp_path / "film.gif") as image:
        assert (image.format, image.size) == ("GIF", (480, 320))
        assert image.info["loop"] == 0
        duration = 0
        for number in range(image.n_frames):  # type: ignore[attr-defined]
            image.seek(number)
            duration += image.info["duration"]
        assert duration == pytest.approx(1000, abs=120)


def test_a_cancelled_film_and_a_full_disk_leave_nothing(
    tmp_path: Path, reel: Reel, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = FilmRequest(width=320, height=240, seconds=1, fps=10)
    with pytest.raises(ExportError, match="cancelled"):
        film.write(tmp_path / "film.mp4", request, reel, lambda done, _: done < 3)
    assert list(tmp_path.iterdir()) == []

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(ExportError, match="No space left"):
        film.write(tmp_path / "film.gif", FilmRequest(**GIF), reel)
    assert list(tmp_path.iterdir()) == []


GIF: dict[str, Any] = {"width": 320, "height": 240, "seconds": 0.5, "fps": 4, "format": "gif"}


def test_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "f.gif")
    size = ["--size", "320x240", "--seconds", "0.5", "--fps", "4", "--theme", "dark"]
    assert main(["export", str(RUN), out, *size]) == 0
    assert "2 pictures of 320 × 240" in capsys.readouterr().out
    for wrong, says in (
        (["--size", "10000x10000"], "width"), (["--seconds", "121"], "seconds"),
        (["--seconds", "0"], "seconds"), (["--size", "321x240"], "even"), (["--fps", "0"], "fps"),
        (["--kind", "sideways"], "kind"), (["--from-step", "10000000"], "no snapshot"),
    ):  # fmt: skip
        assert main(["export", str(RUN), str(tmp_path / "g.gif"), *wrong]) == 2
        assert says in capsys.readouterr().err
    assert main(["export", str(RUN), str(tmp_path / "f.avi")]) == 2
    (tmp_path / "no.run").write_bytes(b"nonsense")
    assert main(["export", str(tmp_path / "no.run"), out]) == 2
    assert "not a run file" in capsys.readouterr().err
    assert not (tmp_path / "g.gif").exists()


def test_sizes_are_read() -> None:
    assert size_of("720p") == (1280, 720) and size_of("640X360") == (640, 360)
    for wrong in ("", "big", "12", "12x", "-3x4"):
        with pytest.raises(ExportError, match="size"):
            size_of(wrong)


# ── what is in the picture ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["training", "depth", "both"])
def test_a_film_begins_and_ends_where_it_should(reel: Reel, kind: str) -> None:
    moments = motion.timeline(reel, kind, 60)
    assert len(moments) == 60
    last = len(reel.stills) - 1
    training = [m for m in moments if m.training]
    depth = [m for m in moments if not m.training]
    if training:
        place = [m.still + m.mix for m in training]
        assert place[0] == 0 and place[-1] == last and np.all(np.diff(place) >= 0)
        assert {m.depth for m in training} == {8.0}
    if depth:
        assert depth[0].depth == 0 and depth[-1].depth == 8
        assert np.all(np.diff([m.depth for m in depth]) >= -1e-12)
        assert {m.still for m in depth} == {last}


def test_points_stand_where_the_flow_carries_them(reel: Reel) -> None:
    request = FilmRequest(width=640, height=400, formula=False, numbers=False)
    studio = scene.Studio(request, reel)
    box = studio.place.data
    end = studio.picture(motion.Moment(len(reel.stills) - 1, 0.0, 8.0, True))
    here = studio.placed(len(reel.stills) - 1)
    columns, rows = box.pixels(here.points[-1], studio.window(here, 8.0))
    room = end[box.part]
    inside = (columns > 4) & (columns < box.width - 4) & (rows > 4) & (rows < box.height - 4)
    assert inside.mean() > 0.95
    ink = studio.colours[inside]
    seen = room[rows[inside].astype(int), columns[inside].astype(int)]
    close = np.abs(seen.view(np.uint8).astype(int) - ink.view(np.uint8)).reshape(-1, 4).max(1) < 60
    assert close.mean() > 0.4, "others lie beneath later points"


def test_the_same_film_twice_is_the_same(reel: Reel) -> None:
    request = FilmRequest(width=320, height=240)
    moment = motion.Moment(3, 0.5, 8.0, True)
    first, second = (scene.Studio(request, reel).picture(moment) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_stills_are_thinned_to_the_ends(reel: Reel) -> None:
    few = thinned(reel.stills, 7)
    assert len(few) <= 8 and few[0] is reel.stills[0] and few[-1] is reel.stills[-1]
    hello, frames = runfile.read(RUN)
    part = Reel.of(hello, frames, first=100, last=900)
    assert all(100 <= still.step <= 900 for still in part.stills)


def test_latent_points_are_normal_and_reach_the_base() -> None:
    z = latent_points()
    np.testing.assert_allclose(z.mean(0), 0, atol=0.02)
    np.testing.assert_allclose(np.cov(z.T), np.eye(2), atol=0.03)
    t = to_base(z, ("student", 4.0))
    assert np.abs(t).max() > 1.5 * np.abs(z).max()
    np.testing.assert_array_equal(np.argsort(t[:, 0]), np.argsort(z[:, 0]))


def test_blending_is_exact_at_both_ends() -> None:
    under, ink = pack([[10, 200, 30], [255, 0, 255]]), pack((240.0, 20.0, 90.0))
    none, all_ = np.zeros(2, np.uint32), np.full(2, 256, np.uint32)
    np.testing.assert_array_equal(mix(under, ink, none), under)
    np.testing.assert_array_equal(mix(under, ink, all_), np.full(2, ink))


def test_a_dot_covers_its_area_and_a_line_its_length() -> None:
    paper, ink = pack((255.0, 255.0, 255.0)), pack((0.0, 0.0, 0.0))

    def covered(room: np.ndarray) -> float:
        return float((255 - (room & np.uint32(255)).astype(float)).sum() / 255)

    for radius in (1.5, 3.0, 6.0):
        room = np.full((60, 60), paper, np.uint32)
        dots(room, np.array([30.3]), np.array([29.6]), sprite(radius), ink, 1.0)
        assert covered(room) == pytest.approx(np.pi * radius**2, rel=0.06)
    room = np.full((60, 60), paper, np.uint32)
    lines(room, np.array([[10.0, 40.0]]), np.array([[12.0, 50.0]]), 3.0, ink, 1.0)
    assert covered(room) == pytest.approx(3 * np.hypot(30, 38), rel=0.1)
    box, window = Box(0, 0, 60, 40), Window(0, 0, 3, 1)
    columns, rows = box.pixels(np.array([[0.0, 0.0], [3.0, 1.0]]), window)
    assert (columns.tolist(), rows.tolist()) == ([30, 60], [20, 10])
    outside = np.array([np.nan, -5.0, 1e9])
    dots(room, outside, outside, sprite(2.0), ink, 1.0)


def test_a_picture_for_a_slide(tmp_path: Path) -> None:
    path = tmp_path / "moons.png"
    assert main(["export", str(RUN), str(path), "--size", "640x360", "--theme", "dark"]) == 0
    with Image.open(path) as image:
        assert (image.format, image.size, image.mode) == ("PNG", (640, 360), "RGB")
        assert np.asarray(image).std() > 10 and np.asarray(image)[2, 2].max() < 80
