"""The drawer "Export" of every lesson: films made in the worker pool, and files there at once.

One group is open at a time: film, picture, page, data, code, and what is brought back.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from inn_core.export.request import KINDS, SIZES, THEMES, ExportError, FilmRequest
from inn_core.maps import runfile
from inn_core.runs import client, imports
from inn_core.specs import SpecError
from pages.shell import leaving, stage
from pages.shell.leaving import Subject
from pages.shell.words import Markdown, Words

#: Seconds between two looks at a film in the making.
LOOK_S = 0.5
FORMATS = {"mp4": "video/mp4", "gif": "image/gif"}
#: What can be made of a run as code: the name in the text files, and the ending.
CODE = {"script": ".py", "weights": ".safetensors"}
#: Endings of what can be opened.
OPENS = ["run", "safetensors"]
PICTURE = "stage/picture/buttons.js"

Make = Callable[[Subject, Words], bytes]
#: What is there at once, by group: name, its file's ending, and who makes it when asked.
FILES: dict[str, dict[str, tuple[str, Make]]] = {
    "page": {"player": ("html", leaving.page), "figures": ("figures.html", leaving.figure_page)},
    "data": {
        "samples": ("npz", leaving.samples),
        "curves": ("csv", leaving.curves),
        "run": ("run", leaving.run),
    },
}
#: Of these a 2-D flow is needed.
FLOWS_ONLY = ("figures", "samples", "script")


def popover(subject: Subject, words: Words) -> None:
    """Draw the button "Export" with everything that can leave."""
    with st.popover(words("export.title"), icon=":material/ios_share:"):
        _drawer(subject, words)


@st.fragment
def _drawer(subject: Subject, words: Words) -> None:
    """One group of all; it alone runs again."""
    key = f"{subject.lesson}.export"
    groups = list(subject.groups or (GROUPS if subject.tab else ("picture", "page")))
    group = st.segmented_control(
        words("export.group"),
        groups,
        default=groups[0],
        required=True,
        format_func=lambda name: words(f"export.group_{name}"),
        key=f"{key}.group",
        label_visibility="collapsed",
    )
    GROUPS[group or groups[0]](subject, key, words)


# ── films ────────────────────────────────────────────────────────────────────────────────────


def _film(subject: Subject, key: str, words: Words) -> None:
    """What to make, how far it is, and the film."""
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
            file_name=f"{subject.name}.{form}", mime=FORMATS[form], type="primary",
            on_click="ignore", key=f"{key}.save", icon=":material/download:",
        )  # fmt: skip
    wish = _form(subject, key, words)
    if st.button(words("export.make"), type="primary", disabled=busy, key=f"{key}.make"):
        _make(subject, wish, words)


@st.fragment(run_every=LOOK_S)
def _watch(name: str, key: str, words: Words) -> None:
    """How far a film is; looked at only while it is being made."""
    job = client.current().export_state(name)
    if job is None or job.ended:
        st.rerun()
    st.progress(job.done / max(job.all, 1), words("export.making", done=job.done, all=job.all))
    if st.button(words("export.cancel"), key=f"{key}.cancel"):
        client.current().cancel_export(job.name)


def _form(subject: Subject, key: str, words: Words) -> dict[str, Any]:
    """What the film shall be."""
    steps = subject.steps()
    kinds = KINDS if len(steps) > 1 else ("depth",)
    depth = "depth" if subject.flow else "dance"
    shown = {"training": "training", "depth": depth, "both": "both"}
    left, right = st.columns(2)
    wish: dict[str, Any] = {
        "kind": left.selectbox(
            words("export.kind"), kinds, len(kinds) - 1,
            lambda k: words(f"export.kind_{shown[k]}"), key=f"{key}.kind.{len(kinds)}.{depth}",
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
    parts = ("formula", "numbers", "source")
    written = st.pills(
        words("export.written"), parts, selection_mode="multi", default=parts,
        format_func=lambda name: words(f"export.{name}"), key=f"{key}.written",
    )  # fmt: skip
    wish |= {name: name in (written or ()) for name in parts}
    if len(steps) > 2 and wish["kind"] != "depth":
        wish["from_step"], wish["to_step"] = st.select_slider(
            words("export.span"), steps, (steps[0], steps[-1]), lambda step: f"{step:,}",
            key=f"{key}.span.{subject.viewer}.{steps[-1]}",
        )  # fmt: skip
    return wish


def _make(subject: Subject, wish: dict[str, Any], words: Words) -> None:
    try:
        request = FilmRequest.from_json(wish)
        data = runfile.dump(*subject.content())
        st.session_state[f"{subject.lesson}.export.job"] = client.current().export(data, request)
    except (SpecError, OSError, client.LabError) as error:
        st.warning(str(error))
        return
    st.rerun(scope="fragment")


# ── the other groups ─────────────────────────────────────────────────────────────────────────


def _picture(subject: Subject, key: str, words: Words) -> None:
    """The stage as it is seen now; the browser makes it."""
    st.caption(words("export.picture_help"))
    stage.part(
        PICTURE,
        key=f"{key}.picture",
        data={
            "stage": subject.lesson,
            "name": subject.name,
            "words": words.section("export.shot"),
        },
    )


def _files(group: str, subject: Subject, key: str, words: Words) -> None:
    """Buttons of files, each with a line on what it is."""
    if subject.tab and not _begun(subject):
        st.caption(words("export.nothing_yet"))
        return
    for label, (ending, make) in FILES[group].items():
        if label in FLOWS_ONLY and not subject.flow:
            continue
        with st.container(horizontal=True, vertical_alignment="center"):
            st.download_button(
                words(f"export.{label}"),
                data=partial(make, subject, words),
                file_name=f"{subject.name}.{ending}",
                mime="application/octet-stream",
                on_click="ignore",
                key=f"{key}.{label}",
                width=150,
            )
            st.caption(words(f"export.{label}_help"))


def _begun(subject: Subject) -> bool:
    """Whether there is anything of the run to take."""
    viewer = subject.viewer
    return viewer is None or client.current().latest(viewer) is not None


def _code(subject: Subject, key: str, words: Words) -> None:
    """Weights and script: a worker makes them, then they can be saved."""
    for label, ending in CODE.items():
        if label in FLOWS_ONLY and not subject.flow:
            continue
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button(words(f"export.{label}"), key=f"{key}.{label}", width=150):
                _fetch(subject, ending, key)
            st.caption(words(f"export.{label}_help"))
    made = st.session_state.get(f"{key}.code")
    if made and made[0] == subject.viewer:
        _, name, data = made
        st.download_button(
            words("export.save", format=name), data=data, file_name=name,
            mime="application/octet-stream", type="primary", on_click="ignore",
            key=f"{key}.code.save", icon=":material/download:",
        )  # fmt: skip


def _fetch(subject: Subject, ending: str, key: str) -> None:
    spec = subject.shown
    if spec is None:
        return
    try:
        data = client.current().code(ending, spec, subject.viewer)
    except (client.LabError, ExportError) as error:
        st.session_state.pop(f"{key}.code", None)
        st.warning(str(error))
        return
    st.session_state[f"{key}.code"] = subject.viewer, f"{subject.name}{ending}", data


def _open(subject: Subject, key: str, words: Words) -> None:
    """Take up a run or weights file."""
    st.file_uploader(
        words("export.open"), OPENS, key=f"{key}.file", on_change=_take,
        args=(subject, f"{key}.file", words), help=words("export.open_help"),
    )  # fmt: skip
    for said in st.session_state.pop(f"{key}.said", []):
        st.warning(said)


def _take(subject: Subject, key: str, words: Words) -> None:
    """Open a file. A callback: it writes the controls' values."""
    file, tab = st.session_state.get(key), subject.tab
    if file is None or tab is None:
        return
    lab = client.current()
    try:
        tickets = lab.adopt(file.getvalue())
    except client.LabError as error:
        tab.notices.append(str(error))
        st.session_state[key.replace(".file", ".said")] = [str(error)]
        return
    tab.owners[tickets.viewer] = tickets.owner
    info = lab.describe(tickets.viewer)
    home = imports.lesson_of(info.spec) if info else subject.lesson
    if info and home != subject.lesson:
        title = words(f"{home}.title")
        said = Markdown(words("export.elsewhere", lesson=title, page=home, run=tickets.viewer))
        tab.notices.append(said)
        st.session_state[key.replace(".file", ".said")] = [said]
        return
    tab.show(tickets.viewer)
    if info:
        tab.adopted(info.spec)


GROUPS: dict[str, Callable[[Subject, str, Words], None]] = {
    "film": _film,
    "picture": _picture,
    "page": partial(_files, "page"),
    "data": partial(_files, "data"),
    "code": _code,
    "open": _open,
}
