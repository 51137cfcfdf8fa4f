"""HTTP/1.1 as uvicorn speaks it with h11, with what a server that is open to strangers needs beyond it.

A connection has so many seconds to send the head of a request; there are only so many connections; what is no HTTP is
answered in JSON as well, and told to the log; and a reader that takes nothing any more is dropped.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from searchkit.servers.web import problems
from searchkit.servers.web.heads import MOST_HEAD
from searchkit.servers.web.problems import Problem
from searchkit.servers.web.security import HEADERS, POLICY

MOST_CONNECTIONS = 1000
"""Connections of one worker, idle ones included."""
HEAD_SECONDS = 20.0
"""Seconds in which the head of a request has to come."""
LINGER_SECONDS = 30.0
"""Seconds that a closed connection has to take the rest of its answer."""


class Protocol(H11Protocol):
    """One connection.

    Attributes:
        refused: told of each request that never reached the application, as it was none or did not come in time: the
            address of the client, the status, the bytes of the answer's body, and the seconds since it began.
    """

    refused: Callable[[str, int, int, float], None] | None = None
    _head: asyncio.TimerHandle | None = None
    _began = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._began = self.loop.time()
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            self._refuse(problems.busy(f"there are {MOST_CONNECTIONS:,} connections already"))
            return
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        super().handle_events()
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            if self._head is None:
                self._await_head()
        else:
            self._stop_waiting()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self.loop.call_later(LINGER_SECONDS, self.transport.abort)

    def send_400_response(self, msg: str) -> None:
        """Answer a request that is no HTTP/1.1, or whose head is too long. Called while h11's error is handled."""
        error = sys.exc_info()[1]
        status = error.error_status_hint if isinstance(error, h11.RemoteProtocolError) else 400
        if status == 431:
            told = f"the address and the headers are longer than {MOST_HEAD:,} bytes"
            self._refuse(Problem(status, "too-long", told, "ask with a shorter query, or fewer headers"))
            return
        told = f"this is no request of HTTP/1.1 ({str(error or msg)[:100]})"
        self._refuse(Problem(status, "http", told, "curl -G --data-urlencode q=… encodes what is in an address"))

    def _await_head(self) -> None:
        self._began = self.loop.time()
        self._head = self.loop.call_later(HEAD_SECONDS, self._head_missing)

    def _stop_waiting(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _head_missing(self) -> None:
        self._head = None
        if not self.transport.is_closing():
            self._refuse(Problem(408, "slow", f"the request did not come within {HEAD_SECONDS:g} s"))

    def _refuse(self, problem: Problem) -> None:
        body = problems.text_of(problem)
        self._tell(problem.status, len(body))
        headers = [
            (b"content-type", problems.PROBLEM_JSON.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
            *(
                (name.lower().encode(), value.encode())
                for name, value in {
                    **HEADERS,
                    "Content-Security-Policy": POLICY,
                    "Cache-Control": "no-store",
                    **problem.headers,
                }.items()
            ),
        ]
        events: list[Any] = [
            h11.Response(status_code=problem.status, headers=headers, reason=problem.title.encode()),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ]
        try:
            for event in events:
                self.transport.write(cast(bytes, self.conn.send(event)))
        except h11.LocalProtocolError:
            pass  # the client is gone, or an answer is under way
        self.transport.close()
        self.loop.call_later(LINGER_SECONDS, self.transport.abort)

    def _tell(self, status: int, sent: int) -> None:
        under_way = self.cycle is not None and not self.cycle.response_complete  # the application will tell
        kept_open = status == 408 and not self.conn.trailing_data[0]  # as browsers do for a request to come
        if self.refused is not None and not under_way and not kept_open:
            address = self.client[0] if self.client else "-"
            self.refused(address, status, sent, self.loop.time() - self._began)
