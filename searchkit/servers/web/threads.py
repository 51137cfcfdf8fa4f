"""The threads in which requests are answered, and the bounds on how many wait and how long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

from searchkit.deadline import BACKSTOP, LEAST_BACKSTOP

Made = TypeVar("Made")

PATIENCE = 10.0
"""Seconds that a request waits for a thread, at most."""
UNLIMITED = 600.0
"""Seconds of wall-clock time of a request where questions have no limit."""


class Busy(Exception):
    """There is no room for another request, or no thread became free in time."""


class Overdue(Exception):
    """A request took too long. Its thread goes on, and counts as taken, until it is done."""


def most_seconds(timeout: float | None) -> float:
    """Return the wall-clock seconds after which a request is given up, where a question may work `timeout` seconds.

    A question ends by itself before that, see `searchkit.deadline`; so this is for all the rest.
    """
    return UNLIMITED if timeout is None else max(BACKSTOP * timeout, LEAST_BACKSTOP) + 5


class Threads:
    """Threads for the work of requests.

    Args:
        size: the requests that are worked on at once. Threads of one process share a processor most of the time, so
            a few are enough: more would only make all of them slower.
        most: the requests that are admitted at once, waiting ones included.
        seconds: the wall-clock time of one piece of work.
        patience: seconds that a request waits for a thread.
    """

    def __init__(self, size: int, most: int, seconds: float, patience: float = PATIENCE) -> None:
        self.most = most
        self.seconds = seconds
        self.patience = patience
        self.admitted = 0
        self._free = asyncio.Semaphore(size)
        self._pool = ThreadPoolExecutor(size, "request")
        self._begun: dict[Future[Any], float] = {}

    @property
    def oldest(self) -> float:
        """Seconds since the oldest work that still runs was begun; 0 if none runs."""
        return time.monotonic() - min(self._begun.values()) if self._begun else 0.0

    async def run(self, work: Callable[[], Made], *, further: bool = False) -> Made:
        """Run `work` in a thread and return its result.

        Args:
            further: it is a further piece of an answer that is being sent already, and waits for as long as it takes.

        Raises: Busy, Overdue, and the errors of `work`.
        """
        if further:
            await self._free.acquire()
            return await self._begin(work)
        if self.admitted >= self.most:
            raise Busy
        self.admitted += 1
        try:
            try:
                await asyncio.wait_for(self._free.acquire(), self.patience)
            except asyncio.TimeoutError:
                raise Busy from None
            return await self._begin(work)
        finally:
            self.admitted -= 1

    async def _begin(self, work: Callable[[], Made]) -> Made:
        loop = asyncio.get_running_loop()
        try:
            future = self._pool.submit(copy_context().run, work)
        except BaseException:
            self._free.release()
            raise
        self._begun[future] = time.monotonic()
        future.add_done_callback(lambda _: loop.call_soon_threadsafe(self._done, future))
        try:
            # Shielded: a thread cannot be stopped, and its place is free when it is done.
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(future)), self.seconds)
        except asyncio.TimeoutError:
            if future.done():  # it is the work's own
                raise
            raise Overdue from None

    def _done(self, future: Future[Any]) -> None:
        self._begun.pop(future, None)
        self._free.release()

    def close(self) -> None:
        """Take no further work. Work that runs is not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)
