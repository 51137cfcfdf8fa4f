"""The changes of a record by their sequence numbers, and the marks of its lineage."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from functools import partial
from typing import Any, cast

from searchkit.storage.changes import MOST_CHARACTERS, Change, Changes, SequenceNumbers
from searchkit.storage.entries import article_of
from searchkit.storage.sqlite.connections import consistent
from searchkit.storage.sqlite.errors import damaged
from searchkit.storage.sqlite.guard import require_values
from searchkit.storage.sqlite.schema import MOST_CHANGES
from searchkit.storage.sqlite.settings import SqliteSettings
from searchkit.storage.sqlite.tables import fetched

_LAST = "SELECT max(ifnull((SELECT max(seq) FROM articles), 0), ifnull((SELECT max(seq) FROM deletions), 0)) AS seq"
_LINEAGE = "lineage:"
"""Names of settings: this, and the sequence number in twenty digits."""
_CHANGES = (
    "SELECT seq, id, record FROM articles WHERE seq > ? AND seq <= ?"
    " UNION ALL SELECT seq, id, NULL FROM deletions WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?"
)
_ANY = (1 << 63) - 1


class SqliteChanges(SqliteSettings, Changes):
    """The changes in `articles` and `deletions`. One transaction writes at a time, so every change is settled."""

    _changed = False
    """Whether the transaction has changed an article; only the thread inside touches it."""

    def last_seq(self) -> int:
        return cast(int, self.select(_LAST)[0][0])

    def _next_seq(self) -> int:
        """Return the sequence number of the next change. Raises: Damaged where none is left."""
        last = self.last_seq()
        if last >= MOST_CHANGES:
            raise damaged(self.path, "it has no sequence number left for another change")
        return last + 1

    def changes(self, after: int, limit: int, upto: int | None = None) -> list[Change]:
        last = _ANY if upto is None else upto

        def first(connection: sqlite3.Connection) -> list[Any]:
            with closing(connection.execute(_CHANGES, (after, last, after, last, limit))) as cursor:
                found, characters = [], 0
                for row in cursor:
                    require_values(("seq", "id", "record"), [row], self.path)
                    found.append(row)
                    characters += len(row[2] or "")
                    if characters >= MOST_CHARACTERS:
                        break
            return found

        rows = self.read(first)
        rows.reverse()
        found = []
        while rows:  # each row is released as it is read: rows take as much memory as articles
            seq, id, record = rows.pop()
            found.append(
                Change(seq, id, None if record is None else article_of(id, record, partial(damaged, self.path)))
            )
        return found

    def pending(self, after: int) -> int:
        sql = "SELECT (SELECT count(*) FROM articles WHERE seq > ?) + (SELECT count(*) FROM deletions WHERE seq > ?)"
        return int(self.select(sql, after, after)[0][0])

    def changed_since(self, after: int) -> dict[str, int]:
        return dict(self.select("SELECT id, seq FROM articles WHERE seq > ?", after))

    def deleted_since(self, after: int) -> set[str]:
        return {row[0] for row in self.select("SELECT id FROM deletions WHERE seq > ?", after)}

    def sequence_numbers(self) -> SequenceNumbers:
        """Return the sequence numbers of the last change of every article and of the record, at one moment."""

        def numbers(connection: sqlite3.Connection) -> SequenceNumbers:
            with consistent(connection):
                rows = fetched(connection, self.path, "SELECT id, seq FROM articles")
                return SequenceNumbers(rows, fetched(connection, self.path, _LAST)[0][0])

        return self.read(numbers)

    # -- lineage

    def _begin(self) -> None:
        self._changed = False

    def _end(self) -> None:
        if self._changed:
            self.set_setting(f"{_LINEAGE}{self.last_seq():020}", os.urandom(8).hex())

    def lineage(self) -> str:
        sql = "SELECT name, value FROM settings WHERE name > ? AND name < ? ORDER BY name DESC LIMIT 1"
        found = self.select(sql, _LINEAGE, _LINEAGE + "~")
        return f"{found[0][0].removeprefix(_LINEAGE)} {found[0][1]}" if found else ""

    def has_been(self, seq: int, lineage: str) -> bool:
        if seq > self.last_seq():
            return False
        at, _, mark = lineage.partition(" ")
        return not lineage or self.setting(f"{_LINEAGE}{at}") == mark

    def forget_lineage(self, before: str, keep: int) -> int:
        newest = f"{_LINEAGE}{before.partition(' ')[0]}"
        sql = "SELECT name FROM settings WHERE name > ? AND name < ? ORDER BY name DESC LIMIT 1 OFFSET ?"
        if not (found := self.select(sql, _LINEAGE, newest, keep)):
            return 0
        with self.transaction():
            sql = "settings WHERE name > ? AND name <= ?"
            [(count,)] = self.select(f"SELECT count(*) FROM {sql}", _LINEAGE, found[0][0])
            self.execute(f"DELETE FROM {sql}", _LINEAGE, found[0][0])
        return int(count)
