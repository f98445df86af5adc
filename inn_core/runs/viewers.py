"""Who watches a run: a mailbox each, in which the newest frame wins, and the pace of sending.

A slow socket costs nobody a step: its mailbox holds one frame and one message of each type, and
whatever comes later takes the place of what it did not fetch.
"""

from __future__ import annotations

import asyncio
from typing import Any

Message = dict[str, Any]


class Mailbox:
    """What one live socket still has to send. Used on the hub's event loop only."""

    def __init__(self) -> None:
        self.owner = False
        self.frame: bytes | None = None
        self.backfill = False
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

    def ask_backfill(self) -> None:
        """Let the socket send all stored frames next."""
        self.backfill = True
        self._wake.set()

    async def take(self) -> tuple[list[Message], bool, bytes | None]:
        """Wait for something; return (messages, whether to backfill, newest frame)."""
        await self._wake.wait()
        self._wake.clear()
        texts, self._texts = list(self._texts.values()), {}
        backfill, self.backfill = self.backfill, False
        frame, self.frame = self.frame, None
        return texts, backfill, frame


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


class Audience:
    """All mailboxes of one run. The owner's get every frame, the viewers' a slower stream."""

    def __init__(self, viewer_rate: float, crowd_rate: float, crowd: int) -> None:
        self.viewer_rate, self.crowd_rate, self.crowd = viewer_rate, crowd_rate, crowd
        self.boxes: set[Mailbox] = set()
        self._pace = Pace()
        self._trailing: asyncio.TimerHandle | None = None
        self._newest = b""

    @property
    def rate(self) -> float:
        """Updates a second for each viewer."""
        return self.crowd_rate if len(self.boxes) > self.crowd else self.viewer_rate

    def publish(self, frame: bytes, urgent: bool = False) -> None:
        """Give a frame to the owner's mailboxes, and to the viewers' if it is their turn.

        ``urgent`` frames (a pause, an end) go to everybody. A frame that was held back goes out
        after two periods of silence, so that the last one of a burst always arrives.
        """
        loop = asyncio.get_running_loop()
        self._newest = frame
        everybody = self._pace.allows(loop.time(), self.rate) or urgent
        for box in self.boxes:
            if everybody or box.owner:
                box.offer(frame)
        if self._trailing:
            self._trailing.cancel()
            self._trailing = None
        if not everybody:
            self._trailing = loop.call_later(2.0 / self.rate, self._flush)

    def _flush(self) -> None:
        self._trailing = None
        for box in self.boxes:
            if not box.owner:
                box.offer(self._newest)

    def tell(self, message: Message, owners_only: bool = False) -> None:
        """Give a message to all mailboxes."""
        for box in self.boxes:
            if box.owner or not owners_only:
                box.tell(message)
