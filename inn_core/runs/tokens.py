"""Tokens: who may watch a run, and who may steer it.

A viewer token names a run (and its folder): 26 letters and digits, 130 random bits. An owner token
is the viewer token, a full stop, and as many random bits again, of which only the hash is kept.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from typing import Any

#: Lower-case base32: no separators, no dots, and the same on file systems that ignore case.
_VIEWER = re.compile(r"[a-z2-7]{26}")
_OWNER = re.compile(r"[a-z2-7]{26}\.[a-z2-7]{26}")


def _random() -> str:
    return base64.b32encode(secrets.token_bytes(17)).decode().lower()[:26]


def new_viewer() -> str:
    """Return a fresh viewer token."""
    return _random()


def new_owner(viewer: str) -> str:
    """Return a fresh owner token of the run that ``viewer`` names."""
    return f"{viewer}.{_random()}"


def is_viewer(token: Any) -> bool:
    """Whether ``token`` has the form of a viewer token; only such names become paths."""
    return isinstance(token, str) and _VIEWER.fullmatch(token) is not None


def viewer_of(owner: Any) -> str | None:
    """Return the viewer token inside an owner token, or None if it has not that form."""
    if isinstance(owner, str) and _OWNER.fullmatch(owner):
        return owner.partition(".")[0]
    return None


def hashed(owner: str) -> str:
    """Return what is stored of an owner token."""
    return hashlib.sha256(owner.encode()).hexdigest()


def matches(owner: Any, stored: str) -> bool:
    """Whether ``owner`` has the hash ``stored``; any guess takes the same time."""
    return viewer_of(owner) is not None and hmac.compare_digest(hashed(owner), stored)
