"""A connection has a bounded time for the head of a request, and there are only so many."""

from __future__ import annotations

import asyncio
import json

import pytest
import uvicorn
from uvicorn.server import ServerState

from searchkit.servers.web import protocol
from searchkit.servers.web.protocol import Protocol


class Transport(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = asyncio.Event()

    def write(self, data) -> None:
        self.written += bytes(data)

    def close(self) -> None:
        self.closed.set()

    def abort(self) -> None:
        self.closed.set()

    def is_closing(self) -> bool:
        return self.closed.is_set()

    def get_extra_info(self, name, default=None):
        return default

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


async def application(scope, receive, send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


def connected(state: ServerState) -> tuple[Protocol, Transport]:
    config = uvicorn.Config(application, http=Protocol, ws="none", lifespan="off", log_config=None, access_log=False)
    made, transport = Protocol(config, state, {}, asyncio.get_running_loop()), Transport()
    made.connection_made(transport)
    return made, transport


def problem(transport: Transport) -> dict:
    return json.loads(transport.written.partition(b"\r\n\r\n")[2])


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: localhost\r\n"])
def test_a_head_that_does_not_come_is_not_waited_for(monkeypatch, sent):
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.01)

    async def run() -> None:
        made, transport = connected(ServerState())
        if sent:
            made.data_received(sent)
        await asyncio.wait_for(transport.closed.wait(), 60)
        assert transport.written.startswith(b"HTTP/1.1 408")
        assert problem(transport)["code"] == "slow"

    asyncio.run(run())


def test_an_answer_is_given_and_the_next_head_is_waited_for(monkeypatch):
    async def run() -> None:
        state = ServerState()
        made, transport = connected(state)
        made.data_received(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert made._head is None
        await asyncio.gather(*state.tasks)
        assert transport.written.endswith(b"\r\n\r\nok")
        assert made._head is not None
        made.connection_lost(None)
        assert made._head is None

    asyncio.run(run())


def test_one_connection_more_is_told_to_come_back(monkeypatch):
    monkeypatch.setattr(protocol, "MOST_CONNECTIONS", 1)

    async def run() -> None:
        state = ServerState()
        _, first = connected(state)
        _, second = connected(state)
        assert not first.is_closing()
        assert second.written.startswith(b"HTTP/1.1 503")
        assert b"retry-after: 1" in second.written.lower()
        assert problem(second)["code"] == "busy"

    asyncio.run(run())
