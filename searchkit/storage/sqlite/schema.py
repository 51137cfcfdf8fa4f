"""The tables of `archive.db`, and the checksums that reveal damage to a row."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

FORMAT = 4
"""The version of the tables below, stored in SQLite's user_version."""

TABLES = """
CREATE TABLE articles (
    id TEXT PRIMARY KEY,
    seq INTEGER NOT NULL UNIQUE,          -- of the last change
    revision INTEGER NOT NULL,            -- 1 is the first
    recorded TEXT NOT NULL,               -- when this revision came in, UTC
    digest TEXT NOT NULL,                 -- of the whole record: equal means unchanged
    content TEXT NOT NULL,                -- of title, body and day: equal means the same text
    kind TEXT NOT NULL,
    parent TEXT NOT NULL,
    record TEXT NOT NULL                  -- the article as JSON (searchkit.model.serialise)
);
CREATE INDEX articles_content ON articles (content);
CREATE INDEX articles_parent ON articles (parent) WHERE parent != '';
CREATE TABLE revisions (                  -- states that were replaced
    id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    recorded TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (id, revision)
);
CREATE TABLE deletions (                  -- so that an index that is behind learns of them
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL
);
CREATE TABLE runs (                       -- the log of ingests
    finished TEXT NOT NULL,               -- UTC
    given TEXT NOT NULL,                  -- the paths, as JSON
    added INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    rejected INTEGER NOT NULL
);
CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Whole:
    """A column of whole numbers, `least` to `most`."""

    least: int
    most: int
    type: ClassVar[type] = int
    kind: ClassVar[str] = "whole number"


@dataclass(frozen=True, slots=True)
class Text:
    """A column of texts of up to `most` characters."""

    most: int
    least: ClassVar[int] = 0
    type: ClassVar[type] = str
    kind: ClassVar[str] = "text"


@dataclass(frozen=True, slots=True)
class Bytes:
    """A column of up to `most` bytes, of so many times `unit`."""

    most: int
    unit: int = 1
    least: ClassVar[int] = 0
    type: ClassVar[type] = bytes
    kind: ClassVar[str] = "bytes"


_NUMBER = 1 << 62
_LONG = 1 << 63
_NAME = 4096

MOST_CHANGES = 10**18 - 1
"""The highest sequence number: what counts in eighteen digits holds it. An honest record never comes near."""

COLUMNS: Mapping[str, Whole | Text | Bytes] = {
    "seq": Whole(0, MOST_CHANGES),
    **dict.fromkeys(("revision", "number", "file"), Whole(0, _NUMBER)),
    "day": Whole(0, 4_000_000),
    "appeared": Whole(-_NUMBER, _NUMBER),
    "twins": Whole(-_LONG, _LONG),
    **dict.fromkeys(("id", "parent", "family"), Text(_NAME)),
    **dict.fromkeys(("recorded", "digest", "content", "kind", "looked"), Text(128)),
    "question": Text(1_000_000),
    "upto": Whole(0, MOST_CHANGES),
    "matched": Bytes(64_000_000, 8),
    "title": Text(64_000_000),
    "record": Text(512_000_000),
    "value": Text(512_000_000),
    "sketch": Bytes(16_000_000, 4),
    "numbers": Bytes(16_000_000, 4),
    "path": Bytes(1_000_000),
}
"""The values that we write, by column; a name means the same in all tables. Only what no honest record has is out of
range: a stranger's values are to be refused, not those of an older version.
"""

SUMMED = {
    "articles": "id, seq, revision, recorded, digest, content, kind, parent",
    "revisions": "id, revision, recorded, digest",
    "deletions": "seq, id",
    "runs": "finished, given, added, updated, unchanged, rejected",
    "settings": "name, value",
    "sketches": "id, day, appeared, twins, title, sketch, numbers",
    "saved": "name, recorded, question, looked, upto, matched",
}
"""The columns that each table's checksum covers. A record has its own digest; of the other tables, SQLite's indexes
hold every value a second time, and its integrity check compares them.
"""

_ALWAYS_SUMMED = ("saved",)
"""The tables that are younger than the sums: each of their rows has one."""


def sum_of(*values: object) -> int:
    """Return the CRC-32 of the values of a row: text, numbers, and bytes by their own CRC, as printing them is slow."""
    if bytes in map(type, values):
        values = tuple(zlib.crc32(each) if type(each) is bytes else each for each in values)
    return zlib.crc32(repr(values).encode("utf-8", "surrogatepass"))


def summed(*values: object) -> tuple[object, ...]:
    """Return a row followed by the checksum of all its values."""
    return (*values, sum_of(*values))


def rows_that_do_not_fit(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield the rows whose checksum is wrong, as `table name`."""
    for table, columns in SUMMED.items():
        known = "" if table in _ALWAYS_SUMMED else " WHERE sum IS NOT NULL"
        for *values, held in connection.execute(f"SELECT {columns}, sum FROM {table}{known}"):
            if sum_of(*values) != held:
                yield f"{table} {str(values[0])[:80]}"
