"""Fits to maps on a page: what a reader chooses, the run it makes, and what the stage is told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import streamlit as st

from inn_core import registry
from inn_core.diffeos import presets
from inn_core.kinds import AnySpec
from inn_core.maps import fitted
from inn_core.runs import client
from inn_core.specs import RunSpec, SpecError, check_name, check_number
from inn_core.specs_map import TERMS, MapSpec
from inn_core.targets import keeping as bound
from pages.shell import links, stage, tab
from pages.shell.words import Words

#: Name on the stage -> file in assets/pretrained, without its ending.
RECORDED = {
    "sweep": "twist-sweep",
    "affine": "twist-affine",
    "spline": "twist-spline",
    "reflection": "reflection-affine",
}
SWEEP = "sweep"
KINDS = tuple(name for name in presets.COMPARED if name in registry.COUPLINGS)
#: Parameters of the address.
DIFFEO, WHAT, TERM, DEPTH, KEPT = "diffeo", "what", "term", "depth", "kept"
DEPTHS, DEEPEST = presets.DEPTHS, max(presets.DEPTHS)


@dataclass
class Fitting(tab.Tab):
    """A tab that fits flows to a map.

    diffeo : key of ``registry.DIFFEOS``; what : a coupling, or "sweep"; term : of the loss
    depth : layers of one flow
    warp : displacements of the drawn warp, none for its start; heard : what the stage said last
    kept : target of scene 5, a key of ``registry.TARGETS``
    """

    diffeo: str = "twist"
    what: str = SWEEP
    term: str = TERMS[0]
    depth: int = DEEPEST
    seed: int = 0
    warp: tuple[float, ...] = ()
    heard: str = ""
    kept: str = "two_sizes"

    def adopted(self, spec: AnySpec) -> None:
        """Choose what made the run on the stage."""
        if isinstance(spec, RunSpec) and bound.fits(spec):
            self.kept, self.seed = spec.target, spec.seed
            st.session_state[f"{self.lesson}.kept.target"] = spec.target
        if isinstance(spec, MapSpec):
            self.warp, self.seed = spec.warp, spec.seed
            self.depth = spec.depth[0] if spec.members == 1 else DEEPEST
            what = SWEEP if spec.members > 1 else spec.coupling[0]
            choose(self, spec.diffeo, what, max(TERMS, key=lambda term: spec.weights[term]))


def spec_of(room: Fitting) -> MapSpec:
    """What the reader has chosen to train; raises SpecError for a warp that folds."""
    swept = room.what == SWEEP
    base = presets.sweep(room.diffeo) if swept else presets.single(room.diffeo, room.what)
    if not swept:
        base = replace(base, flow=replace(base.flow, layers=room.depth), depth=())
    weights: dict[str, Any] = dict.fromkeys(TERMS, 0.0) | {room.term: 1.0}
    warp = room.warp if room.diffeo == "warp" else ()
    return replace(base, warp=warp, seed=int(check_number("seed", room.seed)), **weights)


@lru_cache(maxsize=32)
def hello(spec: MapSpec) -> dict[str, Any]:
    """What the stage must know of a map that nothing is trained on yet."""
    return fitted.hello(spec)


def kinds(words: Words) -> dict[str, str]:
    """Coupling -> its short name."""
    return {n: words.short("couplings", n, entry) for n, entry in registry.COUPLINGS.items()}


def seen(words: Words) -> dict[str, Any]:
    """The stage's ``options.fit`` for who can only watch a run."""
    return {"recorded": {}, "show": None, "hello": None, "kinds": kinds(words)}


def told(room: Fitting, words: Words) -> dict[str, Any]:
    """The stage's ``options.fit``: files of recorded fits, or a map that has none."""
    recorded = {name: f"pretrained/{file}.map" for name, file in RECORDED.items()}
    show = recorded_of(room)
    # A warp stays its start here: what the hand makes of it is on the stage already.
    plain = None if show else hello(presets.single(room.diffeo))
    return {"recorded": recorded, "show": show, "hello": plain, "kinds": kinds(words)}


def recorded_of(room: Fitting) -> str | None:
    """Which recorded fit is of the chosen map, a key of RECORDED; None where none is."""
    alike = [n for n, f in RECORDED.items() if presets.SHIPPED[f].diffeo == room.diffeo]
    return room.what if room.what in alike else alike[0] if alike else None


def hear(room: Fitting) -> None:
    """Take what the stage has said: a warp under the hand, a recorded fit that was asked for."""
    said = stage.said(room.lesson)
    warp, recorded = said.get("warp"), said.get("recorded")
    if isinstance(warp, dict) and isinstance(warp.get("numbers"), list):
        room.warp = tuple(warp["numbers"])
    if isinstance(recorded, dict) and str(recorded) != room.heard:
        room.heard = str(recorded)
        name = recorded.get("name")
        if name in RECORDED:
            room.show(None)
            diffeo = presets.SHIPPED[RECORDED[name]].diffeo
            choose(room, diffeo, name if name in KINDS else SWEEP, room.term)


def choose(room: Fitting, diffeo: str, what: str, term: str) -> None:
    """Set the menus, before they are drawn."""
    for name, value in ((DIFFEO, diffeo), (WHAT, what), (TERM, term), (DEPTH, room.depth)):
        setattr(room, name, value)
        st.session_state[f"{room.lesson}.fit.{name}"] = value


def controls(room: Fitting, words: Words) -> None:
    """Draw the menus and buttons."""
    key = f"{room.lesson}.fit"
    for name in (DIFFEO, WHAT, TERM, DEPTH):
        st.session_state.setdefault(f"{key}.{name}", getattr(room, name))
    before = room.diffeo, room.what
    room.diffeo = st.selectbox(
        words("fits.target"), list(registry.DIFFEOS), key=f"{key}.diffeo", width=190,
        format_func=lambda name: words.name("diffeos", name, registry.DIFFEOS[name]),
        help=words("fits.target_help"),
    )  # fmt: skip

    def title(what: str) -> str:
        if what == SWEEP:
            return words("fits.what_sweep")
        kind = words.name("couplings", what, registry.COUPLINGS[what])
        return words("fits.what_one", kind=kind)

    room.what = st.selectbox(
        words("fits.what"), [SWEEP, *KINDS], key=f"{key}.what", width=290,
        format_func=title, help=words("fits.what_help"),
    )  # fmt: skip
    if room.what != SWEEP:
        room.depth = st.selectbox(
            words("fits.depth"), list(DEPTHS), key=f"{key}.depth", width=100,
            help=words("fits.depth_help"),
        )  # fmt: skip
    losses = {
        "l2": words("fits.loss_l2"),
        "lp": words("fits.loss_lp"),
        "sup": words("fits.loss_sup"),
    }
    room.term = st.selectbox(
        words("fits.loss"), list(TERMS), key=f"{key}.term", width=170,
        format_func=losses.__getitem__, help=words("fits.loss_help"),
    )  # fmt: skip
    if (room.diffeo, room.what) != before and room.owner:
        room.show(None)
    with st.container(horizontal=True, width="content", key=f"{room.lesson}.go"):
        if st.button(words("fits.train"), type="primary", help=words("fits.train_help")):
            train(room)
        if room.viewer and st.button(words("fits.shown"), help=words("fits.shown_help")):
            room.show(None)


def train(room: Fitting) -> None:
    """Start what is chosen; a sentence if that cannot be."""
    try:
        tab.start(room, spec_of(room))
    except SpecError as error:
        room.notices.append(str(error))


# ── the tab and its address ──────────────────────────────────────────────────────────────────


def of(lesson: str, words: Words) -> Fitting:
    """Return this tab's place, brought in line with the address bar on arrival and on Back."""
    key = f"{lesson}.session"
    moved = tab.moved()
    room = st.session_state.get(key)
    if not isinstance(room, Fitting):
        room = st.session_state[key] = Fitting(lesson)
        moved = True
    if moved:
        _arrive(room, words)
    else:
        hear(room)
    tab.claim(room, stage.owner_found(lesson))
    tab.go_on(room, stage.next_found(lesson))
    return room


def _arrive(room: Fitting, words: Words) -> None:
    asked = st.query_params
    tab.arrive(room, (DIFFEO, WHAT, TERM, DEPTH, KEPT, links.RUN, links.SEED))
    viewer = asked.get(links.RUN)
    info = client.current().describe(viewer) if viewer else None
    if viewer and info is None and links.SEED not in asked:
        room.notices.append(words("shell.run_gone"))
    elif info and not isinstance(info.spec, MapSpec) and not bound.fits(info.spec):
        room.notices.append(words("shell.other_kind"))
        info = None
    seed = asked.get(links.SEED, "0")
    room.seed = int(seed) if seed.isascii() and seed.isdecimal() and len(seed) < 10 else 0
    deep = asked.get(DEPTH, "")
    room.depth = int(deep) if deep in map(str, DEPTHS) else DEEPEST
    try:
        choose(
            room,
            check_name(DIFFEO, asked.get(DIFFEO, room.diffeo), registry.DIFFEOS),
            check_name(WHAT, asked.get(WHAT, room.what), (SWEEP, *KINDS)),
            check_name(TERM, asked.get(TERM, room.term), TERMS),
        )
        room.kept = check_name(KEPT, asked.get(KEPT, room.kept), bound.TARGETS)
    except SpecError as error:
        room.notices.append(str(error))
    room.show(viewer if info else None, info.spec if info else None)
    if info:
        room.adopted(info.spec)
    elif viewer and links.SEED in asked and asked.get(DIFFEO) != "warp":
        spec = bound.volume(room.kept, room.seed) if KEPT in asked else spec_of(room)
        tab.again(room, viewer, spec, words)


def address_of(room: Fitting) -> dict[str, str]:
    """Return the parameters of the address; a drawn warp is in its run alone."""
    plain = Fitting(room.lesson)
    changed = [n for n in (DIFFEO, WHAT, TERM) if getattr(room, n) != getattr(plain, n)]
    wanted = {name: getattr(room, name) for name in changed}
    if room.what != SWEEP and room.depth != DEEPEST:
        wanted[DEPTH] = str(room.depth)
    if room.viewer:
        wanted |= {links.RUN: room.viewer, links.SEED: str(room.seed)}
        if isinstance(room.made, RunSpec):
            wanted[KEPT] = room.made.target
    return wanted


def home_of(room: Fitting) -> str:
    """The scene that a page with this address opens with."""
    if room.viewer and isinstance(room.made, RunSpec):
        return "limits"
    return "fit" if address_of(room) else "pieces"
