"""Which connection does a thread read or write on? Opening, lending and closing the connections to one record.

Readers do not wait for one another: each read borrows a connection for its own use and returns it. Connections are
reused, so there are never more of them than threads that read at one moment, however many threads come and go. Writes
use a separate connection, opened at the first write. Only the thread inside `transaction` reads on it: other threads
see committed data.

*Read-only archives.* Where nothing can be written beside the record, SQLite cannot share a write-ahead log. So:

- with a log and its index (`-wal`, `-shm`), as while the owner writes: read-only WAL, with SQLite's locks;
- with a log but no index, as in a copy of a folder in use: the log is read too, with its index in memory;
- without a log, as after every orderly close: `immutable=1`.

The last is done on a full disk too, where SQLite finds no room for the index of an empty log.

The last two are correct only while nobody writes, as nothing is locked. So the files are checked before and after each
read: if they have changed, the answer is dropped and the read is repeated on a new connection.

*Forks.* SQLite keeps the locks of a process in its memory, and a child with a copy of this memory believes that it
holds the parent's locks. So before a fork, reads and transactions of other threads end, further ones wait, and all
connections are closed; both processes then open their own. Where that is impossible (the fork is inside a transaction,
or a read takes more than FORK_WAIT seconds), the child is refused every use of a record: it never hangs or writes.
"""

from __future__ import annotations

import atexit
import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from searchkit.errors import ArchiveClosed, ArchiveError, Damaged, FormatTooNew, Locked, ReadOnlyArchive, SearchkitError
from searchkit.storage.guard import Guard, require_schema
from searchkit.storage.migrations import upgrade
from searchkit.storage.schema import FORMAT
from searchkit.storage.sqlite_errors import (
    BUSY,
    CANTOPEN,
    FULL,
    IOERR,
    READONLY,
    code_of,
    may,
    no_room,
    require_file,
    told,
)

PATIENCE = 60.0
"""Seconds to wait while SQLite needs exclusive use of the file for a moment, and for another thread's transaction."""

FORK_WAIT = 5.0
"""Seconds that a fork waits for the reads and transactions of other threads."""

_CLOSE_WAIT = 2.0
"""Seconds that `close` waits for other threads to finish; a thread that takes longer closes its connection itself."""

_KEPT = 32
"""The number of connections kept open for the next reads."""

_ATTEMPTS = 20
"""Attempts to read a read-only record while its owner changes it."""

SYNCHRONOUS = "FULL"
"""SQLite's PRAGMA synchronous; a commit is on disk when it returns."""

_NO_LOCKS = "unix-none" if os.name == "posix" else "win32-none"
"""The SQLite VFS that takes no locks."""

Returned = TypeVar("Returned")
_Seen = tuple[tuple[int, int, int] | None, ...]


class _Handle:
    """A connection; `seen` is the state of the files when it was opened, if it does not lock them."""

    __slots__ = ("connection", "guard", "seen")

    def __init__(self, connection: sqlite3.Connection, guard: Guard, seen: _Seen | None = None) -> None:
        self.connection = connection
        self.guard = guard
        self.seen = seen


class _Lease:
    """A thread's use of a connection. It is made before the connection, so that a Ctrl-C loses neither."""

    __slots__ = ("failed", "handle", "thread")

    def __init__(self) -> None:
        self.thread = threading.get_ident()
        self.handle: _Handle | None = None
        self.failed = False


class Connections:
    """The connections of this process to the record `path`, opened as needed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._closed = False
        self._begin()
        _ALL.add(self)

    def _begin(self) -> None:
        """Start without connections."""
        self._lock = threading.RLock()  # of the fields below; held for moments, never while a query runs
        self._changed = threading.Condition(self._lock)
        self._idle: list[_Handle] = []
        self._reading: set[_Lease] = set()
        self._writer: _Handle | None = None
        self._writing: _Lease | None = None

    # -- reading

    def read(self, work: Callable[[sqlite3.Connection], Returned]) -> Returned:
        """Run `work` on a connection. It may be called again, and must leave no cursor open. Returns: its result.

        Raises: ArchiveClosed after `close`; Damaged, Locked and other kinds of ArchiveError.
        """
        if (writing := self._mine()) is not None:
            return self._attempt(work, writing)
        for _ in range(_ATTEMPTS):
            lease = _Lease()
            try:
                handle = self._borrow(lease)
                try:
                    found = self._attempt(work, handle)
                except ArchiveError:
                    if not self._overtaken(handle):
                        raise
                else:
                    if not self._overtaken(handle):
                        return found
            except BaseException:
                lease.failed = True
                raise
            finally:
                try:
                    self._give_back(lease)
                except BaseException:  # Ctrl-C
                    self._give_back(lease)
                    raise
        raise Locked(f"the record {self.path} is written to all the time", hint="wait and try again")

    def _attempt(self, work: Callable[[sqlite3.Connection], Returned], handle: _Handle) -> Returned:
        self.require_open()
        handle.guard.begin()
        try:
            return work(handle.connection)
        except sqlite3.Error as error:
            raise handle.guard.error or self._told(error) from error

    def _told(self, error: sqlite3.Error) -> SearchkitError:
        return ArchiveClosed(self.path.parent) if self._closed else told(error, self.path)

    def require_open(self) -> None:
        """Raise ArchiveClosed after `close`; ArchiveError in a child that cannot use the record."""
        if self._closed:
            raise ArchiveClosed(self.path.parent)
        if _inherited:
            raise ArchiveError(
                f"this process was forked while the archive {self.path.parent} was in use, and cannot use it",
                hint="fork outside of writing, or start processes with multiprocessing's 'spawn'",
            )

    def _borrow(self, lease: _Lease) -> _Handle:
        while True:
            with self._lock:
                self.require_open()
                while _forking_elsewhere():
                    self._changed.wait()
                    self.require_open()
                self._reading.add(lease)
                lease.handle = self._idle.pop() if self._idle else None
            if lease.handle is None:
                lease.handle = self._opened()
                return lease.handle
            if not self._overtaken(lease.handle):
                return lease.handle
            lease.failed = True
            self._give_back(lease)
            lease.failed = False

    def _give_back(self, lease: _Lease) -> None:
        with self._lock:
            if lease not in self._reading:  # returned already, or the parent's
                return
            handle, lease.handle = lease.handle, None
            self._reading.discard(lease)
            self._changed.notify_all()
            if handle is not None and not lease.failed and not self._closed and len(self._idle) < _KEPT:
                self._idle.append(handle)
                return
        if handle is not None:
            handle.connection.close()

    # -- writing

    def write(self, work: Callable[[sqlite3.Connection], Returned]) -> Returned:
        """Run `work` on the writing connection, in the surrounding transaction or its own. Returns: its result."""
        if (writing := self._mine()) is not None:
            return self._attempt(work, writing)
        with self.transaction():
            return self.write(work)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit all writes of this thread inside together, or none; within another transaction, as a part of it.

        Waits for another thread's transaction.

        Raises: ArchiveClosed if `close` is called before the end; Locked; ReadOnlyArchive; ArchiveError in a child that
            was forked inside. Nothing is written then.
        """
        if self._mine() is not None:
            yield
            return
        lease = _Lease()
        try:
            handle = self._take_over(lease)
            self._attempt(lambda connection: connection.execute("BEGIN IMMEDIATE"), handle)
            yield
            self._attempt(lambda connection: connection.execute("COMMIT"), handle)
        finally:
            try:
                self._leave(lease)
            except BaseException:  # Ctrl-C
                self._leave(lease)
                raise

    @property
    def in_transaction(self) -> bool:
        """Whether this thread is inside `transaction`."""
        return self._mine() is not None

    def _mine(self) -> _Handle | None:
        """Return the writing connection inside this thread's transaction."""
        writing = self._writing
        return writing.handle if writing is not None and writing.thread == threading.get_ident() else None

    def _take_over(self, lease: _Lease) -> _Handle:
        until = time.monotonic() + PATIENCE
        with self._lock:
            self.require_open()
            while self._writing is not None or _forking_elsewhere():
                if not self._changed.wait(max(0.0, until - time.monotonic())):
                    raise Locked(f"another thread is writing to {self.path}", hint="wait and try again")
                self.require_open()
            self._writing = lease
            handle = self._writer
        if handle is None:
            require_file(self.path)
            if not self._may_write():
                raise ReadOnlyArchive(
                    f"the record {self.path} is read-only", hint="copy its folder to where you may write"
                )
            handle = self._attempt_open(self._opened_to_write)
        lease.handle = self._writer = handle
        return handle

    def _leave(self, lease: _Lease) -> None:
        with self._lock:
            if self._writing is not lease:  # ended already, or the parent's
                return
            handle = lease.handle
            try:
                if handle is not None and handle.connection.in_transaction:
                    with suppress(sqlite3.Error):
                        handle.connection.execute("ROLLBACK")
                if handle is not None and (self._closed or handle.connection.in_transaction):
                    self._writer = lease.handle = None
                    handle.connection.close()
            finally:
                self._writing = lease.handle = None
                self._changed.notify_all()

    # -- opening

    def _may_write(self) -> bool:
        return may(self.path, os.R_OK | os.W_OK) and may(self.path.parent, os.W_OK | os.X_OK)

    def _opened(self) -> _Handle:
        """Return a new connection that cannot write."""
        require_file(self.path)
        return self._attempt_open(self._opened_to_read)

    def _attempt_open(self, opened: Callable[[], _Handle]) -> _Handle:
        try:
            return opened()
        except sqlite3.Error as error:
            raise self._told(error) from error

    def _opened_to_read(self) -> _Handle:
        full = False
        if self._may_write():
            try:
                handle = self._opened_to_write()
                handle.connection.execute("PRAGMA query_only=ON")
                return handle
            except sqlite3.Error as error:
                code = code_of(error)
                log = self._seen()[1]
                full = code in (IOERR, FULL, CANTOPEN) and not (log and log[1]) and no_room(self.path)
                if code != READONLY and not full:  # that is so where the files of the log are another user's
                    raise
        return self._opened_read_only(full)

    def _opened_to_write(self) -> _Handle:
        connection, guard = self._connected(str(self.path))
        try:
            _patiently(lambda: connection.execute("PRAGMA journal_mode=WAL"))
            connection.execute(f"PRAGMA synchronous={SYNCHRONOUS}")
            version = self._version(connection)
            if version < FORMAT:
                upgrade(connection)
        except BaseException as error:
            connection.close()
            if isinstance(error, sqlite3.Error) and guard.error:
                raise guard.error from error
            raise
        return _Handle(connection, guard)

    def _opened_read_only(self, full: bool = False) -> _Handle:
        seen = self._seen()
        _, log, log_index, journal = seen
        # On a full disk SQLite may have made the index of the log, and then found no room for what stands in it.
        locked = (log is not None and log_index is not None and not full) or bool(journal and journal[1])
        # Never in a process that may hold SQLite's locks on the record: closing this connection would drop them.
        unread = not locked and not full and log is not None and log[1] > 0
        way = "mode=ro" if locked else f"mode=ro&vfs={_NO_LOCKS}" if unread else "immutable=1"
        connection, guard = self._connected(f"{self.path.absolute().as_uri()}?{way}", uri=True)
        try:
            if unread:  # keeps the log's index in memory
                connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            version = self._version(connection)
            if version < FORMAT:
                raise ReadOnlyArchive(
                    f"{self.path} has format {version} and is read-only; this searchkit reads format {FORMAT}",
                    hint="open it once where it may be written, or a copy of its folder",
                )
        except sqlite3.Error as error:
            connection.close()
            if guard.error:
                raise guard.error from error
            if not unread or code_of(error) not in (READONLY, BUSY, CANTOPEN):
                raise
            raise ArchiveError(
                f"cannot read {self.path}: {self.path.name}-wal has changes, and nothing may be written beside it",
                hint="copy its folder to where you may write, and search there",
            ) from error
        except BaseException:
            connection.close()
            raise
        return _Handle(connection, guard, None if locked else seen)

    def _connected(self, path: str, *, uri: bool = False) -> tuple[sqlite3.Connection, Guard]:
        connection = sqlite3.connect(path, uri=uri, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        guard = Guard(self.path)
        try:
            guard.watch(connection)
        except BaseException:
            connection.close()
            raise
        return connection, guard

    def _version(self, connection: sqlite3.Connection) -> int:
        """Return the format of the record, its tables being those of that format."""
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version > FORMAT:
            raise FormatTooNew(
                f"{self.path} has format {version}; this searchkit knows up to {FORMAT}",
                hint="pip install --upgrade searchkit",
            )
        if version < 1:
            raise Damaged(f"{self.path} is no archive of searchkit", hint="give another folder", code="path")
        require_schema(connection, version, self.path)
        return version

    def _seen(self) -> _Seen:
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

    def _overtaken(self, handle: _Handle) -> bool:
        """Return whether the files of a connection that takes no locks have changed since it was opened."""
        return handle.seen is not None and handle.seen != self._seen()

    # -- the end, and forks

    def close(self) -> None:
        """Close all connections. Safe to call twice, and from any thread.

        Reads of other threads are interrupted: they raise ArchiveClosed, or finish. No connection is closed while a
        thread uses it.
        """
        me, until = threading.get_ident(), time.monotonic() + _CLOSE_WAIT
        with self._lock:
            self._closed = True
            if _inherited:
                return
            self._close_idle()
            self._changed.notify_all()
            while (busy := self._busy(me)) and time.monotonic() < until:
                for lease in busy:
                    if lease.handle is not None:
                        lease.handle.connection.interrupt()
                self._changed.wait(0.01)
                self._close_idle()

    def _close_idle(self) -> None:
        while self._idle:
            self._idle.pop().connection.close()
        if self._writing is None and self._writer is not None:
            handle, self._writer = self._writer, None
            handle.connection.close()

    def _busy(self, me: int) -> list[_Lease]:
        leases = [*self._reading, *([self._writing] if self._writing else ())]
        return [lease for lease in leases if lease.thread != me]

    def before_fork(self) -> None:
        """Close all connections. Until `after_fork_in_parent`, further reads and writes of other threads wait."""
        me, until = threading.get_ident(), time.monotonic() + FORK_WAIT
        with self._lock:
            while self._busy(me) and time.monotonic() < until:
                self._changed.wait(0.05)
            if not _inherited:
                self._close_idle()

    def after_fork_in_parent(self) -> None:
        """Let reads and writes continue."""
        with self._lock:
            self._changed.notify_all()

    def after_fork_in_child(self) -> None:
        """Forget the parent's connections without closing them: closing would release the parent's locks."""
        handles = [*self._idle, self._writer, *(lease.handle for lease in self._reading)]
        in_use = bool(self._reading) or self._writing is not None
        _inherited.extend(handle.connection if handle else None for handle in handles if handle or in_use)
        self._begin()


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


@contextmanager
def consistent(connection: sqlite3.Connection) -> Iterator[None]:
    """Make all reads inside see one state of the record. Writers continue."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN")
    try:
        yield
    finally:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")


_ALL: weakref.WeakSet[Connections] = weakref.WeakSet()
_forking: set[int] = set()
"""The threads that are about to fork."""

_inherited: list[sqlite3.Connection | None] = []
"""In a child that was forked while a record was in use: the parent's connections; None for one that was being opened.
SQLite's own state then is the parent's, for every file."""


def _forking_elsewhere() -> bool:
    return bool(_forking) and threading.get_ident() not in _forking


def _everyone() -> list[Connections]:
    while True:
        with suppress(RuntimeError):  # other threads may open a record meanwhile
            return list(_ALL)


def _before_fork() -> None:
    _forking.add(threading.get_ident())
    for each in _everyone():
        each.before_fork()


def _after_fork_in_parent() -> None:
    _forking.discard(threading.get_ident())
    for each in _everyone():
        each.after_fork_in_parent()


def _after_fork_in_child() -> None:
    _forking.clear()
    for each in _everyone():
        each.after_fork_in_child()
    if _inherited:
        atexit.register(_keep_inherited)


def _keep_inherited() -> None:
    """Prevent the interpreter from closing the parent's connections when it exits."""
    with suppress(Exception):
        import ctypes

        for connection in _inherited:
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(connection))


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child)
