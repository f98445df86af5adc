"""What an owner may ask of a run, checked and carried out; and the sentences of its states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inn_core.runs import checks, journal, size
from inn_core.runs.pool import WorkerError
from inn_core.runs.run import ENDED, LabError
from inn_core.specs import check_number, shown

if TYPE_CHECKING:
    from inn_core.runs.hub import Hub
    from inn_core.runs.run import Run

ACTIONS = ("play", "pause", "step", "stop", "continue", "check", "speed", "set", "delete")
#: What "set" may change.
LIVE = ("lr", "batch", "clip", "critic_lr", "critic_steps")
#: Steps per second that "speed" may ask for.
SLOWEST, FASTEST = 0.1, 10_000.0

STATUS_SENTENCES = {
    "done": "The run has used up its budget; Continue adds more.",
    "stopped": "The run was stopped; Continue goes on from here.",
}
UNWATCHED = "Nobody was watching, so the run paused; it goes on when somebody looks."
CLOSING = "The lab was closed; the run goes on when it is open again and somebody watches."


def queue_sentence(place: int, wait_s: float | None) -> str:
    """Say where in the queue a run stands."""
    wait = f"about {max(1, round(wait_s))} s" if wait_s is not None else "not long"
    return f"All places are taken. This run is number {place} in the queue; expected wait: {wait}."


def given_up(deaths: int) -> str:
    """Say that a run has cost too many workers."""
    return (
        f"The run was given up after {deaths} training processes died over it. "
        "Fewer layers or a smaller batch may help."
    )


def checked(action: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Return the values of an action, checked; raises LabError or SpecError with a sentence."""
    if action not in ACTIONS:
        raise LabError(f"{shown(action)} is no action; there are {', '.join(ACTIONS)}.")
    if action == "set":
        for name in values:
            if name not in LIVE:
                raise LabError(f"{shown(name)} cannot be set; {', '.join(LIVE)} can.")
        given = {name: value for name, value in values.items() if value is not None}
        return {name: check_number(name, value) for name, value in given.items()}
    if action == "speed":
        return {"value": checked_speed(values.get("value"))}
    return {}


def checked_speed(value: Any) -> float | None:
    """Return steps per second, or None for as fast as it goes."""
    if value is None:
        return None
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not SLOWEST <= value <= FASTEST:
        raise LabError(
            f"speed is {shown(value)}; it must be null or a number of steps per second "
            f"between {SLOWEST:g} and {FASTEST:g}."
        )
    return float(value)


async def obey(hub: Hub, run: Run, action: str, values: dict[str, Any]) -> None:
    """Carry out an action of the owner."""
    if action == "stop":
        await hub.stop(run)
    elif action == "delete":
        return await delete(hub, run)  # there is nothing left to save
    elif action == "check":
        await check(hub, run)
    elif action == "continue":
        await go_on(hub, run)
    elif run.status in ENDED:
        raise LabError(STATUS_SENTENCES.get(run.status, "") or run.text)
    else:
        await steer(hub, run, action, values)
    hub.save(run)


async def steer(hub: Hub, run: Run, action: str, values: dict[str, Any]) -> None:
    """Play, pause, step, speed, set: on the worker, or kept in mind until there is one."""
    if action == "speed":
        run.speed = values["value"]
    if action == "set" and "batch" in values:
        size.check(run.spec, hub.settings, int(values["batch"]))
    if action in ("play", "step"):
        await hub.only(run)
    if action in ("play", "pause", "step"):
        run.wish = "play" if action == "play" else "pause"
        run.parked = False
    if await hub.seats.order(run, action, values):
        return
    if action in ("step", "set"):
        run.pending.append((action, values))
    if action == "pause":
        hub.seats.release(run)
        run.status, run.text = "paused", ""
    elif action in ("play", "step"):
        hub.seats.enqueue(run)
    run.tell_status()


async def go_on(hub: Hub, run: Run) -> None:
    """Grant more own compute, from where the run stands."""
    await hub.only(run)
    run.budget_s = max(run.budget_s, run.seconds) + hub.settings.budget_s
    run.wish, run.deaths = "play", 0
    if await hub.seats.order(run, "budget", {"seconds": run.budget_s}):
        await hub.seats.order(run, "play", {})
    else:  # it has no seat, or has just left it and its last word is on the way
        hub.seats.release(run)
        hub.seats.enqueue(run)


async def check(hub: Hub, run: Run) -> None:
    """Measure the run on fresh points, beside any training, on its worker or on another."""
    if await hub.seats.order(run, "check", {}):
        return
    frame = None if run.folder.resumable else run.folder.latest()
    if not run.folder.resumable and frame is None:
        raise LabError("There is nothing to measure yet; train the run first.")
    if not hub.pool.workers:
        raise LabError(hub.pool.trouble)
    worker = min(hub.pool.workers, key=lambda w: len(hub.seats.admission.at(w)))
    try:
        await hub.pool.call(
            worker, checks.begin_at, hub.pool.topic, run.viewer, run.epoch, str(run.folder.path),
            frame,
        )  # fmt: skip
    except WorkerError as error:
        raise LabError("The worker did not answer; try again.") from error


async def delete(hub: Hub, run: Run) -> None:
    """Remove a run for good and tell whoever watches."""
    await hub.seats.order(run, "drop", {})
    hub.seats.release(run)
    hub.runs.pop(run.viewer, None)
    journal.note("deleted", run.viewer)
    run.audience.tell({"type": "gone", "message": "The owner has deleted this run."})
    hub.store.later(hub.store.delete, run.viewer)
