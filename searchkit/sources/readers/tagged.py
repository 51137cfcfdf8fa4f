"""What the readers of tagged exports have in common: lines of a tag and a value, put together to records.

A format says how its tagged lines look and which field each tag stands for. A line without a tag goes on with the value
before it. Where a record ends is decided in this order: at the tag that ends it; at the tag that begins every record,
if the file begins with it; else where a tag comes up again after an empty line, or a title after a title.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from searchkit.errors import BadRecord
from searchkit.sources import fields, printed_dates
from searchkit.sources.decoded import text_rows
from searchkit.sources.formats import Item, Reading, own_fault
from searchkit.sources.limits import Unreadable
from searchkit.sources.record import from_record
from searchkit.sources.streams import Stream

_MOST_LINES = 50_000
"""Lines of one record; more means that its end is missing."""
_MOST_DATES = 20
_MOST_STRAY = 200
"""Lines in a row outside of records that are shown."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """How one format writes records.

    Attributes:
        line: matches a line that begins a value; its groups `tag` and `value`.
        names: tag -> field of Article, `summary`, or "" for what says nothing, None for `extra`. Other
            tags go by the names of fields of records, else to `extra`.
        starts: tags that begin a record.
        ends: tags that end one.
        plain: makes a tag comparable before it is looked up.
        split: field -> the signs that part several values in one.
        finish: a last look at the fields of a record and its `extra`, in place.
        prose: fields whose lines stay lines.
        head: matches a line over the tags of a record that says something of it; it is the value of the tag `head`.
    """

    line: re.Pattern[str]
    names: Mapping[str, str | None]
    starts: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()
    plain: Callable[[str], str] = str
    split: Mapping[str, str] = field(default_factory=dict)
    finish: Callable[[dict[str, Any], dict[str, str]], None] = lambda record, extra: None
    prose: frozenset[str] = frozenset({"body", "summary"})
    head: re.Pattern[str] | None = None

    def tag(self, text: str) -> tuple[str, str] | None:
        """Return the tag and the value that a line begins; None if it has no tag."""
        if match := self.line.match(text):
            return self.plain(match["tag"]), match["value"].strip()
        return ("head", text) if self.head is not None and self.head.match(text) else None


@dataclass(slots=True)
class _Open:
    """A record that is being read: its tags with their lines, in the order of the file."""

    number: int
    values: list[tuple[str, list[str]]] = field(default_factory=list)
    size: int = 0
    lines: int = 0
    ended: bool = False
    tags: set[str] = field(default_factory=set)


def read_tagged(stream: Stream, reading: Reading, tagged: Tagged) -> Iterator[Item]:
    """The articles of an export; a record that is none is set aside with its line."""
    first_tag = ""
    record: _Open | None = None
    stray: list[tuple[int, str]] = []
    blank = False
    found = False
    number = 0
    limit = reading.limits.record_bytes
    try:
        for row in text_rows(stream, reading.limits):
            number = row.number
            text = row.text.rstrip()
            if not text.strip() and not row.cut:
                blank = True
                if record is not None:
                    record.values[-1][1].append("")
                continue
            tag_value = tagged.tag(text) if not row.cut else None
            if tag_value is not None:
                yield from _stray(stray, reading)
                tag, value = tag_value
                first_tag = first_tag or tag
                if record is None or _begins(record, tag, tagged, first_tag, blank=blank):
                    if record is not None:
                        found = True
                        yield _article(record, tagged, reading)
                    record = _Open(number)
                record.values.append((tag, [value]))
                record.tags.add(tag)
                record.ended = record.ended or tag in tagged.ends
            elif record is None or row.cut or _is_over(record, tagged, blank=blank):
                if not stray or len(stray) < _MOST_STRAY:
                    stray.append((number, text))
            else:
                record.values[-1][1].append(text.strip())
            blank = False
            if record is not None:
                record.size += len(text)
                record.lines += 1
                if record.size > limit or record.lines > _MOST_LINES:
                    found = True
                    yield reading.rejected("is a record without an end", line=record.number, record=_shown(record))
                    record = None
    except Unreadable as error:
        if record is not None:
            yield _article(record, tagged, reading)
        yield from _stray(stray, reading)
        yield reading.rejected(error.reason, line=number + 1)
        return
    if record is not None:
        found = True
        yield _article(record, tagged, reading)
    found = found or bool(stray)
    yield from _stray(stray, reading)
    if not found:
        yield reading.rejected("holds no records")


def _is_over(record: _Open, tagged: Tagged, *, blank: bool) -> bool:
    """Whether a line without a tag comes after the end of a record; what ends it may stand under its tag."""
    tag, lines = record.values[-1]
    return tag in tagged.ends and (tagged.names.get(tag) == "" or (blank and any(lines)))


def _stray(lines: list[tuple[int, str]], reading: Reading) -> Iterator[Item]:
    """What to say of lines that belong to no record; they are taken out of the list."""
    if lines:
        text = "\n".join(text for _, text in lines)
        yield reading.rejected("belongs to no record: it has no tag", line=lines[0][0], record=text)
        lines.clear()


def _begins(record: _Open, tag: str, tagged: Tagged, first_tag: str, *, blank: bool) -> bool:
    """Whether a tag begins a new record after this one."""
    if record.ended and (blank or tag in tagged.starts or tag in record.tags or tag == first_tag):
        return True
    if first_tag in tagged.starts and tag in tagged.starts:
        return tag in record.tags or tag == first_tag
    if tag not in record.tags:
        return False
    return blank or (tagged.names.get(tag) == "title" and record.values[-1][0] != tag)


def _shown(record: _Open) -> str:
    return "\n".join(f"{tag}: {' '.join(lines)}"[:500] for tag, lines in record.values[:40])


def _article(record: _Open, tagged: Tagged, reading: Reading) -> Item:
    """The article of a record, or why there is none."""
    found: dict[str, Any] = {}
    extra: dict[str, str] = {}
    try:
        told: dict[str, list[str]] = defaultdict(list)
        other: dict[str, list[str]] = defaultdict(list)
        for tag, lines in record.values:
            name = tagged.names[tag] if tag in tagged.names else _known(tag)
            text = ("\n" if name in tagged.prose else " ").join(filter(None, lines)).strip()
            if not text or name == "":
                continue
            if name is None:
                other[tag].append(text)
            elif signs := tagged.split.get(name):
                told[name] += [value for each in re.split(f"[{signs}]", text) if (value := each.strip())]
            else:
                told[name].append(text)
        extra = {tag: "\n".join(values) for tag, values in other.items()}
        for name, values in told.items():
            if name in tagged.split:
                found[name] = values
            elif name in tagged.prose:
                found[name] = "\n".join(values)
            else:
                first, rest = most_exact(values, reading) if name == "published" else (values[0], values[1:])
                found[name] = first
                if rest := [each for each in dict.fromkeys(rest) if each != first]:
                    extra[f"other {name}"] = "\n".join(rest)
        tagged.finish(found, extra)
        if extra:
            found["extra"] = extra
        return from_record(found, timezone=reading.timezone)
    except BadRecord as error:
        return reading.rejected(error.message, line=record.number, record=_shown(record))
    except Exception as error:
        return own_fault(error, reading, line=record.number, record=_shown(record))


_KNOWN = frozenset({"title", "body", "url", "published", "source", "author", "editor", "site", "section", "keywords"})


def _known(tag: str) -> str | None:
    """The field that a tag of several letters is a name of, as in records; never the id, a number of the file's own."""
    known = fields.known_as(tag) if len(tag) > 3 or not tag.isascii() else None
    if known is not None:
        return known[0] if known[0] in _KNOWN else None
    return "summary" if len(tag) > 3 and fields.is_summary(tag) else None


def most_exact(values: Sequence[str], reading: Reading) -> tuple[str, list[str]]:
    """Of several times of one record, the first that names a day, and the others that say something else."""
    best = values[0]
    for each in values[:_MOST_DATES]:
        when = printed_dates.parse(each, timezone=reading.timezone)
        if when.moment is not None:
            best = each
            break
    return best, [each for each in dict.fromkeys(values) if each != best and each not in best]
