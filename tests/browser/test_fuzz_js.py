"""Bytes that a page is given: frames, run files and networks are read or refused, never a hang.

The same decoders as on the stage run in a worker, which is ended when it takes too long.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.browser.conftest import NewPage
from tests.fuzz.bytecases import CASES, FUZZ, JSON, NUMBERS, damaged
from tests.fuzz.test_fuzz_imports import FILES, FRAMES, NEWFRAMES, SOUND, SPLINE, framed, unframed

PRETRAINED = Path(__file__).parents[2] / "assets" / "pretrained"
NET = (PRETRAINED / "kinematics.inn").read_bytes()
READ = """
async ([decode, texts]) => {
  const source = `
    import { decodeFrame } from '${location.origin}/stage/codec.js';
    import { dataPoints, parseRun } from '${location.origin}/stage/runfile.js';
    import { encode } from '${location.origin}/stage/maps.js';
    import { netsOf, parseNet } from '${location.origin}/stage/lessons/inverse/net.js';
    const decoders = {
      frame: async (bytes) => {
        const { flow, net } = await decodeFrame(bytes);
        if (flow) encode(flow, new Float64Array([0.3, -0.2, 9, 9]));
        if (net) netsOf(net.names, net.bytes);
      },
      run: (bytes) => { dataPoints(parseRun(bytes).hello); },
      net: (bytes) => { parseNet(bytes.buffer); },
    };
    onmessage = async ({ data: [decode, texts] }) => {
      for (const text of texts) {
        const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
        try {
          await decoders[decode](bytes);
          postMessage('');
        } catch (error) {
          postMessage(error.constructor.name + ': ' + error.message);
        }
      }
    };`;
  const blob = new Blob([source], { type: 'text/javascript' });
  const worker = new Worker(URL.createObjectURL(blob), { type: 'module' });
  const said = [];
  await new Promise((done, refuse) => {
    const timer = setTimeout(done, 120000);
    worker.onerror = (event) => refuse(new Error(event.message));
    worker.onmessage = ({ data }) => {
      said.push(data);
      if (said.length === texts.length) { clearTimeout(timer); done(); }
    };
    worker.postMessage([decode, texts]);
  });
  worker.terminate();
  return said;
}
"""


def examples(strategy: st.SearchStrategy[bytes]) -> list[bytes]:
    found: list[bytes] = []

    @given(strategy)
    @FUZZ
    def collect(value: bytes) -> None:
        found.append(value)

    collect()
    assert len(found) >= (CASES or 100) // 2
    return found


SHAPES = st.lists(st.tuples(st.sampled_from(["chain.layers.0.conditioner.biases.0", "x"]),
                            st.lists(NUMBERS, max_size=3)), max_size=3)  # fmt: skip
HEAD = {k: v for k, v in unframed(FRAMES[0])[0].items() if k != "layers"}
NETS = st.builds(lambda net, data: framed(HEAD | {"net": net}, data), SHAPES | JSON,
                 st.binary(max_size=40))  # fmt: skip
DOORS: dict[str, st.SearchStrategy[bytes]] = {
    "frame": st.one_of(
        st.binary(max_size=99), damaged(FRAMES[0]), damaged(SPLINE), NEWFRAMES, NETS
    ),
    "run": st.one_of(FILES, damaged(SOUND)),
    "net": st.one_of(st.binary(max_size=99), damaged(NET)),
}
LAYER = unframed(FRAMES[0])[0]["layers"][0]
#: Headers that would become an error of the language, an array of gigabytes or an endless loop.
HEADERS: list[dict[str, Any]] = [
    {"layers": 7}, {"layers": [7]}, {"layers": [{}]}, {"net": 7}, {"net": [["x", [-1]]]},
    {"layers": [LAYER], "base": 7}, {"layers": [LAYER], "centre": None},
    {"layers": [LAYER | {"points": 0, "rows": 1e15}]}, {"layers": [LAYER | {"points": -5}]},
    {"layers": [LAYER | {"points": 2**23, "rows": 2}]}, {"layers": [LAYER | {"numbers": {}}]},
]  # fmt: skip
WRONG = {"frame": [framed(HEAD | more, bytes(99)) for more in HEADERS]}
SOUND_ONES = {"frame": FRAMES[0], "run": SOUND, "net": NET}


@pytest.mark.parametrize("door", DOORS)
def test_bytes_are_read_or_refused_with_a_sentence(new_page: NewPage, assets_url: str, door: str):
    page = new_page()
    page.goto(assets_url)
    wrong_ones = WRONG.get(door, [])
    cases = [SOUND_ONES[door], *wrong_ones, *examples(DOORS[door])]
    said = page.evaluate(READ, [door, [base64.b64encode(case).decode() for case in cases]])
    assert len(said) == len(cases), f"it hangs over {cases[len(said)]!r}"
    assert said[0] == "", "a sound one is read"
    wrong = {text: case for text, case in zip(said, cases, strict=True) if text and not sound(text)}
    assert not wrong, "\n".join(f"{text!r} <- {case[:200]!r}" for text, case in wrong.items())
    assert any(text for text in said) and all(said[1 : 1 + len(wrong_ones)])


def sound(text: str) -> bool:
    """Whether a refusal is a sentence of ours, and no accident of the language."""
    kind, _, message = text.partition(": ")
    return kind == "Error" and message.endswith(".") and len(message) < 200
