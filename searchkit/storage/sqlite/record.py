"""A record in one SQLite file.

SQLite runs with WAL and synchronous=FULL: when a method returns, its writes survive a power cut.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from searchkit.errors import ArchiveError
from searchkit.language.messages import Message
from searchkit.storage.record import Record, Run
from searchkit.storage.sqlite.articles import SqliteArticles
from searchkit.storage.sqlite.errors import damaged
from searchkit.storage.sqlite.migrations import UPGRADES
from searchkit.storage.sqlite.schema import FORMAT, TABLES, summed
from searchkit.system.files import sync_file, sync_folder

if TYPE_CHECKING:
    from searchkit.storage.sqlite.origins import SqliteOrigins
    from searchkit.storage.sqlite.saved import SqliteSavedSearches
    from searchkit.storage.sqlite.sketches import SqliteSketches


class SqliteRecord(SqliteArticles, Record):
    """The record in the file `path`. Safe to use in a forked child too; see `connections`.

    Reads do not wait for one another. One thread writes at a time. Besides the errors of every record, methods raise
    ReadOnlyArchive where the file may not be written.
    """

    @classmethod
    def create(cls, path: Path, settings: Mapping[str, str]) -> SqliteRecord:
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

    # -- what is kept beside the articles

    @property
    def origins(self) -> SqliteOrigins:
        from searchkit.storage.sqlite.origins import SqliteOrigins  # a search does without

        return SqliteOrigins(self)

    @property
    def sketches(self) -> SqliteSketches:
        from searchkit.storage.sqlite.sketches import SqliteSketches

        return SqliteSketches(self)

    @property
    def saved(self) -> SqliteSavedSearches:
        from searchkit.storage.sqlite.saved import SqliteSavedSearches

        return SqliteSavedSearches(self)

    def add_run(self, run: Run) -> None:
        paths = json.dumps(list(run.given), ensure_ascii=True)
        row = summed(run.finished.isoformat(), paths, run.added, run.updated, run.unchanged, run.rejected)
        self.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?)", *row)

    def runs(self) -> tuple[Run, ...]:
        rows = self.select("SELECT finished, given, added, updated, unchanged, rejected FROM runs ORDER BY rowid")
        try:
            return tuple(
                Run(self.time(finished), tuple(json.loads(given)), *counts) for finished, given, *counts in rows
            )
        except (ValueError, TypeError, RecursionError) as error:
            raise damaged(self.path, "an entry of the log of runs in it cannot be read") from error

    # -- care

    def verify(self) -> list[str]:
        """Return the problems that SQLite finds in the file, and the records that cannot be read; empty if none.

        Checks one state of the record; writers need not wait.
        """
        from searchkit.storage.sqlite.verification import problems_of

        return self.read(lambda connection: problems_of(connection, self.path))

    def copy_to(self, path: Path) -> int:
        """Copy the record as it is now into a new file, which is on disk when this returns. Others may go on writing.

        Returns: the number of articles in it.
        """
        return self.read(lambda connection: _copied(connection, self.path, path))

    def size(self) -> int:
        """Return the size on disk in bytes, the write-ahead log included."""
        self.require_open()
        found = 0
        for name in (self.path, self.path.with_name(self.path.name + "-wal")):
            with suppress(FileNotFoundError):
                found += name.stat().st_size
        return found


Store = SqliteRecord
"""Its name before it had a base class; programs may use it until 1.0."""


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
