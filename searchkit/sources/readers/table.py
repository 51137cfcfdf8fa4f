"""Tables: CSV, TSV and their like, with a header row that names the columns.

A row that does not fit the header is set aside by its line. A quote that never closes would swallow the rest of the
file: then only the line it stands in is set aside, and reading goes on at the next one.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator

from searchkit.errors import SourceError
from searchkit.language.messages import Message
from searchkit.sources.decoded import text_source
from searchkit.sources.encodings import decode, decode_line
from searchkit.sources.fields import known_as
from searchkit.sources.formats import Item, Reading
from searchkit.sources.limits import Unreadable, size_text
from searchkit.sources.readers.records import Records
from searchkit.sources.readers.serials import Row, Serials
from searchkit.sources.streams import Line, Stream, lines

_ESCAPED = re.compile(r'\\["\\]')
DELIMITERS = (",", "\t", ";", "，", "|")
_OVER = 10
"""Lines in which a header row is looked for."""
_MAX_LINES = 20_000
"""Lines in one row; more means a quote that never closes."""


def read_csv(stream: Stream, reading: Reading) -> Iterator[Item]:
    """Articles of a table whose columns are separated by a comma, tab, semicolon, bar or full-width comma."""
    return _read(stream, reading, None)


def read_tsv(stream: Stream, reading: Reading) -> Iterator[Item]:
    """Articles of a table whose columns are separated by tabs."""
    return _read(stream, reading, "\t")


def _read(stream: Stream, reading: Reading, delimiter: str | None) -> Iterator[Item]:
    source, encoding = text_source(stream)
    rows = _Rows(lines(source, reading.limits), encoding, reading)
    header: list[str] | None = None
    records = Records(reading)
    count = 0
    number = 0
    try:
        first = rows.first_line()
        if first is None:
            yield reading.rejected("is empty")
            return
        if over := rows.skip_to_header():
            shown = "\n".join(text for _, text in over)
            yield reading.rejected("stands over the header row of the table", line=over[0][0], record=shown)
            first = rows.first_line() or first
        rows.delimiter = delimiter or _delimiter(first)
        serials = Serials(reading)
        for number, row, text, fault in serials.watched(rows):
            if header is None:
                if row is None:
                    yield reading.rejected(
                        Message("has no header row that can be read: {fault}", fault=fault), line=number, record=text
                    )
                    return
                header = _header(row, reading)
                rows.width = len(header)
                continue
            count += 1
            if row is None:
                yield from records.reject(fault, line=number, text=text)
                continue
            record = dict(zip(header, row, strict=True))
            yield from records.take(serials.dated(record), line=number, text=text)
    except Unreadable as error:
        yield from records.finish()
        yield reading.rejected(error.reason, line=number + 1 if number else 0)
        return
    yield from records.finish()
    if not count:
        yield reading.rejected("has a header row and no rows under it")


def _header(row: list[str], reading: Reading) -> list[str]:
    """The names of the columns.

    Raises:
        SourceError: the mapping names a column that there is not.
        Unreadable: no column is a title or a body.
    """
    header = [name.strip().strip("\ufeff") for name in row]
    columns = ", ".join(name or Message("(no name)") for name in header[:60])
    for key in reading.mapping.values():
        if key not in header:
            raise SourceError(
                Message("{name} has no column {key!r}", name=reading.name, key=key),
                hint=Message("its columns are {columns}", columns=columns),
            )
    usable = {"title", "body"} & (set(reading.mapping) | {known[0] for name in header if (known := known_as(name))})
    if not usable:
        raise SourceError(
            Message("{name} has no column that is known to be a title or a text", name=reading.name),
            hint=Message(
                "its first row, the header, is {columns}; name the right columns with --map title=… --map body=…",
                columns=columns,
            ),
        )
    for at, name in enumerate(header):
        if not name:
            header[at] = f"column {at + 1}"
        elif name in header[:at]:
            header[at] = f"{name} ({at + 1})"
    return header


def _delimiter(line: str) -> str:
    """The sign that parts most columns of the header."""
    outside = "".join(line.split('"')[0::2])
    return max(DELIMITERS, key=outside.count)  # the first of equals: a comma


class _Rows:
    """Rows of a table: the line each begins in, its fields, its text; or why it is set aside (fields None)."""

    def __init__(self, source: Iterator[Line], encoding: str, reading: Reading) -> None:
        self._source = source
        self._encoding = encoding
        self._limit = reading.limits.record_bytes
        self._again: deque[Line] = deque()
        self._taken: list[tuple[Line, str]] = []
        self._size = 0
        self.delimiter = ","
        self.width = 0
        wanted = min(self._limit, (1 << 31) - 1)
        if csv.field_size_limit() < wanted:  # the module's own limit is for the whole process: only ever raised
            csv.field_size_limit(wanted)

    def first_line(self) -> str | None:
        """The first line that is not empty, which stays to be read; the `sep=;` that Excel writes is dropped."""
        for line in self._source:
            text = decode_line(line.data, self._encoding).strip("\ufeff")
            if text.strip() and not (text.lower().startswith("sep=") and len(text.strip()) <= 5):
                self._again.append(line)
                return text
        return None

    def skip_to_header(self) -> list[tuple[int, str]]:
        """Pass over lines without a known column, if a header row comes within ten; return these lines.

        Nothing is passed over where the first line is as wide as that row: it may be a header in other words.
        """
        held: list[Line] = []
        over: list[tuple[int, str]] = []
        width = 0
        while len(held) < _OVER and (line := self._next()) is not None and not line.cut:
            held.append(line)
            text = decode_line(line.data, self._encoding).strip("\ufeff")
            names = [name.strip().strip('"') for name in text.split(_delimiter(text))]
            known = {found[0] for name in names if (found := known_as(name))}
            if len(held) == 1:
                width = len(list(filter(None, names)))
            if len(known) > 1 and known & {"title", "body"}:
                self._again.extendleft(reversed(held[-1:] if len(names) > width else held))
                return over if len(names) > width else []
            over.append((line.number, text))
        self._again.extendleft(reversed(held))
        return []

    def _next(self) -> Line | None:
        return self._again.popleft() if self._again else next(self._source, None)

    def _feed(self, *, escaped: bool) -> Iterator[str]:
        """Lines for one row, remembered.

        Args:
            escaped: write a quote after a backslash, as MySQL exports it, the way the `csv` module reads it.
        """
        while (line := self._next()) is not None:
            if line.cut:
                self._taken.append((line, ""))
                raise csv.Error(
                    Message(
                        "is longer than {size_text}, the most that is read as one record",
                        size_text=size_text(self._limit),
                    )
                )
            text = decode_line(line.data, self._encoding).replace("\r", "\n").replace("\x00", "\ufffd")
            self._taken.append((line, text))
            self._size += len(line.data)
            if self._size > self._limit or len(self._taken) > _MAX_LINES:
                raise csv.Error(Message("a quote in it never closes"))
            yield (_ESCAPED.sub(_unescaped, text) if escaped else text) + "\n"

    def __iter__(self) -> Iterator[Row]:
        while True:
            row, fault = self._row(escaped=False)
            if row is None and not fault:
                return
            if not self._fits(row) and any('\\"' in text for _, text in self._taken):
                self._put_back(0)
                row, fault = self._row(escaped=True)
                if not self._fits(row):
                    self._put_back(0)
                    row, fault = self._row(escaped=False)
            number = self._taken[0][0].number
            text = "\n".join(each for _, each in self._taken)
            if row is not None and not any(field.strip(" :-") for field in row):
                continue  # nothing, or the rule under the header of a table in Markdown
            if row is not None and not self._fits(row):
                row, fault = self._evened(row)
            elif row is None:
                # the first line alone, its quotes taken as they come; the lines after it are read again
                first, text = self._taken[0]
                if first.cut:
                    text = decode(first.data)
                else:
                    self._put_back(1)
                    row = _loosely_quoted(text, self.delimiter)
                    row = row if self._fits(row) else None
                    fault = fault if "longer than" in fault else Message("a quote in it is not closed as it should be")
            yield number, row, text, fault

    def _row(self, *, escaped: bool) -> tuple[list[str] | None, str]:
        """The next row, read strictly; None with the fault, or without one at the end of the table."""
        self._taken.clear()
        self._size = 0
        try:
            return next(csv.reader(self._feed(escaped=escaped), delimiter=self.delimiter, strict=True), None), ""
        except csv.Error as error:
            return None, (error.args[0] if error.args else "") or Message("is no row of a table")

    def _fits(self, row: list[str] | None) -> bool:
        return row is not None and (not self.width or len(row) == self.width)

    def _put_back(self, start: int) -> None:
        """Read the lines of the last row again, from its line `start` (0 the first)."""
        self._again.extendleft(line for line, _ in reversed(self._taken[start:]))

    def _evened(self, row: list[str]) -> tuple[list[str] | None, str]:
        """A row of another length than the header: empty fields at its end do no harm, all else does."""
        if len(row) > self.width and not any(row[self.width :]):
            return row[: self.width], ""
        return None, Message("has {count} fields, the header {width}", count=len(row), width=self.width)


def _unescaped(match: re.Match[str]) -> str:
    return '""' if match.group() == '\\"' else "\\"


def _loosely_quoted(text: str, delimiter: str) -> list[str] | None:
    """The fields of one line in which a quote ends a field only before a delimiter or the end; None if one is open.

    So `"他说"好"，走","乙"` keeps its text; the `csv` module would drop the quotes.
    """
    row: list[str] = []
    at = 0
    while True:
        if text.startswith('"', at):
            end = text.find(f'"{delimiter}', at + 1)
            if end < 0:
                end = len(text.rstrip()) - 1
                if end <= at or text[end] != '"':
                    return None
                row.append(text[at + 1 : end].replace('""', '"'))
                return row
            row.append(text[at + 1 : end].replace('""', '"'))
            at = end + 2
        else:
            end = text.find(delimiter, at)
            if end < 0:
                row.append(text[at:])
                return row
            row.append(text[at:end])
            at = end + 1
