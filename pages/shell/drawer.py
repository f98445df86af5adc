"""The drawer "Export": films made in the worker pool, and files that are there at once."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from inn_core.export import player, tables
from inn_core.export.request import KINDS, SIZES, THEMES, ExportError, FilmRequest
from inn_core.maps import runfile
from inn_core.runs import client
from inn_core.specs import RunSpec
from pages.shell import controls, pretrained
from pages.shell.session import Session
from pages.shell.words import Words

#: Seconds between two looks at a film in the making.
LOOK_S = 0.5
FORMATS = {"mp4": "video/mp4", "gif": "image/gif"}


def popover(me: Session, words: Words) -> None:
    """Draw the button "Export" with everything that can leave."""
    with st.popover(words("export.title"), icon=":material/movie:"):
        _film(me, words)
        key = f"{me.lesson}.import"
        st.file_uploader(
            words("export.open"), ["run"], key=key, on_change=_open, args=(me, key),
            help=words("export.open_help"),
        )  # fmt: skip


@st.fragment
def _film(me: Session, words: Words) -> None:
    """What to make, how far it is, and the files; it alone runs again."""
    key = f"{me.lesson}.export"
    name = st.session_state.get(f"{key}.job")
    job = client.current().export_state(name) if name else None
    busy = job is not None and not job.ended
    if job and busy:
        _watch(job.name, key, words)
    elif job and job.message:
        st.warning(job.message)
    elif job and job.file.exists():
        form = job.file.suffix[1:]
        st.download_button(
            words("export.save", format=form.upper()), data=job.file.read_bytes,
            file_name=f"{_stem(me)}.{form}", mime=FORMATS[form], type="primary",
            on_click="ignore", key=f"{key}.save", icon=":material/download:",
        )  # fmt: skip
    _form(me, key, busy, words)
    _files(me, key, words)


@st.fragment(run_every=LOOK_S)
def _watch(name: str, key: str, words: Words) -> None:
    """How far a film is; looked at only while it is being made."""
    job = client.current().export_state(name)
    if job is None or job.ended:
        st.rerun()
    st.progress(job.done / max(job.all, 1), words("export.making", done=job.done, all=job.all))
    if st.button(words("export.cancel"), key=f"{key}.cancel"):
        client.current().cancel_export(job.name)


def _form(me: Session, key: str, busy: bool, words: Words) -> None:
    """What the film shall be."""
    left, right = st.columns(2)
    wish: dict[str, Any] = {
        "kind": left.selectbox(
            words("export.kind"), KINDS, 2, lambda k: words(f"export.kind_{k}"), key=f"{key}.kind"
        ),
        "format": right.selectbox(
            words("export.format"), tuple(FORMATS), format_func=str.upper, key=f"{key}.format"
        ),
        "seconds": left.number_input(
            words("export.seconds"), 0.5, 120.0, 10.0, 1.0, key=f"{key}.seconds"
        ),
        "theme": right.selectbox(
            words("export.theme"), THEMES, format_func=lambda t: words(f"export.theme_{t}"),
            key=f"{key}.theme",
        ),
        "title": left.text_input(words("export.line"), max_chars=90, key=f"{key}.line"),
    }  # fmt: skip
    size = right.selectbox(words("export.size"), tuple(SIZES), key=f"{key}.size")
    wish["width"], wish["height"] = SIZES[size]
    if st.button(words("export.make"), type="primary", disabled=busy, key=f"{key}.make"):
        _make(me, wish, words)


def _files(me: Session, key: str, words: Words) -> None:
    """What is there at once."""
    st.caption(words("export.files"))
    with st.container(horizontal=True):
        for label, (ending, make) in FILES.items():
            st.download_button(
                words(f"export.{label}"),
                data=partial(make, me, words),
                file_name=f"{_stem(me)}.{ending}",
                mime="application/octet-stream",
                on_click="ignore",
                key=f"{key}.{label}",
                help=words(f"export.{label}_help"),
            )


def _open(me: Session, key: str) -> None:
    """Take up a run file. A callback: it writes the controls' values."""
    file = st.session_state.get(key)
    if file is None:
        return
    try:
        tickets = client.current().adopt(file.getvalue())
    except client.LabError as error:
        me.notices.append(str(error))
        return
    me.owners[tickets.viewer] = tickets.owner
    me.show(tickets.viewer)
    info = client.current().describe(tickets.viewer)
    if info and isinstance(info.spec, RunSpec):
        me.spec = info.spec
        controls.adopt(me.lesson, me.spec)


def _make(me: Session, wish: dict[str, Any], words: Words) -> None:
    try:
        request = FilmRequest.from_json(wish)
        st.session_state[f"{me.lesson}.export.job"] = client.current().export(
            _run(me, words), request
        )
    except (ExportError, client.LabError) as error:
        st.warning(str(error))
        return
    st.rerun(scope="fragment")


def content(me: Session) -> tuple[dict[str, Any], list[bytes]]:
    """The run on the stage as a run file has it: (hello, frames)."""
    lab = client.current()
    info = lab.describe(me.viewer) if me.viewer else None
    if info and isinstance(info.spec, RunSpec):
        hello = runfile.hello(info.spec) | {"history": info.history, "check": info.check}
        return hello, [frame for frame in lab.frames(info.viewer) if frame]
    return runfile.read(pretrained.path_of(me.spec))


def _run(me: Session, words: Words) -> bytes:
    return runfile.dump(*content(me))


def _player(me: Session, words: Words) -> bytes:
    return player.page(*content(me), lang=words.lang).encode()


def _curves(me: Session, words: Words) -> bytes:
    text = io.StringIO()
    tables.curves(text, content(me)[0])
    return text.getvalue().encode()


def _samples(me: Session, words: Words) -> bytes:
    hello, frames = content(me)
    held = io.BytesIO()
    tables.write_samples(held, hello, frames[-1])
    return held.getvalue()


def _stem(me: Session) -> str:
    return Path(f"{me.spec.target}-{me.spec.flow.coupling}").name


#: What is there at once: the name's ending, and who makes it when it is asked for.
FILES: dict[str, tuple[str, Callable[[Session, Words], bytes]]] = {
    "player": ("html", _player),
    "curves": ("csv", _curves),
    "samples": ("npz", _samples),
    "run": ("run", _run),
}
