"""News sitemaps: what a site states of its pages, joined by address to the pages of the same run.

A sitemap holds no article. Its entries (title, time, name of the publication, keywords) fill what the pages leave out.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import tzinfo
from typing import IO, cast
from xml.etree.ElementTree import Element, ParseError, iterparse

from searchkit.language.messages import Message, plural
from searchkit.model.article import Article
from searchkit.model.rejected import Rejected
from searchkit.model.serialise import clean
from searchkit.sources.folders import filled
from searchkit.sources.formats import Item, Reading
from searchkit.sources.limits import Limits, Unreadable, size_text
from searchkit.sources.record import one_line, split_keywords
from searchkit.sources.streams import Stream
from searchkit.sources.walk import Document, zone

_ENDINGS = (".xml", ".xml.gz")
_HEAD = 4096
_SHOWN = 3


def read_sitemap(stream: Stream, reading: Reading) -> Iterator[Item]:
    """A sitemap that is met where it cannot be joined: inside an archive, or on standard input."""
    yield reading.rejected(
        "is a sitemap, which holds no article: unpack it and give it in one run with its pages, which it adds to"
    )


class Sitemaps:
    """The news sitemaps among the documents of a run, and the pages that are still to come for them.

    Args:
        found: the documents of the run; `documents` are those of them that are no sitemap, and what is wrong with
            those that are.
        key: makes two ways to write one address equal.
    """

    def __init__(
        self,
        found: Sequence[Document | Rejected],
        *,
        key: Callable[[str], str],
        timezone: tzinfo | str,
        limits: Limits = Limits(),
    ) -> None:
        self.documents: list[Document | Rejected] = []
        self._key = key
        self._stated: dict[str, Article] = {}
        self._waiting: dict[str, dict[str, str]] = {}
        for each in found:
            if isinstance(each, Rejected) or not _is_sitemap(each):
                self.documents.append(each)
                continue
            assert each.path is not None
            waiting = self._waiting.setdefault(each.name, {})
            try:
                with each.path.open("rb") as file:
                    for entry in entries(file, timezone=zone(timezone), limits=limits):
                        address = key(entry.url)
                        self._stated[address] = entry
                        waiting[address] = entry.url
            except (Unreadable, OSError) as error:
                reason = (
                    error.reason if isinstance(error, Unreadable) else Message("cannot be read: {reason}", reason=error)
                )
                self.documents.append(Rejected(each.name, reason))

    def joined(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items, articles filled from their entries; at the end a reject of each sitemap with pages not met."""
        if not self._waiting:
            yield from items
            return
        for item in items:
            if isinstance(item, Article) and item.url and item.kind == "article":
                address = self._key(item.url)
                for waiting in self._waiting.values():
                    waiting.pop(address, None)
                if address in self._stated:
                    item = filled(item, self._stated[address])
            yield item
        for name, waiting in self._waiting.items():
            if waiting:
                shown = ", ".join(list(waiting.values())[:_SHOWN]) + (", …" if len(waiting) > _SHOWN else "")
                yield Rejected(
                    name,
                    plural(
                        "names 1 address whose page is not in this run; a sitemap holds no text, give the pages with "
                        "it ({shown})",
                        "names {number:,} addresses whose pages are not in this run; a sitemap holds no text, give the "
                        "pages with it ({shown})",
                        len(waiting),
                        shown=shown,
                    ),
                )


def _is_sitemap(document: Document) -> bool:
    """A file that is called XML and begins as a sitemap; only its head is read."""
    if document.path is None or not document.path.name.lower().endswith(_ENDINGS):
        return False
    try:
        with document.path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return False
    if head.startswith(b"\x1f\x8b"):
        try:
            head = zlib.decompressobj(31).decompress(head, _HEAD)
        except zlib.error:
            return False
    return b"<urlset" in head or b"<sitemapindex" in head


def entries(file: IO[bytes], *, timezone: tzinfo, limits: Limits = Limits()) -> Iterator[Article]:
    """The news entries of a sitemap, each an article with an address and without a text.

    Raises:
        Unreadable: it is no XML, declares entities, is too large, or has no entry with news.
    """
    head = file.read(2)
    file.seek(0)
    source = cast(IO[bytes], gzip.GzipFile(fileobj=file)) if head == b"\x1f\x8b" else file
    try:
        data = source.read(limits.document_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable(Message("is a damaged sitemap: {reason}", reason=error)) from error
    if len(data) > limits.document_bytes:
        raise Unreadable(Message("is a sitemap larger than {size_text}", size_text=size_text(limits.document_bytes)))
    if b"<!DOCTYPE" in data[:_HEAD] or b"<!ENTITY" in data:
        raise Unreadable("is a sitemap that declares entities, which none needs: not read")
    any_news = False
    try:
        for _, element in iterparse(io.BytesIO(data)):
            if _name(element) == "url":
                entry = _entry(element, timezone)
                element.clear()
                if entry is not None:
                    any_news = True
                    yield entry
    except ParseError as error:
        raise Unreadable(Message("is a sitemap that is not XML: {reason}", reason=error)) from error
    if not any_news:
        raise Unreadable(
            "is an index of sitemaps: it holds addresses only"
            if b"<sitemapindex" in data[:_HEAD]
            else "is a sitemap without news: it holds addresses only"
        )


def _name(element: Element) -> str:
    """The name of an element without its namespace, in whose place sites write several."""
    return element.tag.rpartition("}")[2].rpartition(":")[2].lower()


def _entry(url: Element, timezone: tzinfo) -> Article | None:
    """One entry; None for one without an address or without news."""
    address = ""
    texts: dict[str, str] = {}
    for child in url:
        if _name(child) == "loc":
            address = one_line(child.text or "")
        elif _name(child) == "news":
            for inner in child.iter():
                if text := one_line(clean(inner.text or "")):
                    texts.setdefault(_name(inner), text)
    if not address or not texts:
        return None
    from searchkit.sources import printed_dates  # large patterns, and every ingest loads this module

    printed = printed_dates.parse(texts.get("publication_date", ""), timezone=timezone)
    words = tuple(dict.fromkeys(one_line(each) for each in split_keywords(texts.get("keywords", "")) if each.strip()))
    return Article(
        title=texts.get("title", ""),
        url=address,
        published=printed.moment,
        published_text=texts.get("publication_date", ""),
        precision=printed.precision if printed.moment is not None else "second",
        site=texts.get("name", ""),
        keywords=words,
    )
