"""A worker: one process that answers requests, and tells its supervisor again and again that it is well."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, BinaryIO

import uvicorn

from searchkit.errors import SearchkitError
from searchkit.opening import open_at
from searchkit.servers.web.access_log import write_line
from searchkit.servers.web.app import Application
from searchkit.servers.web.heads import MOST_HEAD
from searchkit.servers.web.metrics import Metrics
from searchkit.servers.web.orders import Orders
from searchkit.servers.web.protocol import Protocol
from searchkit.servers.web.table import ALL, paths_of

BEAT = b"."
BEAT_SECONDS = 0.5
"""Seconds between two signs of life."""
GRACE = 30.0
"""Seconds that a thread may take beyond the limit of its request, before its worker counts as hung."""
_PAUSE, _LONGEST_PAUSE = 0.0005, 0.005
"""Seconds between two connections that a worker accepts, for each that it has, and at most."""


def serve(incoming: BinaryIO, outgoing: BinaryIO, told: Orders) -> None:
    """Answer requests until SIGTERM, or until the supervisor is gone.

    Args:
        incoming: ends when the supervisor does.
        outgoing: takes a byte every half second while the worker is well.
    """
    try:
        archive = open_at(told.index, wait=told.wait, timeout=told.timeout, catch_up=False, today=_day(told.today))
    except SearchkitError as error:
        write_line(f"searchkit: worker {told.number + 1} cannot open the archive: {error.message}")
        os._exit(error.exit_code)
    application = Application(archive, told.serving, metrics=Metrics(paths_of(ALL), told.metrics, told.number))
    config = uvicorn.Config(
        application, http=Protocol, ws="none", lifespan="off", log_config=None, log_level="critical", access_log=False,
        proxy_headers=False, server_header=False, timeout_keep_alive=15,
        timeout_graceful_shutdown=max(1, round(told.drain)), h11_max_incomplete_event_size=MOST_HEAD,
    )  # fmt: skip
    with socket.socket(fileno=told.descriptor) as listening:
        asyncio.run(_Worker(config, application, incoming, outgoing).work(listening))
    archive.close()
    os._exit(0)  # a thread that hangs would be waited for


def _day(given: str | None) -> Callable[[], date] | None:
    return None if given is None else lambda: date.fromisoformat(given)


class _Server(uvicorn.Server):
    """A server whose signals and whose socket are not uvicorn's affair.

    It would end by the signal instead of with code 0. And of a burst of connections it would accept all, while other
    workers have nothing to do: a connection is kept for many requests, so it has to find a worker that is free.
    """

    def __init__(self, config: uvicorn.Config, application: Application) -> None:
        super().__init__(config)
        self._application = application

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def accept(self, listening: socket.socket) -> None:
        """Accept connections, one at a time, and the later the more there are: so those who have fewer are quicker."""
        loop = asyncio.get_running_loop()
        while not self.should_exit:
            try:
                connection, _ = await loop.sock_accept(listening)
            except OSError:  # too many files are open, or the client is gone
                await asyncio.sleep(0.1)
                continue
            await loop.connect_accepted_socket(self._protocol, connection)
            await asyncio.sleep(min(_LONGEST_PAUSE, _PAUSE * len(self.server_state.connections)))

    def _protocol(self) -> asyncio.Protocol:
        made = Protocol(self.config, self.server_state, self.lifespan.state)
        made.refused = self._application.unanswered
        return made


def _tell(loop: asyncio.AbstractEventLoop, told: dict[str, Any]) -> None:
    """Write what no task takes, an error of a connection that is gone, say, on one line of the log."""
    write_line(f"error: {told.get('message', '')}: {told.get('exception')!r}")


class _Worker:
    def __init__(
        self, config: uvicorn.Config, application: Application, incoming: BinaryIO, outgoing: BinaryIO
    ) -> None:
        self._server = _Server(config, application)
        self._threads = application.threads
        self._incoming = incoming
        self._outgoing = outgoing

    async def work(self, listening: socket.socket) -> None:
        """Serve until told to end."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._end)
        loop.set_exception_handler(_tell)
        threading.Thread(target=self._watch, args=(loop,), daemon=True).start()
        serving = loop.create_task(self._server.serve([]))
        while not self._server.started:
            await asyncio.sleep(0.01)
        accepting = loop.create_task(self._server.accept(listening))
        beating = loop.create_task(self._beat())
        while not self._server.should_exit:
            await asyncio.sleep(0.1)
        accepting.cancel()
        await asyncio.wait([accepting])  # the loop still watches the socket until then
        listening.close()
        await serving
        beating.cancel()
        self._threads.close()

    def _end(self) -> None:
        self._server.should_exit = True

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """End when the supervisor has ended, however that came."""
        try:
            while self._incoming.read(1):
                pass
        except (OSError, ValueError):
            pass
        loop.call_soon_threadsafe(self._end)

    async def _beat(self) -> None:
        """Tell that the worker is well: its loop turns, and no thread is stuck."""
        while True:
            if self._threads.oldest < self._threads.seconds + GRACE:
                try:
                    self._outgoing.write(BEAT)
                    self._outgoing.flush()
                except OSError:
                    self._end()
            await asyncio.sleep(BEAT_SECONDS)
