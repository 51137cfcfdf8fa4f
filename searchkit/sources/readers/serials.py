"""Days that Excel wrote as numbers: 45720 is 2025-03-04, and 45720.5 its noon.

One such number could be anything; a column of times that holds nothing else is days.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain
from typing import TypeAlias

from searchkit.sources.fields import known_as
from searchkit.sources.formats import Reading

Row: TypeAlias = "tuple[int, list[str] | None, str, str]"
"""The line a row of a table begins in, its fields (None: set aside), its text, and why it is set aside."""

_SERIAL = re.compile(r"(?P<day>[2-6]\d{4})(?P<part>\.\d{1,15})?", re.ASCII)
"""From 1954 to 2091; before the one lie numbers of other things, after the other no news."""
_EPOCH = datetime(1899, 12, 30)
_LOOKED_AT = 200
_LEAST = 2
_HELD_CHARS = 4_000_000


class Serials:
    """Finds the columns of times that hold serials only, and writes these as the times that they are."""

    def __init__(self, reading: Reading) -> None:
        self._mapped = reading.mapping.get("published", "")
        self._columns: list[str] = []

    def watched(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Hand on the rows as they come; the first 200 after the header are looked at before any of them is."""
        source = iter(rows)
        header = next(source, None)
        if header is None:
            return
        yield header  # from it the rows learn how many fields they have
        first = []
        size = 0
        for row in source:
            first.append(row)
            size += len(row[2])
            if len(first) == _LOOKED_AT or size > _HELD_CHARS:
                break
        for at, name in enumerate(header[1] or ()):
            name = name.strip().strip("\ufeff")
            known = known_as(name)
            if name == self._mapped or (known is not None and known[0] == "published"):
                values = [fields[at].strip() for _, fields, _, _ in first if fields is not None and at < len(fields)]
                values = [value for value in values if value]
                if len(values) >= _LEAST and all(map(_SERIAL.fullmatch, values)):
                    self._columns.append(name)
        yield from chain(first, source)

    def dated(self, record: dict[str, str]) -> dict[str, str]:
        """The record, its serials written as times; what was printed is kept."""
        for name in self._columns:
            match = _SERIAL.fullmatch(record.get(name, "").strip())
            if match is not None:
                record.setdefault("published_text", record[name].strip())
                record[name] = _written(match)
        return record


def _written(match: re.Match[str]) -> str:
    moment = _EPOCH + timedelta(days=int(match["day"]))
    if match["part"] is None:
        return moment.strftime("%Y-%m-%d")
    moment += timedelta(seconds=round(float(match["part"]) * 86400))
    return moment.strftime("%Y-%m-%d %H:%M:%S")
