"""Links for other tabs, phones and slides: to watch the run on the stage, or to start alike."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

import segno
import streamlit as st

from inn_core.runs.settings import Settings
from pages.shell import links
from pages.shell.session import Session
from pages.shell.words import Words


class Address(NamedTuple):
    """Where the lab is reached, without a slash at the end, and whether only from this machine."""

    base: str
    only_here: bool


def button(session: Session, words: Words) -> None:
    """Draw the button "Share" with the links, and a QR code to project."""
    with st.popover(words("shell.share"), icon=":material/share:"):
        bound = st.get_option("server.address")
        place = address(st.context.url, Settings.from_environment().url, bound)
        if session.viewer:
            watch = f"{place.base}/watch/{session.viewer}?lang={words.lang}"
            st.caption(words("shell.share_watch"))
            st.code(watch, language=None, wrap_lines=True)
            st.image(qr(watch), width=220, alt=words("shell.share_qr"))
        st.caption(words("shell.share_settings"))
        query = urlencode(links.write(session.spec), safe=",")
        st.code(f"{place.base}/{'?' + query if query else ''}", language=None, wrap_lines=True)
        if place.only_here:
            st.caption(words("shell.share_loopback"))


def address(page: str | None, public: str | None, bound: str | None) -> Address:
    """Return the address to give to others.

    page : address of this page as the browser has it; public : PUSHFORWARD_URL; bound : the address
    the server listens on, None for all. A browser on the server's own machine says localhost, which
    is no use to a phone: then this machine's address in the local network takes its place.
    """
    if public:
        return Address(public, False)
    parts = urlsplit(page or "http://localhost:8501")
    host = parts.hostname or "localhost"
    if not is_loopback(host):
        return Address(f"{parts.scheme}://{parts.netloc}", False)
    lan = lan_host() if bound is None or not is_loopback(bound) else None
    if lan is None:
        return Address(f"{parts.scheme}://{parts.netloc}", True)
    return Address(f"{parts.scheme}://{lan}" + (f":{parts.port}" if parts.port else ""), False)


def is_loopback(host: str) -> bool:
    """Whether ``host`` names the machine that asks."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def lan_host() -> str | None:
    """Return this machine's address in its network, or None; sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Connecting a datagram socket only picks a route; 192.0.2.1 is reserved for examples.
            probe.connect(("192.0.2.1", 9))
            host = str(probe.getsockname()[0])
        except OSError:
            return None
    return None if is_loopback(host) else host


def qr(text: str) -> str:
    """Return a QR code as an SVG picture, dark on white in every theme, as scanners want it."""
    return segno.make(text, error="m").svg_inline(scale=6, border=3, light="white")
