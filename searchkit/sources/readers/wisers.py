"""Exports of Wisers as text: articles with their number over or under them, and a line of page, section and outlet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from searchkit.errors import BadRecord
from searchkit.sources import printed_dates
from searchkit.sources.decoded import TextRow, text_rows
from searchkit.sources.formats import Item, Reading, own_fault
from searchkit.sources.limits import Unreadable
from searchkit.sources.readers.text_lines import is_outlet, is_paragraph, is_rule, labels
from searchkit.sources.record import from_record
from searchkit.sources.streams import Stream

_NUMBER = re.compile(
    r"(?:文章[编編][号號]|Document (?:no|number)\.?)\s{0,3}[:：]\s{0,3}(?P<number>\d{8,})\s*$", re.IGNORECASE
)
_BAR = re.compile(r"\s{0,9}[|｜]\s{0,9}")
_PAGE = re.compile(r"(?:[A-Z]{0,3}\d{1,3}[A-Z]?|[第]?\d{1,3}版|頭版|头版|封面)$")
_BY = re.compile(r"(?:By|文[:：]|记者|記者|作者[:：])\s{0,3}(?P<name>\S.{0,60})$", re.IGNORECASE)
_WORDS = re.compile(r"(?:字[数數]\s{0,2}[:：]?\s{0,2})?[\d,]{1,8}\s{0,2}(?:字|words)?$", re.IGNORECASE)
_KINDS = frozenset(
    (
        "报章", "報章", "报纸", "報紙", "杂志", "雜誌", "网站", "網站", "网络", "網絡", "通讯社", "通訊社", "电台",
        "電台", "电视", "電視", "论坛", "論壇", "社交媒体", "社交媒體", "新闻", "新聞",
    )
)  # fmt: skip
_COUNTER = re.compile(r"\d{1,5}[.、．]?$")
_RIGHTS = re.compile(r"(?:慧科|Wisers|版权所有|版權所有|Copyright|©|\(c\)).{0,200}$", re.IGNORECASE)
_HEAD = 8
"""Lines in which what stands over a text is looked for."""
_MOST_LINES = 50_000
_OUTLET = 16
"""Characters of a line that may be the name of an outlet by itself."""


def read_wisers(stream: Stream, reading: Reading) -> Iterator[Item]:
    """The articles of an export of Wisers."""
    held: list[TextRow] = []
    number = ""  # of the article that is held, where numbers stand over the texts
    over: bool | None = None
    size = line = 0
    found = False
    try:
        for row in text_rows(stream, reading.limits):
            line = row.number
            text = row.text.strip()
            if not text or is_rule(text):
                continue
            size += len(text)
            if row.cut or size > reading.limits.record_bytes or len(held) > _MOST_LINES:
                yield reading.rejected("is an article without an end", line=row.number, record=text)
                held, size, found = [], 0, True
                continue
            match = _NUMBER.match(text)
            if match is None:
                held.append(TextRow(row.number, text))
                continue
            if over is None:
                over = not any(is_paragraph(each.text) for each in held)
                if over and held:  # what stands over the first number belongs to no article: the head of the export
                    held = []
            if over:
                if held or (number and number != match["number"]):
                    found = True
                    yield from _numbered(held, number, reading, line)
                # the same number over and under a text: what comes next has none yet
                number = "" if held and number == match["number"] else match["number"]
            else:
                found = True
                yield _article(held, match["number"], reading, line)
            held, size = [], 0
    except Unreadable as error:
        if held and over:
            yield from _numbered(held, number, reading, line)
        yield reading.rejected(error.reason, line=line + 1)
        return
    if over and (number or held):
        yield from _numbered(held, number, reading, line)
    elif held and not all(_RIGHTS.match(row.text) for row in held):
        shown = "\n".join(row.text for row in held[:100])
        yield reading.rejected("has no number of an article under it", line=held[0].number, record=shown)
    elif not found and not held:
        yield reading.rejected("holds no articles")


def _numbered(rows: list[TextRow], number: str, reading: Reading, line: int) -> Iterator[Item]:
    """Yield the article of a number that stands over its text; lines without one are told, but for rights."""
    if number:
        yield _article(rows, number, reading, line)
    elif not all(_RIGHTS.match(row.text) for row in rows):
        shown = "\n".join(row.text for row in rows[:100])
        yield reading.rejected("has no number of an article over it", line=rows[0].number, record=shown)


def _article(rows: list[TextRow], number: str, reading: Reading, line: int) -> Item:
    """An article of the lines that belong to a number."""
    record: dict[str, Any] = {"id": number}
    extra: dict[str, str] = {}
    titles: list[str] = []
    start = 0
    barred = False
    try:
        for at, row in enumerate(rows[:_HEAD]):
            text = row.text
            if found := labels(text):
                for name, value in found.items():
                    record.setdefault(name, value)
                barred = True
            elif _BAR.search(text) and len(text) < 200:
                _bar_line(text, record, extra, reading)
                barred = True
            elif text in _KINDS or (_COUNTER.match(text) and at == 0):
                pass
            elif len(text) < 40 and printed_dates.parse(text, timezone=reading.timezone).moment is not None:
                record.setdefault("published", text)
                barred = True
            elif "source" not in record and (
                (at == 0 and _is_head_of_page(rows)) or (is_outlet(text) and len(text) <= _OUTLET)
            ):
                record["source"] = text
            elif is_paragraph(text) or (barred and titles):
                break
            else:
                titles.append(text)
            start = at + 1
        if titles:
            record.setdefault("title", titles[0])
        elif "title" not in record and record.get("source") == rows[0].text:
            record["title"] = record.pop("source")  # it only ends as outlets do
        body = [*titles[1:], *(row.text for row in rows[start:])]
        while body and _RIGHTS.match(body[-1]):
            body.pop()
        record["body"] = "\n".join([*filter(None, [record.get("body", "")]), *body])
        record["extra"] = extra
        return from_record(record, timezone=reading.timezone)
    except BadRecord as error:
        return reading.rejected(error.message, line=rows[0].number if rows else line, record=_shown(rows))
    except Exception as error:
        return own_fault(error, reading, line=rows[0].number if rows else line, record=_shown(rows))


def _is_head_of_page(rows: list[TextRow]) -> bool:
    """Tell whether the first line is an outlet, whatever it is called: the bars under it name none, a title follows."""
    if len(rows) < 4 or len(rows[0].text) > _OUTLET or not _BAR.search(rows[1].text) or _BAR.search(rows[2].text):
        return False
    parts = _BAR.split(rows[1].text)
    return (
        not any(is_outlet(part.strip()) for part in parts if part)
        and not is_paragraph(rows[2].text)
        and any(is_paragraph(row.text) for row in rows[3:5])
    )


def _shown(rows: list[TextRow]) -> str:
    return "\n".join(row.text for row in rows[:100])


def _bar_line(text: str, record: dict[str, Any], extra: dict[str, str], reading: Reading) -> None:
    """Take in `A01 | 港闻 | By 张远航 | 河口日报 | 2019-08-01`, in any order."""
    for part in filter(None, map(str.strip, _BAR.split(text))):
        if match := _BY.match(part):
            record.setdefault("author", match["name"])
        elif printed_dates.parse(part, timezone=reading.timezone).moment is not None:
            record.setdefault("published", part)
        elif _PAGE.match(part):
            extra.setdefault("page", part)
        elif part in _KINDS or _WORDS.match(part):
            continue
        elif is_outlet(part) and "source" not in record:
            record["source"] = part
        elif "section" not in record:
            record["section"] = part
        elif "source" not in record:
            record["source"] = part
        else:
            extra["head"] = f"{extra['head']} | {part}" if "head" in extra else part
