"""A page with nothing but a stage, recorded runs for it, and a pretended live socket."""

from __future__ import annotations

import base64
import json
import math
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page, WebSocketRoute

from inn_core.maps import codec, runfile
from inn_core.results import FlowMaps, LayerMap, Snapshot
from inn_core.specs import RunSpec
from tests.browser.assetserver import MADE
from tests.browser.conftest import NewPage

LAYERS = 4
MOUNT = """
async (data) => {
  const { mount, unmount } = await import('/stage/stage.js');
  window.host ??= document.body.appendChild(document.createElement('div'));
  window.said ??= [];
  window.unmount = () => unmount(window.host);
  mount(window.host, { id: 'test', words: {}, lang: 'en', options: { intro: false }, ...data },
    (name, value) => window.said.push([name, value]));
}
"""
READ = "() => ({ ...window.pushforward.stages[0] })"


def flow(strength: float) -> FlowMaps:
    """Four affine layers, waves whose height grows with ``strength``."""
    u = np.arange(-7, 7.25, 0.25)
    layers = []
    for k in range(LAYERS):
        rows = strength * np.stack([0.4 * np.sin(u + k), 0.8 * np.cos(0.9 * u + 2 * k)])
        layers.append(LayerMap("curves", "affine", k % 2, u, rows, (3.0,)))
    return FlowMaps(tuple(layers), (0.1, -0.2), 1.4)


def snapshot(seq: int, **changes: Any) -> Snapshot:
    nll = 2.5 + math.exp(-seq / 8)
    facts: dict[str, Any] = {
        "seq": seq, "step": 10 * seq, "seconds": seq / 20, "nll": nll, "train_nll": nll,
        "entropy": 2.4, "gap": nll - 2.4, "gap_error": 0.004, "lr": 1e-3, "batch": 256,
        "steps_per_s": 200.0, "round_trip": 3e-6, "nlls": (nll,), "maps": flow(1 - 0.9**seq),
    }  # fmt: skip
    return Snapshot(**(facts | changes))


def frame(seq: int, **changes: Any) -> bytes:
    return codec.encode_frame(snapshot(seq, **changes), when=time.time())


def row(seq: int) -> list[float]:
    one = snapshot(seq)
    return [seq, one.step, one.seconds, one.nll, one.nll, one.nll]


def state(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(READ)
    return found


def until(page: Page, condition: str) -> None:
    """Wait for a condition on ``s``, the published state."""
    page.wait_for_function(
        f"() => {{ const s = window.pushforward?.stages[0]; return s && ({condition}); }}",
        timeout=20_000,
    )


@dataclass
class Server:
    """A pretended live socket."""

    sockets: list[WebSocketRoute] = field(default_factory=list)
    heard: list[dict[str, Any]] = field(default_factory=list)
    owner: str = "secret"
    status: str = "training"

    def open(self, socket: WebSocketRoute) -> None:
        self.sockets.append(socket)
        socket.on_message(lambda text: self.hear(socket, json.loads(text)))
        hello = runfile.hello(RunSpec()) | {"history": [row(0)], "check": None, "seq": 0}
        about = {"run": socket.url.rsplit("/", 1)[1], "role": "viewer"}
        self.tell(hello | about | {"type": "run", "status": self.status, "message": ""})

    def hear(self, socket: WebSocketRoute, message: dict[str, Any]) -> None:
        self.heard.append(message)
        if message["type"] == "hello" and message["owner"] == self.owner:
            self.tell({"type": "role", "role": "owner"})
        if message["type"] == "backfill":
            stored = range(0 if self.status == "queued" else 3)
            self.tell({"type": "backfill", "frames": len(stored)})
            for seq in stored:
                socket.send(frame(seq))

    def tell(self, message: dict[str, Any]) -> None:
        self.sockets[-1].send(json.dumps(message))

    def types(self) -> list[str]:
        return [message["type"] for message in self.heard]


def recording(frames: int = 30) -> bytes:
    """A run file whose frames are numbered from 0."""
    head = runfile.hello(RunSpec()) | {"history": [row(seq) for seq in range(frames)]}
    return runfile.dump(head, [frame(seq) for seq in range(frames)])


MADE["/pretrained/test.run"] = recording


class Lab:
    """Opens pages with a stage."""

    def __init__(self, new_page: NewPage, url: str) -> None:
        self.new_page, self.url, self.server = new_page, url, Server()

    def blank(self, **options: Any) -> Page:
        """A page that can ask for pretrained/test.run and for live sockets; no stage yet."""
        page = self.new_page(**{"viewport": {"width": 1200, "height": 900}, **options})
        page.route_web_socket("**/live/*", self.server.open)
        page.goto(self.url)
        return page

    def recorded(self, **options: Any) -> Page:
        """A stage that shows the recorded run."""
        page = self.blank(**options)
        page.evaluate(MOUNT, {"pretrained": "pretrained/test.run"})
        until(page, "s.points === 4000 && s.extras")
        return page

    def live(self, owner: str | None = "secret", **options: Any) -> Page:
        """A stage that follows the pretended run "run-one"."""
        page = self.blank(**options)
        page.evaluate(MOUNT, {"run": "run-one", "owner": owner})
        until(page, "s.run !== null")
        return page

    def send(self, *seqs: int, **changes: Any) -> None:
        """Send frames on the newest socket."""
        for seq in seqs:
            self.server.sockets[-1].send(frame(seq, **changes))


def pixels(page: Page, room: str) -> NDArray[np.int16]:
    """The canvas of a room, (height, width, 3)."""
    text, width = page.evaluate(
        """(room) => {
          const canvas = document.querySelector(`[data-room=${room}] canvas`);
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          let text = '';
          for (let i = 0; i < data.length; i += 8192) {
            text += String.fromCharCode(...data.subarray(i, i + 8192));
          }
          return [btoa(text), canvas.width];
        }""",
        room,
    )
    flat = np.frombuffer(base64.b64decode(text), np.uint8)
    return flat.reshape(-1, width, 4)[..., :3].astype(np.int16)
