"""Corpora of records between tags: `<doc>` of Sogou, LCSTS, TREC and the like, with or without a root around them.

They are no XML: addresses have bare `&`, texts bare `<`, and end tags are missing. So tags are looked for, not parsed;
a record without an end ends where the next one begins.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from searchkit.errors import BadRecord
from searchkit.language.messages import Message
from searchkit.sources import fields
from searchkit.sources.decoded import text_rows
from searchkit.sources.formats import Item, Reading, own_fault
from searchkit.sources.limits import Unreadable, size_text
from searchkit.sources.looks import head_text, record_tag
from searchkit.sources.markup import is_markup, plain_text
from searchkit.sources.record import from_record
from searchkit.sources.streams import HEAD, Stream

_OPEN = re.compile(r"<(?P<name>[A-Za-z_][\w:.-]{0,60})(?P<rest>\s[^<>]{0,2000})?(?P<empty>/)?>")
_CLOSE = re.compile(r"</([A-Za-z_][\w:.-]{0,60})\s{0,9}>")
_ATTRIBUTE = re.compile(r"([A-Za-z_][\w:.-]{0,40})\s{0,9}=\s{0,9}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_ANY_TAG = re.compile(r"</?[A-Za-z][^<>]{0,2000}>|<[?!][^<>]{0,2000}>")
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
_DEPTH = 4
_MOST_FIELDS = 500
_TITLE = 100
_KNOWN = frozenset({"title", "body", "url", "published", "source", "author", "editor", "site", "section", "keywords"})
_NAMES = {
    "contenttitle": "title", "doctitle": "title", "docurl": "url", "datetime": "published", "dateline": "",
    "pubdate": "published", "body.content": "body",
}  # fmt: skip


def read_docs(stream: Stream, reading: Reading) -> Iterator[Item]:
    """The articles of a corpus, in its order; a record that is none is set aside with its line."""
    tag = record_tag(head_text(stream.peek(HEAD)))
    if not tag:
        raise Unreadable("holds no records that are known: no <doc>, <article>, <record> or <item>")
    edge = re.compile(rf"<(?P<end>/?){re.escape(tag)}(?P<rest>(?:\s[^<>]{{0,2000}})?)>", re.IGNORECASE)
    parts: list[str] = []
    rest = ""  # the attributes of the record that is open
    start = size = number = 0
    is_open = found = False
    limit = reading.limits.record_bytes
    try:
        for row in text_rows(stream, reading.limits):
            number = row.number
            if row.cut:
                is_open, parts, found = False, [], True
                yield reading.rejected(
                    Message(
                        "is longer than {size_text}, the most that is read as one record", size_text=size_text(limit)
                    ),
                    line=start or number,
                    record=row.text,
                )
                continue
            at = 0
            for match in edge.finditer(row.text):
                before = row.text[at : match.start()]
                at = match.end()
                if is_open:
                    parts.append(before)
                    found = True
                    yield _article("\n".join(parts), rest, reading, start)
                elif stray := _stray(before):
                    yield reading.rejected("stands between two records", line=number, record=stray)
                is_open = not match["end"]
                parts, size, start, rest = [], 0, number, match["rest"]
            tail = row.text[at:]
            if is_open:
                parts.append(tail)
                size += len(tail)
                if size > limit:
                    is_open, parts, found = False, [], True
                    yield reading.rejected("is a record without an end", line=start)
            elif stray := _stray(tail):
                yield reading.rejected("stands between two records", line=number, record=stray)
    except Unreadable as error:
        if is_open:
            yield _article("\n".join(parts), rest, reading, start)
        yield reading.rejected(error.reason, line=number + 1)
        return
    if is_open:
        found = True
        yield _article("\n".join(parts), rest, reading, start)
    if not found:
        yield reading.rejected("holds no records")


def _stray(text: str) -> str:
    """What is left of a line outside of records without its tags: the root, a declaration."""
    return _ANY_TAG.sub("", text).strip("\x00\ufeff \t\r\n")


def _article(text: str, attributes: str, reading: Reading, line: int) -> Item:
    """The article of what stands between the tags of a record."""
    record: dict[str, Any] = {}
    extra: dict[str, str] = {}
    try:
        loose = _take(text, record, extra, 0)
        for name, *values in _ATTRIBUTE.findall(attributes):
            _keep(name, next(filter(None, values), ""), record, extra)
        if "body" not in record and (body := _plain(loose)):
            record["body"] = body
            title, _, rest = body.partition("\n")
            if record.get("title") == title and rest:
                record["body"] = rest
        if "title" not in record and "body" in record and 0 < len(record.get("summary", "")) <= _TITLE:
            record["title"] = record.pop("summary")  # LCSTS: a headline is its summary of the text
        record["extra"] = extra
        return from_record(record, timezone=reading.timezone, mapping=_mapped(reading, record), markup=False)
    except BadRecord as error:
        return reading.rejected(error.message, line=line, record=text.strip())
    except Exception as error:
        return own_fault(error, reading, line=line, record=text)


def _mapped(reading: Reading, record: dict[str, Any]) -> dict[str, str]:
    return {name: key for name, key in reading.mapping.items() if key in record}


def _take(text: str, record: dict[str, Any], extra: dict[str, str], depth: int) -> str:
    """Take in the elements of a text; what stands outside of them."""
    ends: dict[str, list[int]] = defaultdict(list)
    for match in _CLOSE.finditer(text):
        ends[match[1].lower()].append(match.start())
    loose: list[str] = []
    at = count = 0
    while (opened := _OPEN.search(text, at)) is not None:
        loose.append(text[at : opened.start()])
        at = opened.end()
        if opened["empty"]:
            continue
        count += 1
        if count > _MOST_FIELDS:
            break
        closing = ends.get(opened["name"].lower(), ())
        place = bisect_left(closing, at)
        if place < len(closing):
            inner, at = text[at : closing[place]], text.find(">", closing[place]) + 1
        else:  # without an end: up to the next tag that begins a line
            end = text.find("\n<", at)
            end = len(text) if end < 0 else end
            inner, at = text[at:end], end
        _element(opened["name"], inner, record, extra, depth)
    loose.append(text[at:])
    return "".join(loose) if depth == 0 else ""


def _element(name: str, inner: str, record: dict[str, Any], extra: dict[str, str], depth: int) -> None:
    if depth < _DEPTH and not _field(name) and inner.lstrip().startswith("<") and not is_markup(inner):
        _take(inner, record, extra, depth + 1)  # <head><title>…</title></head>
    else:
        _keep(name, _plain(inner), record, extra)


def _field(name: str) -> str:
    """The field that a tag stands for; empty for `extra`, as for an id, which is a number of the corpus."""
    bare = name.rpartition(":")[2].lower()
    if bare in _NAMES:
        return _NAMES[bare]
    known = fields.known_as(bare)
    if known is not None:
        return known[0] if known[0] in _KNOWN else ""
    return "summary" if fields.is_summary(bare) else ""


def _keep(name: str, value: str, record: dict[str, Any], extra: dict[str, str]) -> None:
    field = _field(name)
    if not value:
        return
    if field in ("author", "keywords"):
        record.setdefault(field, []).append(value)
    elif field and field not in record:
        record[field] = value
    elif field == "body":
        record[field] += "\n" + value
    elif not field or record.get(field) != value:
        extra[name] = f"{extra[name]}\n{value}" if name in extra else value


def _plain(text: str) -> str:
    """The text of an element, without the tags in it."""
    text = _CDATA.sub("", text)
    text = plain_text(text)
    return _ANY_TAG.sub("", text).strip()
