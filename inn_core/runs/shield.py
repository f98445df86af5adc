"""What every answer of the server says to browsers, and how much one page session may upload.

Streamlit's page needs more than the light page (pages/shell/watch.py): its components arrive as
blobs, its styles stand in the page, one of its parts is WebAssembly. But no script, picture, font
or socket comes from or goes to anywhere else. Whoever embeds the lab may: the drawer "Share"
hands out the frame.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
#: An SVG that is opened by itself is a page; ours need no more than their own styles.
PICTURE = "default-src 'none'; style-src 'unsafe-inline'"
UPLOADS = "/_stcore/upload_file/"
#: Page sessions whose uploads are counted, the latest.
SESSIONS = 10_000


def policy(page: str) -> str:
    """The content security policy of a page with these inline scripts and no other."""
    digests = (hashlib.sha256(text.encode()).digest() for text in INLINE.findall(page))
    inline = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    rules = {
        "default-src": "'self'",
        "script-src": f"'self' {inline} 'wasm-unsafe-eval' blob:",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "media-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self' data: blob:",
        "worker-src": "'self' blob:",
        "frame-src": "'self' data: blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
    }
    return "; ".join(f"{name} {' '.join(value.split())}" for name, value in rules.items())


class Shield:
    """Adds the headers to every answer; refuses files beyond what a session may bring."""

    def __init__(self, app: ASGIApp, page: Path, session_bytes: Callable[[], int]) -> None:
        self.app, self.session_bytes = app, session_bytes
        self.policy = policy(page.read_text(encoding="utf-8"))
        self.brought: OrderedDict[str, int] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with headers, what is not refused."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.mark(MutableHeaders(scope=message))
            await send(message)

        path = scope["path"]
        if scope["method"] == "PUT" and UPLOADS in path:
            session = path.partition(UPLOADS)[2].partition("/")[0]
            if self.brought.get(session, 0) >= self.session_bytes():
                says = "This page has brought more files than a session may; reload it."
                return await PlainTextResponse(says, 413)(scope, receive, marked)
            return await self.app(scope, self.counted(receive, session), marked)
        await self.app(scope, receive, marked)

    def mark(self, headers: MutableHeaders) -> None:
        """Say what a browser may do with the answer."""
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        kind = headers.get("content-type", "")
        if kind.startswith("text/html"):
            headers.setdefault("Content-Security-Policy", self.policy)
        elif kind.startswith("image/svg"):
            headers["Content-Security-Policy"] = PICTURE

    def counted(self, receive: Receive, session: str) -> Receive:
        """Count the bytes of a body."""

        async def hear() -> Message:
            message = await receive()
            size = len(message.get("body", b""))
            self.brought[session] = self.brought.get(session, 0) + size
            self.brought.move_to_end(session)
            if len(self.brought) > SESSIONS:
                self.brought.popitem(last=False)
            return message

        return hear
