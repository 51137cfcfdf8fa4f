"""Lists of headlines, one a line: alone, or with numbers, labels and keywords beside it that a sign parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from searchkit.errors import BadRecord
from searchkit.language.messages import Message
from searchkit.sources.decoded import text_rows
from searchkit.sources.formats import Item, Reading, own_fault
from searchkit.sources.limits import Unreadable, size_text
from searchkit.sources.looks import DAY_BESIDE, FASTTEXT, head_lines, separator
from searchkit.sources.record import from_record
from searchkit.sources.streams import HEAD, Stream

_HAN = re.compile("[\u3400-\u9fff]")
_COUNTED = re.compile(r"[(（]?\d{1,6}\s{0,2}(?:[.、．)）]\s{0,4}|\s(?=[\u3400-\u9fff]))")
_TEXT = 60
"""Characters, on average, over which a column is a text and no headline."""
_ID = 12
"""Digits of a number that names an article among all of its site's."""


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which column holds what; -1 where there is none."""

    count: int
    title: int = -1
    body: int = -1
    id: int = -1
    section: int = -1
    keywords: int = -1


def read_headlines(stream: Stream, reading: Reading) -> Iterator[Item]:
    """Each line as an article of its title."""
    lines = head_lines(stream.peek(HEAD))
    sign = separator(lines)
    columns = _columns([line.split(sign) for line in lines]) if sign else _Columns(1, 0)
    found = False
    number = 0
    try:
        for row in text_rows(stream, reading.limits):
            number = row.number
            text = row.text.strip()
            if not text:
                continue
            found = True
            if row.cut:
                limit = size_text(reading.limits.record_bytes)
                yield reading.rejected(
                    Message("is longer than {limit}, the most that is read as one record", limit=limit),
                    line=number,
                    record=text,
                )
            else:
                yield _article(row.text.split(sign) if sign else [text], columns, text, reading, number)
    except Unreadable as error:
        yield reading.rejected(error.reason, line=number + 1)
        return
    if not found:
        yield reading.rejected("is empty")


def _columns(rows: list[list[str]]) -> _Columns:
    """What the columns hold, by the lines at the beginning."""
    count = max({len(row) for row in rows}, key=[len(row) for row in rows].count)
    rows = [row for row in rows if len(row) == count]
    long = [sum(len(row[at].strip()) for row in rows) / len(rows) for at in range(count)]
    han = [sum(len(_HAN.findall(row[at][:200])) for row in rows) / len(rows) for at in range(count)]
    listed = [sum(bool(re.search("[,，;；、]", row[at])) for row in rows) * 2 > len(rows) for at in range(count)]
    numeric = [all(row[at].strip().isdigit() or not row[at].strip() for row in rows) for at in range(count)]
    ended = [sum(row[at].rstrip().endswith(("。", "！", "”")) for row in rows) * 2 > len(rows) for at in range(count)]
    texts = [at for at in range(count) if long[at] > _TEXT or (ended[at] and long[at] > _TEXT / 2)]
    titles = [at for at in range(count) if at not in texts and han[at] >= 4 and not numeric[at]]
    title = max(titles, key=lambda at: han[at], default=-1)
    body = max(texts, key=lambda at: long[at], default=-1)
    if title >= 0 and body < 0 and len(titles) > 1 and listed[title]:  # keywords may be longer than the headline
        title = next((at for at in titles if not listed[at]), title)
    rest = [at for at in range(count) if at not in (title, body)]
    return _Columns(
        count,
        title,
        body,
        next((at for at in rest if numeric[at] and long[at] >= _ID), -1),
        next((at for at in rest if not numeric[at] and 0 < long[at] <= 20 and not listed[at]), -1),
        next((at for at in rest if not numeric[at] and listed[at]), -1),
    )


def _article(cells: list[str], columns: _Columns, text: str, reading: Reading, line: int) -> Item:
    record: dict[str, Any] = {}
    extra: dict[str, str] = {}
    cells = [cell.strip() for cell in cells]
    if columns.count == 1:
        if match := FASTTEXT.search(text):
            record["section"] = match[1]
            text = FASTTEXT.sub(" ", text).lstrip(" ,，\t").strip()
        if match := DAY_BESIDE.search(text):
            record["published"] = match["before"] or match["after"]
            text = DAY_BESIDE.sub("", text, count=1).strip()
        text = _COUNTED.sub("", text, count=1) if _COUNTED.match(text) else text
        record["title" if len(text) <= 2 * _TEXT else "body"] = text
    elif len(cells) != columns.count:
        return reading.rejected(
            Message("has {count} fields, most lines have {count_2}", count=len(cells), count_2=columns.count),
            line=line,
            record=text,
        )
    else:
        for name in ("title", "body", "id", "section", "keywords"):
            at = getattr(columns, name)
            if at >= 0 and cells[at]:
                record[name] = cells[at]
        used = {columns.title, columns.body, columns.id, columns.section, columns.keywords}
        extra = {f"column {at + 1}": cell for at, cell in enumerate(cells) if at not in used and cell}
    try:
        return from_record({**record, "extra": extra}, timezone=reading.timezone)
    except BadRecord:
        return reading.rejected("holds no headline", line=line, record=text)
    except Exception as error:
        return own_fault(error, reading, line=line, record=text)
