"""Points without a density: what is kept back, how much they are jittered, where they are kept."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from inn_core.maps import runfile
from inn_core.specs import RunSpec, SpecError
from inn_core.targets import library, own, pointset, reading
from inn_core.targets.own import DataError

RNG = np.random.default_rng(9)


# ── any points at all ────────────────────────────────────────────────────────────────────────

COORDINATE = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from([0.0, 1.0, -1.0, 1e-300, 1e99, 1e14, 3.0]),
    st.floats(-5, 5),
)


@settings(deadline=None, max_examples=400)
@given(
    arrays.arrays(np.float64, st.tuples(st.integers(0, 60), st.just(2)), elements=COORDINATE),
    st.booleans(),
)
def test_any_points_make_a_target_or_a_sentence(xy: np.ndarray, standardise: bool) -> None:
    try:
        data = reading.points_of_array(xy, "any", standardise=standardise)
    except DataError as error:
        assert str(error).endswith(".")
        return
    assert np.isfinite(data.values).all()
    target = data.target()
    x = target.sample(200, np.random.default_rng(0))
    assert np.isfinite(x).all() and np.isfinite(target.centre).all()
    assert 0 < target.scale < np.inf and target.detail > 0
    for low, high in (*target.view, *target.support):
        assert low < high
    assert len(target.fresh(1000, np.random.default_rng(0))) >= 5


@pytest.mark.parametrize("size", [1e-200, 1e-30, 1.0, 1e30, 1e98])
def test_units_are_undone_at_every_size(size: float) -> None:
    xy = size * (RNG.normal(size=(300, 2)) @ [[1, 0.5], [0, 2]] + [3, -1])
    data = reading.points_of_array(xy, "sized", ("a", "b"))
    np.testing.assert_allclose(data.units.undo(data.values), xy, rtol=1e-5, atol=1e-5 * size)
    np.testing.assert_allclose(data.values.std(0), 1, atol=1e-5)


@pytest.mark.parametrize(
    ("xy", "says"),
    [
        (np.full((50, 2), 1.0) + np.array([0, 1e-14]), "the same in all rows"),
        (np.stack([np.arange(50), -3.0 * np.arange(50) + 1], 1), "on one line"),
        (np.r_[RNG.normal(size=(50, 2)), [[1e50, 1e50]]], "very far away"),
        (np.full((50, 2), 1e200), "50 rows with gaps or beyond 1e\\+100"),
        (np.full((50, 2), np.inf), "besides 50 rows with gaps;"),
        (np.zeros((3, 3)), "a pair of numbers"),
        (np.zeros(7), "a pair of numbers"),
        (np.zeros((0, 2)), "There are 0 points; a density needs at least 20"),
    ],
)
def test_points_that_make_no_density_get_a_sentence(xy: np.ndarray, says: str) -> None:
    with pytest.raises(DataError, match=says):
        reading.points_of_array(xy, "none")


def test_a_drawing_whose_spread_is_lost_in_float32_is_refused() -> None:
    xy = 1e9 + RNG.normal(size=(50, 2))
    assert reading.points_of_array(xy, "table").units.mean[0] == pytest.approx(1e9)
    with pytest.raises(DataError, match="the same in all rows"):
        reading.points_of_array(np.round(xy * 0.0001) / 0.0001, "drawn", standardise=False)


def test_labels_are_one_short_line() -> None:
    data = reading.points_of_array(RNG.normal(size=(50, 2)), "a\nb\x07 \t c" + "d" * 99, ("", "y"))
    assert data.label == "a b c" + "d" * 55
    assert data.units.names == ("x₁", "y")


# ── kept back, and jittered ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("n", "kept"), [(20, 5), (25, 5), (30, 6), (1000, 200), (20_000, 4000)])
def test_a_fifth_is_kept_back_and_five_at_least(n: int, kept: int) -> None:
    target = pointset.point_set("own-0", RNG.normal(size=(n, 2)))
    assert (len(target.held_out), len(target.train)) == (kept, n - kept)
    held_out = {tuple(p) for p in target.held_out}
    assert not held_out & {tuple(p) for p in target.train}


def test_the_jitter_is_half_the_spacing_of_neighbours() -> None:
    # Of n points spread evenly over a unit square the median distance to the nearest neighbour is
    # sqrt(ln 2 / (π n)): the chance that none of them lies within r is exp(-n π r²).
    n = 20_000
    target = pointset.point_set("own-0", np.random.default_rng(1).random((n, 2)))
    spacing = np.sqrt(np.log(2) / (np.pi * 0.8 * n))
    assert target.bandwidth == pytest.approx(0.5 * spacing, rel=0.03)
    # A point many times over says nothing of the spacing.
    again = pointset.point_set("own-0", np.repeat(target.train, 3, axis=0))
    assert again.bandwidth == pytest.approx(target.bandwidth, rel=0.15)
    x = target.sample(200_000, np.random.default_rng(2))
    mean, covariance = target.moments()
    np.testing.assert_allclose(x.mean(0), mean, atol=0.005)
    np.testing.assert_allclose(np.cov(x.T), covariance, atol=0.002)


def test_few_points_are_jittered_by_a_tenth_of_their_spread_at_most() -> None:
    target = pointset.point_set("own-0", RNG.normal(size=(20, 2)))
    assert target.bandwidth == pytest.approx(0.1, rel=0.5)
    grid = np.stack(np.meshgrid(np.arange(4.0), np.arange(5.0)), -1).reshape(-1, 2)
    dense = pointset.point_set("own-0", np.repeat(grid, 50, axis=0))
    assert dense.bandwidth == pytest.approx(0.1 * np.sqrt(grid.var(0).mean()), rel=1e-6)


def test_points_of_which_all_that_differ_were_kept_back_still_make_a_target() -> None:
    n = 24
    kept = np.random.default_rng(pointset.SPLIT_KEY).permutation(n)[:2]
    points = np.zeros((n, 2))
    points[kept] = [[1, 0], [0, 1]]
    target = reading.points_of_array(points, "a spot").target()
    assert target.scale > 0.05 and np.isfinite(target.centre).all()


# ── what a plot shows ────────────────────────────────────────────────────────────────────────


def test_a_plot_shows_the_readers_own_points(tmp_path: Path) -> None:
    data = reading.points_of_array(RNG.normal(size=(200, 2)), "mine", standardise=False)
    library.use(tmp_path)
    hello = runfile.hello(RunSpec(target=library.keep(data, tmp_path)))
    shown = runfile.unpack_points(hello["data"], hello["target"]["view"])
    assert len(shown) == 200
    away = np.linalg.norm(shown[:, None] - data.values[None], axis=-1).min(0)
    assert away.max() < 1e-3  # int16 levels of the view
    many = reading.points_of_array(RNG.normal(size=(5000, 2)), "many", standardise=False)
    hello = runfile.hello(RunSpec(target=library.keep(many, tmp_path)))
    shown = runfile.unpack_points(hello["data"], hello["target"]["view"])
    assert len(shown) == runfile.POINTS and len(np.unique(shown, axis=0)) > 1490


# ── the library ──────────────────────────────────────────────────────────────────────────────


def some(seed: int = 0, n: int = 60) -> own.OwnData:
    xy = np.random.default_rng(seed).normal(size=(n, 2))
    return reading.points_of_array(xy, "some")


def test_data_brought_again_mend_a_damaged_file_and_are_young_again(tmp_path: Path) -> None:
    library.use(tmp_path)
    path = tmp_path / f"{library.keep(some(1), tmp_path)}.npz"
    os.utime(path, (0, 0))
    library.keep(some(1), tmp_path)
    assert path.stat().st_mtime > 1e9
    path.write_bytes(path.read_bytes()[:100])
    library.keep(some(1), tmp_path)
    assert library.find(path.stem).sample(3, np.random.default_rng(0)).shape == (3, 2)


def test_data_that_have_gone_are_missed_at_once(tmp_path: Path) -> None:
    library.use(tmp_path)
    name = library.keep(some(2), tmp_path)
    assert library.describe(name)["shape"] == (60, 2) and library.label_of(name) == "some"
    library.find(name)
    (tmp_path / f"{name}.npz").unlink()
    for ask in (library.find, library.data_of, library.describe):
        with pytest.raises(DataError, match="not here"):
            ask(name)
    assert library.label_of(name) == name
    (tmp_path / f"{name}.npz").mkdir()
    with pytest.raises(SpecError):
        library.find(name)


def test_a_damaged_file_is_said_to_be_one(tmp_path: Path) -> None:
    library.use(tmp_path)
    name = library.keep(some(3), tmp_path)
    (tmp_path / f"{name}.npz").write_bytes(some(3).dump()[:-40])
    with pytest.raises(DataError, match="damaged"):
        library.find(name)


def test_many_threads_keep_the_same_data(tmp_path: Path) -> None:
    failed: list[BaseException] = []

    def keep() -> None:
        try:
            for seed in range(8):
                library.keep(some(seed), tmp_path)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=keep) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert {path.name for path in tmp_path.iterdir()} == {f"{some(s).name}.npz" for s in range(8)}


KEPT = some(4).dump()


@settings(deadline=None, max_examples=300)
@given(
    st.lists(st.tuples(st.integers(0, len(KEPT) - 1), st.binary(max_size=3)), max_size=4),
    st.integers(0, len(KEPT)),
)
def test_a_damaged_npz_is_read_or_refused_in_a_sentence(
    damage: list[tuple[int, bytes]], end: int
) -> None:
    data = KEPT
    for place, what in damage:
        data = data[:place] + what + data[place + len(what) :]
    for part in (data, data[:end]):
        try:
            assert own.load(part).values.shape[1] == 2
        except DataError as error:
            assert "damaged" in str(error)


def test_what_data_are_makes_their_name() -> None:
    one = reading.points_of_array(RNG.normal(size=(50, 2)), "a")
    assert own.OwnData("points", "b", one.values, one.units, "note").name == one.name
    for other in (
        own.OwnData("picture", "a", one.values, one.units),
        own.OwnData("points", "a", one.values, replace(one.units, names=("u", "v"))),
        own.OwnData("points", "a", one.values, replace(one.units, sd=(2.0, 2.0))),
        own.OwnData("points", "a", one.values.reshape(25, 4), one.units),
        own.OwnData("points", "a", np.nextafter(one.values, np.float32(9)), one.units),
    ):
        assert other.name != one.name
