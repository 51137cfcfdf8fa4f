"""What the readers of feeds have in common: an entry in, an article out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from searchkit.model.article import Article
from searchkit.model.serialise import clean
from searchkit.sources import printed_dates
from searchkit.sources.formats import Reading
from searchkit.sources.html.fragment import fragment_text
from searchkit.sources.limits import Unreadable
from searchkit.sources.record import first_sentence, one_line, paragraphs

_WORLDWIDE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
"""A URL, a `urn:` or a `tag:`: no other feed has the same. A bare number many have."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed, as it stands there; texts may be HTML.

    Attributes:
        id: the guid or id.
        texts: the full text, a summary, …; the first that says something is the body, the next is kept in `extra`.
        published: the time as printed.
        home: the feed's own address, which relative links start from.
        site: the title of the feed.
        source: the outlet, where the entry names one.
        aside: why it is no article, as the end of a sentence; empty if it is one.
    """

    title: str = ""
    id: str = ""
    url: str = ""
    texts: tuple[str, ...] = ()
    published: str = ""
    authors: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    source: str = ""
    home: str = ""
    site: str = ""
    aside: str = ""


def article_of(entry: Entry, reading: Reading) -> Article:
    """The article of an entry.

    An id that is the link itself says nothing new, so a page of that address is the same article. A feed that names no
    outlet for an entry is the outlet.

    Raises:
        Unreadable: it is to be set aside, has neither title nor text, or HTML built to break a parser.
    """
    if entry.aside:
        raise Unreadable(entry.aside)
    found = [text for each in entry.texts if (text := paragraphs(clean(fragment_text(each))))]
    body = found[0] if found else ""
    title = _line(entry.title)
    if not title and not body:
        raise Unreadable("has neither a title nor a text")
    url = _joined(entry.home, one_line(clean(entry.url)))
    id = one_line(clean(entry.id))
    if id and not url and id.startswith(("http://", "https://")):
        url = id
    if id == url or id == entry.url.strip():
        id = ""
    elif id and not _WORLDWIDE.match(id):
        host = _host(entry.home) or _host(url) or _line(entry.site)
        id = clean(f"{host}:{id}") if host else id
    printed = one_line(clean(entry.published))
    when = printed_dates.parse(printed, timezone=reading.timezone)
    site = _line(entry.site)
    summary = next((each for each in found[1:] if each != body), "")
    return Article(
        title=title or first_sentence(body),
        body=body,
        id=id,
        url=url,
        published=when.moment,
        published_text=printed,
        precision=when.precision,
        source=_line(entry.source) or site,
        author="、".join(dict.fromkeys(name for each in entry.authors if (name := _line(each)))),
        site=site,
        keywords=tuple(dict.fromkeys(word for each in entry.keywords if (word := _line(each)))),
        extra={"summary": summary} if summary else {},
    )


def _line(text: str) -> str:
    return one_line(clean(fragment_text(text))) if text else ""


def _joined(home: str, url: str) -> str:
    try:
        return urljoin(home, url) if url else ""
    except ValueError:
        return url


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
