"""Text dumps: saved pages of news sites as plain text, and plain files of title, dateline and body."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import tzinfo

from searchkit.language.messages import Message
from searchkit.sources.encodings import binary_reason, decode
from searchkit.sources.formats import Item, Reading, own_fault
from searchkit.sources.limits import Unreadable
from searchkit.sources.prose import not_prose
from searchkit.sources.readers.text_article import HEAD_LINES, article
from searchkit.sources.readers.text_lines import (
    TextLine,
    dateline,
    editor_note,
    is_closing,
    is_heading,
    is_paragraph,
    is_rule,
    labels,
    site,
)
from searchkit.sources.streams import HEAD, Stream

_LINE_END = re.compile(r"\r\n|\n|\r|\x85|\u2028|\u2029")
_MAX_LINES = 1_000_000
_PART_RULE = 5
"""Signs in a line that may part two articles."""


def read_text(stream: Stream, reading: Reading) -> Iterator[Item]:
    """The articles of a text file: usually one, several where it is clear that they are."""
    data = stream.whole(reading.limits.document_bytes)
    if reason := binary_reason(data[:HEAD], complete=len(data) <= HEAD):
        raise Unreadable(reason)
    if reading.format == "auto" and (reason := not_prose(data[:HEAD])):
        raise Unreadable(reason)
    yield from articles(decode(data), reading)


def articles(text: str, reading: Reading) -> Iterator[Item]:
    """The articles of a text.

    Raises:
        Unreadable: there is nothing in it, or it has more than a million lines.
    """
    if text.count("\n") > _MAX_LINES:
        raise Unreadable(
            Message("has more than {max_lines:,} lines: split it, or make it JSON lines", max_lines=_MAX_LINES)
        )
    any_text = False
    for lines in split(text, reading.timezone):
        any_text = True
        shown = "\n".join(line.text for line in lines)
        try:
            found = article(lines, reading.timezone)
        except Exception as error:  # of one article: the others are read
            yield own_fault(error, reading, line=lines[0].number, record=shown)
            continue
        if found is None:
            yield reading.rejected(
                "has neither a title nor a text that can be told apart", line=lines[0].number, record=shown
            )
        else:
            yield found
    if not any_text:
        raise Unreadable("is empty")


def split(text: str, zone: tzinfo) -> list[list[TextLine]]:
    """The lines of each article in a text, those of nothing but white space left out.

    Articles are parted by a form feed or a line of five or more `=`, `-`, `*`, `_`, `#` or `~`, if every part then has
    a time or a title label of its own; and inside such a part at a site line, a title label or a dateline that can
    only begin a new article.
    """
    pieces: list[list[TextLine]] = [[]]
    for number, raw in enumerate(_LINE_END.split(text), 1):
        for at, piece in enumerate(raw.split("\f")):
            line = piece.strip().strip("\ufeff\u200b")
            if line.startswith("×") and site(line[1:]):
                line = line[1:]  # saved pages end with × and no newline; this is the first line of the next one
            if at or (is_rule(line) and len(line) >= _PART_RULE):
                pieces.append([])
            if line and not is_rule(line):
                pieces[-1].append(TextLine(number, line))
    parts = [piece for piece in pieces if piece]
    if len(parts) > 1 and not all(_has_head(part, zone) for part in parts):
        parts = [[line for part in parts for line in part]]
    return [page for part in parts for page in _pages(part, zone)]


def _has_head(lines: Sequence[TextLine], zone: tzinfo) -> bool:
    return any(dateline(line.text, zone) or "title" in (labels(line.text) or {}) for line in lines[:HEAD_LINES])


def _pages(lines: list[TextLine], zone: tzinfo) -> list[list[TextLine]]:
    """Several articles in a row, cut where a new one can only begin."""
    starts = [0]
    headed = ended = False
    text_since = False
    for at, line in enumerate(lines):
        text = line.text
        if site(text):
            # the site line may stand twice above the title, so it begins a page only after the last one's head
            if at > starts[-1] and (headed or ended) and _worth(lines[at : at + HEAD_LINES], zone):
                starts.append(at)
                headed = ended = text_since = False
        elif "title" in (labels(text) or {}):
            if at > starts[-1] and text_since and headed:
                starts.append(at)
                ended = text_since = False
            headed = True
        elif dateline(text, zone):
            if headed and ended and any(is_paragraph(each.text) for each in lines[at + 1 : at + 3]):
                begin = at - 1
                while begin > starts[-1] + 1 and labels(lines[begin].text) is not None:
                    begin -= 1
                if begin > starts[-1] and not is_closing(lines[begin].text) and editor_note(lines[begin].text) is None:
                    starts.append(begin)
                    ended = text_since = False
            headed = True
        elif is_closing(text) or is_heading(text) or editor_note(text) is not None:
            ended = True
        elif is_paragraph(text) or headed:
            text_since = True
    return [lines[start:end] for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)]


def _worth(lines: Sequence[TextLine], zone: tzinfo) -> bool:
    """What begins at a site line is a page, not the last one's foot: it has a time or a paragraph near its top."""
    return any(dateline(line.text, zone) or is_paragraph(line.text) for line in lines[1:])
