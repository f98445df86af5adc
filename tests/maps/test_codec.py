"""Frames and run files: what goes in comes out, small enough; anything else is refused politely."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inn_core.maps import codec, packing, runfile
from inn_core.maps.header import FORMULAS, FrameError
from inn_core.specs import RunSpec
from tests.maps import mapcases


def test_a_frame_comes_back_to_half_a_step() -> None:
    flow = mapcases.maps(3)
    sent = mapcases.snapshot(flow, message="ほら", nlls=(1.0, 2.0), frozen={1: "It exploded."})
    when, header, back = codec.decode_frame(codec.encode_frame(sent, epoch=7, when=12.5))
    assert back is not None
    assert when == 12.5
    assert header == {"v": 1, "epoch": 7, **sent.numbers()}
    assert (back.centre, back.scale, back.base) == (flow.centre, flow.scale, flow.base)
    for layer, read in zip(flow.layers, back.layers, strict=True):
        assert (read.kind, read.formula, read.active) == (layer.kind, layer.formula, layer.active)
        np.testing.assert_allclose(read.numbers, layer.numbers, rtol=1e-8)
        np.testing.assert_array_equal(read.knots, layer.knots)
        off = np.abs(read.tables - layer.tables).max(initial=0)
        assert off <= 0.5001 * FORMULAS[layer.formula][2]


def test_packing_twice_loses_nothing_more() -> None:
    once = codec.encode_frame(mapcases.snapshot(mapcases.maps(5)))
    again = codec.encode_frame(mapcases.snapshot(codec.decode_frame(once)[2]), epoch=0)
    assert once == again


def test_a_time_stamp_changes_the_first_bytes_only() -> None:
    frame = codec.encode_frame(mapcases.snapshot(mapcases.maps(0)))
    stamped = codec.stamp(frame, 99.5)
    assert codec.decode_frame(stamped)[0] == 99.5
    assert stamped[8:] == frame[8:]


@pytest.mark.parametrize("broken", [float("nan"), float("inf")])
def test_what_is_not_finite_is_left_out(broken: float) -> None:
    flow = mapcases.maps(0)
    flow.layers[0].tables[0, 3] = broken
    _, header, back = codec.decode_frame(codec.encode_frame(mapcases.snapshot(flow, nll=broken)))
    assert back is None
    assert header["nll"] is None


def test_a_snapshot_without_maps_and_a_flow_without_layers_differ() -> None:
    assert codec.decode_frame(codec.encode_frame(mapcases.snapshot(None)))[2] is None
    empty = mapcases.maps(0, ())
    assert codec.decode_frame(codec.encode_frame(mapcases.snapshot(empty)))[2] == empty


def test_knots_closer_than_the_grid_are_refused() -> None:
    with pytest.raises(ValueError, match="Knots must increase by 1/2048"):
        packing.numbers_of([np.array([0.0, 1e-5])], [np.zeros((2, 2))], 1e-4)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(-(2**33), 2**33), max_size=40))
def test_whole_numbers_come_back(numbers: list[int]) -> None:
    data = packing.to_varints(np.array(numbers, np.float64))
    back = packing.from_varints(data)
    assert back is not None
    assert back.tolist() == numbers


def refused_or_read(frame: bytes) -> None:
    try:
        codec.decode_frame(frame)
    except FrameError as error:
        assert str(error).endswith(".")


def body_of(frame: bytes) -> bytes:
    return zlib.decompress(frame[8:], -15)


def frame_of(body: bytes) -> bytes:
    squeeze = zlib.compressobj(6, zlib.DEFLATED, -15)
    return bytes(8) + squeeze.compress(body) + squeeze.flush()


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 2))
def test_any_bytes_are_refused_with_a_sentence(data: bytes, wrapped: int) -> None:
    refused_or_read([data, frame_of(data), frame_of(struct.pack("<I", len(data)) + data)][wrapped])


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_damaged_frame_is_refused_or_read(data: st.DataObject) -> None:
    body = bytearray(body_of(codec.encode_frame(mapcases.snapshot(mapcases.maps(0, knots=6)))))
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    refused_or_read(frame_of(bytes(body[: data.draw(st.integers(0, len(body)))])))
    refused_or_read(frame_of(bytes(body)))


json_values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**40), 10**40),
        st.floats(),
        st.text(max_size=5),
        st.sampled_from(["affine", "spline", "lu", "curves", "params", "matrix", "student"]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(), inner)),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_header_with_wrong_fields_is_refused_or_read(data: st.DataObject) -> None:
    body = body_of(codec.encode_frame(mapcases.snapshot(mapcases.maps(1, knots=6))))
    length = struct.unpack_from("<I", body)[0]
    header: dict[str, Any] = json.loads(body[4 : 4 + length])
    name = data.draw(st.sampled_from(["layers", "centre", "scale", "base", "v", "layer"]))
    if name == "layer":
        place = data.draw(st.sampled_from(header["layers"]))
        place[data.draw(st.sampled_from([*place, "more"]))] = data.draw(json_values)
    else:
        header[name] = data.draw(json_values)
    text = json.dumps(header).encode()
    refused_or_read(frame_of(struct.pack("<I", len(text)) + text + body[4 + length :]))


BAD_FIELDS: list[tuple[str, Any]] = [
    ("rows", 3),
    ("rows", 10**400),
    ("points", 1),
    ("points", 2**20),
    ("points", 10.0),
    ("active", -1),
    ("active", True),
    ("formula", "lu"),
    ("kind", "matrix"),
    ("step", 0),
    ("numbers", [1, 2]),
    ("numbers", [float("inf")]),
    ("numbers", ["2"]),
]


#: The same of a residual layer's grid.
BAD_GRIDS = [("points", 40), ("rows", 41), ("active", 0), ("numbers", [1]), ("step", 2)]


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [(kind, *bad) for kind in ("affine0", "spline1") for bad in BAD_FIELDS]
    + [("field", *bad) for bad in BAD_GRIDS],
)
def test_a_layer_with_a_wrong_field_is_refused(kind: str, name: str, value: Any) -> None:
    body = body_of(codec.encode_frame(mapcases.snapshot(mapcases.maps(1, (kind,)))))
    length = struct.unpack_from("<I", body)[0]
    header = json.loads(body[4 : 4 + length])
    header["layers"][0][name] = value
    text = json.dumps(header).encode()
    with pytest.raises(FrameError):
        codec.decode_frame(frame_of(struct.pack("<I", len(text)) + text + body[4 + length :]))


@pytest.mark.parametrize("extra", [-1, 1, 7])
def test_tables_of_another_size_are_refused(extra: int) -> None:
    flow = mapcases.maps(0, ("affine0",))
    flow.layers[0].tables[:] = 0  # one byte a number: every cut falls between two
    body = body_of(codec.encode_frame(mapcases.snapshot(flow)))
    with pytest.raises(FrameError, match="wrong size"):
        codec.decode_frame(frame_of(body[:extra] if extra < 0 else body + bytes(extra)))


def test_knots_out_of_order_are_refused() -> None:
    flow = mapcases.maps(0, ("affine0",))
    body = bytearray(body_of(codec.encode_frame(mapcases.snapshot(flow))))
    at = 4 + struct.unpack_from("<I", body)[0]
    while body[at] >= 128:  # behind the first knot's place stands the first difference
        at += 1
    body[at + 1] |= 1  # zigzag: odd is negative
    with pytest.raises(FrameError, match="out of order"):
        codec.decode_frame(frame_of(bytes(body)))


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    with pytest.raises(FrameError, match="larger than 8388608 bytes"):
        codec.decode_frame(frame_of(bytes(200_000_000)))


def test_deep_json_is_refused() -> None:
    text = b"[" * 200_000
    with pytest.raises(FrameError, match="no JSON"):
        codec.decode_frame(frame_of(struct.pack("<I", len(text)) + text))


@pytest.mark.parametrize("bad", [b"", b"1234567", codec.encode_frame(mapcases.snapshot(None))[:-3]])
def test_short_frames_are_cut_off(bad: bytes) -> None:
    with pytest.raises(FrameError, match="cut off"):
        codec.decode_frame(bad)


def test_a_run_file_comes_back(tmp_path: Path) -> None:
    spec = RunSpec(target="checkerboard")
    first = runfile.hello(spec)
    frames = [codec.encode_frame(mapcases.snapshot(mapcases.maps(i), seq=i)) for i in range(3)]
    runfile.write(tmp_path / "a.run", first, frames)
    assert runfile.read(tmp_path / "a.run") == (first, frames)
    assert RunSpec.from_json(first["spec"]) == spec
    view = first["target"]["view"]
    points = runfile.unpack_points(first["data"], view)
    assert points.shape == (runfile.POINTS, 2)
    assert (np.floor(points[:, 0] / 2) % 2 == np.floor(points[:, 1] / 2) % 2).mean() in (0.0, 1.0)


def test_a_full_disk_leaves_the_run_file_of_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = runfile.hello(RunSpec())
    runfile.write(tmp_path / "a.run", first, [])

    def full(path: Path, data: bytes) -> int:
        with path.open("wb") as file:
            file.write(data[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        runfile.write(tmp_path / "a.run", first | {"more": 1}, [])
    monkeypatch.undo()
    assert runfile.read(tmp_path / "a.run") == (first, [])
    assert [path.name for path in tmp_path.iterdir()] == ["a.run"]


def test_packed_points_are_within_a_level() -> None:
    view = [[-4.0, 4.0], [-2.0, 3.0]]
    p = np.random.default_rng(0).uniform([-5, -3], [5, 4], (4000, 2))
    inside = p[(np.abs(p[:, 0]) <= 4) & (p[:, 1] >= -2) & (p[:, 1] <= 3)][: runfile.POINTS]
    back = runfile.unpack_points(runfile.pack_points(p, view), view)
    assert np.abs(back - inside).max() < 8 / 65535


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 80))
def test_any_other_run_file_is_refused_with_a_sentence(data: bytes, cut: int) -> None:
    whole = runfile.dump({"v": 1}, [b"abc", b""])
    assert runfile.load(whole) == ({"v": 1}, [b"abc", b""])
    for wrong in (data, runfile.MAGIC + data, whole[:cut]):
        try:
            runfile.load(wrong)
        except FrameError as error:
            assert str(error).endswith(".") or "PFRUN1" in str(error)
