"""Files that are asked for at every visit, kept in memory.

A page fetches more than a hundred of them. Reading one anew takes four visits to a thread pool,
some 10 ms on a small machine; from the shelf it takes one look at the file's date. What is text
leaves the house compressed, for browsers that accept it: a third of the bytes.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

#: A browser may keep the file but must ask about it: an update shows at the next reload.
ASK = "no-cache"
#: The file's name changes with its content: nobody needs to ask.
KEEP = "public, immutable, max-age=31536000"
#: Bytes from which compressing pays, and how hard to try (level 6 takes 30 ms for a megabyte).
SMALLEST, LEVEL = 1000, 6
TEXT = ("text/", "application/json", "application/javascript", "image/svg")
#: What the machine's own table may lack or have otherwise.
KINDS = {".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2"}


@dataclass(frozen=True)
class Kept:
    """A file as it was at a date: its bytes, what it is, and a name for just these bytes."""

    stamp: tuple[int, int]
    kind: str
    body: bytes

    @cached_property
    def tag(self) -> str:
        """Its ETag, of the content: files of equal length and date differ."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'

    @cached_property
    def packed(self) -> bytes | None:
        """Its bytes compressed, or None where that does not pay."""
        if len(self.body) < SMALLEST or not self.kind.startswith(TEXT):
            return None
        return gzip.compress(self.body, LEVEL, mtime=0)


class Shelf:
    """The files below a folder; each is read at first and when it has changed."""

    def __init__(self, folder: Path, caching: str = ASK) -> None:
        self.folder, self.caching = folder.resolve(), caching
        self.kept: dict[str, Kept] = {}

    def find(self, path: str) -> Kept | None:
        """Return a file of the folder as it is now, or None."""
        try:
            place = (self.folder / path).resolve()
            found = os.stat(place)
        except (OSError, ValueError):  # no such name, or none that can be one
            return None
        if not place.is_relative_to(self.folder) or not place.is_file():
            return None
        stamp = (found.st_mtime_ns, found.st_size)
        kept = self.kept.get(path)
        if kept is None or kept.stamp != stamp:
            kind = KINDS.get(place.suffix) or mimetypes.guess_type(place.name)[0]
            kept = Kept(stamp, kind or "application/octet-stream", place.read_bytes())
            self.kept[path] = kept
        return kept

    def answer(self, path: str, request: Request) -> Response:
        """Return the answer to a request for the file at ``path`` below the folder."""
        if request.method not in ("GET", "HEAD"):
            return PlainTextResponse("Files can be read only.", 405, {"Allow": "GET, HEAD"})
        return reply(self.find(path), request, self.caching)


def reply(kept: Kept | None, request: Request, caching: str) -> Response:
    """Return the answer that gives a file, or says that there is none."""
    if kept is None:
        return PlainTextResponse("There is no such file.", 404, {"Cache-Control": "no-store"})
    headers = {"Cache-Control": caching, "ETag": kept.tag, "Vary": "Accept-Encoding"}
    if kept.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    body = kept.body
    if "gzip" in request.headers.get("accept-encoding", "") and kept.packed:
        body, headers["Content-Encoding"] = kept.packed, "gzip"
    return Response(body, headers=headers, media_type=kept.kind)


class Shelves:
    """Answers what is asked for below some addresses from shelves: ``{"/stage/": Shelf(…)}``."""

    def __init__(self, app: ASGIApp, places: dict[str, Shelf]) -> None:
        self.app, self.places = app, places

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on what stands on no shelf."""
        if scope["type"] == "http":
            for prefix, shelf in self.places.items():
                if scope["path"].startswith(prefix):
                    answer = shelf.answer(scope["path"].removeprefix(prefix), Request(scope))
                    return await answer(scope, receive, send)
        await self.app(scope, receive, send)
