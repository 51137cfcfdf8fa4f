"""How does a spider of Scrapy write into an archive? By an item pipeline.

    ITEM_PIPELINES = {"searchkit.scrapy.ArchivePipeline": 800}
    SEARCHKIT_INDEX = "news-archive"

Needs the extra [scrapy]. Fields of items have the names that docs/sources.md knows: title, body, url, published, …
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from searchkit.archive import Archive
from searchkit.errors import BadRecord, MissingExtra, UsageError
from searchkit.model.article import Article
from searchkit.model.reports import UpsertReport
from searchkit.opening import open_at
from searchkit.sources.record import from_record
from searchkit.writing.admission import refusal

try:
    from itemadapter import ItemAdapter
    from scrapy.exceptions import DropItem
    from scrapy.utils.defer import maybe_deferred_to_future
    from twisted.internet.defer import Deferred
    from twisted.internet.threads import deferToThread
    from twisted.python.failure import Failure
except ImportError as error:
    raise MissingExtra("an item pipeline of Scrapy", "scrapy") from error

__all__ = ["ArchivePipeline"]

BATCH = 500
"""The most articles that are written together."""

INDEX_EVERY = 5_000
"""Articles after which those written so far are indexed, unless SEARCHKIT_INDEX_EVERY says otherwise."""


class ArchivePipeline:
    """An item pipeline that keeps items as articles.

    An item leaves the pipeline when its article is on disk, so what Scrapy counts as scraped is not lost if the crawl
    is killed. Items that come while others are written are written together. They are indexed every
    SEARCHKIT_INDEX_EVERY articles and at the end; what a killed crawl did not index, the next opening of the archive
    does. Crawling a page again changes nothing, or adds a revision if the page has changed.

    An item that is no article is dropped. The stats count `searchkit/added`, `updated`, `unchanged`, `headlines` and
    `rejected`, and under `searchkit/rejected/…` why.

    Settings: SEARCHKIT_INDEX, the folder of the archive, which is made if there is none; SEARCHKIT_TZ, its time zone;
    SEARCHKIT_MAP, a dict from fields of articles to those of items; SEARCHKIT_WAIT, the seconds to wait while another
    process writes (default: 60).
    """

    def __init__(self, crawler: Any) -> None:
        settings = crawler.settings
        self._stats = crawler.stats
        self._folder = settings.get("SEARCHKIT_INDEX")
        if not self._folder:
            raise UsageError("SEARCHKIT_INDEX is not set", hint='SEARCHKIT_INDEX = "news-archive" in settings.py')
        self._zone = settings.get("SEARCHKIT_TZ") or None
        self._mapping: Mapping[str, str] = settings.getdict("SEARCHKIT_MAP")
        self._wait = settings.getfloat("SEARCHKIT_WAIT", 60.0)
        self._index_every = settings.getint("SEARCHKIT_INDEX_EVERY", INDEX_EVERY)
        self._archive: Archive | None = None
        self._waiting: list[tuple[Article, Any]] = []
        self._is_writing = False
        self._not_indexed = 0

    @classmethod
    def from_crawler(cls, crawler: Any) -> ArchivePipeline:
        """Make the pipeline; Scrapy calls this."""
        return cls(crawler)

    def open_spider(self, spider: Any = None) -> None:
        """Open the archive, with the errors of `searchkit.open`."""
        self._archive = open_at(self._folder, create=True, tz=self._zone, wait=self._wait)

    async def process_item(self, item: Any, spider: Any = None) -> Any:
        """Write an item and return it once it is on disk.

        Raises:
            DropItem: it is no article.
            SearchkitError: it cannot be written.
        """
        article = self._article(item)
        written: Any = Deferred()
        self._waiting.append((article, written))
        self._write()
        await maybe_deferred_to_future(written)
        return item

    async def close_spider(self, spider: Any = None) -> None:
        """Index what was written, and close the archive."""
        if (archive := self._archive) is None:
            return
        try:
            await maybe_deferred_to_future(deferToThread(archive.catch_up))
        finally:
            archive.close()

    def _open(self) -> Archive:
        assert self._archive is not None, "open_spider was not called"
        return self._archive

    def _article(self, item: Any) -> Article:
        if isinstance(item, Article):
            article = item
        else:
            try:
                given = {name: _plain(value) for name, value in ItemAdapter(item).asdict().items()}
                article = from_record(given, timezone=self._open().timezone, mapping=self._mapping)
            except BadRecord as error:
                raise self._dropped(error.message) from error
            except UnicodeDecodeError as error:
                raise self._dropped("it has bytes that are not UTF-8: response.text is text") from error
        if refused := refusal(article):
            raise self._dropped(refused.reason)
        return article

    def _dropped(self, reason: str) -> DropItem:
        self._stats.inc_value("searchkit/rejected")
        self._stats.inc_value(f"searchkit/rejected/{reason[:80]}")
        return DropItem(f"no article: {reason}")

    def _write(self) -> None:
        """Begin to write what waits, unless a batch is being written; then it is written after that."""
        if self._is_writing or not self._waiting:
            return
        batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
        self._is_writing = True
        self._not_indexed += len(batch)
        index = self._not_indexed >= self._index_every
        if index:
            self._not_indexed = 0
        articles = [article for article, _ in batch]
        deferToThread(self._open().upsert_all, articles, index=index).addBoth(self._is_written, batch)

    def _is_written(self, result: UpsertReport | Failure, batch: list[tuple[Article, Any]]) -> None:
        self._is_writing = False
        if not isinstance(result, Failure):
            for name in ("added", "updated", "unchanged", "headlines"):
                if count := getattr(result, name):
                    self._stats.inc_value(f"searchkit/{name}", count)
        for _, written in batch:
            if isinstance(result, Failure):
                written.errback(result)
            else:
                written.callback(None)
        self._write()


def _plain(value: Any) -> Any:
    """Return a value as JSON would hold it. Raises: UnicodeDecodeError for bytes of another encoding than UTF-8."""
    if isinstance(value, bytes):
        return value.decode("utf-8")
    return value.isoformat() if isinstance(value, date) else value
