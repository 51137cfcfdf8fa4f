"""The threads that work for asynchronous callers: some that read, one that writes."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import threading
from collections.abc import AsyncIterable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from searchkit.errors import ArchiveClosed

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

THREADS = 8
"""Threads that read. Python runs one at a time but while numpy or SQLite works, so more would only take memory."""

_LOOK = 0.5
"""Seconds between two looks whether the event loop is still there."""


class Threads:
    """The threads of one archive.

    Questions wait for one of `readers` threads. Whatever writes waits for a thread of its own, in the order of the
    calls: so writers neither keep questions from being answered nor raise Locked for one another.
    """

    def __init__(self, readers: int, path: object = "") -> None:
        self.path = path
        self._closing = False
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="searchkit-reader")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="searchkit-writer")

    async def read(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a function in a thread that reads. Raises: ArchiveClosed after `close`."""
        return await self._run(self._readers, partial(function, *args, **kwargs))

    async def write(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a function in the thread that writes. Raises: ArchiveClosed after `close`."""
        return await self._run(self._writer, partial(function, *args, **kwargs))

    async def _run(self, pool: ThreadPoolExecutor, function: Callable[[], R]) -> R:
        if self._closing:
            raise ArchiveClosed(self.path)
        context = contextvars.copy_context()  # with the caller's own deadline, if there is one
        return await asyncio.get_running_loop().run_in_executor(pool, context.run, function)

    async def close(self, release: Callable[[], object]) -> None:
        """Let what was given to the writer end, call `release`, and wait until no thread works. Safe to call twice.

        Args:
            release: closes the archive, at which questions that are still being answered end.
        """
        self._closing = True

        def shut() -> None:
            self._writer.shutdown()
            release()
            self._readers.shutdown()

        await asyncio.shield(asyncio.get_running_loop().run_in_executor(None, shut))


class Fed(Iterable[T]):
    """Items of an iterable, which may be an asynchronous one, for a thread that takes them until `stop` is called."""

    def __init__(self, items: Iterable[T] | AsyncIterable[T]) -> None:
        self._items = items
        self._loop = asyncio.get_running_loop()
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End the iteration before its next item."""
        self._stopped.set()

    def __iter__(self) -> Iterator[T]:
        items = self._pulled(self._items) if isinstance(self._items, AsyncIterable) else iter(self._items)
        for item in items:
            if self._stopped.is_set():
                return
            yield item

    def _pulled(self, items: AsyncIterable[T]) -> Iterator[T]:
        """Yield what the event loop gets from an asynchronous iterable, one item after the other."""
        iterator = aiter(items)

        async def pull() -> tuple[T, ...]:
            async for item in iterator:
                return (item,)
            return ()

        while not self._stopped.is_set():
            future = asyncio.run_coroutine_threadsafe(pull(), self._loop)
            while not future.done():
                concurrent.futures.wait([future], _LOOK)
                if self._stopped.is_set() or self._loop.is_closed():
                    future.cancel()
                    return
            if not (item := future.result()):
                return
            yield item[0]
