"""Links for other tabs, phones and slides: to watch the run on the stage, or to start alike."""

from __future__ import annotations

import io
import socket
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

import segno
import streamlit as st

from inn_core.runs.settings import Settings
from pages.shell import links, stage
from pages.shell.lessons import LESSONS
from pages.shell.words import Words


class Address(NamedTuple):
    """Where the lab is reached, without a slash at the end, and whether only from this machine."""

    base: str
    only_here: bool


#: Bytes of a QR code's text: beyond, the format has no room for it.
QR_LONGEST = 2300


def button(words: Words, lesson: str, wanted: dict[str, str], settings: dict[str, str]) -> None:
    """Draw the button "Share": links to the picture as it stands, to the run, to the settings.

    wanted : what the address bar says, without the view; settings : of it what starts alike
    """
    with st.popover(words("shell.share"), icon=":material/share:"):
        bound = st.get_option("server.address")
        place = address(st.context.url, Settings.from_environment().url, bound)
        language = {links.LANGUAGE: words.lang}
        path = "" if lesson == LESSONS[0].name else lesson
        kinds = {"picture": path + query(wanted | language)}
        if links.RUN in wanted:  # the light page, which needs no session and fits a whole hall
            kinds["run"] = f"watch/{wanted[links.RUN]}{query(language)}"
        if settings != wanted:
            kinds["settings"] = path + query(settings | language)
        stage.component("stage/share.js")(
            key=f"{lesson}.share",
            data={
                "lesson": lesson,
                "base": place.base,
                "kinds": kinds,
                "words": words.section("share.stage"),
                "lang": words.lang,
            },
        )
        if place.only_here:
            st.caption(words("shell.share_loopback"))


def query(parameters: dict[str, str]) -> str:
    """Return the parameters as they stand in an address, the question mark with them."""
    return f"?{urlencode(parameters, safe=',')}" if parameters else ""


def embedded() -> bool:
    """Whether the page stands in another page's frame (``?embed=true``): it is the stage alone."""
    return bool(st.context.is_embedded)


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
    made = segno.make(text, error="l" if len(text) > 300 else "m", boost_error=False)
    file = io.BytesIO()
    made.save(file, kind="svg", xmldecl=False, nl=False, border=3, light="white", omitsize=True)
    return file.getvalue().decode()


def answer_qr(link: str, host: str, referer: str = "") -> tuple[int, str]:
    """Return status and body for a browser that asks for a link's QR code.

    Only for links into this lab: as the browser calls it (``host``, ``referer``), as its owner does
    (PUSHFORWARD_URL), or by its address in the network. Nobody needs this lab to dress up others.
    """
    if len(link.encode()) > QR_LONGEST:
        return 413, f"The link has {len(link)} characters; a QR code holds {QR_LONGEST} at most."
    public = Settings.from_environment().url
    try:
        parts = urlsplit(link)
        own = {host, urlsplit(referer).netloc, urlsplit(public or "").netloc}
        known = parts.netloc in own or parts.hostname == lan_host()
    except ValueError:
        return 400, "The link is no address; copy it whole."
    if parts.scheme not in ("http", "https") or not parts.netloc or not known:
        return 400, "The link leads out of this lab; only links into it are drawn."
    return 200, qr(link)
