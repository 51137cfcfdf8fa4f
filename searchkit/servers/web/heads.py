"""The head of a request, before any route is asked: its address, its headers, and the host that it is meant for."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from searchkit.language.messages import Message
from searchkit.servers.web import security
from searchkit.servers.web.problems import Problem

MOST_URL: Final = 16 * 1024
"""Bytes of a path and its query string."""
MOST_HEAD: Final = 48 * 1024
"""Bytes of the head of a request: the address and all headers."""
_ABSOLUTE = re.compile("https?://([^/]*)", re.IGNORECASE)


class Checked:
    """Middleware that lets a request pass, or answers in place of the application."""

    def __init__(self, app: ASGIApp, checks: Callable[[Scope], Response | None]) -> None:
        self._app = app
        self._checks = checks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._checks(scope) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)


def fault(scope: Scope, *, loopback: bool) -> Problem | None:
    """Return what is wrong with the head of a request; None if nothing is. An absolute address is made relative.

    Args:
        loopback: the server listens only to programs of this machine, and the Host header has to say so.
    """
    _make_relative(scope)
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MOST_URL:
        told = Message("the address is longer than {most:,} bytes", most=MOST_URL)
        return Problem(414, "too-long", told, Message("ask with a shorter query"))
    if sum(len(name) + len(value) for name, value in scope["headers"]) > MOST_HEAD:
        told = Message("the headers are longer than {most:,} bytes", most=MOST_HEAD)
        return Problem(431, "too-long", told, Message("send fewer cookies, or other headers"))
    host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), None)
    if loopback and host is not None and not security.is_own_host(host):
        told = Message("this server is not {host!r}", host=host[:100])
        return Problem(421, "host", told, Message("it answers to localhost and 127.0.0.1"))
    return None


def _make_relative(scope: Scope) -> None:
    """Take `GET http://localhost:8765/help`, as a proxy is asked, for what it means. Its host counts."""
    match = _ABSOLUTE.match(scope["path"])
    if match is None:
        return
    scope["path"] = scope["path"][match.end() :] or "/"
    raw = _ABSOLUTE.sub("", (scope.get("raw_path") or b"").decode("latin-1")) or "/"
    scope["raw_path"] = raw.encode("latin-1")
    others = [(name, value) for name, value in scope["headers"] if name != b"host"]
    scope["headers"] = [(b"host", match[1].encode("latin-1", "replace")), *others]
