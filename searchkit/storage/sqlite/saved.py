"""The table `saved`."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime, timezone
from typing import Any

from searchkit.storage.saved import SavedRow, SavedSearches, damaged, hashes, matched, now, question_text, stored
from searchkit.storage.sqlite.errors import damaged as record_damaged
from searchkit.storage.sqlite.schema import sum_of, summed
from searchkit.storage.sqlite.tables import Tables

_COLUMNS = "name, recorded, question, looked, upto, matched"


class SqliteSavedSearches(SavedSearches):
    """The saved searches of a record; each row has a sum."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def names(self) -> list[str]:
        return [row[0] for row in self._tables.select("SELECT name FROM saved ORDER BY name")]

    def get(self, name: str) -> SavedRow | None:
        found = self._tables.select(f"SELECT {_COLUMNS}, sum FROM saved WHERE name = ?", name)
        return self._row(found[0]) if found else None

    def add(self, name: str, question: dict[str, Any], upto: int, ids: Collection[str]) -> None:
        when = _now()
        row = summed(name, when, question_text(question), when, upto, hashes(ids))
        self._tables.execute("INSERT OR REPLACE INTO saved VALUES (?, ?, ?, ?, ?, ?, ?)", *row)

    def mark(self, name: str, recorded: datetime, upto: int, ids: Collection[str]) -> bool:
        with self._tables.transaction():
            held = self.get(name)
            if held is None or held.recorded != recorded or held.upto > upto:
                return False
            kept, when = hashes(ids), _now()
            [(since, question)] = self._tables.select("SELECT recorded, question FROM saved WHERE name = ?", name)
            self._tables.execute(
                "UPDATE saved SET looked = ?, upto = ?, matched = ?, sum = ? WHERE name = ?",
                when, upto, kept, sum_of(name, since, question, when, upto, kept), name,
            )  # fmt: skip
        return True

    def take_over(self, row: SavedRow) -> None:
        times = [each.isoformat(timespec="microseconds") for each in (row.recorded, row.looked)]
        kept = (row.name, times[0], question_text(row.question), times[1], row.upto, stored(row.matched))
        self._tables.execute("INSERT OR REPLACE INTO saved VALUES (?, ?, ?, ?, ?, ?, ?)", *summed(*kept))

    def remove(self, name: str) -> bool:
        with self._tables.transaction():
            found = bool(self._tables.select("SELECT 1 FROM saved WHERE name = ?", name))
            self._tables.execute("DELETE FROM saved WHERE name = ?", name)
        return found

    def _row(self, row: Any) -> SavedRow:
        name, recorded, question, looked, upto, kept, held = row
        where = self._tables.where
        if not isinstance(name, str) or sum_of(name, recorded, question, looked, upto, kept) != held:
            raise damaged(name, "does not fit its sum", where)
        try:
            asked = json.loads(question)
        except (ValueError, RecursionError) as error:
            raise damaged(name, "has no question", where) from error
        if not isinstance(asked, dict):
            raise damaged(name, "has no question", where)
        return SavedRow(name, self._time(recorded), asked, self._time(looked), upto, matched(kept))

    def _time(self, text: str) -> datetime:
        try:
            return self._tables.time(text).astimezone(timezone.utc)
        except OverflowError as error:
            raise record_damaged(self._tables.path, "a time in it is none") from error


def _now() -> str:
    return now().isoformat(timespec="microseconds")
