"""Networks on the wire: half precision, and a sentence for what is damaged."""

from __future__ import annotations

import numpy as np
import pytest

from inn_core.maps import network
from inn_core.maps.codec import decode_frame, encode_frame
from inn_core.maps.header import FrameError
from inn_core.results import Snapshot
from inn_core.specs_inverse import InverseSpec


def snapshot(**arrays: np.ndarray) -> Snapshot:
    numbers = {"seq": 3, "step": 40, "seconds": 1.0, "nll": 0.5, "train_nll": 0.6, "gap": 0.1}
    rest = {"entropy": np.nan, "gap_error": 0.0, "lr": 1e-3, "batch": 64, "steps_per_s": 9.0}
    return Snapshot(**numbers, **rest, round_trip=0.0, net=arrays)  # type: ignore[arg-type]


def test_a_network_comes_back_in_half_precision() -> None:
    rng = np.random.default_rng(0)
    arrays = {"a.b": rng.normal(size=(3, 4, 5)), "c": rng.normal(size=(3, 1)) * 100}
    when, numbers, maps = decode_frame(encode_frame(snapshot(**arrays), when=5.0))
    assert (when, numbers["seq"], maps) == (5.0, 3, None)
    for name, values in arrays.items():
        np.testing.assert_allclose(numbers["net"][name], values, rtol=2**-10)


def test_numbers_beyond_its_range_stay_finite() -> None:
    frame = encode_frame(snapshot(a=np.array([1e9, -1e9, np.nan])))
    np.testing.assert_allclose(decode_frame(frame)[1]["net"]["a"], [65504, -65504, 0])


@pytest.mark.parametrize(
    ("names", "data", "says"),
    [
        ([["a", [3]]], b"\0" * 4, "cannot be read"), ([["a", [1]]], b"\0" * 4, "wrong size"),
        ([["a"]], b"", "cannot be read"), (7, b"", "cannot be read"),
    ],
)  # fmt: skip
def test_damage_gets_a_sentence(names: object, data: bytes, says: str) -> None:
    with pytest.raises(FrameError, match=says):
        network.unpack(names, data)


def test_the_hello_says_what_the_coordinates_mean() -> None:
    hello = network.hello(InverseSpec(members=2, latent=(1, 14)))["problem"]
    assert (hello["dim"], hello["dim_x"], hello["dim_y"]) == (16, 4, 2)
    assert hello["latent"] == [1, 14] and hello["x_sd"] == [0.25, 0.5, 0.5, 0.5]
    assert hello["y_mean"][0] == pytest.approx(1.517938, abs=1e-5)
    assert hello["reference"] == [1.7, 0.1]
