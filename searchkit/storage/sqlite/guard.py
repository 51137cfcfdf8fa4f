"""May this file be asked? It may be a stranger's: whose schema runs, whose rows have no end, whose values are anything.

- The schema is compared with ours before a table is asked: a view, a trigger, an expression or a table of another make
  is damage. SQLite itself is told to trust none of it.
- A question to SQLite may take as many steps as a file of its size can need. A question of a person ends when its time
  is over (`searchkit.deadline`), as everywhere else.
- The values of each row that is read are of the types and sizes that we write.
"""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
from collections.abc import Iterable, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any

from searchkit import deadline
from searchkit.errors import QueryTimeout, SearchkitError
from searchkit.language.messages import Message
from searchkit.storage.sqlite.errors import damaged
from searchkit.storage.sqlite.schema import COLUMNS, FORMAT, Bytes, Whole

_STEPS = 50_000
"""Steps of SQLite's machine between two looks; they take about a millisecond."""

_ALWAYS = 20_000_000 // _STEPS
"""Looks that any question may take."""

_BYTES_A_LOOK = _STEPS // 5
"""Beyond that, five steps for each byte of the file. Verifying, which takes most, was measured at a twenty-fifth."""

_LONGEST_VALUE = 512 * 1024 * 1024
"""Bytes of one value that SQLite hands out; the largest record that we write has some 200 MB."""

_LIMIT_LENGTH = 0
"""SQLite's SQLITE_LIMIT_LENGTH, which Python names from 3.11 on."""

SCHEMAS = {
    1: "b2445b4c3d00171251c998c147b3eda89f84830c06f12e885519ecc05488739c",
    2: "10bb71e9ec46f8f36268762dd303566f5e8673bea0f82fb3d96b4afd6c9eda90",
    3: "7f375b698795eb098ce11e7c73872a6f60f2ce02a28d40e043066b3d99d9d099",
    4: "c2279dde2c29b53cd62bffd58d465c4a93bbf10d9df70c2da0017b9655f8a0ef",
}
"""SHA-256 of the schema of each format, as `_schema` returns it."""

_COMMENT = re.compile(r"--[^\n]*")
_SPACE = re.compile(r"\s+")
_AROUND_SIGN = re.compile(r" ?([(),=!']) ?")


class Guard:
    """Ends what takes longer on a connection than it should. One thread uses it at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.begin()

    def begin(self) -> None:
        """Count anew: something else is asked."""
        self._left = _ALWAYS
        self._by_size = False
        self.error: SearchkitError | None = None

    def __call__(self) -> bool:
        """Tell SQLite whether to stop; `error` then says why."""
        try:
            deadline.check()
        except QueryTimeout as error:
            self.error = error
            return True
        self._left -= 1
        if self._left < 0 and not self._by_size:
            self._by_size = True
            self._left = self._size() // _BYTES_A_LOOK
        if self._left < 0:
            self.error = damaged(self._path, "reading it takes far longer than its size can need")
        return self._left < 0

    def _size(self) -> int:
        found = 0
        for suffix in ("", "-wal"):
            try:
                found += os.stat(f"{self._path}{suffix}").st_size  # noqa: PTH116  # a Path would cost more
            except OSError:
                continue
        return found

    def watch(self, connection: sqlite3.Connection) -> None:
        """Watch over a new connection, and let nothing that its file says run."""
        connection.set_progress_handler(self, _STEPS)
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA cell_size_check=ON")
        if hasattr(connection, "setlimit"):  # from Python 3.11 on
            connection.setlimit(_LIMIT_LENGTH, _LONGEST_VALUE)
        if hasattr(connection, "setconfig"):  # from Python 3.12 on
            for option, on in (("DEFENSIVE", True), ("ENABLE_TRIGGER", False), ("ENABLE_VIEW", False)):
                code = getattr(sqlite3, f"SQLITE_DBCONFIG_{option}", None)
                if code is not None:
                    connection.setconfig(code, on)


def require_schema(connection: sqlite3.Connection, version: int, path: Path) -> None:
    """Raise Damaged unless the tables of the record are those of its format, and nothing else is there."""
    held = _schema(connection)
    if _digest(held) == SCHEMAS[version]:
        return
    from searchkit.storage.sqlite.migrations import UPGRADES
    from searchkit.storage.sqlite.schema import TABLES

    ours = sqlite3.connect(":memory:", isolation_level=None)
    try:
        ours.executescript(TABLES + "".join(UPGRADES[step] for step in range(1, min(version, FORMAT))))
        expected = _schema(ours)
    finally:
        ours.close()
    foreign, missing = sorted({*held} - {*expected}), sorted({*expected} - {*held})
    if foreign or missing:
        what, name = (foreign or missing)[0][:2]
        raise damaged(
            path,
            Message(
                "the {kind} {name!r} in it is none of ours" if foreign else "the {kind} {name!r} in it is missing",
                kind=what[:20],
                name=name[:80],
            ),
        )


def _schema(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """Return type, name and meaning of everything in the schema but what SQLite adds by itself, sorted."""
    rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    found = []
    for what, name, table, sql in rows:
        automatic = str(name).startswith("sqlite_")
        if automatic and (sql is None or (what == "table" and str(name).startswith("sqlite_stat"))):
            continue
        found.append((str(what), str(name), f"{table} {_plain(str(sql))}"))
    return sorted(found)


def _plain(sql: str) -> str:
    """A statement without comments and spaces that say nothing: earlier versions had others."""
    return _AROUND_SIGN.sub(r"\1", _SPACE.sub(" ", _COMMENT.sub("", sql))).strip()


def _digest(schema: list[tuple[str, str, str]]) -> str:
    return hashlib.sha256(repr(schema).encode("utf-8", "surrogatepass")).hexdigest()


def require_values(names: Iterable[str], rows: Sequence[Any], path: Path) -> None:
    """Raise Damaged unless all values are what we write into a column of their name; other names are let through."""
    if not rows:
        return
    for at, name in enumerate(names):
        column = COLUMNS.get(name)
        if column is None:
            continue
        values = list(map(itemgetter(at), rows))
        types = {*map(type, values)}
        if name == "record" and type(None) in types:  # of a deletion
            values = [each for each in values if each is not None]
            types.discard(type(None))
        if not values:
            continue
        if types != {column.type}:
            raise damaged(path, Message("a value of {name!r} in it is no {kind}", name=name, kind=column.kind))
        low, high = (min(values), max(values)) if isinstance(column, Whole) else (0, max(map(len, values)))
        if low < column.least or high > column.most:
            raise damaged(path, Message("a value of {name!r} in it is out of range", name=name))
        if isinstance(column, Bytes) and column.unit > 1 and any(len(each) % column.unit for each in values):
            raise damaged(path, Message("a value of {name!r} in it is cut", name=name))
