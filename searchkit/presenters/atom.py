"""A saved search as an Atom feed (RFC 4287), for readers of news."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from xml.sax.saxutils import escape, quoteattr

from searchkit import __version__
from searchkit.model.article import Article
from searchkit.model.saved import SavedSearch

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""The characters that no XML document can hold, not even escaped."""

_ADDRESS = re.compile(r"https?://[!#-;=?-Z_a-z~\[\]\u0080-\uffff\U00010000-\U0010ffff]+", re.IGNORECASE)
_IDS = uuid.UUID("6a8a4a0e-4f0c-5d38-9b0e-3c1b7b1d2f64")
"""The name space of the ids of feeds and entries. It never changes: a reader would show every entry again."""


def feed(search: SavedSearch, entries: Iterable[tuple[Article, datetime]]) -> Iterator[str]:
    """Yield the lines of a feed.

    The id of a feed stays the same as long as its search is kept, that of an entry as long as its article is. A
    corrected article is the same entry with a later `updated`.

    Args:
        entries: the articles, the last changed first, each with the time when its present state came in.
    """
    listed = list(entries)
    updated = max((when for _, when in listed), default=search.saved)
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield '<feed xmlns="http://www.w3.org/2005/Atom">'
    yield f"  <id>{_id('feed', search.saved.isoformat(), search.name)}</id>"
    yield f"  <title>{_text(search.name)}</title>"
    if search.query:
        yield f"  <subtitle>{_text(search.query)}</subtitle>"
    yield f"  <updated>{_time(updated)}</updated>"
    yield "  <author><name>searchkit</name></author>"
    yield f'  <generator version="{__version__}">searchkit</generator>'
    for article, when in listed:
        yield from _entry(article, when)
    yield "</feed>"


def _entry(article: Article, when: datetime) -> Iterator[str]:
    yield "  <entry>"
    yield f"    <id>{_id('article', article.id)}</id>"
    yield f"    <title>{_text(article.title)}</title>"
    yield f"    <updated>{_time(when)}</updated>"
    if article.published:
        yield f"    <published>{_time(article.published)}</published>"
    if name := article.author or article.source or article.site:
        yield f"    <author><name>{_text(name)}</name></author>"
    if _ADDRESS.fullmatch(article.url):
        yield f'    <link rel="alternate" href={quoteattr(article.url)}/>'
    yield f'    <content type="text">{_text(article.body or article.title)}</content>'
    yield "  </entry>"


def _id(*parts: str) -> str:
    return f"urn:uuid:{uuid.uuid5(_IDS, chr(10).join(parts).encode('utf-8', 'backslashreplace').decode())}"


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text))


def _time(when: datetime) -> str:
    try:
        when = when.astimezone(timezone.utc)
    except OverflowError:  # the first or the last day that there is, in another zone
        pass
    return when.isoformat(timespec="seconds").replace("+00:00", "Z")
