"""The tables of `archive.db`, what each format of them added, and the sums by which damage to a row is found."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator

FORMAT = 3
"""The version of the tables below; kept in SQLite's user_version."""

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
    record TEXT NOT NULL                  -- the article as JSON (searchkit.sources.record)
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

_SINCE_2 = """
CREATE TABLE sketches (                   -- derived: what families are made from (searchkit.families)
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    day INTEGER NOT NULL,                 -- proleptic ordinal, in the archive's zone
    appeared INTEGER NOT NULL,            -- seconds since 1970; of a day without a time its last second
    twins INTEGER NOT NULL,               -- equal for equal day, title, sketch and numbers
    title TEXT NOT NULL,
    sketch BLOB NOT NULL,                 -- hashes, u32 little-endian
    numbers BLOB NOT NULL                 -- the same
);
CREATE INDEX sketches_day ON sketches (day);
CREATE TABLE families (                   -- derived: articles that have reprints
    id TEXT PRIMARY KEY,
    family TEXT NOT NULL                  -- the id of the family's first article
) WITHOUT ROWID;
CREATE INDEX families_family ON families (family);
CREATE TABLE files (                      -- that articles were read from
    number INTEGER PRIMARY KEY,           -- 0: elsewhere than from a file
    path BLOB NOT NULL UNIQUE             -- absolute, as the file system has it
);
INSERT INTO files VALUES (0, '');
CREATE TABLE origins (                    -- which article was read from which file
    id TEXT NOT NULL,
    file INTEGER NOT NULL,
    PRIMARY KEY (id, file)
) WITHOUT ROWID;
CREATE INDEX origins_file ON origins (file);
ALTER TABLE revisions ADD COLUMN digest TEXT NOT NULL DEFAULT '';
"""

_SUMMED = {
    "articles": "id, seq, revision, recorded, digest, content, kind, parent",
    "revisions": "id, revision, recorded, digest",
    "deletions": "seq, id",
    "runs": "finished, given, added, updated, unchanged, rejected",
    "settings": "name, value",
    "sketches": "id, day, appeared, twins, title, sketch, numbers",
}
"""What the sum of a row is of. A record has a digest of its own; of the other tables SQLite's indexes hold every value
a second time, which its check compares.
"""

_SINCE_3 = "".join(f"ALTER TABLE {table} ADD COLUMN sum INTEGER;\n" for table in _SUMMED)
"""NULL in rows of older formats."""

UPGRADES = {1: _SINCE_2, 2: _SINCE_3}
"""What makes a format the next one. Nothing that is there is changed."""


def sum_of(*values: object) -> int:
    """The CRC-32 of the values of a row, of text, numbers and bytes; bytes by their own, printing them is slow."""
    if bytes in map(type, values):
        values = tuple(zlib.crc32(each) if type(each) is bytes else each for each in values)
    return zlib.crc32(repr(values).encode("utf-8", "surrogatepass"))


def summed(*values: object) -> tuple[object, ...]:
    """A row, and behind it the sum of all its values."""
    return (*values, sum_of(*values))


def upgrade(connection: sqlite3.Connection) -> None:
    """Bring an older record to FORMAT, in one transaction; another process may have done it meanwhile."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        for step in range(version, FORMAT):
            for statement in UPGRADES[step].split(";\n"):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version={FORMAT}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def rows_that_do_not_fit(connection: sqlite3.Connection) -> Iterator[str]:
    """The rows whose sum is wrong, as `table name`."""
    for table, columns in _SUMMED.items():
        for *values, held in connection.execute(f"SELECT {columns}, sum FROM {table} WHERE sum IS NOT NULL"):
            if sum_of(*values) != held:
                yield f"{table} {str(values[0])[:80]}"
