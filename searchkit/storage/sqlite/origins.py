"""The tables `files` and `origins`."""

from __future__ import annotations

import os
from collections.abc import Iterable

from searchkit.storage.origins import Origins
from searchkit.storage.sqlite.tables import Tables

_NOTED = 10_000
"""Numbers of files that are remembered."""


class SqliteOrigins(Origins):
    """The files that articles were read from. Each has a number; 0 is elsewhere than from a file."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._numbers: dict[str, int] = {"": 0}

    def note(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._tables.execute_many(
            "INSERT OR IGNORE INTO origins VALUES (?, ?)", [(id, self._number(path)) for id, path in pairs]
        )

    def note_files(self, paths: Iterable[str]) -> None:
        raw = ((os.fsencode(path),) for path in paths if path)
        self._tables.execute_many("INSERT OR IGNORE INTO files (path) VALUES (?)", raw)

    def _number(self, path: str) -> int:
        number = self._numbers.get(path)
        if number is None:
            raw = os.fsencode(path)
            self._tables.execute("INSERT OR IGNORE INTO files (path) VALUES (?)", raw)
            number = int(self._tables.select("SELECT number FROM files WHERE path = ?", raw)[0][0])
            if len(self._numbers) > _NOTED:
                self._numbers = {"": 0}
            self._numbers[path] = number
        return number

    def forget(self, ids: Iterable[str]) -> None:
        self._tables.execute_many("DELETE FROM origins WHERE id = ?", ((id,) for id in ids))

    def forget_files(self, paths: Iterable[str]) -> None:
        raw = [(os.fsencode(path),) for path in paths]
        sql = "DELETE FROM origins WHERE file = (SELECT number FROM files WHERE path = ?)"
        with self._tables.transaction():
            self._tables.execute_many(sql, raw)
            self._tables.execute_many("DELETE FROM files WHERE path = ?", raw)
        self._numbers = {"": 0}

    def below(self, prefix: str) -> list[str]:
        raw = os.fsencode(prefix)
        sql = "SELECT path FROM files WHERE substr(path, 1, ?) = ? AND number != 0 ORDER BY path"
        return [os.fsdecode(path) for (path,) in self._tables.select(sql, len(raw), raw)]

    def only_in(self, paths: Iterable[str]) -> list[str]:
        numbers: set[int] = set()
        found: set[str] = set()
        sql = "SELECT number, id FROM files JOIN origins ON file = number WHERE path = ?"
        for path in paths:
            for number, id in self._tables.select(sql, os.fsencode(path)):
                numbers.add(number)
                found.add(id)
        sql = "SELECT id, file FROM origins WHERE id IN ({})"
        for id, number in self._tables.select_each(sql, sorted(found)):
            if number not in numbers:
                found.discard(id)
        return sorted(found)

    def files(self, id: str) -> list[str]:
        sql = "SELECT path FROM files JOIN origins ON file = number WHERE id = ? AND number != 0 ORDER BY path"
        return [os.fsdecode(path) for (path,) in self._tables.select(sql, id)]

    def noted(self, ids: Iterable[str]) -> dict[str, list[str]]:
        wanted = list(ids)
        sql = "SELECT id FROM origins WHERE file = 0 AND id IN ({})"
        found = {id: [b""] for (id,) in self._tables.select_each(sql, wanted)}
        sql = "SELECT id, path FROM files JOIN origins ON file = number WHERE number != 0 AND id IN ({})"
        for id, path in self._tables.select_each(sql, wanted):
            found.setdefault(id, []).append(path)
        return {id: [os.fsdecode(path) for path in sorted(paths)] for id, paths in found.items()}

    def beside(self, id: str) -> list[str]:
        sql = "SELECT DISTINCT id FROM origins WHERE file IN (SELECT file FROM origins WHERE id = ? AND file != 0)"
        return [row[0] for row in self._tables.select(sql, id)]
