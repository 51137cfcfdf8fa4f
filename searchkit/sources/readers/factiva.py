"""Exports of Factiva as text: with two capitals before each value, or laid out as an article a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from searchkit.errors import BadRecord
from searchkit.sources import printed_dates
from searchkit.sources.decoded import TextRow, text_rows
from searchkit.sources.formats import Item, Reading, own_fault
from searchkit.sources.html.people import is_person
from searchkit.sources.limits import Unreadable
from searchkit.sources.looks import FACTIVA_WORDS, head_lines
from searchkit.sources.readers.tagged import Tagged, read_tagged
from searchkit.sources.record import from_record
from searchkit.sources.streams import HEAD, Stream

_NUMBER = re.compile(r"(?:(?:Document|文件|文档|文檔|檔案)\s{1,3})?([A-Z0-9]{3,12}\d{10,24}[a-z0-9]{0,12})$")
_END = re.compile(r"(?:Document|文件|文档|文檔|檔案)\s{1,3}([A-Z0-9]{3,12}\d{10,24}[a-z0-9]{0,12})$")
_RIGHTS = re.compile(r"(?:\(c\)|©|Copyright|版权|版權)", re.IGNORECASE)
_CODE = re.compile(r"[A-Z0-9]{2,12}$")
_LANGUAGE = re.compile(r"(?:English|Chinese|中文|英文)[\w\s()（）-]{0,20}$", re.IGNORECASE)
_BYLINE = re.compile(r"(?:By\s+|记者\s*|記者\s*|作者[:：]\s*|文[:：]\s*)(?P<name>\S.{0,60})$", re.IGNORECASE)
_MOST_LINES = 50_000


def _finish(record: dict[str, Any], extra: dict[str, str]) -> None:
    """Join the day and the time of day; take the number of the document as its id, which no other has."""
    if (clock := extra.pop("ET", "")) and isinstance(record.get("published"), str):
        record["published"] = f"{record['published']} {clock}"
    if match := _NUMBER.search(extra.get("AN", "")):
        record["id"] = match[1]
        del extra["AN"]


_TAGGED = Tagged(
    re.compile(
        r"(?P<tag>SE|HD|BY|CR|WC|PD|ET|SN|SC|ED|PG|VOL|LA|CY|LP|TD|CX|ART|CT|RF|CO|IN|NS|RE|IPC|IPD|PUB|CLM|AN)"
        r"(?P<value>|\t.*|\s{2,}\S.*|\s[^\x00-\x7f].*)$"
    ),
    {
        "HD": "title", "BY": "author", "PD": "published", "SN": "source", "LP": "body", "TD": "body", "SE": "section",
        "CLM": "section", "WC": "", "SC": "", "LA": "", "CY": "", "AN": None, "ET": None, "ED": None, "PG": None,
        "ART": None, "PUB": None,
    },
    starts=frozenset({"SE", "HD"}),
    ends=frozenset({"AN"}),
    finish=_finish,
)  # fmt: skip


def read_factiva(stream: Stream, reading: Reading) -> Iterator[Item]:
    """The articles of an export of Factiva."""
    lines = head_lines(stream.peek(HEAD))
    if sum(_TAGGED.line.match(line) is not None for line in lines) > 3:
        yield from read_tagged(stream, reading, _TAGGED)
    else:
        yield from _laid_out(stream, reading)


def _laid_out(stream: Stream, reading: Reading) -> Iterator[Item]:
    """Articles that end in `Document` and a number each."""
    held: list[TextRow] = []
    size = number = 0
    found = False
    try:
        for row in text_rows(stream, reading.limits):
            number = row.number
            text = row.text.strip()
            if not text:
                continue
            size += len(text)
            if row.cut or size > reading.limits.record_bytes or len(held) > _MOST_LINES:
                yield reading.rejected("is an article without an end", line=row.number, record=text)
                held, size = [], 0
                continue
            found = True
            if match := _END.match(text):
                yield _article(held, match[1], reading) if held else reading.rejected("is empty", line=number)
                held, size = [], 0
            else:
                held.append(TextRow(row.number, text))
    except Unreadable as error:
        yield reading.rejected(error.reason, line=number + 1)
        found = True
    if held:
        shown = "\n".join(row.text for row in held[:100])
        yield reading.rejected("has no number of its document under it", line=held[0].number, record=shown)
    elif not found:
        yield reading.rejected("holds no articles")


def _article(rows: list[TextRow], number: str, reading: Reading) -> Item:
    """An article of: section, title, byline, words, day, time, outlet, code, language, rights; then its text."""
    record: dict[str, Any] = {"id": number}
    above: list[str] = []
    start = 0
    words = next((at for at, row in enumerate(rows[:12]) if FACTIVA_WORDS.match(row.text)), None)
    shown = "\n".join(row.text for row in rows[:100])
    try:
        if words is not None:
            for row in rows[:words]:
                if match := _BYLINE.match(row.text):
                    record.setdefault("author", match["name"])
                else:
                    above.append(row.text)
            start = words + 1
            for at in range(start, min(len(rows), start + 9)):
                text = rows[at].text
                when = printed_dates.parse(text, timezone=reading.timezone)
                start = at + 1
                if when.moment is not None and len(text) < 40:
                    record["published"] = text
                elif re.fullmatch(r"\d{1,2}:\d\d", text) and "published" in record:
                    record["published"] += " " + text
                elif _RIGHTS.match(text):
                    break
                elif not _CODE.match(text) and not _LANGUAGE.match(text) and len(text) < 60:
                    record.setdefault("source", text)
                elif len(text) >= 60:
                    start = at
                    break
        elif rows:
            above, start = [rows[0].text], 1
        if (
            len(above) > 1
            and "author" not in record
            and words is not None
            and all(is_person(each) for each in re.split(r"[\s、,，;；]+", above[-1]))
        ):
            record["author"] = above.pop()
        if above:
            record["title"] = above[-1]
            if len(above) > 1:
                record["section"] = above[0]
        record["body"] = "\n".join(row.text for row in rows[start:])
        return from_record(record, timezone=reading.timezone)
    except BadRecord as error:
        return reading.rejected(error.message, line=rows[0].number, record=shown)
    except Exception as error:
        return own_fault(error, reading, line=rows[0].number, record=shown)
