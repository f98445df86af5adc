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

from inn_core.export.request import ExportError
from inn_core.maps import runfile

ASSETS = Path(__file__).resolve().parents[2] / "assets"
STAGE = ASSETS / "stage"
#: Snapshots of a player at most: it is sent by mail.
MOST = 100
#: Prefix of the modules' names in the import map, and the address that import.meta.url stands for.
PREFIX, HOME = "pushforward/", "https://player.invalid/stage/"

_IMPORT = re.compile(r"""(\bfrom |\bimport\()'(\.[^']+)'""")
_SHEET = re.compile(r"new URL\('([^']+\.css)', import\.meta\.url\)\.href")
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
#stage {{ background: var(--back); color: var(--ink); }}
</style>
<main><h1>{title}</h1><div id="stage"></div><footer>{about}</footer></main>
<script type="importmap">{modules}</script>
<script type="module">
import {{ mount }} from '{entry}';
const embed = new URLSearchParams(location.search).get('embed') === 'true';
document.querySelector('main').classList.toggle('embed', embed);
mount(document.getElementById('stage'), {data});
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
    data = {
        "id": "player",
        "pretrained": f"data:application/octet-stream;base64,{run}",
        "words": texts["stage"],
        "lang": lang,
        "options": {"player": True},
    }
    target = hello["target"].get("label") or hello["target"]["name"]
    coupling = hello["spec"].get("flow", {}).get("coupling", "")
    about = f"{target}, {coupling}. Made with Pushforward; keys: press ?"
    return _PAGE.format(
        lang=lang,
        title=escape(f"{target} · Pushforward"),
        about=escape(about),
        modules=script_safe({"imports": modules()}),
        entry=f"{PREFIX}stage.js",
        data=script_safe(data),
    )


def write(path: Path, hello: dict[str, Any], frames: Iterable[bytes], lang: str = "en") -> None:
    """Write the player; raises ExportError, and leaves no half file, when the disk is full."""
    text = page(hello, frames, lang)
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise ExportError(
            f"The player cannot be written ({error.strerror or error}); make room and try again."
        ) from error
    finally:
        beside.unlink(missing_ok=True)


def modules() -> dict[str, str]:
    """Bare name -> data: address of every module of the stage."""
    paths = [*STAGE.glob("*.js"), *STAGE.glob("extras/*.js")]
    return {name_of(path): address(path) for path in sorted(paths)}


def name_of(path: Path) -> str:
    """``assets/stage/extras/ink.js`` -> ``pushforward/extras/ink.js``."""
    return PREFIX + path.relative_to(STAGE).as_posix()


def address(path: Path) -> str:
    """A module as a data: address; its imports by bare names, its style sheets inside."""

    def bare(match: re.Match[str]) -> str:
        return f"{match[1]}'{name_of((path.parent / match[2]).resolve())}'"

    def sheet(match: re.Match[str]) -> str:
        return f"'{packed((path.parent / match[1]).read_bytes(), 'text/css')}'"

    source = _IMPORT.sub(bare, path.read_text(encoding="utf-8"))
    source = _SHEET.sub(sheet, source)
    here = HOME + path.relative_to(STAGE).as_posix()
    source = source.replace("import.meta.url", f"'{here}'")
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
