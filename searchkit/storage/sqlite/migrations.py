"""The changes from each format of `archive.db` to the next, and the upgrade of an older file."""

from __future__ import annotations

import sqlite3

from searchkit.storage.sqlite.schema import FORMAT

_SINCE_2 = """
CREATE TABLE sketches (                   -- derived: what families are made from (searchkit.reprints.families)
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

_SUMMED_IN_3 = ("articles", "revisions", "deletions", "runs", "settings", "sketches")
_SINCE_3 = "".join(f"ALTER TABLE {table} ADD COLUMN sum INTEGER;\n" for table in _SUMMED_IN_3)
"""The sum is NULL in rows of older formats."""

_SINCE_4 = """
CREATE TABLE saved (                      -- searches kept under a name (searchkit.storage.saved)
    name TEXT PRIMARY KEY,
    recorded TEXT NOT NULL,               -- when it was saved, UTC
    question TEXT NOT NULL,               -- as it was typed: JSON
    looked TEXT NOT NULL,                 -- when its news were last marked as seen, UTC
    upto INTEGER NOT NULL,                -- the sequence number of the last change that was seen then
    matched BLOB NOT NULL,                -- what matched then: hashes of the ids, u64 little-endian, ascending
    sum INTEGER
);
"""

UPGRADES = {1: _SINCE_2, 2: _SINCE_3, 3: _SINCE_4}
"""The statements that turn each format into the next. Existing data is never changed."""


def upgrade(connection: sqlite3.Connection) -> None:
    """Upgrade an older record to FORMAT, in one transaction. Another process may have done it meanwhile."""
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
