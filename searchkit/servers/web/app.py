"""The application: everything that is done for all routes alike, around the answer of a route.

A request passes, from the outside: the access log and metrics, CORS, the limits of sizes, the Host header and the
token, then its route. The route's function runs in a thread, where the ETag is compared before, and the answer is
compressed after it.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
import traceback
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route as Path
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as Sent

from searchkit.errors import ArchiveError, SearchkitError
from searchkit.language.messages import Message
from searchkit.servers.web import heads, parameters, problems, security
from searchkit.servers.web.access_log import line_of, write_line
from searchkit.servers.web.edition import edition
from searchkit.servers.web.heads import Checked
from searchkit.servers.web.metrics import OTHER, Metrics
from searchkit.servers.web.parameters import BadParameter
from searchkit.servers.web.problems import Problem
from searchkit.servers.web.representations import Streamed, accepts_gzip, is_known, packed, packed_pieces, with_headers
from searchkit.servers.web.routes import Answer, Asked, Route
from searchkit.servers.web.security import Tokens
from searchkit.servers.web.table import ALL, Serving, name_of, paths_of
from searchkit.servers.web.threads import UNLIMITED, Busy, Overdue, Threads, most_seconds

if TYPE_CHECKING:
    from searchkit.archive import Archive

MOST_BODY = 16 * 1024 * 1024
"""Bytes of the body of a POST."""
BODY_SECONDS = 60.0
"""Seconds in which a body has to come, and in which a reader has to take a piece of an answer."""
MOST_STREAMS = 8
"""Exports that are sent at once, by one worker."""
MOST_WRITERS = 8
"""POSTs that are admitted at once, by one worker; one is worked on."""
THREADS = 4
"""Requests that are worked on at once, by one worker."""


@dataclass(slots=True)
class _Noted:
    """What is known of a request at its end, for the log and the metrics."""

    route: str = OTHER
    status: int = 500
    sent: int = 0
    whole: bool = False
    body_read: bool = False
    began: float = field(default_factory=time.perf_counter)


class Application:
    """The ASGI application of one worker.

    Args:
        archive: a long-lived handle; it follows new generations of the index by itself.
        routes: the routes it answers; of two that fit a path, the first.
        metrics: default: those of this worker alone.
        log: writes one line of the access log.

    Attributes:
        threads: those that answer.
    """

    def __init__(
        self,
        archive: Archive,
        serving: Serving,
        *,
        routes: Sequence[Route] = ALL,
        metrics: Metrics | None = None,
        log: Callable[[str], None] = write_line,
    ) -> None:
        self._archive = archive
        self._serving = serving
        self._metrics = metrics or Metrics(paths_of(routes))
        self._log = log
        self._tokens = Tokens(serving.tokens)
        self.threads = Threads(THREADS, serving.concurrency, most_seconds(archive.timeout))
        self._writing = Threads(1, MOST_WRITERS, UNLIMITED)
        self._streams = 0
        self._routes = [each for each in routes if each.method == "GET" or serving.ingest_tokens]
        self._on_nothing = next((each.on_problem for each in routes if each.on_problem), problems.answer)
        """Tells a browser that there is nothing at an address: as the page does."""
        self._openapi: bytes | None = None
        self._asgi = self._made(self._routes)

    def _made(self, routes: Sequence[Route]) -> ASGIApp:
        middleware = []
        if self._serving.origins:
            middleware.append(
                Middleware(
                    CORSMiddleware,
                    allow_origins=list(self._serving.origins),
                    allow_methods=["GET", "HEAD"],
                    allow_headers=["Authorization", "If-None-Match"],
                    expose_headers=["ETag", "Retry-After"],
                    max_age=600,
                )
            )
        app = Starlette(
            routes=[self._path(each) for each in routes],
            middleware=[*middleware, Middleware(Checked, checks=self._refused)],
            exception_handlers={HTTPException: self._unrouted, Exception: self._crashed},
        )
        app.router.redirect_slashes = False
        return app

    def _path(self, route: Route) -> Path:
        async def endpoint(request: Request) -> Response:
            return await self._answered(route, request)

        return Path(route.path, endpoint, methods=[route.method])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._asgi(scope, receive, send)
            return
        noted = _Noted()
        scope["searchkit"] = noted
        self._metrics.begin()
        try:
            await self._asgi(scope, receive, self._sending(scope, send, noted))
        except _Unread:
            self._log(f"a reader took nothing for {BODY_SECONDS:g} s: its answer is cut off")
            raise
        except Exception as error:
            self._tell(error)
            if not noted.whole:
                raise  # the connection is closed in the middle of the answer, so that nobody takes it for whole
        finally:
            seconds = time.perf_counter() - noted.began
            self._metrics.end(noted.route, noted.status, seconds)
            if self._serving.log:
                self._log(line_of(scope, noted.status, noted.sent, seconds))

    def unanswered(self, client: str, status: int, sent: int, seconds: float) -> None:
        """Count and log a request that the protocol refused: it was none, or did not come as a whole."""
        self._metrics.begin()
        self._metrics.end(OTHER, status, seconds)
        if self._serving.log:
            self._log(line_of({"client": (client, 0)}, status, sent, seconds))

    def _sending(self, scope: Scope, send: Send, noted: _Noted) -> Send:
        has_body = any(
            name in (b"content-length", b"transfer-encoding") and value != b"0" for name, value in scope["headers"]
        )

        async def sending(message: Sent) -> None:
            if message["type"] == "http.response.start":
                noted.status = message["status"]
                headers = message.setdefault("headers", [])
                given = {name.lower() for name, _ in headers}
                for name, value in security.HEADERS.items():
                    if name.lower().encode() not in given:
                        headers.append((name.lower().encode(), value.encode()))
                # What a 304 says replaces what the browser has kept of the answer: without a body there is no policy.
                if b"content-security-policy" not in given and noted.status != HTTPStatus.NOT_MODIFIED:
                    is_page = any(name == b"content-type" and value.startswith(b"text/html") for name, value in headers)
                    policy = security.PAGE_POLICY if is_page else security.POLICY
                    headers.append((b"content-security-policy", policy.encode()))
                if has_body and not noted.body_read:
                    headers.append((b"connection", b"close"))  # what is still to come is not waited for
            elif message["type"] == "http.response.body":
                noted.sent += 0 if scope["method"] == "HEAD" else len(message.get("body", b""))
            if message.get("more_body"):
                try:
                    await asyncio.wait_for(send(message), BODY_SECONDS)
                except asyncio.TimeoutError:
                    raise _Unread from None
            else:
                await send(message)
                noted.whole = message["type"] == "http.response.body"

        return sending

    # -- what a route may know

    def metrics(self) -> str:
        """Return the metrics in the text form of Prometheus."""
        return self._metrics.text()

    def openapi(self) -> bytes:
        """Return the OpenAPI document."""
        if self._openapi is None:
            from searchkit.servers.web.openapi import document

            self._openapi = document(self._routes)
        return self._openapi

    # -- before the route

    def _refused(self, scope: Scope) -> Response | None:
        """Return the answer to a request that no route is asked for; None if it may pass."""
        if (problem := heads.fault(scope, loopback=self._serving.loopback)) is None:
            return None
        return self._refusal(
            problem, {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        )

    def _refusal(self, problem: Problem, headers: Mapping[str, str], chosen: str = "") -> Response:
        """Return the answer to a request that has no route: a page for a browser, JSON for a program."""
        if "text/html" in headers.get("accept", ""):
            return self._response(self._on_nothing(problem, headers.get("accept-language", ""), chosen))
        return self._told(problem)

    def _admitted(self, route: Route, headers: Mapping[str, str]) -> Problem | None:
        """Return the problem of a request without the token that its route needs; None if it may pass."""
        tokens = Tokens(self._serving.ingest_tokens) if route.method == "POST" else self._tokens
        if route.public or (route.method != "POST" and not tokens):
            return None
        if tokens and tokens.admit(headers.get("authorization", "")):
            return None
        scheme = "Basic" if "text/html" in headers.get("accept", "") else "Bearer"
        return Problem(
            401, "token", Message("a token is needed"), "Authorization: Bearer TOKEN",
            headers={"WWW-Authenticate": f'{scheme} realm="searchkit", charset="UTF-8"'},
        )  # fmt: skip

    async def _unrouted(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        path = re.sub(r"[\x00-\x1f\x7f-\x9f]", "\ufffd", request.scope["path"][:200])
        headers = dict(error.headers or {})
        if error.status_code == 404:
            problem = Problem(
                404, "no-such-path", Message("there is nothing at {path}", path=path), "/openapi.json lists all"
            )
        elif error.status_code == 405:
            told = Message("{path} does not take {method}", path=path, method=request.method[:20])
            problem = Problem(
                405, "method", told, Message("it takes {methods}", methods=headers.get("Allow", "")), headers=headers
            )
        else:
            problem = Problem(error.status_code, "http", str(error.detail)[:200], headers=headers)
        return self._refusal(problem, request.headers, request.query_params.get("lang", ""))

    async def _crashed(self, request: Request, error: Exception) -> Response:
        """Return the answer to a request outside of its route; Starlette raises the error again after it."""
        return self._told(problems.unexpected())

    # -- the route

    async def _answered(self, route: Route, request: Request) -> Response:
        noted: _Noted = request.scope["searchkit"]
        noted.route = name_of(route.path)
        languages = request.headers.get("accept-language", ""), request.query_params.get("lang", "")
        on_problem = route.on_problem or problems.answer
        if (refused := self._admitted(route, request.headers)) is not None:
            return self._response(on_problem(refused, *languages))
        try:
            body = b""
            if route.method == "POST":
                body = await self._body(request)
                noted.body_read = True
            return await self._made_in_thread(route, request, body)
        except Exception as error:
            try:
                pairs = parameters.pairs_of(request.scope["query_string"])
            except BadParameter:
                pairs = []
            return self._response(on_problem(self._problem(error, pairs), *languages))

    async def _made_in_thread(self, route: Route, request: Request, body: bytes) -> Response:
        packs = accepts_gzip(request.headers.get("accept-encoding", ""))

        def work() -> Response | tuple[bytes, Iterator[bytes], Answer]:
            tag = self._tag(request) if route.cached and route.method == "GET" else ""
            if tag and is_known(tag, request.headers.get("if-none-match", "")):
                vary = "Accept-Encoding, Accept-Language" if route.on_problem else "Accept-Encoding"  # a page has one
                return Response(status_code=304, headers={"ETag": tag, "Vary": vary})
            pairs = parameters.pairs_of(request.scope["query_string"])
            given = parameters.read(route.parameters, pairs)
            asked = Asked(self, self._archive, request.path_params, given, tuple(pairs), request.headers, body)
            answer = route.answer(asked)
            if tag and answer.status == 200:
                answer = with_headers(answer, {"ETag": tag})
            if isinstance(answer.body, bytes):
                return self._response(packed(answer) if packs else answer)
            pieces = packed_pieces(answer.body) if packs else answer.body
            return next(pieces, b""), pieces, answer

        threads = self.threads if route.method == "GET" else self._writing
        made = work() if route.at_once else await threads.run(work)
        if isinstance(made, Response):
            return made
        first, pieces, answer = made
        if self._streams >= MOST_STREAMS:
            return self._told(
                problems.busy(Message("{most} exports are being sent already", most=MOST_STREAMS), seconds=10)
            )
        headers = {**answer.headers, "Vary": "Accept-Encoding", "Content-Type": answer.media_type}
        if packs:
            headers["Content-Encoding"] = "gzip"
        if request.method == "HEAD":
            return Response(status_code=answer.status, headers=headers)
        self._streams += 1
        return Streamed(self._sent(first, pieces), answer.status, headers, self._stream_ended)

    async def _sent(self, first: bytes, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
        yield first
        while piece := await self.threads.run(lambda: next(pieces, b""), further=True):
            yield piece

    def _stream_ended(self) -> None:
        self._streams -= 1

    def _tag(self, request: Request) -> str:
        """Return the ETag of what an answer depends on: the archive, the day, the program, the request."""
        scope = request.scope
        parts = (
            edition(), self._archive.state, scope["raw_path"], scope["query_string"],
            request.headers.get("accept-language", ""),
        )  # fmt: skip
        return f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:24]}"'

    async def _body(self, request: Request) -> bytes:
        """Return the body of a request. Raises: _Refused if it is too long, or does not come."""
        told = f"the body is longer than {MOST_BODY:,} bytes"
        too_long = _Refused(Problem(413, "too-long", told, "send the articles in several requests"))
        length = request.headers.get("content-length", "0")
        if not length.isdecimal() or len(length) > 15 or int(length) > MOST_BODY:
            raise too_long

        async def read() -> bytes:
            found = bytearray()
            async for piece in request.stream():
                found += piece
                if len(found) > MOST_BODY:
                    raise too_long
            return bytes(found)

        try:
            return await asyncio.wait_for(read(), BODY_SECONDS)
        except ClientDisconnect:
            raise _Refused(Problem(400, "http", "the body ended before it was whole")) from None
        except asyncio.TimeoutError:
            raise _Refused(Problem(408, "slow", f"the body did not come within {BODY_SECONDS:g} s")) from None

    # -- answers

    def _problem(self, error: Exception, pairs: Sequence[tuple[str, str]] = ()) -> Problem:
        if isinstance(error, _Refused):
            return error.problem
        if isinstance(error, Busy):
            told = Message(
                "the server is busy: {most} requests are being answered or wait", most=self._serving.concurrency
            )
            return problems.busy(told)
        if isinstance(error, Overdue):
            told = Message("the answer took more than {seconds:g} s", seconds=self.threads.seconds)
            return Problem(504, "timeout", told, Message("ask for less"))
        if not isinstance(error, SearchkitError) or isinstance(error, ArchiveError):
            self._tell(error)
        return problems.problem_of(error, pairs) if isinstance(error, SearchkitError) else problems.unexpected()

    def _tell(self, error: Exception) -> None:
        """Write an error that is not the client's on the log."""
        frames = traceback.extract_tb(error.__traceback__)
        where = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
        self._log(f"error: {type(error).__name__}: {' '.join(str(error).split())[:500]}{where}")
        if self._serving.verbose:
            for each in "".join(traceback.format_exception(error)).splitlines():
                self._log(each)

    def _told(self, problem: Problem) -> Response:
        return self._response(problems.answer(problem))

    def _response(self, answer: Answer) -> Response:
        assert isinstance(answer.body, bytes)
        headers = {"Vary": "Accept-Encoding", **answer.headers, "Content-Type": answer.media_type}
        return Response(answer.body, answer.status, headers)


class _Unread(Exception):
    """An answer that nobody reads any more."""


class _Refused(Exception):
    """A request that is refused with a problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem
