"""Which connection does a thread read or write on? Lending and closing the connections to one record.

Readers do not wait for one another: each read borrows a connection for its own use and returns it. Connections are
reused, so there are never more of them than threads that read at one moment, however many threads come and go. Writes
use a separate connection, opened at the first write. Only the thread inside `transaction` reads on it: other threads
see committed data. A connection that takes no locks (`record_file`) is given up when its files have changed, and the
read is repeated.

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

from searchkit.errors import ArchiveClosed, ArchiveError, Locked, ReadOnlyArchive, SearchkitError
from searchkit.language.messages import Message
from searchkit.storage.sqlite.errors import require_file, told
from searchkit.storage.sqlite.record_file import PATIENCE, Handle, RecordFile

FORK_WAIT = 5.0
"""Seconds that a fork waits for the reads and transactions of other threads."""

_CLOSE_WAIT = 2.0
"""Seconds that `close` waits for other threads to finish; a thread that takes longer closes its connection itself."""

_KEPT = 32
"""The number of connections kept open for the next reads."""

_ATTEMPTS = 20
"""Attempts to read a read-only record while its owner changes it."""

Returned = TypeVar("Returned")


class _Lease:
    """A thread's use of a connection. It is made before the connection, so that a Ctrl-C loses neither."""

    __slots__ = ("failed", "handle", "thread")

    def __init__(self) -> None:
        self.thread = threading.get_ident()
        self.handle: Handle | None = None
        self.failed = False


class Connections:
    """The connections of this process to the record `path`, opened as needed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = RecordFile(path)
        self._closed = False
        self._begin()
        _ALL.add(self)

    def _begin(self) -> None:
        """Start without connections."""
        self._lock = threading.RLock()  # of the fields below; held for moments, never while a query runs
        self._changed = threading.Condition(self._lock)
        self._idle: list[Handle] = []
        self._reading: set[_Lease] = set()
        self._writer: Handle | None = None
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
                    if not self._file.overtaken(handle):
                        raise
                else:
                    if not self._file.overtaken(handle):
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
        raise Locked(Message("the record {path} is written to all the time", path=self.path), hint="wait and try again")

    def _attempt(self, work: Callable[[sqlite3.Connection], Returned], handle: Handle) -> Returned:
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
                Message(
                    "this process was forked while the archive {parent} was in use, and cannot use it",
                    parent=self.path.parent,
                ),
                hint="fork outside of writing, or start processes with multiprocessing's 'spawn'",
            )

    def _borrow(self, lease: _Lease) -> Handle:
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
            if not self._file.overtaken(lease.handle):
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

    def _mine(self) -> Handle | None:
        """Return the writing connection inside this thread's transaction."""
        writing = self._writing
        return writing.handle if writing is not None and writing.thread == threading.get_ident() else None

    def _take_over(self, lease: _Lease) -> Handle:
        until = time.monotonic() + PATIENCE
        with self._lock:
            self.require_open()
            while self._writing is not None or _forking_elsewhere():
                if not self._changed.wait(max(0.0, until - time.monotonic())):
                    raise Locked(
                        Message("another thread is writing to {path}", path=self.path), hint="wait and try again"
                    )
                self.require_open()
            self._writing = lease
            handle = self._writer
        if handle is None:
            require_file(self.path)
            if not self._file.may_write():
                raise ReadOnlyArchive(
                    Message("the record {path} is read-only", path=self.path),
                    hint="copy its folder to where you may write",
                )
            handle = self._attempt_open(self._file.open_to_write)
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

    def _opened(self) -> Handle:
        """Return a new connection that cannot write."""
        require_file(self.path)
        return self._attempt_open(self._file.open_to_read)

    def _attempt_open(self, opened: Callable[[], Handle]) -> Handle:
        try:
            return opened()
        except sqlite3.Error as error:
            raise self._told(error) from error

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
