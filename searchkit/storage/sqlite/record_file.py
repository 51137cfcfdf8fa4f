"""How is the file of a record opened? To be written, or to be read only: also where nothing can be written beside it.

Where nothing can be written beside the record, SQLite cannot share a write-ahead log. So:

- with a log and its index (`-wal`, `-shm`), as while the owner writes: read-only WAL, with SQLite's locks;
- with a log but no index, as in a copy of a folder in use: the log is read too, with its index in memory;
- without a log, as after every orderly close: `immutable=1`.

The last is done on a full disk too, where SQLite finds no room for the index of an empty log.

The last two are correct only while nobody writes, as nothing is locked. So whoever reads checks `overtaken` before and
after: if the files have changed, the answer is dropped and the read is repeated on a new connection.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from searchkit.errors import ArchiveError, Damaged, FormatTooNew, ReadOnlyArchive
from searchkit.language.messages import Message
from searchkit.storage.sqlite.errors import BUSY, CANTOPEN, FULL, IOERR, READONLY, code_of, may, no_room
from searchkit.storage.sqlite.guard import Guard, require_schema
from searchkit.storage.sqlite.migrations import upgrade
from searchkit.storage.sqlite.schema import FORMAT

PATIENCE = 60.0
"""Seconds to wait while another program, or another connection, needs the file for itself."""

SYNCHRONOUS = "FULL"
"""SQLite's PRAGMA synchronous; a commit is on disk when it returns."""

_NO_LOCKS = "unix-none" if os.name == "posix" else "win32-none"
"""The SQLite VFS that takes no locks."""

State = tuple[tuple[int, int, int] | None, ...]
"""Inode, size and time of the record, its log, the log's index and its journal; None for a file that is missing."""


class Handle:
    """A connection; `seen` is the state of the files when it was opened, if it does not lock them."""

    __slots__ = ("connection", "guard", "seen")

    def __init__(self, connection: sqlite3.Connection, guard: Guard, seen: State | None = None) -> None:
        self.connection = connection
        self.guard = guard
        self.seen = seen


class RecordFile:
    """The record `path`, and the files that SQLite keeps beside it. Errors of SQLite are raised as they are."""

    __slots__ = ("path",)

    def __init__(self, path: Path) -> None:
        self.path = path

    def may_write(self) -> bool:
        """Return whether the operating system lets this process write the record, and make files beside it."""
        return may(self.path, os.R_OK | os.W_OK) and may(self.path.parent, os.W_OK | os.X_OK)

    def open_to_read(self) -> Handle:
        """Return a new connection that cannot write.

        Raises: sqlite3.Error; FormatTooNew; Damaged; ReadOnlyArchive if the format is older than ours; ArchiveError
            if the log has changes that cannot be read.
        """
        full = False
        if self.may_write():
            try:
                handle = self.open_to_write()
                handle.connection.execute("PRAGMA query_only=ON")
                return handle
            except sqlite3.Error as error:
                code = code_of(error)
                log = self._state()[1]
                full = code in (IOERR, FULL, CANTOPEN) and not (log and log[1]) and no_room(self.path)
                if code != READONLY and not full:  # that is so where the files of the log are another user's
                    raise
        return self._open_read_only(full)

    def open_to_write(self) -> Handle:
        """Return a new connection that can write, the record being of this format from then on.

        Raises: sqlite3.Error; FormatTooNew; Damaged.
        """
        connection, guard = self._connect(str(self.path))
        try:
            _patiently(lambda: connection.execute("PRAGMA journal_mode=WAL"))
            connection.execute(f"PRAGMA synchronous={SYNCHRONOUS}")
            version = self._require_version(connection)
            if version < FORMAT:
                upgrade(connection)
        except BaseException as error:
            connection.close()
            if isinstance(error, sqlite3.Error) and guard.error:
                raise guard.error from error
            raise
        return Handle(connection, guard)

    def _open_read_only(self, full: bool = False) -> Handle:
        seen = self._state()
        _, log, log_index, journal = seen
        # On a full disk SQLite may have made the index of the log, and then found no room for what stands in it.
        locked = (log is not None and log_index is not None and not full) or bool(journal and journal[1])
        # Never in a process that may hold SQLite's locks on the record: closing this connection would drop them.
        unread = not locked and not full and log is not None and log[1] > 0
        way = "mode=ro" if locked else f"mode=ro&vfs={_NO_LOCKS}" if unread else "immutable=1"
        connection, guard = self._connect(f"{self.path.absolute().as_uri()}?{way}", uri=True)
        try:
            if unread:  # keeps the log's index in memory
                connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            version = self._require_version(connection)
            if version < FORMAT:
                raise ReadOnlyArchive(
                    Message(
                        "{path} has format {version} and is read-only; this searchkit reads format {format}",
                        path=self.path,
                        version=version,
                        format=FORMAT,
                    ),
                    hint="open it once where it may be written, or a copy of its folder",
                )
        except sqlite3.Error as error:
            connection.close()
            if guard.error:
                raise guard.error from error
            if not unread or code_of(error) not in (READONLY, BUSY, CANTOPEN):
                raise
            raise ArchiveError(
                Message(
                    "cannot read {path}: {name}-wal has changes, and nothing may be written beside it",
                    path=self.path,
                    name=self.path.name,
                ),
                hint="copy its folder to where you may write, and search there",
            ) from error
        except BaseException:
            connection.close()
            raise
        return Handle(connection, guard, None if locked else seen)

    def _connect(self, path: str, *, uri: bool = False) -> tuple[sqlite3.Connection, Guard]:
        connection = sqlite3.connect(path, uri=uri, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        guard = Guard(self.path)
        try:
            guard.watch(connection)
        except BaseException:
            connection.close()
            raise
        return connection, guard

    def _require_version(self, connection: sqlite3.Connection) -> int:
        """Return the format of the record, whose tables are those of that format.

        Raises: FormatTooNew; Damaged.
        """
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version > FORMAT:
            raise FormatTooNew(
                Message(
                    "{path} has format {version}; this searchkit knows up to {format}",
                    path=self.path,
                    version=version,
                    format=FORMAT,
                ),
                hint="pip install --upgrade searchkit",
            )
        if version < 1:
            raise Damaged(
                Message("{path} is no archive of searchkit", path=self.path), hint="give another folder", code="path"
            )
        require_schema(connection, version, self.path)
        return version

    def _state(self) -> State:
        """Return the present state of the record and the files beside it: inode, size and time of each, or None."""
        found: list[tuple[int, int, int] | None] = []
        for suffix in ("", "-wal", "-shm", "-journal"):
            try:
                state = os.stat(f"{self.path}{suffix}")  # noqa: PTH116  # a Path for each would cost more than the call
            except OSError:
                found.append(None)
            else:
                found.append((state.st_ino, state.st_size, state.st_mtime_ns))
        return tuple(found)

    def overtaken(self, handle: Handle) -> bool:
        """Return whether the files of a connection that takes no locks have changed since it was opened."""
        return handle.seen is not None and handle.seen != self._state()


def _patiently(work: Callable[[], object]) -> None:
    """Retry what SQLite refuses at once, without waiting, while another connection opens or closes the log."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            work()
            return
        except sqlite3.OperationalError as error:
            if code_of(error) != BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)
