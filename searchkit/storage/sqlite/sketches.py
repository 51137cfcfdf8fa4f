"""The tables `sketches` and `families`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from searchkit.storage.sketches import Sketch, Sketched, Sketches
from searchkit.storage.sqlite.schema import summed
from searchkit.storage.sqlite.tables import Tables


class SqliteSketches(Sketches):
    """The sketches and families of a record."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def clear(self) -> None:
        self._tables.execute("DELETE FROM sketches")
        self._tables.execute("DELETE FROM families")

    # -- sketches

    def add(self, sketches: Iterable[Sketch]) -> None:
        self._tables.execute_many(
            "INSERT OR REPLACE INTO sketches (id, day, appeared, twins, title, sketch, numbers, sum)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (summed(*each) for each in sketches),
        )

    def remove(self, ids: Iterable[str]) -> None:
        self._tables.execute_many("DELETE FROM sketches WHERE id = ?", ((id,) for id in ids))

    def days(self, ids: Iterable[str]) -> dict[str, int]:
        return dict(self._tables.select_each("SELECT id, day FROM sketches WHERE id IN ({})", list(ids)))

    def appeared(self, ids: Iterable[str]) -> dict[str, int]:
        return dict(self._tables.select_each("SELECT id, appeared FROM sketches WHERE id IN ({})", list(ids)))

    def evidence(self, ids: Iterable[str]) -> dict[str, tuple[str, bytes]]:
        rows = self._tables.select_each("SELECT id, title, numbers FROM sketches WHERE id IN ({})", list(ids))
        return {id: (title, numbers) for id, title, numbers in rows}

    def between(self, first: int, last: int) -> Sequence[Sketched]:
        sql = "SELECT id, day, twins, sketch FROM sketches WHERE day BETWEEN ? AND ?"
        return [Sketched(*row) for row in self._tables.select(sql, first, last)]

    # -- families

    def put_together(self, families: Iterable[tuple[str, str]]) -> None:
        self._tables.execute_many("INSERT OR REPLACE INTO families VALUES (?, ?)", families)

    def take_out(self, ids: Iterable[str]) -> None:
        self._tables.execute_many("DELETE FROM families WHERE id = ?", ((id,) for id in ids))

    def families(self, ids: Iterable[str]) -> dict[str, str]:
        return dict(self._tables.select_each("SELECT id, family FROM families WHERE id IN ({})", list(ids)))

    def members(self, family: str) -> list[str]:
        sql = "SELECT id FROM sketches WHERE id IN (SELECT id FROM families WHERE family = ?) ORDER BY appeared, id"
        return [row[0] for row in self._tables.select(sql, family)]

    def has_families(self) -> bool:
        return bool(self._tables.select("SELECT 1 FROM families LIMIT 1"))

    def all_families(self) -> Mapping[str, str]:
        return dict(self._tables.select("SELECT id, family FROM families"))

    def count(self) -> tuple[int, int]:
        families, articles = self._tables.select("SELECT count(DISTINCT family), count(*) FROM families")[0]
        return families, articles
