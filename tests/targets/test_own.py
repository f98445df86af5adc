"""Data that readers bring: exact where it can be, honest where it cannot, and never a traceback."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from inn_core.specs import RunSpec, SpecError
from inn_core.targets import library, own, photo, pointset, reading
from inn_core.targets.nearest import nearest
from inn_core.targets.own import DataError

RNG = np.random.default_rng(3)


def png(grey: np.ndarray, mode: str = "L") -> bytes:
    file = io.BytesIO()
    Image.fromarray(grey).convert(mode).save(file, "PNG")
    return file.getvalue()


def blurred() -> np.ndarray:
    """Darkness of a lopsided blot, 12 x 20, in whole grey levels."""
    y, x = np.mgrid[0:12, 0:20]
    return np.rint(255 * np.exp(-((x - 6) ** 2) / 20 - ((y - 8) ** 2) / 6)).astype(np.uint8)


# ── pictures ─────────────────────────────────────────────────────────────────────────────────


def test_a_picture_is_a_density_with_an_exact_entropy() -> None:
    target = photo.picture_of(png(255 - blurred())).target()
    grid = target.quadrature()
    density = np.exp(target.log_prob(grid.points))
    assert density @ grid.areas == pytest.approx(1, abs=1e-12)
    ink = density > 0
    by_sum = -(density[ink] * np.log(density[ink])) @ grid.areas[ink]
    assert target.entropy == pytest.approx(by_sum, abs=1e-12)
    x = target.sample(200_000, np.random.default_rng(0))
    log_p = target.log_prob(x)
    assert np.isfinite(log_p).all()
    assert -log_p.mean() == pytest.approx(target.entropy, abs=5 * log_p.std() / np.sqrt(len(x)))
    mean, covariance = target.moments()
    np.testing.assert_allclose(x.mean(0), mean, atol=0.02)
    np.testing.assert_allclose(np.cov(x.T), covariance, atol=0.03)


def test_dark_is_dense_and_the_top_is_up() -> None:
    grey = np.full((9, 6), 255, np.uint8)
    grey[0, 5] = 0  # one dark pixel in the upper right corner
    grey[1:, :] = 250
    target = photo.picture_of(png(grey)).target()
    x = target.sample(4000, np.random.default_rng(0))
    upper = (x[:, 0] > 4 / 9 * 4) & (x[:, 1] > 4 - 8 / 9)
    assert upper.mean() == pytest.approx(1 / (1 + 48 * 5 / 255), abs=0.04)
    assert target.log_prob([[100.0, 0.0]])[0] == -np.inf


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "1", "I;16"])
def test_every_kind_of_picture_is_read(mode: str) -> None:
    grey = 255 - blurred()
    if mode == "I;16":
        file = io.BytesIO()
        Image.fromarray(grey.astype(np.uint16) * 257).save(file, "PNG")
        data = file.getvalue()
    else:
        data = png(grey, mode)
    values = photo.picture_of(data).values
    assert values.shape == (12, 20)
    row = values.sum(1).argmax()
    assert row in (7, 8)


def test_what_is_transparent_is_white_and_large_pictures_are_averaged() -> None:
    rgba = np.zeros((400, 300, 4), np.uint8)  # black, but seen through
    rgba[100:200, 50:150, 3] = 255
    file = io.BytesIO()
    Image.fromarray(rgba).save(file, "PNG")
    values = photo.picture_of(file.getvalue()).values
    assert values.shape == (128, 96)
    assert (values > 0.5).mean() == pytest.approx(1 / 12, abs=0.01)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no picture"),
        (b"x,y\n1,2\n", "no picture"),
        (png(np.zeros((1, 1), np.uint8)), "1 × 1 pixels"),
        (png(np.full((40, 40), 255, np.uint8)), "all white"),
        (png(np.zeros((50, 50), np.uint8))[:60], "damaged"),
    ],
)
def test_a_picture_that_is_none_gets_a_sentence(data: bytes, says: str) -> None:
    with pytest.raises(DataError, match=says):
        photo.picture_of(data)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_picture_of_a_hundred_megapixels_is_refused_unopened() -> None:
    file = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(file, "PNG")
    with pytest.raises(DataError, match=r"10,000 × 10,000 pixels"):
        photo.picture_of(file.getvalue())


# ── tables ───────────────────────────────────────────────────────────────────────────────────

ROWS = np.round(RNG.normal([170, 65], [9, 12], (40, 2)), 2)


def text(separator: str, decimal: str = ".", header: str = "") -> str:
    lines = [separator.join(f"{v}".replace(".", decimal) for v in row) for row in ROWS]
    return "\n".join([*([header] if header else []), *lines])


@pytest.mark.parametrize(
    "content",
    [
        text(","), text(";"), text("\t"), text("|"), text("  "), text(";", ","), text("\t", ","),
        text(",", header="height,weight"), text(";", ",", header="Größe;Gewicht"),
        "\ufeff" + text(",", header="height,weight"), text(",").replace("\n", "\r\n"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1"])
def test_tables_of_every_dialect_are_read(content: str, encoding: str) -> None:
    if encoding == "latin-1" and "\ufeff" in content:
        content = content.replace("\ufeff", "")
    table = reading.read_table(content.encode(encoding))
    np.testing.assert_allclose(table.values, ROWS)


def test_two_columns_are_chosen_from_many_and_gaps_are_counted() -> None:
    rows = [f"{i},Ann,{v[0]},{v[1]},{'NaN' if i % 7 == 0 else i * i}" for i, v in enumerate(ROWS)]
    table = reading.read_table("\n".join(["id,name,height,weight,square", *rows]))
    assert table.names == ("id", "height", "weight", "square")
    data = reading.points_of(table, "height", "square", "people")
    assert len(data.values) == 34 and "6 rows with gaps" in data.note
    np.testing.assert_allclose(data.values.mean(0), 0, atol=1e-6)
    np.testing.assert_allclose(data.values.std(0), 1, atol=1e-5)
    kept = [i for i in range(40) if i % 7]
    back = data.units.undo(data.values)
    np.testing.assert_allclose(back[:, 0], ROWS[kept, 0], rtol=1e-5)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "empty"),
        ("  \n\n", "empty"),
        ("a,b\n", "header and no rows"),
        ("red,blue\ngreen,pink\n" * 30, "no column"),
        ("1\n2\n3\n" * 20, "one column"),
        ("name,n\n" + "Ann,3\nBob,4\n" * 20, "one column"),
        ("\0\1\2" * 99, "no text"),
        ("1,2\n3,4\n5,6", "3 points"),
        ("\n".join(f"{i},{2 * i}" for i in range(50)), "one line"),
        ("\n".join(f"{i},7" for i in range(50)), "the same in all rows"),
        ("\n".join(["NaN,1"] * 50 + [f"{i},{i * i}" for i in range(5)]), "5 points"),
        ("\n".join([f"1e200,{i}" for i in range(50)]), "0 points"),
    ],
)
def test_a_table_that_makes_no_density_gets_a_sentence(content: str, says: str) -> None:
    with pytest.raises(DataError, match=says):
        table = reading.read_table(content.encode())
        reading.points_of(table, *table.names[:2])


def test_ten_million_rows_are_refused_and_many_are_thinned() -> None:
    with pytest.raises(DataError, match=r"rows|MB"):
        reading.read_table(b"1,2\n" * 10_000_000)
    data = reading.points_of_array(RNG.normal(size=(30_000, 2)), "many")
    assert len(data.values) == reading.MOST_POINTS and "20,000 of 30,000" in data.note


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=400) | st.text(max_size=300).map(str.encode))
def test_no_file_gives_a_traceback(data: bytes) -> None:
    for read in (reading.read_table, photo.picture_of):
        try:
            read(data)
        except SpecError as error:
            assert str(error).endswith(".") and len(str(error)) < 400
    with contextlib.suppress(SpecError):
        own.load(data)


# ── points ───────────────────────────────────────────────────────────────────────────────────


def test_held_out_points_are_never_trained_on() -> None:
    points = RNG.normal(size=(500, 2))
    target = pointset.point_set("own-0", points)
    assert not target.known
    held_out = target.fresh(10_000, np.random.default_rng(0))
    assert len(held_out) == 100 and len(np.unique(held_out, axis=0)) == 100
    both = {tuple(p) for p in target.train} | {tuple(p) for p in held_out}
    assert both == {tuple(p) for p in points}
    assert len(target.train) + len(held_out) == 500
    drawn = target.sample(20_000, np.random.default_rng(1))
    away = np.abs(drawn[:, None] - target.held_out[None]).max(-1).min(1)
    near_train = np.abs(drawn[:, None] - target.train[None]).max(-1).min(1)
    assert np.median(near_train) < np.median(away)
    assert 0 < target.bandwidth < 0.1
    again = pointset.point_set("own-0", points)
    np.testing.assert_array_equal(again.train, target.train)


def test_points_on_one_spot_many_times_still_make_a_target() -> None:
    few = np.repeat(RNG.normal(size=(6, 2)), 10, axis=0)
    values = reading.points_of_array(few, "repeats").values
    target = pointset.point_set("own-0", values.astype(float))
    assert np.isfinite(target.sample(100, np.random.default_rng(0))).all()
    assert target.bandwidth > 0


# ── the library ──────────────────────────────────────────────────────────────────────────────


def test_data_are_kept_under_the_name_of_their_content(tmp_path: Path) -> None:
    data = reading.points_of_array(RNG.normal([3, 5], [1, 9], (60, 2)), "mine", ("a", "b"))
    library.use(tmp_path)
    name = library.keep(data, tmp_path)
    assert name == data.name and library.keep(data, tmp_path) == name
    assert [path.name for path in tmp_path.iterdir()] == [f"{name}.npz"]
    kept = library.data_of(name)
    assert (kept.label, kept.units) == ("mine", data.units)
    np.testing.assert_array_equal(kept.values, data.values)
    assert RunSpec.from_token(RunSpec(target=name).to_token()).target == name
    other = reading.points_of_array(RNG.normal([3, 5], [1, 9], (60, 2)), "mine", ("a", "b"))
    assert other.name != name
    target = library.find(name)
    assert target.name == name and library.find(name) is target


@pytest.mark.parametrize(
    "name", ["own-0123456789abcdef", "own-../../etc/passwd", "own-", "nothing"]
)
def test_data_that_are_not_here_get_a_sentence(name: str) -> None:
    with pytest.raises(SpecError):
        library.find(name)


def test_a_file_that_is_no_data_is_refused(tmp_path: Path) -> None:
    file = io.BytesIO()
    np.savez(file, kind=np.array("points"), values=np.array([object()], dtype=object))
    with pytest.raises(DataError, match="damaged"):
        own.load(file.getvalue())


@pytest.mark.parametrize("name", ["moons", "pinwheel", "two_spirals", "checkerboard"])
def test_a_sample_of_a_preset_is_nearest_to_it(name: str) -> None:
    points = library.find(name).sample(1500, np.random.default_rng(5)).astype(np.float64)
    data = reading.points_of_array(points, "copy", standardise=False)
    assert nearest(data.target()) == name
