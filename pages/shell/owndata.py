"""Data that a reader brings to a lesson: drawn on the stage, pasted, uploaded. Nothing is lost."""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from inn_core import registry
from inn_core.maps import evaluate
from inn_core.runs import client
from inn_core.specs import FlowSpec, SpecError
from inn_core.targets import library, photo, reading
from inn_core.targets.own import OwnData
from pages.shell import controls, flowdata, session, stage
from pages.shell.session import Session
from pages.shell.words import Words, plain

TABLES, PICTURES = ("csv", "tsv", "txt", "dat"), ("png", "jpg", "jpeg", "webp", "gif", "bmp", "tif")
#: Samples of the model that the download holds.
SAMPLES = 2000
#: Letters of what a drawing's message may hold: 8,000 points of eight bytes, as base64.
LONGEST = 90_000
#: Letters that may be pasted, 20,000 rows or so; megabytes in a text area stop a browser for long.
PASTED = 200_000
#: Megabytes of a file. The browser refuses a larger one, and tells by a red chip alone; this sheet
#: shows our sentence beneath the chip for as long as it hangs there.
FILE_MB = 8
_UNTAKEN = """<style>
.st-key-{key}-untaken {{ display: none; }}
.st-key-{key}-upload:has([data-testid="stFileChip"][aria-invalid="true"]) .st-key-{key}-untaken {{
  display: flex;
}}
</style>"""


def hear(me: Session, words: Words) -> None:
    """Train on what was drawn since the last run of the page; a sentence if that cannot be."""
    told = stage.said(me.lesson).get("drawn")
    if not isinstance(told, dict) or told.get("at") in (None, me.drawn):
        return
    me.drawn = told["at"]
    me.told.clear()
    before = len(me.notices)
    if me.watching:
        me.notices.append(words("shell.watching"))
    else:
        _attempt(me, lambda: drawn(told, words("own.drawing")), me.notices.append)
    me.refused = len(me.notices) > before


def drawn(told: dict[str, Any], label: str) -> OwnData:
    """Read a drawing's message {points: base64 of float32 pairs}; raises DataError."""
    text = told.get("points")
    try:
        if not isinstance(text, str) or len(text) > LONGEST:
            raise ValueError(text)
        points = np.frombuffer(base64.b64decode(text, validate=True), "<f4").reshape(-1, 2)
    except (ValueError, binascii.Error) as error:
        raise SpecError("The drawing came damaged; press the button again.") from error
    return reading.points_of_array(points.astype(float), label, standardise=False)


def take(me: Session, data: OwnData) -> None:
    """Keep data and train on them from the nearest preset; raises SpecError, LabError."""
    from inn_core.targets.nearest import nearest  # scipy: not on the way to the first picture

    name = client.current().keep_data(data)
    plain = me.spec.flow == FlowSpec(coupling=me.spec.flow.coupling)
    spec = me.spec.with_(target=name, start=nearest(data.target()) if plain else "")
    if name not in me.own:
        me.own.append(name)
    session.start(me, spec)
    controls.adopt(me.lesson, me.spec)


def _attempt(me: Session, make: Callable[[], OwnData], say: Callable[[str], Any]) -> None:
    try:
        take(me, make())
    except (SpecError, client.LabError) as error:
        say(str(error))


# ── the popover ──────────────────────────────────────────────────────────────────────────────


def popover(me: Session, words: Words) -> None:
    """Draw the button "Your data": a table or a picture."""
    with st.popover(words("own.button"), icon=":material/upload:", help=words("own.help")):
        st.caption(words("own.draw_too"))
        tabs = (words("own.table"), words("own.picture"))
        table, picture = st.tabs(tabs, key=f"{me.lesson}.own")
        with table:
            _table(me, words)
        with picture:
            _picture(me, words)
        refused = st.session_state.pop(f"{me.lesson}.refused", None)
        if refused:
            st.warning(refused)


def _table(me: Session, words: Words) -> None:
    untaken = words("own.untaken_table", mb=FILE_MB, kinds=", ".join(TABLES))
    file = _upload(me, "table", TABLES, words("own.upload_table"), untaken)
    pasted = st.text_area(
        words("own.paste"),
        key=f"{me.lesson}.pasted",
        placeholder="x, y\n1.2, 3.4\n…",
        height=100,
        max_chars=PASTED,
    )
    if file is None and not pasted:
        return
    if file is None and len(pasted) >= PASTED:
        st.warning(words("own.cut", most=f"{PASTED:,}"))
    content: bytes | str = file.getvalue() if file else pasted
    label = file.name.rpartition(".")[0] if file else words("own.pasted")
    try:
        table = _table_of(content)
        left, right = st.columns(2)
        key = f"{me.lesson}.column"
        first = left.selectbox(words("own.first"), table.names, key=f"{key}.1")
        second = right.selectbox(words("own.second"), table.names, index=1, key=f"{key}.2")
        data = reading.points_of(table, first, second, label)
    except SpecError as error:
        st.warning(plain(str(error)))
        return
    rows = words("own.rows", n=f"{len(data.values):,}")
    st.caption(f"{rows} {data.note}")
    st.caption(formula(data))
    _train(me, data, words)


def _upload(me: Session, what: str, kinds: tuple[str, ...], label: str, untaken: str) -> Any:
    """A place for a file, and what is said there of a file that the browser does not take."""
    key = f"{me.lesson}.{what}"
    with st.container(key=f"{key}.upload", gap="small"):
        file = st.file_uploader(label, kinds, key=key, max_upload_size=FILE_MB)
        with st.container(key=f"{key}.untaken"):
            st.markdown(f":material/error: {untaken}")
        st.html(_UNTAKEN.format(key=key.replace(".", "-")))
    return file


@st.cache_data(show_spinner=False, max_entries=4)  # the page runs again at every click
def _table_of(content: bytes | str) -> reading.Table:
    return reading.read_table(content)


@st.cache_data(show_spinner=False, max_entries=8)
def _picture_of(content: bytes, label: str) -> OwnData:
    return photo.picture_of(content, label)


def _picture(me: Session, words: Words) -> None:
    untaken = words("own.untaken_picture", mb=FILE_MB, kinds=", ".join(PICTURES))
    file = _upload(me, "picture", PICTURES, words("own.upload_picture"), untaken)
    if not file:
        return
    try:
        data = _picture_of(file.getvalue(), file.name.rpartition(".")[0])
    except SpecError as error:
        st.warning(plain(str(error)))
        return
    st.image(1 - data.values / data.values.max(), width=160, alt=words("own.preview"))
    entropy = data.target().entropy
    height, width = data.values.shape
    st.caption(words("own.dark", width=width, height=height, entropy=f"{entropy:.3f}"))
    _train(me, data, words)


def _train(me: Session, data: OwnData, words: Words) -> None:
    def begin() -> None:
        def refuse(text: str) -> None:
            st.session_state[f"{me.lesson}.refused"] = text

        _attempt(me, lambda: data, refuse)

    st.button(
        words("own.train"), type="primary", key=f"{me.lesson}.own.{data.kind}",
        disabled=me.watching, on_click=begin,
    )  # fmt: skip


# ── what is said of own data ─────────────────────────────────────────────────────────────────


def formula(data: OwnData) -> str:
    """How the two columns were standardised, as formulas."""
    units = data.units
    names = [plain(name) for name in units.names]
    parts = zip(("x₁", "x₂"), names, units.mean, units.sd, strict=True)
    return ", ".join(
        f"{x} = ({name} {'−' if mean >= 0 else '+'} {abs(mean):.4g}) / {sd:.4g}"
        for x, name, mean, sd in parts
    )


def about(me: Session, words: Words) -> None:
    """Say below the stage what the data on it are, and give the model's samples in their units."""
    if not registry.is_own(me.spec.target):
        return
    try:
        data = library.data_of(me.spec.target)
    except SpecError:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        sentences = [f"**{plain(data.label)}**", data.note]
        if data.kind == "points":
            sentences.append(words("own.no_floor"))
            if data.units.sd != (1.0, 1.0):
                sentences.append(words("own.standardised", formula=formula(data)))
        else:
            sentences.append(words("own.floor_known"))
        if me.spec.start:
            entry = registry.TARGETS[me.spec.start]
            sentences.append(words("own.start", name=words.name("targets", me.spec.start, entry)))
        st.caption(" ".join(filter(None, sentences)), width="stretch")
        flow = flowdata.present_flow(me)
        if flow is not None:
            st.download_button(
                words("own.samples"), data=lambda: samples(me, data), file_name="samples.csv",
                mime="text/csv", on_click="ignore", icon=":material/download:",
                help=words("own.samples_help"),
            )  # fmt: skip


def samples(me: Session, data: OwnData) -> str:
    """Samples of the newest flow as CSV, in the reader's own units."""
    flow = flowdata.present_flow(me)
    if flow is None:
        return ""
    maps, rng = flow[1], np.random.default_rng(0)
    normal = maps.base[0] == "normal"
    shape = (SAMPLES, 2)
    z = rng.standard_normal(shape) if normal else rng.standard_t(float(maps.base[1]), shape)
    x = data.units.undo(evaluate.decode(maps, z)[0])
    file = io.StringIO()
    header = ",".join(f'"{name}"' for name in data.units.names)
    np.savetxt(file, x, delimiter=",", header=header, comments="", fmt="%.7g")
    return file.getvalue()
