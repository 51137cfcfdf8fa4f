"""The record: every article, its revisions and the log of what was read, in one SQLite file.

The index is derived from this and can be made again at any time. Every change of an article gets the next *sequence
number*; an index that covers the record up to n needs only what came after n. SQLite runs with WAL and
synchronous=FULL: when a method returns, what it wrote survives a power cut.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from json.encoder import encode_basestring
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from searchkit.errors import ArchiveError, BadRecord, Damaged, FormatTooNew, Locked, SearchkitError
from searchkit.model.article import Article
from searchkit.model.serialise import content_digest, from_record, to_record
from searchkit.storage.migrations import UPGRADES, upgrade
from searchkit.storage.schema import FORMAT, TABLES, rows_that_do_not_fit, sum_of, summed
from searchkit.system.files import sync_folder

if TYPE_CHECKING:
    from searchkit.model.history import Revision

_RESTORE = "searchkit restore BACKUP --index NEW; without a backup, sqlite3 archive.db .recover may save what is left"

BUSY = 60.0
"""Seconds to wait where SQLite needs the file for itself for a moment."""

Outcome = Literal["added", "updated", "unchanged"]
Returned = TypeVar("Returned")


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the record after some sequence number; `article` None: it was deleted."""

    seq: int
    id: str
    article: Article | None


class Store:
    """The record in the file `path`.

    One connection a thread would be needed to write from several; the archive writes under its lock, from one.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = self._connect()

    @classmethod
    def create(cls, path: Path, settings: Mapping[str, str]) -> Store:
        """A new record with these settings, unless there is one; needs the writer's lock.

        It gets its name when all of it is on disk: nobody who opens it meanwhile finds half of one.
        """
        if not path.exists() or not path.stat().st_size:
            partial = path.with_name(path.name + ".partial")
            try:
                partial.unlink(missing_ok=True)
                with closing(sqlite3.connect(partial, isolation_level=None)) as made:
                    made.execute("PRAGMA synchronous=FULL")
                    tables = TABLES + "".join(UPGRADES.values())
                    made.executescript(f"BEGIN IMMEDIATE;{tables}PRAGMA user_version={FORMAT};")
                    made.executemany(
                        "INSERT INTO settings VALUES (?, ?, ?)", (summed(*each) for each in settings.items())
                    )
                    made.execute("COMMIT")
                    made.execute("PRAGMA journal_mode=WAL")
                partial.replace(path)
                sync_folder(path.parent)
            except (sqlite3.Error, OSError) as error:
                raise ArchiveError(
                    f"cannot make the record {path}: {error}", hint="is the disk full, or the folder read-only?"
                ) from error
        return cls(path)

    def _connect(self) -> sqlite3.Connection:
        if not self.path.exists() or (self.path.is_file() and not self.path.stat().st_size):
            raise Damaged(f"the record {self.path} is missing", hint="restore it from a backup, or ingest again")
        if not self.path.is_file():
            raise Damaged(f"the record {self.path} is not a file", hint="give another --index")
        try:
            connection = sqlite3.connect(self.path, timeout=BUSY, isolation_level=None, check_same_thread=False)
            # The file may be a stranger's: what its schema says runs with no right, and its pages are checked.
            connection.execute("PRAGMA trusted_schema=OFF")
            connection.execute("PRAGMA cell_size_check=ON")
            _patiently(lambda: connection.execute("PRAGMA journal_mode=WAL"))
            connection.execute("PRAGMA synchronous=FULL")
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        except sqlite3.DatabaseError as error:
            raise self._trouble(error, "read") from error
        if version > FORMAT:
            connection.close()
            raise FormatTooNew(
                f"{self.path} has format {version}; this searchkit knows up to {FORMAT}",
                hint="pip install --upgrade searchkit",
            )
        if version < 1:
            connection.close()
            raise Damaged(f"{self.path} is no archive of searchkit", hint="give another --index")
        if version < FORMAT:
            try:
                self._guard(lambda: upgrade(connection))
            except BaseException:
                connection.close()
                raise
        return connection

    def select(self, sql: str, *values: object) -> list[Any]:
        """The rows of a query over the tables at the head of this module, for what is derived from the record."""
        return self._rows(sql, *values)

    def execute(self, sql: str, *values: object) -> None:
        """A change of a derived table."""
        self._write(sql, *values)

    def execute_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """One change for each row of values."""
        self._guard(lambda: self._connection.executemany(sql, rows))

    def _trouble(self, error: sqlite3.DatabaseError, doing: str) -> SearchkitError:
        """SQLite's error as one of ours."""
        told = str(error)
        if "locked" in told or "busy" in told:
            return Locked(f"the record {self.path} is held by another program: {told}", hint="wait and try again")
        if doing == "read" or "malformed" in told or "not a database" in told:
            return self._damaged(told)
        return ArchiveError(
            f"cannot write the record {self.path}: {told}", hint="is the disk full, or the archive read-only?"
        )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside are kept together, or none."""
        self._guard(lambda: self._connection.execute("BEGIN IMMEDIATE"))
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._guard(lambda: self._connection.execute("COMMIT"))

    def _guard(self, work: Callable[[], Returned]) -> Returned:
        try:
            return work()
        except sqlite3.DatabaseError as error:
            raise self._trouble(error, "write") from error

    def _rows(self, sql: str, *values: object) -> list[Any]:
        try:
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise self._trouble(error, "read") from error

    # -- writing

    def put(self, article: Article) -> Outcome:
        """Keep an article under its id; what differs from the state held becomes the next revision."""
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
            revision += self._rows("SELECT ifnull(max(revision), 0) FROM revisions WHERE id = ?", article.id)[0][0]
        row = (
            article.id, self.last_seq() + 1, revision, _now(), digest, content_digest(article), article.kind,
            article.parent,
        )  # fmt: skip
        self._write("INSERT OR REPLACE INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", *row, text, sum_of(*row))
        return "updated" if held else "added"

    def compare(self, article: Article) -> Outcome:
        """What `put` would do."""
        text, digest = _written(article)
        held = self._rows("SELECT digest, record FROM articles WHERE id = ?", article.id)
        if not held:
            return "added"
        return "unchanged" if held[0][0] == digest or _differ_in_capture_only(held[0][1], text) else "updated"

    def delete(self, id: str) -> bool:
        """Take an article out with all its revisions; False if it is not there."""
        if not self._rows("SELECT 1 FROM articles WHERE id = ?", id):
            return False
        seq = self.last_seq() + 1
        self._write("INSERT INTO deletions VALUES (?, ?, ?)", *summed(seq, id))
        self._write("DELETE FROM articles WHERE id = ?", id)
        self._write("DELETE FROM revisions WHERE id = ?", id)
        return True

    def _write(self, sql: str, *values: object) -> None:
        self._guard(lambda: self._connection.execute(sql, values))

    # -- reading

    def get(self, id: str) -> Article | None:
        """The newest state of an article."""
        found = self._rows("SELECT record FROM articles WHERE id = ?", id)
        return self._article(found[0][0]) if found else None

    def get_many(self, ids: Iterable[str]) -> dict[str, Article]:
        """The newest state of each of `ids` that is there."""
        wanted = list(ids)
        found: dict[str, Article] = {}
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            marks = ",".join("?" * len(part))
            for id, record in self._rows(f"SELECT id, record FROM articles WHERE id IN ({marks})", *part):
                found[id] = self._article(record)
        return found

    def _article(self, record: str) -> Article:
        try:
            return from_record(json.loads(record))
        except (ValueError, TypeError, AttributeError, RecursionError, BadRecord) as error:
            raise self._damaged("an article in it cannot be read") from error

    def _damaged(self, told: str) -> Damaged:
        return Damaged(f"the record {self.path} is damaged: {told}", hint=_RESTORE)

    def has(self, id: str) -> bool:
        """Is there an article with this id?"""
        return bool(self._rows("SELECT 1 FROM articles WHERE id = ?", id))

    def ids_starting(self, prefix: str, limit: int = 10) -> list[str]:
        """Up to `limit` ids that start with `prefix`, ascending."""
        sql = "SELECT id FROM articles WHERE id >= ? AND substr(id, 1, ?) = ? ORDER BY id LIMIT ?"
        return [row[0] for row in self._rows(sql, prefix, len(prefix), prefix, limit)]

    def children(self, parent: str) -> tuple[Article, ...]:
        """The headlines that an article's page listed, newest first."""
        rows = self._rows("SELECT record FROM articles WHERE parent = ? AND parent != ''", parent)
        found = [self._article(row[0]) for row in rows]
        return tuple(sorted(found, key=lambda article: (article.published_text, article.id), reverse=True))

    def revisions(self, id: str) -> tuple[Revision, ...]:
        """Every state of an article, the first first; empty if it is not there."""
        from searchkit.model.history import Revision

        rows = self._rows("SELECT revision, recorded, record FROM revisions WHERE id = ? ORDER BY revision", id)
        rows += self._rows("SELECT revision, recorded, record FROM articles WHERE id = ?", id)
        return tuple(
            Revision(number, datetime.fromisoformat(when), self._article(record)) for number, when, record in rows
        )

    def articles(self, ids: Sequence[str] | None = None) -> Iterator[Article]:
        """Yield the articles with these ids that are there, in their order; default: every article, by id."""
        wanted = self.ids() if ids is None else ids
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            held = self.get_many(part)
            yield from (held[id] for id in part if id in held)

    def outlines(self) -> Iterator[tuple[str, datetime | None, bool, bool]]:
        """Of every record of kind article: source or else site; time; has it an author; has it a body."""
        sql = (
            "SELECT ifnull(json_extract(record, '$.source'), ifnull(json_extract(record, '$.site'), '')),"
            " json_extract(record, '$.published'), json_extract(record, '$.author') IS NOT NULL,"
            " json_extract(record, '$.body') IS NOT NULL FROM articles WHERE kind = 'article'"
        )
        for source, published, author, body in self._rows(sql):
            yield source, datetime.fromisoformat(published) if published else None, bool(author), bool(body)

    def sequence_numbers(self) -> dict[str, int]:
        """Return the sequence number of each article, by id."""
        return dict(self._rows("SELECT id, seq FROM articles"))

    def deleted_since(self, after: int) -> set[str]:
        """Return the ids that were deleted by changes whose sequence number is above `after`."""
        return {row[0] for row in self._rows("SELECT id FROM deletions WHERE seq > ?", after)}

    def ids(self) -> list[str]:
        """Every id, ascending."""
        return [row[0] for row in self._rows("SELECT id FROM articles ORDER BY id")]

    def changes(self, after: int, limit: int) -> list[Change]:
        """The first `limit` changes whose sequence number is above `after`, ascending."""
        rows = self._rows(
            "SELECT seq, id, record FROM (SELECT seq, id, record FROM articles WHERE seq > ?"
            " UNION ALL SELECT seq, id, NULL FROM deletions WHERE seq > ?) ORDER BY seq LIMIT ?",
            after, after, limit,
        )  # fmt: skip
        rows.reverse()
        found = []
        while rows:  # each is let go of as it is read: the rows take as much memory as the articles
            seq, id, record = rows.pop()
            found.append(Change(seq, id, None if record is None else self._article(record)))
        return found

    def pending(self, after: int) -> int:
        """How many changes have a sequence number above `after`."""
        sql = "SELECT (SELECT count(*) FROM articles WHERE seq > ?) + (SELECT count(*) FROM deletions WHERE seq > ?)"
        return int(self._rows(sql, after, after)[0][0])

    def last_seq(self) -> int:
        """The sequence number of the last change; 0 in a new record."""
        sql = "SELECT max(ifnull((SELECT max(seq) FROM articles), 0), ifnull((SELECT max(seq) FROM deletions), 0))"
        return int(self._rows(sql)[0][0])

    def __len__(self) -> int:
        return int(self._rows("SELECT count(*) FROM articles")[0][0])

    def kinds(self) -> Mapping[str, int]:
        """How many articles of each kind there are. Reads the whole table, which an index need not."""
        return dict(self._rows("SELECT kind, count(*) FROM articles GROUP BY kind"))

    def counts(self) -> Mapping[str, int]:
        """How many `revisions` (states that were replaced) and `duplicates` (beyond the first of each text)."""
        sql = "SELECT ifnull(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM articles GROUP BY content HAVING n > 1)"
        return {
            "revisions": self._rows("SELECT count(*) FROM revisions")[0][0],
            "duplicates": self._rows(sql)[0][0],
        }

    # -- the log, and settings

    def log_run(self, given: Sequence[str], added: int, updated: int, unchanged: int, rejected: int) -> None:
        """Remember an ingest."""
        paths = json.dumps(list(given), ensure_ascii=True)
        row = summed(_now(), paths, added, updated, unchanged, rejected)
        self._write("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?)", *row)

    def setting(self, name: str) -> str | None:
        """A setting of the archive: timezone, dictionary."""
        found = self._rows("SELECT value FROM settings WHERE name = ?", name)
        return found[0][0] if found else None

    def remove_setting(self, name: str) -> None:
        """Drop a setting, if it is there."""
        self._write("DELETE FROM settings WHERE name = ?", name)

    def set_setting(self, name: str, value: str) -> None:
        """Keep a setting."""
        self._write("INSERT OR REPLACE INTO settings VALUES (?, ?, ?)", *summed(name, value))

    # -- care

    def verify(self) -> list[str]:
        """What SQLite finds wrong with the file, and records that cannot be read; empty if nothing is."""
        try:
            rows = self._connection.execute("PRAGMA integrity_check(20)").fetchall()
            problems = [f"{self.path}: {row[0]}" for row in rows if row[0] != "ok"]
            for id, kind, parent, record, digest in self._connection.execute(
                "SELECT id, kind, parent, record, digest FROM articles"
            ):
                if not isinstance(record, str):
                    problems.append(f"{self.path}: the record of {id} is no text")
                    continue
                if hashlib.sha256(record.encode("utf-8", "surrogatepass")).hexdigest()[:32] != digest:
                    problems.append(f"{self.path}: the record of {id} does not fit its digest")
                    continue
                if not _names(record, id, kind, parent):
                    problems.append(f"{self.path}: the entry of {id} does not fit its record")
            for id, number, record, digest in self._connection.execute(
                "SELECT id, revision, record, digest FROM revisions WHERE digest != ''"  # format 1 had none
            ):
                if hashlib.sha256(record.encode("utf-8", "surrogatepass")).hexdigest()[:32] != digest:
                    problems.append(f"{self.path}: revision {number} of {id} does not fit its digest")
            problems += [
                f"{self.path}: the row {row} does not fit its sum" for row in rows_that_do_not_fit(self._connection)
            ]
        except (sqlite3.DatabaseError, UnicodeError, ValueError, AttributeError, TypeError) as error:
            return [f"{self.path}: {error}"]
        return problems

    def copy_to(self, path: Path) -> int:
        """Copy the record as it is now into a new file, on disk when this returns; how many articles it has.

        Others may go on writing.
        """
        try:
            with closing(sqlite3.connect(path, isolation_level=None)) as copy:
                copy.execute("PRAGMA synchronous=FULL")
                self._connection.backup(copy, pages=-1)  # all in one step: a writer would make it begin anew
                copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
                return int(copy.execute("SELECT count(*) FROM articles").fetchone()[0])
        except sqlite3.DatabaseError as error:
            raise ArchiveError(
                f"cannot copy {self.path} to {path}: {error}", hint="searchkit verify; is the disk full?"
            ) from error

    def size(self) -> int:
        """Bytes on disk, the write-ahead log included."""
        names = (self.path, self.path.with_name(self.path.name + "-wal"))
        return sum(name.stat().st_size for name in names if name.exists())

    def close(self) -> None:
        """Let go of the file. Twice is fine."""
        self._connection.close()


def _patiently(work: Callable[[], object]) -> None:
    """Do what SQLite refuses at once, without its own waiting, while another connection opens or closes the log."""
    until = time.monotonic() + BUSY
    while True:
        try:
            work()
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)


def _names(record: str, id: str, kind: str, parent: str) -> bool:
    """Does the JSON of an article, as `_written` makes it, give it this id, kind and parent?

    Parsing all of it would be the most of what `verify` does. A quote inside a text is escaped, so what stands here in
    quotes is a key; only of these two fields the keys are not ours.
    """
    if '"extra": ' in record or '"related": ' in record:
        held = json.loads(record)
        return (held.get("id"), held.get("kind", "article"), held.get("parent", "")) == (id, kind, parent)
    expected = (("id", id), ("kind", "" if kind == "article" else kind), ("parent", parent))
    return all(
        f'"{name}": {encode_basestring(value)}' in record if value else f'"{name}": ' not in record
        for name, value in expected
    )


def _differ_in_capture_only(held: str, given: str) -> bool:
    """Do two records say the same of an article that a crawler has fetched at two times?

    It would else go back and forth between them each time the crawl is read.
    """
    if '"fetched"' not in held or '"fetched"' not in given:
        return False
    try:
        records = [json.loads(each) for each in (held, given)]
        for record in records:
            record.get("extra", {}).pop("fetched", None)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return False  # what is held is damaged
    return bool(records[0] == records[1])


def _written(article: Article) -> tuple[str, str]:
    """The record of an article as JSON, and its digest."""
    text = json.dumps(to_record(article), ensure_ascii=False, sort_keys=True)
    return text, hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
