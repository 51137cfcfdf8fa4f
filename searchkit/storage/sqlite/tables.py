"""The tables of a record's file: asked and changed by SQL, which no other room writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar, cast

from searchkit.storage.sqlite.connections import Connections
from searchkit.storage.sqlite.errors import damaged
from searchkit.storage.sqlite.guard import require_values

TOGETHER = 500
"""Rows passed to SQLite at a time, and values in one statement."""

Returned = TypeVar("Returned")


class Tables:
    """The tables in the file `path`. Safe to use from several threads, and in a forked child.

    Reads do not wait for one another and see committed data; a thread inside `transaction` sees its own writes. One
    thread writes at a time.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connections = Connections(path)
        self._connections.read(lambda _: None)

    @property
    def where(self) -> str:
        """The path, for messages."""
        return str(self.path)

    def read(self, work: Callable[[sqlite3.Connection], Returned]) -> Returned:
        """Run `work` on a connection; see `Connections.read`. Returns: its result."""
        return self._connections.read(work)

    def select(self, sql: str, *values: object) -> list[Any]:
        """Return the rows of a query over the tables of `schema`."""
        return self._connections.read(lambda connection: fetched(connection, self.path, sql, values))

    def select_each(self, sql: str, wanted: Sequence[object]) -> list[Any]:
        """Return the rows of a query with `IN ({})`, for all of the values wanted."""
        found: list[Any] = []
        for start in range(0, len(wanted), TOGETHER):
            part = wanted[start : start + TOGETHER]
            found += self.select(sql.format(",".join("?" * len(part))), *part)
        return found

    def execute(self, sql: str, *values: object) -> None:
        """Change a table."""
        self._connections.write(lambda connection: connection.execute(sql, values).close())

    def execute_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Execute a statement for each row of values: for all, or for none."""
        with self.transaction():
            # Making the rows may take long, and no lock or connection should be held meanwhile.
            remaining = iter(rows)
            while part := list(islice(remaining, TOGETHER)):
                self._connections.write(partial(_executed_many, sql, part))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit all writes of this thread inside together, or none. Until then only its own reads see them."""
        if self._connections.in_transaction:
            yield
            return
        with self._connections.transaction():
            self._begin()
            yield
            self._end()

    def _begin(self) -> None:
        """Called by the thread that has begun a transaction."""

    def _end(self) -> None:
        """Called by that thread before all is committed."""

    def require_open(self) -> None:
        """Raise ArchiveClosed after `close`."""
        self._connections.require_open()

    def time(self, text: object) -> datetime:
        """Return a time that is stored as text. Raises: Damaged if it is none."""
        try:
            return datetime.fromisoformat(cast(str, text))
        except (ValueError, TypeError) as error:
            raise damaged(self.path, "a time in it is none") from error

    def close(self) -> None:
        """Release all files. Safe to call twice, from any thread, and while others read: they get ArchiveClosed."""
        self._connections.close()


def fetched(connection: sqlite3.Connection, path: Path, sql: str, values: Sequence[object] = ()) -> list[Any]:
    """Return all rows; their values are of the types and sizes that we write, or Damaged is raised."""
    cursor = connection.execute(sql, values)
    rows = cursor.fetchall()
    require_values((each[0] for each in cursor.description), rows, path)
    return rows


def _executed_many(sql: str, rows: Sequence[Sequence[object]], connection: sqlite3.Connection) -> None:
    connection.executemany(sql, rows).close()
