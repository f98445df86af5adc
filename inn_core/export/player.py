"""A run as one HTML file that opens offline: the stage's own modules, and the run inside.

Modules are packed as data: addresses under bare names, which an import map resolves; so the stage
in the page is the stage of the lab, file by file. No torch.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

from inn_core.export import whole
from inn_core.maps import runfile

ASSETS = Path(__file__).resolve().parents[2] / "assets"
STAGE = ASSETS / "stage"
#: Snapshots of a player at most: it is sent by mail.
MOST = 100
#: And of a page with whole networks, which are twenty times as large.
MOST_NETS = 24
#: Prefix of the modules' names in the import map, and the address that import.meta.url stands for.
PREFIX, HOME = "pushforward/", "https://player.invalid/stage/"

_IMPORT = re.compile(r"""(\bfrom |\bimport\()'(\.[^']+)'""")
_BESIDE = re.compile(r"new URL\(([^()]+), import\.meta\.url\)")
_PAGE = """<!doctype html>
<html lang="{lang}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Pushforward player 1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --back: #fff; --ink: #28282e; }}
@media (prefers-color-scheme: dark) {{ :root {{ --back: #17171a; --ink: #ececf0; }} }}
body {{ margin: 0; background: var(--back); color: var(--ink); font: 16px system-ui, sans-serif; }}
main {{ max-width: 1240px; margin: 0 auto; padding: 14px 16px 30px; }}
main.embed {{ padding: 4px; }}
h1 {{ font-size: 22px; margin: 0 0 6px; }}
.embed h1, .embed footer {{ display: none; }}
footer {{ color: gray; font-size: 13px; margin-top: 12px; }}
.time {{ display: flex; gap: 12px; align-items: center; margin-top: 10px; color: gray; }}
.time[hidden] {{ display: none; }}
.time input {{ flex: 1; accent-color: #e69f00; }}
#stage {{ background: var(--back); color: var(--ink); }}
</style>
<main><h1>{title}</h1><div id="stage"></div>
<label class="time"><span>{time}</span><input id="time" type="range" min="0" step="1"></label>
<footer>{about}</footer></main>
<script>
const files = {files};
// What modules ask for by an address beside their own lies in this page.
globalThis.pushforwardFile = (name, here) => {{
  const address = new URL(name, here);
  return new URL(files[address.pathname] ?? address);
}};
</script>
<script type="importmap">{modules}</script>
<script type="module">
import {{ mount }} from '{entry}';
const embed = new URLSearchParams(location.search).get('embed') === 'true';
document.querySelector('main').classList.toggle('embed', embed || window.parent !== window);
const data = {data};
const stage = document.getElementById('stage');
const time = document.getElementById('time');
const show = () => {{
  data.options.at = Number(time.value);
  mount(stage, data);
}};
time.parentElement.hidden = !data.options.frames;
time.max = time.value = (data.options.frames || 1) - 1;
time.oninput = show;
show();
</script>
</html>
"""


def page(hello: dict[str, Any], frames: Iterable[bytes], lang: str = "en") -> str:
    """The player of a run as HTML text.

    hello, frames : what a run file holds; lang : a language of assets/text
    """
    texts = json.loads((ASSETS / "text" / f"{lang}.json").read_text(encoding="utf-8"))
    kept = thinned(list(frames), MOST)
    run = base64.b64encode(runfile.dump(hello, kept)).decode()
    target = hello["target"].get("label") or hello["target"]["name"]
    coupling = hello["spec"].get("flow", {}).get("coupling", "")
    data = {
        "id": "player",
        "pretrained": f"data:application/octet-stream;base64,{run}",
        "words": texts["stage"],
        "lang": lang,
        "options": {"player": True},
    }
    return filled("stage.js", data, lang, target, f"{target}, {coupling}")


def lesson(
    module: str, words: dict[str, Any], lang: str, title: str, options: dict[str, Any],
    hello: dict[str, Any], frames: list[bytes],
) -> str:  # fmt: skip
    """A lesson's own stage as a page that opens offline, with the run on it if there is one.

    module : below assets/stage; words : of the stage; options : what the lesson's page tells it
    """
    kept = thinned(frames, MOST_NETS)
    told = dict(options)
    if kept:
        run = base64.b64encode(runfile.dump(hello, kept)).decode()
        film = f"data:application/octet-stream;base64,{run}"
        told |= {"film": film, "hello": hello, "frames": len(kept) if len(kept) > 1 else 0}
    data = {"id": "player", "words": words, "lang": lang, "options": told}
    return filled(module, data, lang, title, title)


def filled(entry: str, data: dict[str, Any], lang: str, title: str, about: str) -> str:
    """The page around a stage."""
    texts = json.loads((ASSETS / "text" / f"{lang}.json").read_text(encoding="utf-8"))
    return _PAGE.format(
        lang=lang,
        title=escape(f"{title} · Pushforward"),
        about=escape(f"{about}. Made with Pushforward"),
        time=escape(texts["export"]["shot"]["time"]),
        modules=script_safe({"imports": modules(STAGE / entry)}),
        files=script_safe(neighbours(entry) | shipped(data)),
        entry=f"{PREFIX}{entry}",
        data=script_safe(data),
    )


def write(path: Path, hello: dict[str, Any], frames: Iterable[bytes], lang: str = "en") -> None:
    """Write the player; raises ExportError, and leaves no half file, when the disk is full."""
    text = page(hello, frames, lang)
    with whole.place(path, "player") as beside:
        beside.write_text(text, encoding="utf-8")


def modules(entry: Path) -> dict[str, str]:
    """Bare name -> data: address of a module and of all that it imports."""
    found, waiting = set(), [entry]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        text = path.read_text(encoding="utf-8")
        waiting += [(path.parent / match[2]).resolve() for match in _IMPORT.finditer(text)]
    return {name_of(path): address(path) for path in sorted(found)}


def neighbours(entry: str) -> dict[str, str]:
    """Path of an address -> data: address of every style sheet and worker that a stage asks for."""
    sheets = [*STAGE.glob("*.css"), *STAGE.glob("extras/*.css")]
    if entry.startswith("lessons/"):
        sheets += STAGE.glob("lessons/**/*.css")
    found = {path: packed(path.read_bytes(), "text/css") for path in sheets}
    if entry.startswith("lessons/"):
        found |= {path: bundled(path) for path in STAGE.glob("lessons/**/worker.js")}
    return {f"/stage/{path.relative_to(STAGE).as_posix()}": held for path, held in found.items()}


def shipped(data: dict[str, Any]) -> dict[str, str]:
    """The files in assets/pretrained that the data of a stage name."""
    names = set(re.findall(r"pretrained/[\w-]+\.\w+", json.dumps(data["options"])))
    paths = {f"/{name}": ASSETS / name for name in names if (ASSETS / name).is_file()}
    kind = "application/octet-stream"
    return {name: packed(path.read_bytes(), kind) for name, path in paths.items()}


def name_of(path: Path) -> str:
    """``assets/stage/extras/ink.js`` -> ``pushforward/extras/ink.js``."""
    return PREFIX + path.relative_to(STAGE).as_posix()


def address(path: Path) -> str:
    """A module as a data: address; its imports by bare names, its neighbours in the page."""

    def bare(match: re.Match[str]) -> str:
        return f"{match[1]}'{name_of((path.parent / match[2]).resolve())}'"

    here = HOME + path.relative_to(STAGE).as_posix()
    source = _IMPORT.sub(bare, path.read_text(encoding="utf-8"))
    source = _BESIDE.sub(rf"globalThis.pushforwardFile(\1, '{here}')", source)
    source = source.replace("import.meta.url", f"'{here}'")
    return packed(source.encode(), "text/javascript")


def bundled(path: Path) -> str:
    """A worker's module as one data: address: no import map reaches a worker."""

    def inside(match: re.Match[str]) -> str:
        return f"{match[1]}'{bundled((path.parent / match[2]).resolve())}'"

    source = _IMPORT.sub(inside, path.read_text(encoding="utf-8"))
    return packed(source.encode(), "text/javascript")


def packed(content: bytes, kind: str) -> str:
    """Bytes as a data: address."""
    return f"data:{kind};charset=utf-8;base64,{base64.b64encode(content).decode()}"


def script_safe(values: Any) -> str:
    """JSON that no text in it can end the script element of."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("</", "<\\/").replace("<!--", "<\\!--")


def thinned(frames: list[bytes], most: int) -> list[bytes]:
    """At most ``most`` frames, the first and the last among them, dense at first."""
    if len(frames) <= most:
        return frames
    last = len(frames) - 1
    chosen = sorted({round(last * (k / (most - 1)) ** 1.5) for k in range(most)})
    return [frames[i] for i in chosen]
