"""Feeds: RSS 0.9 to 2.0 and Atom by feedparser, JSON Feed by a reader of our own.

feedparser is given UTF-8 that the encoding ladder made: what a feed declares is as often wrong as what a page does.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from searchkit.errors import MissingExtra
from searchkit.language.messages import Message
from searchkit.sources.encodings import decode
from searchkit.sources.formats import Item, Reading, looks_json_feed, own_fault
from searchkit.sources.limits import Unreadable
from searchkit.sources.readers.records import DECODER, json_fault
from searchkit.sources.streams import HEAD, Stream

_DECLARATION = re.compile(r"<\?xml[^<>]{0,500}\?>")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:[xX](?P<hex>[0-9A-Fa-f]+)|(?P<decimal>[0-9]+));?")
_ENTRY_END = re.compile(r"</(?:\w+:)?(?:item|entry)\s*>", re.IGNORECASE)
_FEED_END = re.compile(r"</(?:\w+:)?(?:rss|feed|rdf|channel)\s*>\s*(?:<!--.*-->\s*)?\Z", re.IGNORECASE | re.DOTALL)
_LONG_PERSON = re.compile(
    r"(?P<tag><(?:[\w-]{1,20}:)?(?:author|creator|managingEditor|webMaster|publisher|contributor|owner|name|email)"
    r"(?:\s[^<>]{0,500})?>\s{0,100})"
    r"(?:(?P<text>[^<\s][^<]{999})[^<]+|<!\[CDATA\[(?P<data>(?:(?!\]\]>).){1000})(?:(?!\]\]>).)+\]\]>)",
    re.IGNORECASE | re.DOTALL,
)
"""feedparser looks for an address in who wrote something, in a time that grows with the square of its length."""
_ADDRESSED = re.compile(r"[^\s@]{1,256}@\S{1,256}\s{1,8}\((?P<name>[^()]+)\)")
"""How RSS writes an author: `desk@example.com (陈河)`."""


def read_feed(stream: Stream, reading: Reading) -> Iterator[Item]:
    """The entries of a feed, in its order.

    Raises:
        MissingExtra: the packages of [feeds] are not installed.
    """
    is_json = looks_json_feed(stream.peek(HEAD))
    text = decode(stream.whole(reading.limits.document_bytes))
    if not text.strip():
        raise Unreadable("is empty")
    try:
        import searchkit.sources.readers.feed_entry  # noqa: F401  # its parser of HTML belongs to the extra
    except ImportError as error:
        raise MissingExtra(Message("reading feeds"), "feeds") from error
    yield from _read_json(text, reading) if is_json else _read_xml(text, reading)


# -- RSS and Atom


def _read_xml(text: str, reading: Reading) -> Iterator[Item]:
    from searchkit.sources.readers.feed_entry import Entry

    try:
        import feedparser
    except ImportError as error:
        raise MissingExtra(Message("reading feeds"), "feeds") from error
    text = _LONG_PERSON.sub(_shortened, text)
    text = _NOT_XML.sub("", _REFERENCE.sub(_referred, _DECLARATION.sub("", text, count=1)))
    # as an open file: feedparser would take a string for a path or an address, and go there
    try:
        feed = feedparser.parse(
            io.BytesIO(text.encode()),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except (ValueError, OverflowError) as error:  # a reference that is only made while it reads: `&amp;#xd800;`
        raise Unreadable(Message("breaks the parser of feeds: {reason}", reason=error)) from error
    entries = list(feed.get("entries", ()))
    if not feed.get("version") and not entries:  # of what holds nothing at all it does not even say that
        raise Unreadable(
            Message(
                Message("is no feed that can be read: {feed}"),
                feed=feed.get("bozo_exception", Message("it is neither RSS nor Atom")),
            )
        )
    cut = not _FEED_END.search(text, max(0, len(text) - 2000))
    if cut and len(_ENTRY_END.findall(text)) < len(entries):
        del entries[-1]
    site, home = _text(feed.feed, "title"), _text(feed.feed, "link")
    writers = _authors(feed.feed) if str(feed.get("version")).startswith("atom") else ()
    writers = tuple(each for each in writers if each != site)
    yield from _articles(
        (
            Entry(
                title=_text(each, "title"),
                id=_text(each, "id"),
                url=_text(each, "link"),
                texts=(*(_text(part, "value") for part in each.get("content", ())), _text(each, "summary")),
                published=_text(each, "published") or _text(each, "created") or _text(each, "updated"),
                authors=_authors(each) or writers,
                keywords=tuple(_text(tag, "label") or _text(tag, "term") for tag in each.get("tags", ())),
                source=_text(each, "dc_source") or _text(each.get("source") or {}, "title"),
                home=home,
                site=site,
                aside=_aside(each),
            )
            for each in entries
        ),
        reading,
        cut=cut,
    )


def _shortened(match: re.Match[str]) -> str:
    if match["text"] is None:
        return f"{match['tag']}<![CDATA[{match['data']}]]>"
    return match["tag"] + re.sub("&[^;]{0,10}$", "", match["text"])


def _referred(match: re.Match[str]) -> str:
    """A reference to a character as it is; to half a one or to none, over which feedparser breaks, U+FFFD."""
    digits = (match["hex"] or match["decimal"]).lstrip("0")
    number = int(digits[:8] or "0", 16 if match["hex"] else 10)
    return "\ufffd" if len(digits) > 8 or 0xD800 <= number <= 0xDFFF or number > 0x10FFFF else match[0]


def _aside(entry: Mapping[str, Any]) -> str:
    """Return why an entry of WordPress's export is no article, as the end of a sentence; empty if it is one."""
    kind, status = _text(entry, "wp_post_type"), _text(entry, "wp_status")
    if kind in ("attachment", "nav_menu_item", "revision", "custom_css", "wp_global_styles", "wp_navigation"):
        return Message("is no article but of the type {kind}", kind=kind)
    return (
        Message("is not published but {status}", status=status)
        if status in ("draft", "auto-draft", "pending", "trash", "private")
        else ""
    )


def _text(fields: Mapping[str, Any], name: str) -> str:
    """A field that is a text. feedparser's own look-up would give `updated` for a missing `published`."""
    value = dict.get(fields, name) if isinstance(fields, dict) else None
    return value if isinstance(value, str) else ""


def _authors(fields: Mapping[str, Any]) -> tuple[str, ...]:
    names = [_text(each, "name") for each in fields.get("authors", ())] or [_text(fields, "author")]
    return tuple(match["name"] if (match := _ADDRESSED.fullmatch(name)) else name for name in names if name)


# -- JSON Feed


def _read_json(text: str, reading: Reading) -> Iterator[Item]:
    """The items of a JSON Feed, 1.0 or 1.1 (jsonfeed.org)."""
    from searchkit.sources.readers.feed_entry import Entry

    try:
        feed = DECODER.decode(text.strip().lstrip("\ufeff"))
    except ValueError as error:
        raise Unreadable(json_fault(error)) from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise Unreadable("is a JSON Feed without a list of items")
    home = _text(feed, "home_page_url") or _text(feed, "feed_url")
    writers = _json_authors(feed)
    writers = tuple(each for each in writers if each != _text(feed, "title"))
    yield from _articles(
        (
            Entry(
                title=_text(each, "title"),
                id=str(each["id"]) if isinstance(each.get("id"), (str, int)) else "",
                url=_text(each, "url") or _text(each, "external_url"),
                texts=(_text(each, "content_html"), _escaped(_text(each, "content_text")),
                       _escaped(_text(each, "summary"))),
                published=_text(each, "date_published") or _text(each, "date_modified"),
                authors=_json_authors(each) or writers,
                keywords=tuple(tag for tag in each.get("tags") or () if isinstance(tag, str)),
                home=home,
                site=_text(feed, "title"),
            )
            if isinstance(each, dict)
            else json.dumps(each, ensure_ascii=False)
            for each in feed["items"]
        ),
        reading,
    )  # fmt: skip


def _json_authors(fields: Mapping[str, Any]) -> tuple[str, ...]:
    """`authors` of version 1.1, `author` of 1.0."""
    listed = fields.get("authors")
    found = listed if isinstance(listed, Sequence) else [fields.get("author")]
    return tuple(name for each in found if isinstance(each, dict) and (name := _text(each, "name")))


def _escaped(text: str) -> str:
    """Plain text as HTML that says the same, line by line."""
    from html import escape

    return "<br>".join(map(escape, text.splitlines()))


def _articles(entries: Iterator[Any], reading: Reading, *, cut: bool = False) -> Iterator[Item]:
    """The articles of entries; an entry that is none is set aside, as is the end of a feed that is cut off."""
    from searchkit.sources.readers.feed_entry import Entry, article_of

    count = 0
    for count, entry in enumerate(entries, 1):
        inner = reading.member(f"entry {count}")
        if not isinstance(entry, Entry):
            yield inner.rejected("is not an object with fields", record=str(entry))
            continue
        try:
            yield article_of(entry, reading)
        except Unreadable as error:
            yield inner.rejected(error.reason, record="\n".join((entry.id, entry.url, entry.title, *entry.texts)))
        except Exception as error:  # of one entry: the others are read
            yield own_fault(error, inner, record="\n".join((entry.id, entry.url, entry.title, *entry.texts)))
    if cut:
        yield reading.rejected("breaks off before its end; the entries before that were read")
    elif not count:
        yield reading.rejected("is a feed without entries")
