"""What page scripts hold of the lab: a thread-safe facade of the hub, and a stand-in without one.

    lab = client.current()
    tickets = lab.start(spec)                     # Tickets(viewer, owner)
    lab.describe(tickets.viewer).status           # "queued", "training", …
    lab.control(tickets.owner, "set", lr=1e-3)

Page scripts run in threads; the hub lives on the server's event loop. No torch, no Dask here.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from inn_core.kinds import AnySpec
from inn_core.runs import tokens
from inn_core.runs.moment import first_picture
from inn_core.runs.run import LabError, RunInfo, Tickets
from inn_core.targets.own import OwnData

if TYPE_CHECKING:
    from inn_core.export.request import FilmRequest
    from inn_core.runs.exports import Job
from inn_core.runs.hub import Hub

__all__ = ["Lab", "LabError", "OfflineLab", "RunInfo", "Tickets", "current", "install"]

T = TypeVar("T")

#: Seconds that a page waits for the hub, which answers in milliseconds.
PATIENCE_S = 10.0


class Lab(Protocol):
    """What pages may ask of the lab. Every method may be called from any thread."""

    def start(
        self,
        spec: AnySpec,
        owner_of: str | None = None,
        session: str | None = None,
        door: str | None = None,
    ) -> Tickets:
        """Start a run; raises LabError with a sentence.

        owner_of : owner token of a run that this one replaces (it is stopped, its curve stays as
            a ghost); session : a page session, which trains one run at a time; door : the key of
            the tab's door, see door.py
        """
        ...

    def describe(self, viewer: str) -> RunInfo | None:
        """Return a run's state, or None if no run has this viewer token."""
        ...

    def owns(self, viewer: str, owner: str | None) -> bool:
        """Whether ``owner`` is the owner token of the run that ``viewer`` names."""
        ...

    def control(self, owner: str, action: str, **values: Any) -> None:
        """Steer a run; raises LabError or SpecError with a sentence.

        Actions: play, pause, step, stop, continue, check, delete; speed (value=steps per second or
        None); set (lr=, batch=, clip=).
        """
        ...

    def keep_data(self, data: OwnData) -> str:
        """Keep what a reader brought; return the name that a spec's ``target`` may be."""
        ...

    def frames(self, viewer: str) -> list[bytes]:
        """Return the stored frames of a run, thinned, oldest first; empty if it is unknown."""
        ...

    def latest(self, viewer: str) -> bytes | None:
        """Return the newest frame of a run, or None."""
        ...

    def adopt(self, data: bytes) -> Tickets:
        """Open a run file that a reader brought; raises LabError with a sentence."""
        ...

    def export(self, run: bytes, request: FilmRequest) -> str:
        """Begin a film of a run file in a worker; return the job's name."""
        ...

    def code(self, ending: str, spec: AnySpec, viewer: str | None) -> bytes:
        """Return the weights file (".safetensors") or script (".py") of a run as it is now.

        viewer : the run, or None for the flow that is shipped; raises LabError with a sentence
        """
        ...

    def export_state(self, job: str) -> Job | None:
        """Return how far a film is, or None if it is not known (any more)."""
        ...

    def cancel_export(self, job: str) -> None:
        """Call a film off."""
        ...


class HubLab:
    """The lab of a running server."""

    def __init__(self, hub: Hub, loop: asyncio.AbstractEventLoop) -> None:
        self._hub, self._loop = hub, loop

    def _ask(self, question: Coroutine[Any, Any, T]) -> T:
        """Let the hub's event loop answer."""
        future = asyncio.run_coroutine_threadsafe(question, self._loop)
        try:
            return future.result(PATIENCE_S)
        except (TimeoutError, concurrent.futures.TimeoutError) as error:
            future.cancel()
            raise LabError("The lab is too busy to answer; try again.") from error

    def start(
        self,
        spec: AnySpec,
        owner_of: str | None = None,
        session: str | None = None,
        door: str | None = None,
    ) -> Tickets:
        """See :class:`Lab`."""
        tickets = self._ask(self._hub.start(spec, owner_of, session, door))
        if door:
            self._ask(first_picture(self._hub, tickets.viewer))
        return tickets

    def describe(self, viewer: str) -> RunInfo | None:
        """See :class:`Lab`."""
        return self._ask(self._hub.describe(viewer))

    def owns(self, viewer: str, owner: str | None) -> bool:
        """See :class:`Lab`."""
        return self._ask(self._owns(viewer, owner))

    async def _owns(self, viewer: str, owner: str | None) -> bool:
        run = await self._hub.find(viewer)
        if run is None or tokens.viewer_of(owner) != viewer:
            return False
        return tokens.matches(owner, run.folder.owner_hash)

    def control(self, owner: str, action: str, **values: Any) -> None:
        """See :class:`Lab`."""
        self._ask(self._hub.control(owner, action, values))

    def keep_data(self, data: OwnData) -> str:
        """See :class:`Lab`."""
        return self._ask(self._hub.keep_data(data))

    def frames(self, viewer: str) -> list[bytes]:
        """See :class:`Lab`."""
        run = self._ask(self._hub.find(viewer))
        if run is None:
            return []
        log = run.folder.frames
        return [frame for frame in log.read_all(log.entries) if frame]

    def latest(self, viewer: str) -> bytes | None:
        """See :class:`Lab`."""
        run = self._ask(self._hub.find(viewer))
        return run.latest if run else None

    def adopt(self, data: bytes) -> Tickets:
        """See :class:`Lab`."""
        return self._ask(self._hub.adopt(data))

    def export(self, run: bytes, request: FilmRequest) -> str:
        """See :class:`Lab`."""
        return self._ask(self._hub.exports.start(run, request))

    def code(self, ending: str, spec: AnySpec, viewer: str | None) -> bytes:
        """See :class:`Lab`."""
        return self._ask(self._hub.exports.code(ending, spec, viewer))

    def export_state(self, job: str) -> Job | None:
        """See :class:`Lab`."""
        return self._hub.exports.jobs.get(job)

    def cancel_export(self, job: str) -> None:
        """See :class:`Lab`."""
        self._hub.exports.cancel(job)


class OfflineLab:
    """The lab before its server has started, and in bare scripts: nothing can be trained."""

    def start(
        self,
        spec: AnySpec,
        owner_of: str | None = None,
        session: str | None = None,
        door: str | None = None,
    ) -> Tickets:
        """Raise LabError: there is no server."""
        raise LabError("Training needs the lab's server; start it with: streamlit run app.py")

    def describe(self, viewer: str) -> RunInfo | None:
        """Return None: no run is known."""
        return None

    def owns(self, viewer: str, owner: str | None) -> bool:
        """Return False: no run is known."""
        return False

    def control(self, owner: str, action: str, **values: Any) -> None:
        """Raise LabError: there is no server."""
        raise LabError("Training needs the lab's server; start it with: streamlit run app.py")

    def keep_data(self, data: OwnData) -> str:
        """Raise LabError: there is no server."""
        raise LabError("Own data need the lab's server; start it with: streamlit run app.py")

    def frames(self, viewer: str) -> list[bytes]:
        """Return no frames."""
        return []

    def latest(self, viewer: str) -> bytes | None:
        """Return no frame."""
        return None

    def adopt(self, data: bytes) -> Tickets:
        """Raise LabError: there is no server."""
        raise LabError("Runs are opened by the lab's server; start it with: streamlit run app.py")

    def export(self, run: bytes, request: FilmRequest) -> str:
        """Raise LabError: there is no server."""
        raise LabError("Films need the lab's server; start it with: streamlit run app.py")

    def code(self, ending: str, spec: AnySpec, viewer: str | None) -> bytes:
        """Raise LabError: there is no server."""
        raise LabError("Weights need the lab's server; start it with: streamlit run app.py")

    def export_state(self, job: str) -> Job | None:
        """Return None: no film is known."""
        return None

    def cancel_export(self, job: str) -> None:
        """Do nothing: no film is known."""


_current: Lab = OfflineLab()


def current() -> Lab:
    """Return the lab of this process."""
    return _current


def install(lab: Lab) -> None:
    """Make ``lab`` the one that :func:`current` returns (app.py at its start, tests at theirs)."""
    global _current
    _current = lab
