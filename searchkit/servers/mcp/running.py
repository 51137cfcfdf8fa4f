"""Run the server: over standard input and output, or over HTTP. Standard output carries the protocol alone."""

from __future__ import annotations

import os
import signal
import socket
import stat
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from types import FrameType
from typing import Any

import anyio
import uvicorn
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from searchkit.archive import Archive
from searchkit.errors import UsageError
from searchkit.language.messages import Message
from searchkit.servers.mcp.protocol import server_of
from searchkit.servers.web.security import Tokens, is_loopback

PATH = "/mcp"
_MOST_REQUEST = 1024 * 1024
_MOST_AT_ONCE = 64
_DRAIN = 5

# -- standard input and output


def run_stdio(archive: Archive) -> None:
    """Answer a client that started this process, until it closes standard input or a signal comes.

    Raises:
        UsageError: a request is too long to be one.
    """
    try:
        anyio.run(_stdio, server_of(archive))
    except Exception as error:
        reason = _alone_in(error)
        if isinstance(reason, BrokenPipeError):  # the client is gone, which is an end like another
            return
        if reason is error:
            raise
        raise reason from error


def _alone_in(error: Exception) -> Exception:
    """Return the error for which a group of tasks ended, if there is one alone."""
    inner: Sequence[Exception] = getattr(error, "exceptions", ())
    return _alone_in(inner[0]) if len(inner) == 1 else error


async def _stdio(server: Server[Any]) -> None:
    lines: Any = _Lines(sys.stdin.fileno()) if _can_wait_for(sys.stdin.fileno()) else None
    async with anyio.create_task_group() as group:
        if sys.platform != "win32":
            group.start_soon(_end_at_a_signal, group.cancel_scope)
        async with stdio_server(stdin=lines) as (reading, writing):
            await server.run(reading, writing, server.create_initialization_options())
        group.cancel_scope.cancel()


async def _end_at_a_signal(scope: anyio.CancelScope) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for _ in signals:
            scope.cancel()


def _can_wait_for(descriptor: int) -> bool:
    """Tell whether an event loop can wait for input. It cannot on Windows, nor for a file, which needs no waiting."""
    mode = os.fstat(descriptor).st_mode
    return sys.platform != "win32" and (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or os.isatty(descriptor))


class _Lines:
    """The lines of a pipe. The SDK's own reader waits for them in a thread, which a signal would not end."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    async def __aiter__(self) -> AsyncIterator[str]:
        held = b""
        while True:
            await anyio.wait_readable(self._descriptor)
            read = os.read(self._descriptor, 65536)
            if not read:
                return
            *lines, held = (held + read).split(b"\n")
            for line in lines:
                yield line.decode("utf-8", "replace")
            if len(held) > _MOST_REQUEST:
                raise UsageError(
                    Message("a request has more than {most_request:,} bytes", most_request=_MOST_REQUEST),
                    hint="is this an MCP client?",
                )


# -- HTTP


def run_http(archive: Archive, host: str, port: int, tokens: Tokens, ready: Callable[[str], None]) -> None:
    """Answer clients over streamable HTTP until a signal comes.

    Args:
        port: 0 for any that is free.
        tokens: those that open the server; without any, only programs of this machine may ask.
        ready: called with the address when the server listens.

    Raises:
        UsageError: the address cannot be listened on, or lets others ask without a token.
    """
    if not tokens and not is_loopback(host):
        raise UsageError(
            Message("--http {host} lets others than this machine ask, and needs --token-file", host=host),
            hint="--token-file FILE, with one token on a line; or --http 127.0.0.1:PORT",
        )
    with _bound(host, port) as bound:
        shown = f"[{host}]" if ":" in host else host
        address = f"http://{shown}:{bound.getsockname()[1]}{PATH}"
        config = uvicorn.Config(
            _app(archive, tokens), log_config=None, access_log=False, server_header=False, lifespan="on",
            limit_concurrency=_MOST_AT_ONCE, timeout_graceful_shutdown=_DRAIN,
        )  # fmt: skip
        _Server(config, lambda: ready(address)).run(sockets=[bound])


def _app(archive: Archive, tokens: Tokens) -> ASGIApp:
    # No sessions: each request stands by itself, so nothing grows and a restart loses nothing.
    app = server_of(archive).streamable_http_app(
        streamable_http_path=PATH,
        json_response=True,
        stateless_http=True,
        max_request_body_size=_MOST_REQUEST,
        transport_security=_security(protected=not tokens),
    )
    return _Door(app, tokens)


def _security(*, protected: bool) -> TransportSecuritySettings:
    """Return which Host and Origin headers are admitted: without tokens only those of this machine.

    A page from elsewhere can let its own name point to 127.0.0.1, but its requests carry that name.
    """
    hosts = ("127.0.0.1", "localhost", "[::1]")
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=protected,
        allowed_hosts=[form for host in hosts for form in (host, f"{host}:*")],
        allowed_origins=[f"http://{host}:*" for host in hosts],
    )


class _Door:
    """An app that only requests with a token reach, if there are tokens, and only those that are answered at once.

    A client may ask with GET for a stream of messages. There are none to send without sessions, and each such stream
    would hold one of the places for requests as long as the client runs.
    """

    def __init__(self, app: ASGIApp, tokens: Tokens) -> None:
        self._app = app
        self._tokens = tokens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = self._refused(scope) if scope["type"] == "http" else None
        await (refused or self._app)(scope, receive, send)

    def _refused(self, scope: Scope) -> PlainTextResponse | None:
        given = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        if self._tokens and not self._tokens.admit(given):
            told = "this archive needs a token: Authorization: Bearer TOKEN\n"
            return PlainTextResponse(told, 401, {"WWW-Authenticate": "Bearer"})
        if scope["method"] != "POST":
            return PlainTextResponse("requests of the Model Context Protocol are POST\n", 405, {"Allow": "POST"})
        return None


class _Server(uvicorn.Server):
    """A server that ends at a signal as at any other end, and says when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # Not remembered: uvicorn would raise it again at the end, as an interruption.
        self.force_exit = self.should_exit
        self.should_exit = True


def _bound(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except (OSError, UnicodeError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or str(error)
        raise UsageError(
            Message("cannot listen on {host} port {port}: {reason}", host=host[:100], port=port, reason=reason),
            hint="give another port",
        ) from error
