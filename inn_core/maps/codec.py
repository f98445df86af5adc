"""Frames: one snapshot of a run as bytes, on the wire, in the store and in .run files. No torch.

    bytes 0..7   float64, Unix time at which the frame left the worker (0.0 in files)
    bytes 8..    raw deflate of:
        uint32 H, then H bytes of header JSON (utf-8, padded with spaces to an even length)
        the tables of all layers as whole numbers (see packing): for each layer its knots, then
        its rows (of a field their second differences); or the arrays of a network (see network)

Little-endian. A frame of 8 affine layers takes about 4 KB, of 8 splines with 8 bins 12 KB.
``assets/stage/codec.js`` reads the same layout.
"""

from __future__ import annotations

import json
import math
import struct
import zlib
from itertools import groupby
from typing import Any

import numpy as np

from inn_core.maps import network, packing
from inn_core.maps.header import FORMULAS, FrameError, LayerSpec, layers_of, maps_header
from inn_core.results import FlowMaps, LayerMap, Snapshot

VERSION = 1

#: Bytes after inflation. 32 spline layers with 32 bins take under 1 MB.
LARGEST = 8 * 1024 * 1024


def encode_frame(snapshot: Snapshot, epoch: int = 0, when: float = 0.0) -> bytes:
    """Pack a snapshot (its weights stay behind). Maps that are not finite are left out."""
    header: dict[str, Any] = {"v": VERSION, "epoch": epoch, **snapshot.numbers(), "layers": None}
    tables = b""
    if snapshot.maps is not None and _finite(snapshot.maps):
        header |= maps_header(snapshot.maps)
        curved = [layer for layer in snapshot.maps.layers if layer.kind != "matrix"]
        numbers: list[packing.FloatArray] = [np.zeros(0)]
        for (formula, _), alike in groupby(curved, lambda one: (one.formula, len(one.tables))):
            step = FORMULAS[formula][2]
            knots, rows = zip(*((one.knots, _sent(one, step)) for one in alike), strict=True)
            numbers += packing.numbers_of(knots, rows, step)
        tables = packing.to_varints(np.concatenate(numbers))
    if snapshot.net is not None:
        header["net"], tables = network.pack(snapshot.net)
    text = json.dumps(_plain(header), separators=(",", ":"), allow_nan=False).encode()
    squeeze = zlib.compressobj(6, zlib.DEFLATED, -15)
    body = squeeze.compress(struct.pack("<I", len(text)) + text + tables) + squeeze.flush()
    return struct.pack("<d", when) + body


def decode_frame(frame: bytes) -> tuple[float, dict[str, Any], FlowMaps | None]:
    """Return (when, the snapshot's numbers, its maps or None); raises FrameError.

    The arrays of a network come among the numbers, as ``net``.
    """
    when, header, tables = _open(frame)
    specs = layers_of(header)
    names = ("layers", "centre", "scale", "base")
    numbers = {key: value for key, value in header.items() if key not in names}
    if specs is None and "net" in numbers:
        numbers["net"] = network.unpack(numbers["net"], tables)
        return when, numbers, None
    if specs is None and not tables:
        return when, numbers, None
    values = packing.from_varints(tables)
    if specs is None or values is None or sum(s.count for s in specs) != len(values):
        raise FrameError("A frame came whose tables have the wrong size; it is damaged.")
    layers, at = [], 0
    for spec in specs:
        layers.append(_layer(spec, values[at : at + spec.count]))
        at += spec.count
    centre = (float(header["centre"][0]), float(header["centre"][1]))
    scale, base = float(header["scale"]), tuple(header["base"])
    return when, numbers, FlowMaps(tuple(layers), centre, scale, base)


def _layer(spec: LayerSpec, values: packing.IntArray) -> LayerMap:
    if spec.kind == "matrix":
        return LayerMap(spec.kind, spec.formula, numbers=spec.numbers)
    curves = packing.tables_of(values, spec.points, spec.rows, spec.step)
    if curves is None:
        raise FrameError("A frame came whose knots are out of order; it is damaged.")
    knots, rows = curves
    if spec.kind == "field":
        rows = packing.added_up(rows, spec.step)
    return LayerMap(spec.kind, spec.formula, spec.active, knots, rows, spec.numbers)


def _sent(layer: LayerMap, step: float) -> packing.Array:
    """The rows that go out: of a field their second differences, which are small."""
    return packing.differences(layer.tables, step) if layer.kind == "field" else layer.tables


def stamp(frame: bytes, when: float) -> bytes:
    """Return the frame with another time; raises FrameError for what is too short to be a frame."""
    if len(frame) < 9:
        raise FrameError(f"A frame of {len(frame)} bytes came; it is cut off.")
    return struct.pack("<d", when) + frame[8:]


def _open(frame: bytes) -> tuple[float, dict[str, Any], bytes]:
    """Inflate and split: time, header, tables."""
    if len(frame) < 9:
        raise FrameError(f"A frame of {len(frame)} bytes came; it is cut off.")
    when = struct.unpack_from("<d", frame)[0]
    inflate = zlib.decompressobj(-15)
    try:
        body = inflate.decompress(frame[8:], LARGEST)
    except zlib.error as error:
        raise FrameError("A frame came that cannot be unpacked; it is damaged.") from error
    if not inflate.eof or inflate.unused_data:
        raise FrameError(f"A frame came that is cut off, or larger than {LARGEST} bytes.")
    length = struct.unpack_from("<I", body)[0] if len(body) >= 4 else len(body)
    if 4 + length > len(body):
        raise FrameError("A frame came whose header is cut off; it is damaged.")
    try:
        header = json.loads(body[4 : 4 + length])
    except (ValueError, RecursionError) as error:
        raise FrameError("A frame came whose header is no JSON; it is damaged.") from error
    if not isinstance(header, dict) or header.get("v") != VERSION:
        raise FrameError(f"A frame of another version came; this lab reads version {VERSION}.")
    return when, header, body[4 + length :]


def _finite(maps: FlowMaps) -> bool:
    return all(
        np.isfinite(part).all()
        for layer in maps.layers
        for part in (layer.tables, layer.knots, layer.numbers)
    )


def _plain(value: Any) -> Any:
    """JSON has no NaN and no infinity: they become null."""
    if isinstance(value, dict):
        return {key: _plain(v) for key, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
