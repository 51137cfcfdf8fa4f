"""AsyncArchive: every method of `Archive`, to be awaited."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterable, AsyncIterator, Callable, Coroutine, Iterable, Iterator
from datetime import tzinfo
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, Literal, ParamSpec, TypeVar, overload

from searchkit.aio.threads import Fed, Threads
from searchkit.archive import Archive
from searchkit.model.article import Article
from searchkit.search.saved import Saved

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from searchkit.errors import SearchkitError
    from searchkit.model.aggregations import By, Terms, TermsByPeriod
    from searchkit.model.query_records import QueryRecord, Replay
    from searchkit.model.reports import Receipt, UpsertReport, Verification
    from searchkit.model.series_records import SeriesRecord, SeriesReplay
    from searchkit.query.tree import Node
    from searchkit.search.conditions import ConditionsDict
    from searchkit.writing.catching_up import Progress
    from searchkit.writing.writer import Given

P = ParamSpec("P")
R = TypeVar("R")

_TOGETHER = 100
"""Articles that a thread reads before it hands them over: changing threads for each would take longer than reading."""


def _reads(
    method: Callable[Concatenate[Archive, P], R],
) -> Callable[Concatenate[AsyncArchive, P], Coroutine[Any, Any, R]]:
    @functools.wraps(method)
    async def call(self: AsyncArchive, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return await self._threads.read(method, self._archive, *args, **kwargs)

    return call


def _writes(
    method: Callable[Concatenate[Archive, P], R],
) -> Callable[Concatenate[AsyncArchive, P], Coroutine[Any, Any, R]]:
    @functools.wraps(method)
    async def call(self: AsyncArchive, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return await self._threads.write(method, self._archive, *args, **kwargs)

    return call


def _streams(
    method: Callable[Concatenate[Archive, P], Iterator[Article]],
) -> Callable[Concatenate[AsyncArchive, P], AsyncIterator[Article]]:
    @functools.wraps(method)
    async def call(self: AsyncArchive, /, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[Article]:
        articles = await self._threads.read(method, self._archive, *args, **kwargs)
        while batch := await self._threads.read(_taken, articles):
            for article in batch:
                yield article

    return call


def _taken(articles: Iterator[Article]) -> list[Article]:
    return list(islice(articles, _TOGETHER))


class AsyncArchive:
    """An archive whose methods are awaited: each runs that of `Archive` in a thread. Made by `searchkit.aio.open`.

    Close it, or use it in `async with`. Changes are made one after the other, in the order of the calls.

    A call that is cancelled returns at once. A question that waits for a thread is not asked then; one that is being
    answered ends in its thread, at the latest after the archive's `timeout`. A change that has begun is completed, and
    `upsert_all` keeps all that it has taken. `close` waits for changes, and ends questions.

    Functions given as `progress` and `receive` are called in the thread that writes.
    """

    def __init__(self, archive: Archive, threads: Threads) -> None:
        self._archive = archive
        self._threads = threads
        threads.path = archive.path

    @classmethod
    async def opened(cls, opening: Callable[[], Archive], readers: int) -> AsyncArchive:
        """Open an archive in a thread.

        Args:
            readers: the number of questions that are answered at the same time, at least 1.
        """
        threads = Threads(readers)
        made: list[Archive] = []
        try:
            await threads.write(lambda: made.append(opening()))
        except BaseException:  # cancelled, say, while the thread goes on
            await threads.close(lambda: made[0].close() if made else None)
            raise
        return cls(made[0], threads)

    async def __aenter__(self) -> AsyncArchive:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Wait for the changes that were begun, and release all files. Safe to call twice."""
        await self._threads.close(self._archive.close)

    def __repr__(self) -> str:
        return f"<searchkit.aio.AsyncArchive {self._archive.path}>"

    # -- known without work

    @property
    def path(self) -> Path | str:
        """The archive's folder; of one in a cluster, its address as text."""
        return self._archive.path

    @property
    def tz(self) -> str:
        """The name of the archive's time zone."""
        return self._archive.tz

    @property
    def timezone(self) -> tzinfo:
        """The archive's time zone."""
        return self._archive.timezone

    @property
    def held_back(self) -> SearchkitError | None:
        """The error for which opening left the index behind the record; None if it did not."""
        return self._archive.held_back

    @property
    def saved(self) -> AsyncSaved:
        """The searches that are kept under a name."""
        return AsyncSaved(self._archive.saved, self._threads)

    # -- asking

    search = _reads(Archive.search)
    ids = _reads(Archive.ids)
    understand = _reads(Archive.understand)
    marks = _reads(Archive.marks)
    count = _reads(Archive.count)
    timeline = _reads(Archive.timeline)
    timelines = _reads(Archive.timelines)
    facets = _reads(Archive.facets)
    trends = _reads(Archive.trends)
    compare = _reads(Archive.compare)
    similar = _reads(Archive.similar)
    record = _reads(Archive.record)
    record_timelines = _reads(Archive.record_timelines)
    export = _streams(Archive.export)

    # -- single articles

    get = _reads(Archive.get)
    resolve = _reads(Archive.resolve)
    revisions = _reads(Archive.revisions)
    recorded = _reads(Archive.recorded)
    origin = _reads(Archive.origin)
    family = _reads(Archive.family)
    headlines = _reads(Archive.headlines)
    preview = _reads(Archive.preview)

    @overload
    async def replay(self, record: QueryRecord) -> Replay: ...
    @overload
    async def replay(self, record: SeriesRecord) -> SeriesReplay: ...
    async def replay(self, record: QueryRecord | SeriesRecord) -> Replay | SeriesReplay:
        """Ask the questions of a record again; see `Archive.replay`."""
        return await self._threads.read(self._archive.replay, record)

    @overload
    async def terms(
        self, query: str | Node = "", *, limit: int = 20, by: None = None, **conditions: Unpack[ConditionsDict]
    ) -> Terms: ...
    @overload
    async def terms(
        self, query: str | Node = "", *, limit: int = 20, by: By, **conditions: Unpack[ConditionsDict]
    ) -> TermsByPeriod: ...
    async def terms(
        self, query: str | Node = "", *, limit: int = 20, by: By | None = None, **conditions: Unpack[ConditionsDict]
    ) -> Terms | TermsByPeriod:
        """Return the words most typical of the matches; see `Archive.terms`."""
        asked = functools.partial(self._archive.terms, query, limit=limit, **conditions)
        if by is None:
            return await self._threads.read(asked)
        return await self._threads.read(functools.partial(asked, by=by))

    async def state(self) -> str:
        """Return a text that changes whenever an answer may."""
        return await self._threads.read(lambda: self._archive.state)

    async def has(self, id: str) -> bool:
        """Tell whether there is an article with this id."""
        return await self._threads.read(self._archive.__contains__, id)

    async def size(self) -> int:
        """Return the number of articles."""
        return await self._threads.read(self._archive.__len__)

    def __aiter__(self) -> AsyncIterator[Article]:
        """Iterate over every article, by id."""
        return self.export()

    # -- writing

    upsert = _writes(Archive.upsert)
    delete = _writes(Archive.delete)
    prune = _writes(Archive.prune)
    log_run = _writes(Archive.log_run)
    catch_up = _writes(Archive.catch_up)
    rebuild = _writes(Archive.rebuild)
    optimize = _writes(Archive.optimize)
    set_dictionary = _writes(Archive.set_dictionary)
    set_aliases = _writes(Archive.set_aliases)

    async def upsert_all(
        self, articles: Iterable[Given] | AsyncIterable[Given], *, on_error: Literal["collect", "fail"] = "collect",
        progress: Progress | None = None, index: bool = True, receive: Callable[[Receipt], None] | None = None,
    ) -> UpsertReport:  # fmt: skip
        """Add or update many articles, as `Archive.upsert_all`, also from an asynchronous iterable.

        A synchronous iterable is read in the thread that writes. If the call is cancelled, no more of it is taken; what
        was taken is acknowledged, and indexed with `index`.
        """
        fed = Fed(articles)
        try:
            return await self._threads.write(
                self._archive.upsert_all, fed, on_error=on_error, progress=progress, index=index, receive=receive
            )
        except BaseException:
            fed.stop()
            raise

    # -- the whole

    own_aliases = _reads(Archive.own_aliases)
    analyze = _reads(Archive.analyze)
    stats = _reads(Archive.stats)
    sources = _reads(Archive.sources)
    backup = _reads(Archive.backup)

    async def verify(self, progress: Progress | None = None, *, repair: bool = False) -> Verification:
        """See `Archive.verify`."""
        run = self._threads.write if repair else self._threads.read
        return await run(self._archive.verify, progress, repair=repair)

    copy_to = _reads(Archive.copy_to)

    async def index_behind(self) -> int:
        """Return the number of changes that are acknowledged but not yet searchable."""
        return await self._threads.read(lambda: self._archive.index_behind)


def _saved(
    method: Callable[Concatenate[Saved, P], R], *, writes: bool = False
) -> Callable[Concatenate[AsyncSaved, P], Coroutine[Any, Any, R]]:
    @functools.wraps(method)
    async def call(self: AsyncSaved, /, *args: P.args, **kwargs: P.kwargs) -> R:
        run = self._threads.write if writes else self._threads.read
        return await run(method, self._saved, *args, **kwargs)

    return call


class AsyncSaved:
    """The saved searches of an archive; `AsyncArchive.saved`."""

    def __init__(self, saved: Saved, threads: Threads) -> None:
        self._saved = saved
        self._threads = threads

    list = _saved(Saved.list)
    names = _saved(Saved.names)
    get = _saved(Saved.get)
    new = _saved(Saved.new)
    latest = _saved(Saved.latest)
    articles = _saved(Saved.articles)
    save = _saved(Saved.save, writes=True)
    remove = _saved(Saved.remove, writes=True)
    mark = _saved(Saved.mark, writes=True)
