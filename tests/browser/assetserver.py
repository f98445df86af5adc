"""The assets on a local port, under the paths that the app gives them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ASSETS = Path(__file__).parents[2] / "assets"
BLANK = b"<!doctype html><meta charset=utf-8><link rel=icon href=data:,><title>Test</title><body>"
#: Paths of what tests make up. A route of the page would send every request through the test.
MADE: dict[str, Callable[[], bytes]] = {}


class _Assets(SimpleHTTPRequestHandler):
    """Files below assets/ (/stage/…), what tests made; / is a blank page."""

    def do_GET(self) -> None:
        if self.path != "/" and self.path not in MADE:
            return super().do_GET()
        body = BLANK if self.path == "/" else MADE[self.path]()
        self.send_response(200)
        kind = "text/html; charset=utf-8" if self.path == "/" else "application/octet-stream"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self) -> None:
        """Let tabs that share a browser keep what one of them has fetched."""
        self.send_header("Cache-Control", "max-age=86400")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[str]:
    """Yield where the assets are served, without a slash at the end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Assets, directory=str(ASSETS)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()
