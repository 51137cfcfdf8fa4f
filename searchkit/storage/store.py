"""The record: every article, its revisions and the log of runs, in one SQLite file.

The index is derived from it and can be rebuilt at any time. Every change of an article gets the next *sequence number*;
an index that covers the record up to n needs only the changes after n. SQLite runs with WAL and synchronous=FULL: when
a method returns, its writes survive a power cut.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from searchkit.errors import ArchiveError, BadRecord
from searchkit.language.messages import Message
from searchkit.model.article import Article
from searchkit.model.serialise import content_digest, from_record, to_record
from searchkit.storage.connections import Connections, consistent
from searchkit.storage.guard import require_values
from searchkit.storage.migrations import UPGRADES
from searchkit.storage.schema import FORMAT, MOST_CHANGES, TABLES, sum_of, summed
from searchkit.storage.sqlite_errors import damaged
from searchkit.system.files import sync_file, sync_folder

if TYPE_CHECKING:
    from searchkit.model.history import Revision

Outcome = Literal["added", "updated", "unchanged"]

_LAST = "SELECT max(ifnull((SELECT max(seq) FROM articles), 0), ifnull((SELECT max(seq) FROM deletions), 0)) AS seq"
_LINEAGE = "lineage:"
"""Names of settings: this, and the sequence number in twenty digits."""
_CHANGES = (
    "SELECT seq, id, record FROM articles WHERE seq > ? AND seq <= ?"
    " UNION ALL SELECT seq, id, NULL FROM deletions WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?"
)
_ANY = (1 << 63) - 1
MOST_CHARACTERS = 60_000_000
"""Of the records of changes that are read together; bounds memory. Twenty thousand articles of the usual size have half
as many."""
_TOGETHER = 500
"""Rows passed to SQLite at a time."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the record; `article` is None if it was deleted."""

    seq: int
    id: str
    article: Article | None


class SequenceNumbers(dict[str, int]):
    """The sequence number of the last change of every article, by id.

    Attributes:
        last_seq: the sequence number of the record's last change, deletions included, at the same moment.
    """

    def __init__(self, rows: Iterable[tuple[str, int]], last_seq: int) -> None:
        super().__init__(rows)
        self.last_seq = last_seq


class Store:
    """The record in the file `path`. Safe to use from several threads, and in a forked child.

    Reads do not wait for one another and see committed data; a thread inside `transaction` sees its own writes. One
    thread writes at a time.

    Every method raises ArchiveClosed after `close`, Damaged if the record is damaged, Locked if another program holds
    it, and ArchiveError with the operating system's reason if that denies access.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connections = Connections(path)
        self._changed = False
        self._connections.read(lambda _: None)

    @classmethod
    def create(cls, path: Path, settings: Mapping[str, str]) -> Store:
        """Make a new record with these settings, unless there is one. The caller holds the writer's lock.

        The file gets its name when all of it is on disk: nobody can open an incomplete record.
        """
        if not path.exists() or not path.stat().st_size:
            unnamed = path.with_name(path.name + ".partial")
            try:
                unnamed.unlink(missing_ok=True)
                with closing(sqlite3.connect(unnamed, isolation_level=None)) as made:
                    made.execute("PRAGMA synchronous=FULL")
                    tables = TABLES + "".join(UPGRADES.values())
                    made.executescript(f"BEGIN IMMEDIATE;{tables}PRAGMA user_version={FORMAT};")
                    made.executemany(
                        "INSERT INTO settings VALUES (?, ?, ?)", (summed(*each) for each in settings.items())
                    )
                    made.execute("COMMIT")
                    made.execute("PRAGMA journal_mode=WAL")
                unnamed.replace(path)
                sync_folder(path.parent)
            except (sqlite3.Error, OSError) as error:
                raise ArchiveError(
                    Message("cannot make the record {path}: {reason}", path=path, reason=error),
                    hint="is the disk full, or the folder read-only?",
                ) from error
        return cls(path)

    def select(self, sql: str, *values: object) -> list[Any]:
        """Return the rows of a query over the tables of `schema`, for data derived from the record."""
        return self._rows(sql, *values)

    def execute(self, sql: str, *values: object) -> None:
        """Change a derived table."""
        self._write(sql, *values)

    def execute_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Execute a statement for each row of values: for all, or for none."""
        with self.transaction():
            # Making the rows may take long, and no lock or connection should be held meanwhile.
            remaining = iter(rows)
            while part := list(islice(remaining, _TOGETHER)):
                self._connections.write(partial(_executed_many, sql, part))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit all writes of this thread inside together, or none. Until then only its own reads see them."""
        if self._connections.in_transaction:
            yield
            return
        with self._connections.transaction():
            self._changed = False  # only the thread inside comes here
            yield
            if self._changed:
                self.set_setting(f"{_LINEAGE}{self.last_seq():020}", os.urandom(8).hex())

    def _rows(self, sql: str, *values: object) -> list[Any]:
        return self._connections.read(lambda connection: _fetched(connection, self.path, sql, values))

    # -- writing

    def put(self, article: Article) -> Outcome:
        """Store an article under its id. If it differs from the stored state, it becomes the next revision."""
        with self.transaction():
            return self._put(article)

    def _put(self, article: Article) -> Outcome:
        text, digest = _written(article)
        held = self._rows("SELECT digest, revision, recorded, record FROM articles WHERE id = ?", article.id)
        if held and (held[0][0] == digest or _differ_in_capture_only(held[0][3], text)):
            return "unchanged"
        revision = 1
        if held:
            revision = held[0][1] + 1
            before, number, recorded, record = held[0]
            self._write(
                "INSERT OR REPLACE INTO revisions VALUES (?, ?, ?, ?, ?, ?)",
                article.id, number, recorded, record, before, sum_of(article.id, number, recorded, before),
            )  # fmt: skip
        else:
            # An article that was deleted and comes again goes on in the numbers of its kept revisions.
            revision += self._rows(
                "SELECT ifnull(max(revision), 0) AS revision FROM revisions WHERE id = ?", article.id
            )[0][0]
        row = (
            article.id, self._next_seq(), revision, _now(), digest, content_digest(article), article.kind,
            article.parent,
        )  # fmt: skip
        self._write("INSERT OR REPLACE INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", *row, text, sum_of(*row))
        self._changed = True
        return "updated" if held else "added"

    def compare(self, article: Article) -> Outcome:
        """Return the outcome that `put` would have."""
        text, digest = _written(article)
        held = self._rows("SELECT digest, record FROM articles WHERE id = ?", article.id)
        if not held:
            return "added"
        return "unchanged" if held[0][0] == digest or _differ_in_capture_only(held[0][1], text) else "updated"

    def delete(self, id: str) -> bool:
        """Delete an article with all its revisions. Returns: False if there is no such article."""
        with self.transaction():
            if not self.has(id):
                return False
            self._write("INSERT INTO deletions VALUES (?, ?, ?)", *summed(self._next_seq(), id))
            self._write("DELETE FROM articles WHERE id = ?", id)
            self._write("DELETE FROM revisions WHERE id = ?", id)
            self._changed = True
            return True

    def _write(self, sql: str, *values: object) -> None:
        self._connections.write(lambda connection: connection.execute(sql, values).close())

    # -- reading

    def get(self, id: str) -> Article | None:
        """Return the newest state of an article; None if there is no such article."""
        found = self._rows("SELECT record FROM articles WHERE id = ?", id)
        return self._article(id, found[0][0]) if found else None

    def get_many(self, ids: Iterable[str]) -> dict[str, Article]:
        """Return the newest state of each of `ids` that exists."""
        wanted = list(ids)
        found: dict[str, Article] = {}
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            marks = ",".join("?" * len(part))
            for id, record in self._rows(f"SELECT id, record FROM articles WHERE id IN ({marks})", *part):
                found[id] = self._article(id, record)
        return found

    def _article(self, id: str, record: str) -> Article:
        """Return the article of a row. Raises: Damaged where it is none, or has another id."""
        try:
            article = from_record(json.loads(record))
        except (ValueError, TypeError, AttributeError, OverflowError, RecursionError, BadRecord) as error:
            raise damaged(self.path, Message("the article {id} in it cannot be read", id=id[:80])) from error
        if article.id != id:
            raise damaged(self.path, Message("the entry of {id} in it does not fit its record", id=id[:80]))
        return article

    def has(self, id: str) -> bool:
        """Return whether there is an article with this id."""
        return bool(self._rows("SELECT 1 FROM articles WHERE id = ?", id))

    def ids_starting(self, prefix: str, limit: int = 10) -> list[str]:
        """Return up to `limit` ids that start with `prefix`, ascending."""
        sql = "SELECT id FROM articles WHERE id >= ? AND substr(id, 1, ?) = ? ORDER BY id LIMIT ?"
        return [row[0] for row in self._rows(sql, prefix, len(prefix), prefix, limit)]

    def children(self, parent: str) -> tuple[Article, ...]:
        """Return the headlines that an article's page listed, newest first."""
        rows = self._rows("SELECT id, record FROM articles WHERE parent = ? AND parent != ''", parent)
        found = [self._article(*row) for row in rows]
        return tuple(sorted(found, key=lambda article: (article.published_text, article.id), reverse=True))

    def revisions(self, id: str) -> tuple[Revision, ...]:
        """Return every state of an article, the oldest first; empty if there is no such article."""
        from searchkit.model.history import Revision

        rows = self._rows(
            "SELECT revision, recorded, record FROM (SELECT revision, recorded, record FROM revisions WHERE id = ?"
            " UNION ALL SELECT revision, recorded, record FROM articles WHERE id = ?) ORDER BY revision",
            id, id,
        )  # fmt: skip
        return tuple(Revision(number, self._time(when), self._article(id, record)) for number, when, record in rows)

    def recorded(self, id: str) -> datetime | None:
        """Return when the newest state of an article came in, in UTC; None if there is no such article."""
        rows = self._rows("SELECT recorded FROM articles WHERE id = ?", id)
        return self._time(rows[0][0]) if rows else None

    def _time(self, text: object) -> datetime:
        try:
            return datetime.fromisoformat(cast(str, text))
        except (ValueError, TypeError) as error:
            raise damaged(self.path, "a time in it is none") from error

    def articles(self, ids: Sequence[str] | None = None) -> Iterator[Article]:
        """Return an iterator over articles, each in its newest state when its turn comes.

        It holds no connection. Continuing after `close` raises ArchiveClosed.

        Args:
            ids: the articles, in this order, missing ones left out; default: all that exist now, by id.
        """
        return self._in_turn(self.ids() if ids is None else ids)

    def _in_turn(self, ids: Sequence[str]) -> Iterator[Article]:
        for start in range(0, len(ids), _TOGETHER):
            part = ids[start : start + _TOGETHER]
            held = self.get_many(part)
            for id in part:
                self._connections.require_open()
                if id in held:
                    yield held[id]

    def outlines(self) -> Iterator[tuple[str, datetime | None, bool, bool]]:
        """Return an iterator over the records of kind article, as they are at one moment.

        Returns:
            For each: its source, or else its site; its time; whether it has an author; whether it has a body.
        """
        rows = self._rows(
            "SELECT ifnull(json_extract(record, '$.source'), ifnull(json_extract(record, '$.site'), '')),"
            " json_extract(record, '$.published'), json_extract(record, '$.author') IS NOT NULL,"
            " json_extract(record, '$.body') IS NOT NULL FROM articles WHERE kind = 'article'"
        )
        return map(self._outline, rows)

    def _outline(self, row: tuple[str, str | None, int, int]) -> tuple[str, datetime | None, bool, bool]:
        self._connections.require_open()
        source, published, author, body = row
        return str(source), self._time(published) if published else None, bool(author), bool(body)

    def ids(self) -> list[str]:
        """Return every id, ascending."""
        return [row[0] for row in self._rows("SELECT id FROM articles ORDER BY id")]

    def sequence_numbers(self) -> SequenceNumbers:
        """Return the sequence numbers of the last change of every article and of the record, at one moment."""

        def numbers(connection: sqlite3.Connection) -> SequenceNumbers:
            with consistent(connection):
                rows = _fetched(connection, self.path, "SELECT id, seq FROM articles", ())
                return SequenceNumbers(rows, _fetched(connection, self.path, _LAST, ())[0][0])

        return self._connections.read(numbers)

    def deleted_since(self, after: int) -> set[str]:
        """Return the ids that were deleted by changes whose sequence number is above `after`."""
        return {row[0] for row in self._rows("SELECT id FROM deletions WHERE seq > ?", after)}

    def changes(self, after: int, limit: int, upto: int | None = None) -> list[Change]:
        """Return the first changes whose sequence number is above `after`, ascending.

        Args:
            limit: how many at most. Fewer are returned where their records have MOST_CHARACTERS together; one at least.
            upto: the highest sequence number wanted; None for no limit.
        """
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

        rows = self._connections.read(first)
        rows.reverse()
        found = []
        while rows:  # each row is released as it is read: rows take as much memory as articles
            seq, id, record = rows.pop()
            found.append(Change(seq, id, None if record is None else self._article(id, record)))
        return found

    def pending(self, after: int) -> int:
        """Return the number of changes whose sequence number is above `after`."""
        sql = "SELECT (SELECT count(*) FROM articles WHERE seq > ?) + (SELECT count(*) FROM deletions WHERE seq > ?)"
        return int(self._rows(sql, after, after)[0][0])

    def last_seq(self) -> int:
        """Return the sequence number of the last change; 0 in a new record."""
        return cast(int, self._rows(_LAST)[0][0])

    def _next_seq(self) -> int:
        """Return the sequence number of the next change. Raises: Damaged where none is left."""
        last = self.last_seq()
        if last >= MOST_CHANGES:
            raise damaged(self.path, "it has no sequence number left for another change")
        return last + 1

    def __len__(self) -> int:
        return int(self._rows("SELECT count(*) FROM articles")[0][0])

    def kinds(self) -> Mapping[str, int]:
        """Return the number of articles of each kind. Reads the whole table; an index answers faster."""
        return dict(self._rows("SELECT kind, count(*) FROM articles GROUP BY kind"))

    def counts(self) -> Mapping[str, int]:
        """Return the number of `revisions` (replaced states) and `duplicates` (further articles with the same text)."""
        sql = (
            "SELECT (SELECT count(*) FROM revisions), (SELECT ifnull(sum(n - 1), 0) FROM"
            " (SELECT count(*) AS n FROM articles GROUP BY content HAVING n > 1))"
        )
        revisions, duplicates = self._rows(sql)[0]
        return {"revisions": revisions, "duplicates": duplicates}

    # -- the log, and settings

    def log_run(self, given: Sequence[str], added: int, updated: int, unchanged: int, rejected: int) -> None:
        """Add an ingest to the log of runs."""
        paths = json.dumps(list(given), ensure_ascii=True)
        row = summed(_now(), paths, added, updated, unchanged, rejected)
        self._write("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?)", *row)

    def setting(self, name: str) -> str | None:
        """Return a setting of the archive (timezone, dictionary); None if it is not set."""
        found = self._rows("SELECT value FROM settings WHERE name = ?", name)
        return str(found[0][0]) if found else None

    def remove_setting(self, name: str) -> None:
        """Remove a setting, if it is set."""
        self._write("DELETE FROM settings WHERE name = ?", name)

    def set_setting(self, name: str, value: str) -> None:
        """Store a setting."""
        self._write("INSERT OR REPLACE INTO settings VALUES (?, ?, ?)", *summed(name, value))

    # -- lineage

    def lineage(self) -> str:
        """Return a mark of the newest change, which no other record has; empty where an older version made the changes.

        Each transaction leaves one. A copy has those that were left before it was made: so an index that carries one
        tells whether a record is the one that it was made from, or an older copy that went on by itself.
        """
        sql = "SELECT name, value FROM settings WHERE name > ? AND name < ? ORDER BY name DESC LIMIT 1"
        found = self._rows(sql, _LINEAGE, _LINEAGE + "~")
        return f"{found[0][0].removeprefix(_LINEAGE)} {found[0][1]}" if found else ""

    def has_been(self, seq: int, lineage: str) -> bool:
        """Tell whether the record has had the change `seq` and the mark `lineage`, which may be empty."""
        if seq > self.last_seq():
            return False
        at, _, mark = lineage.partition(" ")
        return not lineage or self.setting(f"{_LINEAGE}{at}") == mark

    # -- care

    def verify(self) -> list[str]:
        """Return the problems that SQLite finds in the file, and the records that cannot be read; empty if none.

        Checks one state of the record; writers need not wait.
        """
        from searchkit.storage.verification import problems_of

        return self._connections.read(lambda connection: problems_of(connection, self.path))

    def copy_to(self, path: Path) -> int:
        """Copy the record as it is now into a new file, which is on disk when this returns. Others may go on writing.

        Returns: the number of articles in it.
        """
        return self._connections.read(lambda connection: _copied(connection, self.path, path))

    def size(self) -> int:
        """Return the size on disk in bytes, the write-ahead log included."""
        self._connections.require_open()
        found = 0
        for name in (self.path, self.path.with_name(self.path.name + "-wal")):
            with suppress(FileNotFoundError):
                found += name.stat().st_size
        return found

    def close(self) -> None:
        """Release all files. Safe to call twice, from any thread, and while others read: they get ArchiveClosed."""
        self._connections.close()


def _fetched(connection: sqlite3.Connection, path: Path, sql: str, values: Sequence[object]) -> list[Any]:
    """Return all rows; their values are of the types and sizes that we write, or Damaged is raised."""
    cursor = connection.execute(sql, values)
    rows = cursor.fetchall()
    require_values((each[0] for each in cursor.description), rows, path)
    return rows


def _executed_many(sql: str, rows: Sequence[Sequence[object]], connection: sqlite3.Connection) -> None:
    connection.executemany(sql, rows).close()


def _copied(connection: sqlite3.Connection, source: Path, path: Path) -> int:
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as copy:
            copy.execute("PRAGMA synchronous=OFF")  # forced to disk as a whole, below
            connection.backup(copy, pages=-1)  # all in one step: otherwise a writer would make it start over
            copy.execute("PRAGMA journal_mode=DELETE")  # a single file, without a log beside it
            articles = int(copy.execute("SELECT count(*) FROM articles").fetchone()[0])
        sync_file(path)
    except (sqlite3.Error, OSError) as error:
        raise ArchiveError(
            Message("cannot copy {source} to {path}: {reason}", source=source, path=path, reason=error),
            hint="archive.verify(); is the disk full?",
            code="copy-failed",
        ) from error
    return articles


def _differ_in_capture_only(held: str, given: str) -> bool:
    """Return whether two records differ only in the time at which a crawler fetched the article.

    Otherwise the article would alternate between them each time the crawl is read.
    """
    if '"fetched"' not in held or '"fetched"' not in given:
        return False
    try:
        records = [json.loads(each) for each in (held, given)]
        for record in records:
            record.get("extra", {}).pop("fetched", None)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return False  # the stored record is damaged
    return bool(records[0] == records[1])


def _written(article: Article) -> tuple[str, str]:
    """Return the record of an article as JSON, and its digest."""
    text = json.dumps(to_record(article), ensure_ascii=False, sort_keys=True)
    return text, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
