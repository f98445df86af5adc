"""Who watches a run: a mailbox each, in which the newest frame wins, and the pace of sending.

A slow socket costs nobody a step: its mailbox holds one frame and one message of each type, and
whatever comes later takes the place of what it did not fetch.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Message = dict[str, Any]

#: Updates a second that a viewer gets however large frames and crowd are.
SLOWEST = 0.5


@dataclass(frozen=True)
class Backfill:
    """Stored frames that a socket wants: ``most`` of those numbered above ``after``."""

    most: int
    after: int = -1


class Mailbox:
    """What one live socket still has to send. Used on the hub's event loop only."""

    def __init__(self) -> None:
        self.owner = False
        self.frame: bytes | None = None
        self.backfill: Backfill | None = None
        self._texts: dict[str, Message] = {}
        self._wake = asyncio.Event()

    def offer(self, frame: bytes) -> None:
        """Put in a frame; one that was not fetched is replaced."""
        self.frame = frame
        self._wake.set()

    def tell(self, message: Message) -> None:
        """Put in a message; an older one of the same type is replaced, and the new one is last."""
        self._texts.pop(message["type"], None)
        self._texts[message["type"]] = message
        self._wake.set()

    def ask_backfill(self, backfill: Backfill) -> None:
        """Let the socket send stored frames next."""
        self.backfill = backfill
        self._wake.set()

    async def take(self) -> tuple[list[Message], Backfill | None, bytes | None]:
        """Wait for something; return (messages, stored frames to send, newest frame)."""
        await self._wake.wait()
        self._wake.clear()
        texts, self._texts = list(self._texts.values()), {}
        backfill, self.backfill = self.backfill, None
        frame, self.frame = self.frame, None
        return texts, backfill, frame


class Doors:
    """The stages that listen for what their page starts, by key; see door.py."""

    def __init__(self) -> None:
        self._boxes: dict[str, set[Mailbox]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._boxes.values()))

    def open(self, key: str) -> Mailbox:
        """Listen at a door."""
        box = Mailbox()
        self._boxes.setdefault(key, set()).add(box)
        return box

    def close(self, key: str, box: Mailbox) -> None:
        """Listen no longer."""
        self._boxes[key].discard(box)
        if not self._boxes[key]:
            del self._boxes[key]

    def tell(self, key: str | None, message: Message) -> None:
        """Tell whoever listens there, if anybody does."""
        for box in self._boxes.get(key or "", ()):
            box.tell(message)


class Pace:
    """Lets events pass at most ``rate`` a second, judged by their own schedule.

    Due times advance by 1/rate from event to event (generic cell rate algorithm), and an event up
    to half a period early is in time: frames that come at twice the rate with some jitter are
    thinned to every second one, without waiting and without drift.
    """

    def __init__(self) -> None:
        self.due = 0.0

    def allows(self, now: float, rate: float) -> bool:
        """Whether an event at ``now`` (seconds) may pass; if so, it is counted."""
        period = 1.0 / rate
        if now < self.due - period / 2:
            return False
        self.due = max(self.due, now - period / 2) + period
        return True


class Stream:
    """Passes the newest of what comes on to ``deliver``, at most so often; the last one always.

    What was held back goes out after two periods of silence, so that the end of a burst arrives.
    """

    def __init__(self, deliver: Callable[[], None]) -> None:
        self.deliver = deliver
        self._pace = Pace()
        self._trailing: asyncio.TimerHandle | None = None

    def push(self, rate: float, urgent: bool = False) -> None:
        """Something newer is there: deliver it now if it is its turn, else soon."""
        loop = asyncio.get_running_loop()
        due = self._pace.allows(loop.time(), rate) or urgent
        if self._trailing:
            self._trailing.cancel()
            self._trailing = None
        if due:
            self.deliver()
        else:
            self._trailing = loop.call_later(2.0 / rate, self._flush)

    def _flush(self) -> None:
        self._trailing = None
        self.deliver()


class Audience:
    """All mailboxes of one run. The owner's get every frame, the viewers' a slower stream.

    viewer_bytes : bytes a second for all viewers together; where frames are large and viewers many,
        each gets fewer, since a hall's network carries no more
    """

    def __init__(
        self, viewer_rate: float, crowd_rate: float, crowd: int, viewer_bytes: float = 20e6
    ) -> None:
        self.viewer_rate, self.crowd_rate, self.crowd = viewer_rate, crowd_rate, crowd
        self.viewer_bytes = viewer_bytes
        self.boxes: set[Mailbox] = set()
        self.view: Message | None = None
        self._newest = b""
        self._frames = Stream(self._deliver_frame)
        self._views = Stream(self._deliver_view)

    @property
    def rate(self) -> float:
        """Updates a second for each viewer."""
        return self.crowd_rate if len(self.boxes) > self.crowd else self.viewer_rate

    def rate_of(self, frame: bytes) -> float:
        """The same for frames of this size."""
        carried = self.viewer_bytes / max(1, len(frame) * len(self.boxes))
        return max(SLOWEST, min(self.rate, carried))

    @property
    def presented(self) -> bool:
        """Whether any socket of the owner is open."""
        return any(box.owner for box in self.boxes)

    def publish(self, frame: bytes, urgent: bool = False) -> None:
        """Give a frame to the owner's mailboxes, and to the viewers' if it is their turn.

        ``urgent`` frames (a pause, an end) go to everybody.
        """
        self._newest = frame
        for box in self.boxes:
            if box.owner:
                box.offer(frame)
        self._frames.push(self.rate_of(frame), urgent)

    def _deliver_frame(self) -> None:
        for box in self.boxes:
            if not box.owner:
                box.offer(self._newest)

    def present(self, view: Message | None) -> None:
        """Give the owner's view to all others, at their rate; None: nobody presents any more."""
        self.view = view
        self._views.push(self.rate, urgent=view is None)

    def _deliver_view(self) -> None:
        for box in self.boxes:
            if not box.owner:
                box.tell({"type": "view", "view": self.view})

    def tell(self, message: Message, owners_only: bool = False) -> None:
        """Give a message to all mailboxes."""
        for box in self.boxes:
            if box.owner or not owners_only:
                box.tell(message)
