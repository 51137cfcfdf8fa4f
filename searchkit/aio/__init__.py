"""How does an asyncio program use an archive without waiting for it? In threads, of which there are only so many.

    from searchkit import aio

    async with aio.open("index") as archive:
        results = await archive.search("芯片", since="近7天")
        async for article in archive.export("芯片"):
            ...

The methods and their arguments are those of `searchkit.Archive`. `export` and the archive itself are asynchronous
iterators.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from typing import TYPE_CHECKING, Any, ParamSpec

from searchkit.aio.archive import AsyncArchive, AsyncSaved
from searchkit.aio.threads import THREADS
from searchkit.opening import connect as _connect
from searchkit.opening import open as _open

if TYPE_CHECKING:
    from searchkit.archive import Archive

__all__ = ["AsyncArchive", "AsyncSaved", "connect", "open"]

P = ParamSpec("P")


class _Opening:
    """An archive that is being opened: `await` it, or use it in `async with`."""

    def __init__(self, opened: Callable[[], Coroutine[Any, Any, AsyncArchive]]) -> None:
        self._opened = opened
        self._archive: AsyncArchive | None = None

    def __await__(self) -> Generator[Any, None, AsyncArchive]:
        return self._opened().__await__()

    async def __aenter__(self) -> AsyncArchive:
        self._archive = await self._opened()
        return self._archive

    async def __aexit__(self, *_: object) -> None:
        if self._archive is not None:
            await self._archive.close()


def _opening(function: Callable[P, Archive]) -> Callable[P, _Opening]:
    def call(*args: P.args, **kwargs: P.kwargs) -> _Opening:
        return _Opening(lambda: AsyncArchive.opened(lambda: function(*args, **kwargs), THREADS))

    call.__name__ = function.__name__
    call.__doc__ = (
        f"`searchkit.{function.__name__}` in a thread: `await` it, or use it in `async with`. "
        "Arguments and errors are the same."
    )
    return call


open = _opening(_open)
"""`searchkit.open` in a thread, with its arguments and errors: `await` it, or use it in `async with`."""

connect = _opening(_connect)
"""`searchkit.connect` in a thread, likewise."""
