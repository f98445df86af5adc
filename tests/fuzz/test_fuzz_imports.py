"""Run files, frames and weights files that a reader brings."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from inn_core.export import weights
from inn_core.export.request import ExportError
from inn_core.kinds import read_spec
from inn_core.maps import codec, runfile
from inn_core.maps.header import FrameError
from inn_core.runs import imports
from inn_core.runs.run import LabError
from inn_core.specs import RunSpec, SpecError
from tests.fuzz.bytecases import FUZZ, JSON, NUMBERS, TEXTS, damaged, near, sentence

SHIPPED = Path(__file__).parents[2] / "assets" / "pretrained"
HELLO, FRAMES = runfile.read(SHIPPED / "moons-affine.run")
SPLINE = runfile.read(SHIPPED / "moons-spline.run")[1][0]


def framed(header: Any, tables: bytes) -> bytes:
    """A frame of any header: what damage to its packed bytes would hardly make."""
    text = json.dumps(header).encode()
    packer = zlib.compressobj(wbits=-15)
    body = struct.pack("<I", len(text)) + text + tables
    return bytes(8) + packer.compress(body) + packer.flush()


def unframed(frame: bytes) -> tuple[dict[str, Any], bytes]:
    body = zlib.decompress(frame[8:], -15)
    length = struct.unpack_from("<I", body)[0]
    return json.loads(body[4 : 4 + length]), body[4 + length :]


HEAD, TABLES = unframed(FRAMES[0])
LAYER = HEAD["layers"][0]
NETLESS = {k: v for k, v in HEAD.items() if k != "layers"}
SHAPES = st.lists(st.tuples(TEXTS, st.lists(NUMBERS, max_size=3)), max_size=3)
HEADERS = st.one_of(
    near(HEAD),
    near(LAYER).map(lambda layer: HEAD | {"layers": [layer, *HEAD["layers"][1:]]}),
    (JSON | SHAPES).map(lambda net: NETLESS | {"net": net}),
)
NEWFRAMES = st.builds(framed, HEADERS, st.just(TABLES) | damaged(TABLES))


@given(st.one_of(st.binary(max_size=99), damaged(FRAMES[0]), damaged(SPLINE), NEWFRAMES))
@example(framed(NETLESS | {"net": [["a", [10**30]]]}, b""))
@example(framed(NETLESS | {"net": [["a", [-1]], ["b", [-1]]]}, bytes(4)))
@FUZZ
def test_a_frame_is_decoded_or_refused(data: bytes) -> None:
    try:
        maps = codec.decode_frame(data)[2]
        for layer in maps.layers if maps else ():
            assert np.isfinite(layer.tables).all()
    except FrameError as error:
        sentence(error)


def file_of(hello: Any, frames: list[bytes]) -> bytes:
    text = json.dumps(hello).encode()
    return runfile.MAGIC + b"".join(struct.pack("<I", len(p)) + p for p in (text, *frames))


SOUND = file_of(HELLO, FRAMES[:2])
FILES = st.one_of(
    st.binary(max_size=99).map(runfile.MAGIC.__add__),
    damaged(SOUND),
    near(HELLO).map(lambda hello: file_of(hello, FRAMES[:2])),
    near(HELLO["spec"]).map(lambda spec: file_of(HELLO | {"spec": spec}, FRAMES[:2])),
    NEWFRAMES.map(lambda frame: file_of(HELLO, [FRAMES[0], frame])),
)


@given(FILES)
@example(file_of(HELLO | {"history": [[10**400] * 6]}, FRAMES[:2]))
@example(file_of(HELLO | {"check": {"mass": float("inf")}}, FRAMES[:2]))
@FUZZ
def test_a_run_file_is_kept_or_refused_with_a_sentence(data: bytes) -> None:
    try:
        brought = imports.read(data)
        json.dumps([brought.history, brought.check], allow_nan=False)
        assert len(brought.frames) >= 1
        assert all(abs(value) < 1e300 for row in brought.history for value in row)
    except LabError as error:
        sentence(error)


ARRAYS = {"chain.a": np.ones((2, 3), np.float32), "base.log": np.zeros(1, np.float32)}
WEIGHTS = weights.dump(RunSpec(), ARRAYS)


def headed(header: Any) -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + bytes(28)


@given(
    st.one_of(
        st.binary(max_size=99),
        damaged(WEIGHTS),
        JSON.map(headed),
        near({"version": 1, "spec": {}}).map(
            lambda facts: headed({"__metadata__": {weights.KEY: json.dumps(facts)}})
        ),
        JSON.map(lambda facts: headed({"__metadata__": {weights.KEY: json.dumps(facts)}})),
    )
)
@example(headed({"__metadata__": {weights.KEY: '{"spec": {}, "version": 1}'}}))
@FUZZ
def test_a_weights_file_is_opened_or_refused_with_a_sentence(data: bytes) -> None:
    weights.is_weights(data)
    try:
        spec, arrays, _ = weights.load(data)
        assert read_spec(spec.to_json()) == spec
        assert all(value.dtype == np.float32 for value in arrays.values())
    except (ExportError, SpecError) as error:
        sentence(error)
