"""WACZ: a zip of a crawl as Webrecorder writes it: WARC files, their index, and a list of the pages.

The pages are read from the WARC files; index, log and fonts are no articles. The list of the pages holds their text as
the crawler saw it, and is read only where no page of the WARC files could be.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from searchkit.errors import BadRecord
from searchkit.model.article import Article
from searchkit.sources.decoded import text_rows
from searchkit.sources.formats import Item, Reading
from searchkit.sources.limits import Unreadable
from searchkit.sources.prose import not_prose
from searchkit.sources.record import from_record
from searchkit.sources.streams import Stream

_PAGES = ("pages/pages.jsonl", "pages/extraPages.jsonl")


def read_wacz(stream: Stream, reading: Reading) -> Iterator[Item]:
    """The articles of the pages in a WACZ."""
    from searchkit.sources.readers.archives import read_zip

    return read_zip(stream, reading)


def is_wacz(names: Sequence[str]) -> bool:
    """Whether a zip with members of these names is a WACZ."""
    return any(map(is_crawl, names)) and any(name in ("datapackage.json", *_PAGES) for name in names)


def is_crawl(name: str) -> bool:
    """Whether a member holds what a crawler was answered."""
    return name.startswith("archive/") and name.lower().endswith((".warc", ".warc.gz", ".warc.zst"))


def is_page_list(name: str) -> bool:
    """Whether a member lists the pages of the crawl."""
    return name in _PAGES


def read_page_list(stream: Stream, reading: Reading) -> Iterator[Item]:
    """The pages of a list that have their text, as articles; others are passed over, the crawl is where they stand."""
    try:
        for row in text_rows(stream, reading.limits):
            try:
                page: Any = json.loads(row.text) if row.text.strip() and not row.cut else None
            except (ValueError, RecursionError):
                yield reading.rejected("is not JSON", line=row.number, record=row.text)
                continue
            if not isinstance(page, Mapping) or not isinstance(page.get("text"), str):
                continue
            text = page["text"]
            if not text.strip() or not_prose(text.encode("utf-8", "replace")):
                continue
            record = {name: page[name] for name in ("title", "url", "text") if isinstance(page.get(name), str)}
            if isinstance(page.get("ts"), str):
                record["extra"] = {"fetched": page["ts"]}
            try:
                item: Item = from_record(record, timezone=reading.timezone)
            except BadRecord as error:
                item = reading.rejected(error.message, line=row.number, record=row.text)
            yield item
    except Unreadable as error:
        yield reading.rejected(error.reason)


def any_article(items: Iterator[Item], found: list[bool]) -> Iterator[Item]:
    """The items as they come; `found` is appended to once there is an article among them."""
    for item in items:
        if not found and isinstance(item, Article):
            found.append(True)
        yield item
