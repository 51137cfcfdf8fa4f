"""The articles of a record, in the tables `articles`, `revisions` and `deletions`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from functools import partial
from typing import TYPE_CHECKING, Any

from searchkit.model.article import Article
from searchkit.model.serialise import content_digest
from searchkit.storage.articles import Articles, Outcome, Outline, differ_in_capture_only, newest_first, written
from searchkit.storage.entries import article_of
from searchkit.storage.sqlite.changes import SqliteChanges
from searchkit.storage.sqlite.errors import damaged
from searchkit.storage.sqlite.schema import sum_of, summed
from searchkit.storage.sqlite.tables import TOGETHER

if TYPE_CHECKING:
    from searchkit.model.history import Revision

_SPARSE = 5_000
"""Up to so many ids are looked up one by one; more are met soon enough when all articles are read."""


class SqliteArticles(SqliteChanges, Articles):
    """The articles of a record."""

    _deleted: set[str] | None = None
    """What `take_over` has read of the deletions in this transaction; only the thread inside touches it."""

    def _begin(self) -> None:
        super()._begin()
        self._deleted = None

    # -- writing

    def put(self, article: Article) -> Outcome:
        with self.transaction():
            return self._put(article)

    def _put(self, article: Article) -> Outcome:
        text, digest = written(article)
        held = self.select("SELECT digest, revision, recorded, record FROM articles WHERE id = ?", article.id)
        if held and (held[0][0] == digest or differ_in_capture_only(held[0][3], text)):
            return "unchanged"
        revision = 1
        if held:
            revision = held[0][1] + 1
            before, number, recorded, record = held[0]
            self.execute(
                "INSERT OR REPLACE INTO revisions VALUES (?, ?, ?, ?, ?, ?)",
                article.id, number, recorded, record, before, sum_of(article.id, number, recorded, before),
            )  # fmt: skip
        else:
            # An article that was deleted and comes again goes on in the numbers of its kept revisions.
            revision += self.select(
                "SELECT ifnull(max(revision), 0) AS revision FROM revisions WHERE id = ?", article.id
            )[0][0]
        self._insert(article, self._next_seq(), revision, now(), text, digest)
        self._changed = True
        return "updated" if held else "added"

    def compare(self, article: Article) -> Outcome:
        text, digest = written(article)
        held = self.select("SELECT digest, record FROM articles WHERE id = ?", article.id)
        if not held:
            return "added"
        return "unchanged" if held[0][0] == digest or differ_in_capture_only(held[0][1], text) else "updated"

    def delete(self, id: str) -> bool:
        with self.transaction():
            if not self.has(id):
                return False
            self.execute("INSERT INTO deletions VALUES (?, ?, ?)", *summed(self._next_seq(), id))
            self.execute("DELETE FROM articles WHERE id = ?", id)
            self.execute("DELETE FROM revisions WHERE id = ?", id)
            self._changed = True
            self._deleted = None
            return True

    def take_over(self, id: str, states: Sequence[Revision]) -> bool:
        with self.transaction():
            held = self.select(
                "SELECT revision, recorded, digest FROM revisions WHERE id = ?"
                " UNION ALL SELECT revision, recorded, digest FROM articles WHERE id = ? ORDER BY revision",
                id, id,
            )  # fmt: skip
            given = [(each.number, each.recorded.isoformat(), *written(each.article)) for each in states]
            same = held == [(number, recorded, digest) for number, recorded, _, digest in given]
            if same and (self.has(id) if states else id in self._deleted_before):
                return False
            seq = self._next_seq()
            self.execute("DELETE FROM articles WHERE id = ?", id)
            self.execute("DELETE FROM revisions WHERE id = ?", id)
            if not given:
                self.execute("INSERT INTO deletions VALUES (?, ?, ?)", *summed(seq, id))
                self._deleted_before.add(id)
            for number, recorded, text, digest in given[:-1]:
                row = (id, number, recorded, text, digest, sum_of(id, number, recorded, digest))
                self.execute("INSERT INTO revisions VALUES (?, ?, ?, ?, ?, ?)", *row)
            for number, recorded, text, digest in given[-1:]:
                self._insert(states[-1].article, seq, number, recorded, text, digest)
            self._changed = True
        return True

    @property
    def _deleted_before(self) -> set[str]:
        """The articles that have been deleted. They have no index by id, so they are read once in a transaction."""
        if self._deleted is None:
            self._deleted = self.deleted_since(0)
        return self._deleted

    def _insert(self, article: Article, seq: int, number: int, recorded: str, text: str, digest: str) -> None:
        """Put in the newest state of an article."""
        row = (article.id, seq, number, recorded, digest, content_digest(article), article.kind, article.parent)
        self.execute("INSERT OR REPLACE INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", *row, text, sum_of(*row))

    # -- reading

    def get(self, id: str) -> Article | None:
        found = self.select("SELECT record FROM articles WHERE id = ?", id)
        return article_of(id, found[0][0], partial(damaged, self.path)) if found else None

    def get_many(self, ids: Iterable[str]) -> dict[str, Article]:
        wanted = list(ids)
        found: dict[str, Article] = {}
        for start in range(0, len(wanted), TOGETHER):  # never more rows at once than these
            part = wanted[start : start + TOGETHER]
            for id, record in self.select_each("SELECT id, record FROM articles WHERE id IN ({})", part):
                found[id] = article_of(id, record, partial(damaged, self.path))
        return found

    def has(self, id: str) -> bool:
        return bool(self.select("SELECT 1 FROM articles WHERE id = ?", id))

    def ids_starting(self, prefix: str, limit: int = 10) -> list[str]:
        sql = "SELECT id FROM articles WHERE id >= ? AND substr(id, 1, ?) = ? ORDER BY id LIMIT ?"
        return [row[0] for row in self.select(sql, prefix, len(prefix), prefix, limit)]

    def ids(self) -> list[str]:
        return [row[0] for row in self.select("SELECT id FROM articles ORDER BY id")]

    def children(self, parent: str) -> tuple[Article, ...]:
        rows = self.select("SELECT id, record FROM articles WHERE parent = ? AND parent != ''", parent)
        return newest_first(article_of(id, record, partial(damaged, self.path)) for id, record in rows)

    def revisions(self, id: str) -> tuple[Revision, ...]:
        from searchkit.model.history import Revision

        rows = self.select(
            "SELECT revision, recorded, record FROM (SELECT revision, recorded, record FROM revisions WHERE id = ?"
            " UNION ALL SELECT revision, recorded, record FROM articles WHERE id = ?) ORDER BY revision",
            id, id,
        )  # fmt: skip
        return tuple(
            Revision(number, self.time(when), article_of(id, record, partial(damaged, self.path)))
            for number, when, record in rows
        )

    def recorded(self, id: str) -> datetime | None:
        rows = self.select("SELECT recorded FROM articles WHERE id = ?", id)
        return self.time(rows[0][0]) if rows else None

    def latest(self, ids: Collection[str], limit: int) -> list[tuple[str, datetime]]:
        if len(ids) <= _SPARSE:
            rows: list[Any] = self.select_each("SELECT seq, id, recorded FROM articles WHERE id IN ({})", list(ids))
            rows.sort(reverse=True)
            return [(id, self.time(when)) for _, id, when in rows[:limit]]
        among, found, before = frozenset(ids), list[tuple[str, datetime]](), 1 << 62
        sql = "SELECT seq, id, recorded FROM articles WHERE seq < ? ORDER BY seq DESC LIMIT ?"
        while len(found) < limit and (rows := self.select(sql, before, TOGETHER)):
            found += [(id, self.time(when)) for _, id, when in rows if id in among]
            before = rows[-1][0]
        return found[:limit]

    def outlines(self) -> Iterator[Outline]:
        """Return an iterator over the outlines of the articles of kind article, as they are at one moment."""
        rows = self.select(
            "SELECT ifnull(json_extract(record, '$.source'), ifnull(json_extract(record, '$.site'), '')),"
            " json_extract(record, '$.published'), json_extract(record, '$.author') IS NOT NULL,"
            " json_extract(record, '$.body') IS NOT NULL FROM articles WHERE kind = 'article'"
        )
        return map(self._outline, rows)

    def _outline(self, row: tuple[str, str | None, int, int]) -> Outline:
        self.require_open()
        source, published, author, body = row
        return str(source), self.time(published) if published else None, bool(author), bool(body)

    def __len__(self) -> int:
        return int(self.select("SELECT count(*) FROM articles")[0][0])

    def kinds(self) -> Mapping[str, int]:
        return dict(self.select("SELECT kind, count(*) FROM articles GROUP BY kind"))

    def counts(self) -> Mapping[str, int]:
        sql = (
            "SELECT (SELECT count(*) FROM revisions), (SELECT ifnull(sum(n - 1), 0) FROM"
            " (SELECT count(*) AS n FROM articles GROUP BY content HAVING n > 1))"
        )
        revisions, duplicates = self.select(sql)[0]
        return {"revisions": revisions, "duplicates": duplicates}


def now() -> str:
    """Return this moment as the record keeps it: UTC, to the second."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
