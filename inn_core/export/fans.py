"""Films of inverse problems: a fan of answers a member, as they train, and z that goes in a circle.

The networks run in torch, which is imported when the first picture is drawn: in a worker, or on
the command line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from inn_core.export import page
from inn_core.export.colours import THEMES, wheel
from inn_core.export.fanpage import FanLayout, background, label_of, layout
from inn_core.export.letters import Letters
from inn_core.export.motion import Moment
from inn_core.export.paint import Box, Picture, Window, dots, lines, pack, sprite
from inn_core.export.reel import MOST, latent_points, thinned
from inn_core.export.request import ExportError, FilmRequest
from inn_core.maps import codec
from inn_core.problems.base import problem_of
from inn_core.specs_inverse import InverseSpec

Points = NDArray[np.float64]
#: Answers of a film with one network, and of all networks of a sweep together; radius of the dance.
ANSWERS, ALL, CIRCLE = 300, 700, 1.25
#: The part of the plane in which the arm moves: middle and half sides.
ARM = Window(0.975, 0.0, 1.325, 1.2)


@dataclass(frozen=True)
class Net:
    """One snapshot: its numbers and the network's arrays."""

    numbers: dict[str, Any]
    arrays: dict[str, NDArray[Any]]

    @property
    def step(self) -> int:
        """Optimiser steps done."""
        return int(self.numbers["step"])


@dataclass(frozen=True)
class FanReel:
    """A run on an inverse problem as a film needs it."""

    hello: dict[str, Any]
    stills: tuple[Net, ...]
    dances: ClassVar[bool] = True
    entropy: ClassVar[None] = None

    @classmethod
    def of(
        cls, hello: dict[str, Any], frames: Sequence[bytes], first: int | None = None,
        last: int | None = None, most: int = MOST,
    ) -> FanReel:  # fmt: skip
        """Decode the frames of a span; raises ExportError when none is left."""
        read = [codec.decode_frame(frame)[1] for frame in frames if frame]
        nets = [Net(numbers, numbers["net"]) for numbers in read if "net" in numbers]
        high = float("inf") if last is None else last
        within = [net for net in nets if (first or 0) <= net.step <= high]
        if not within:
            raise ExportError("There is no snapshot of this run in the span; choose a longer one.")
        return cls(hello, tuple(thinned(within, most)))


class FanStudio:
    """Draws the pictures of one film."""

    def __init__(self, request: FilmRequest, reel: FanReel) -> None:
        from inn_core.training.inverse import InverseTrainer

        self.request, self.reel, self.theme = request, reel, THEMES[request.theme]
        self.spec = InverseSpec.from_json(reel.hello["spec"])
        self.problem = problem_of(self.spec)
        self.trainer = InverseTrainer(self.spec)
        self.y = np.asarray(self.problem.references[0], float)
        members = self.spec.members
        self.count = max(40, min(ANSWERS, ALL // members))
        names = [label_of(self.spec, e) for e in range(members)]
        self.place: FanLayout = layout(request, members, len(reel.stills) > 1)
        self.paper = background(request, reel, self.place, names)
        self.z = self.codes(latent_points(self.count))
        self.hues = pack(wheel(self.z[:, :2], self.theme.dark))
        self.answers = lru_cache(maxsize=3)(self._answers)
        self.fans: tuple[Any, Picture, float] | None = None
        self.last: tuple[Moment, Picture] | None = None
        self.write = Letters(round(3.4 * self.place.unit))
        self.view = self.window()
        self.steps, self.loss = page.curve_points(reel)

    def codes(self, plane: Points) -> Points:
        """Latent points (n, free) whose first two numbers are ``plane``; the others are drawn."""
        free = max(2, self.trainer.layout.free)
        more = np.random.default_rng(4).standard_normal((len(plane), free - 2))
        return np.concatenate([plane, more], axis=1)

    def decode(self, index: int, z: Points) -> Points:
        """Answers (E, n, dim_x) of a still for latent points (n, free)."""
        import torch

        layout_, flow = self.trainer.layout, self.trainer.shown
        if getattr(self, "loaded", None) != index:
            arrays = self.reel.stills[index].arrays
            own = flow.state_dict()
            if {n: tuple(v.shape) for n, v in own.items()} != {
                n: v.shape for n, v in arrays.items()
            }:
                raise ExportError("The network of this run is not the one that its spec describes.")
            flow.load_state_dict({n: torch.from_numpy(np.array(v)) for n, v in arrays.items()})
            self.loaded = index
        z = z[:, : layout_.free]
        sides = [layout_.z_side(self.y, z, e) for e in range(self.spec.members)]
        points = torch.from_numpy(np.stack(sides).astype(np.float32))
        known = torch.from_numpy(layout_.y_side(self.y).astype(np.float32))
        told = known.expand(len(sides), len(z), -1) if layout_.conditional else None
        with torch.inference_mode():
            x = flow.decode(points, told)[0].double().numpy()
        return np.nan_to_num(layout_.x_of(x), nan=0.0, posinf=1e3, neginf=-1e3)

    def _answers(self, index: int) -> Points:
        return self.decode(index, self.z)

    # ── pictures ─────────────────────────────────────────────────────────────────────────────

    def picture(self, moment: Moment) -> Picture:
        """One frame, uint32 (H, W). At rest it is the one before."""
        if self.last is None or self.last[0] != moment:
            self.last = moment, self.drawn(moment)
        return self.last[1]

    def drawn(self, moment: Moment) -> Picture:
        """Draw one frame: fans (kept while only z moves), the bold answer, the latent plane."""
        angle = 2 * np.pi * (0.0 if moment.training else moment.depth)
        code = self.codes(CIRCLE * np.array([[np.cos(angle), np.sin(angle)]]))
        code[:, 2:] = 0
        key = moment.still, moment.mix
        if self.fans is None or self.fans[0] != key:
            self.fans = key, *self.fan(moment)
        _, ground, missed = self.fans
        picture = ground.copy()
        bold = self.decode(moment.still, code)
        if moment.mix > 0:
            bold = bold + moment.mix * (self.decode(moment.still + 1, code) - bold)
        hue = pack(wheel(code[:, :2], self.theme.dark)[0])
        for box, x in zip(self.place.members, bold, strict=True):
            room = picture[box.part].copy()
            self.answer(room, box, x, hue)
            picture[box.part] = room
        self.plane(picture, code[0], hue)
        self.numbers(picture, moment, missed)
        return picture

    def fan(self, moment: Moment) -> tuple[Picture, float]:
        """All answers of all members, and how far they miss the observation on average."""
        x = self.answers(moment.still)
        if moment.mix > 0:
            x = x + moment.mix * (self.answers(moment.still + 1) - x)
        ground = self.paper.copy()
        for box, points in zip(self.place.members, x, strict=True):
            room = ground[box.part].copy()
            if self.arm:
                column, row = box.pixels(self.problem.joints(points), self.view)  # type: ignore[attr-defined]
                lines(room, column, row, 0.32 * self.place.unit, self.hues, 0.34)
            else:
                small = sprite(0.42 * self.place.unit)
                dots(room, *box.pixels(points, self.view), small, self.hues, 0.9)
            ground[box.part] = room
        seen = self.problem.simulate(x.reshape(-1, x.shape[-1]))
        return ground, float(np.nanmean(np.linalg.norm(seen - self.y, axis=1)))

    def answer(self, room: Picture, box: Box, x: Points, hue: Picture) -> None:
        """The bold answer, and where the hand should be."""
        unit, room_ink = self.place.unit, pack(self.theme.room)
        if not self.arm:
            column, row = box.pixels(x, self.view)
            dots(room, column, row, sprite(1.5 * unit), pack(self.theme.ink), 1.0)
            dots(room, column, row, sprite(1.1 * unit), hue, 1.0)
            return
        column, row = box.pixels(self.problem.joints(x), self.view)  # type: ignore[attr-defined]
        lines(room, column, row, 1.9 * unit, room_ink, 1.0)
        lines(room, column, row, 1.2 * unit, hue, 1.0)
        dots(room, column[0], row[0], sprite(0.75 * unit), hue, 1.0)
        at = box.pixels(self.y[None], self.view)
        for shape in (sprite(1.5 * unit, 0.5 * unit), sprite(0.6 * unit)):
            dots(room, *at, shape, pack(self.theme.data), 1.0)

    def plane(self, picture: Picture, code: Points, hue: Picture) -> None:
        """The latent plane with the codes of all answers, and the bold one's."""
        box, unit = self.place.latent, self.place.unit
        room, window = picture[box.part].copy(), Window(0, 0, 3.3, 3.3)
        dots(room, *box.pixels(self.z[:, :2], window), sprite(0.42 * unit), self.hues, 0.9)
        at = box.pixels(code[None, :2], window)
        dots(room, *at, sprite(1.5 * unit), pack(self.theme.ink), 1.0)
        dots(room, *at, sprite(1.1 * unit), hue, 1.0)
        picture[box.part] = room

    def numbers(self, picture: Picture, moment: Moment, missed: float) -> None:
        """Step, and how far the answers miss; a dot on the loss curve."""
        still, place = self.reel.stills[moment.still], self.place
        step = float(still.step)
        if moment.mix > 0:
            step += moment.mix * (self.reel.stills[moment.still + 1].step - step)
        if place.curve.height and len(self.steps) > 1:
            now = np.interp(step, self.steps, self.loss)
            at = page.curve_pixels(self.reel, place, np.array([step]), np.array([now]))
            dots(picture, *at, sprite(0.9 * place.unit), pack(self.theme.model), 1.0)
        if self.request.numbers:
            parts = [f"step {round(step):,}"] if len(self.reel.stills) > 1 else []
            parts.append(f"answers miss y by {missed:.3f} on average")
            self.write(picture, *place.words, "    ".join(parts), self.theme.ink)

    @property
    def arm(self) -> bool:
        """Whether answers are poses of the robot arm."""
        return hasattr(self.problem, "joints")

    def window(self) -> Window:
        """The part of the plane of x that is shown."""
        if self.arm:
            return ARM
        middle, sd = self.problem.prior_mean, self.problem.prior_sd
        return Window(middle[0], middle[1], 2.6 * sd[0], 2.6 * sd[1])
