"""The workers as the hub sees them: which there are, how to call them, and what they send.

The pool keeps one cluster running: when its scheduler dies, it starts another. It tells the hub
which workers came and went; what that means for runs is the hub's business.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from typing import Any

from distributed import Client

from inn_core.runs import guests
from inn_core.runs.cluster import Cluster, start_cluster
from inn_core.runs.settings import Settings

log = logging.getLogger(__name__)

#: Seconds between two looks at the scheduler, and before another start after a failure.
LOOK_S, RETRY_S = 0.5, 3.0
#: Seconds after which a call to a worker has failed.
CALL_S = 20.0


class WorkerError(RuntimeError):
    """A worker did not answer; it has died, or the whole cluster is gone."""


class Pool:
    """Workers by address. ``topic`` is under which they send; ``trouble`` a sentence, or empty.

    refused : workers of an existing cluster that cannot train for this lab, with the reason
    """

    def __init__(
        self,
        settings: Settings,
        on_message: Callable[[dict[str, Any]], None],
        on_workers: Callable[[set[str]], None],
    ) -> None:
        self.settings = settings
        self.topic = f"pushforward-{secrets.token_hex(8)}"
        self.workers: set[str] = set()
        self.refused: dict[str, str] = {}
        self.kind = ""
        self.trouble = "The training processes are starting."
        self._on_message, self._on_workers = on_message, on_workers
        self._client: Client | None = None
        self._asking: set[asyncio.Task[None]] = set()
        self.started = False

    async def serve(self) -> None:
        """Keep a cluster running until cancelled."""
        while True:
            try:
                async with start_cluster(self.settings) as cluster:
                    await self._join(cluster)
                    while cluster.alive():
                        await asyncio.sleep(LOOK_S)
                    self.trouble = "The training processes stopped; they are being started again."
                    self._lost(self.workers)
            except Exception as error:  # whatever Dask raises: the lab stays open without training
                task = asyncio.current_task()
                if task and task.cancelling():  # an error while closing must not hide the end
                    raise asyncio.CancelledError from error
                log.exception("The cluster could not be started.")
                self.trouble = f"Training is not possible at present: {str(error)[:200]}"
            finally:
                self._client = None
                for task in self._asking:
                    task.cancel()
                self._lost(self.workers)
            await asyncio.sleep(RETRY_S)

    async def _join(self, cluster: Cluster) -> None:
        client: Any = cluster.client
        client.subscribe_topic(self.topic, guarded(self._on_message))
        client.subscribe_topic("all", guarded(self._on_event))
        self._client, self.kind = client, cluster.kind
        if self.kind == "existing":
            await asyncio.to_thread(guests.leave_mark, self.settings.store, self.topic)
        known = await client.scheduler.identity(n_workers=-1)
        self._met(set(known["workers"]))

    def _on_event(self, event: Any) -> None:
        """Follow the scheduler's own log of comings and goings."""
        action = event.get("action") if isinstance(event, dict) else None
        if action == "add-worker":
            self._met({event["worker"]})
        elif action == "remove-worker":
            self.refused.pop(event["worker"], None)
            self._lost({event["worker"]})

    def _met(self, workers: set[str]) -> None:
        """Take workers in: our own at once, those of an existing cluster after a question."""
        if self.kind != "existing":
            return self._found(workers)
        for worker in workers:
            task = asyncio.create_task(self._examine(worker))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)

    async def _examine(self, worker: str) -> None:
        reason = await guests.objection(self._client, worker, self.settings.store, self.topic)
        if not reason:
            return self._found({worker})
        self.refused[worker] = reason
        if not self.workers:
            self.trouble = reason

    def _found(self, workers: set[str]) -> None:
        if workers - self.workers:
            self.workers |= workers
            self.trouble, self.started = "", True
            self._on_workers(set())

    def _lost(self, workers: set[str]) -> None:
        gone = workers & self.workers
        if gone:
            self.workers -= gone
            if not self.workers and not self.trouble:
                self.trouble = "No training process is left; new ones are being started."
            self._on_workers(gone)

    async def call(self, worker: str, function: Callable[..., Any], *arguments: Any) -> Any:
        """Run ``function`` in a worker, at once, beside its training; raises WorkerError."""
        if self._client is None or worker not in self.workers:
            raise WorkerError(f"Worker {worker} is not there.")
        try:
            answers = await asyncio.wait_for(
                self._client.run(function, *arguments, workers=[worker]), CALL_S
            )
            return answers[worker]
        except Exception as error:
            raise WorkerError(f"Worker {worker} did not answer: {error!r}") from error

    async def forget(self) -> None:
        """Empty this lab's topic: a foreign scheduler keeps its last 1,000 messages for ever."""
        if self._client is not None and self.kind == "existing":
            client: Any = self._client
            await client.run_on_scheduler(truncate, self.topic)


def guarded(handler: Callable[[Any], None]) -> Callable[[tuple[float, Any]], None]:
    """Return a Dask event handler that hands over the message and lets no error reach Dask."""

    def handle(event: tuple[float, Any]) -> None:
        try:
            handler(event[1])
        except Exception:
            log.exception("A message from the cluster could not be handled.")

    return handle


def truncate(topic: str, dask_scheduler: Any = None) -> None:
    """Drop the messages that the scheduler keeps of ``topic``."""
    dask_scheduler._broker.truncate(topic)
