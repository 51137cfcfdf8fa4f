"""One writer at a time: an advisory lock of the operating system on `archive.lock`, and a note of its holder.

The lock ends with the process that took it, however that ends. Its file is never removed: a waiting process would then
hold the lock of a file that nobody else sees. A forked child does not share the lock, or a worker left behind by
`kill -9` would keep the archive locked; filelock does that too, but only in versions that dropped Python 3.10.

A Ctrl-C may come between any two steps of Python. So a descriptor is opened and kept in one step, closing twice is
safe, and the end of a hold relies on the state it finds, not on how far its beginning got.
"""

from __future__ import annotations

import errno
import io
import json
import math
import os
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from pathlib import Path

from searchkit.errors import ArchiveError, Locked, ReadOnlyArchive, UsageError
from searchkit.language.messages import Message
from searchkit.storage.access import WriteAccess

_FLAGS = (
    os.O_RDWR | os.O_CREAT | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
)
_POLL = 0.002
"""Seconds between two tries. A writer that takes the lock again and again releases it only for moments: a process that
tried twenty times a second was seen to wait a minute in vain."""


class _Hold:
    """One entry into `held`."""

    def __init__(self) -> None:
        self.thread = threading.get_ident()


class WriterLock(WriteAccess):
    """The lock of the archive in `directory`, for one process at a time; reentrant for the thread that holds it."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "archive.lock"
        self._holder = directory / "archive.lock.json"
        self._begin()
        _ALL.add(self)

    def _begin(self) -> None:
        self._state = threading.Lock()  # of the fields below; held for moments
        self._holds: list[_Hold] = []  # all of one thread
        self._files: list[io.FileIO] = []  # at most one; the lock goes when it is closed
        self._locked = False

    @property
    def mine(self) -> bool:
        """Whether this thread holds the lock."""
        holds = self._holds[:1]
        return bool(holds) and holds[0].thread == threading.get_ident()

    @contextmanager
    def held(self, wait: float, *, alone: bool = False) -> Iterator[None]:
        """Hold the lock.

        Args:
            wait: the longest time to wait for it in seconds, 0 or more; may be infinite.

        Raises: Locked, naming the holder; ReadOnlyArchive or another ArchiveError if the file cannot be written;
            UsageError for an invalid `wait`.
        """
        if math.isnan(wait) or wait < 0:
            raise UsageError(
                Message("cannot wait {wait:g} s for another writer", wait=wait), hint="give 0 seconds or more"
            )
        hold = _Hold()
        try:
            self._enter(hold, time.monotonic() + wait)
            yield
        finally:
            try:
                self._leave(hold)
            except BaseException:  # Ctrl-C
                self._leave(hold)
                raise

    def _enter(self, hold: _Hold, until: float) -> None:
        # Threads exclude one another here: the operating system only excludes processes.
        while not self._entered(hold):
            self._pause(until)
        if len(self._holds) > 1:
            return
        try:
            self._open()
            while not _locked_now(self._files[0].fileno()):
                self._pause(until)
        except (OSError, ValueError) as error:
            raise self._refused(error) from error
        self._locked = True
        self._write_holder()

    def _entered(self, hold: _Hold) -> bool:
        with self._state:
            if self._holds and self._holds[0].thread != hold.thread:
                return False
            self._holds.append(hold)
            return True

    def _pause(self, until: float) -> None:
        left = until - time.monotonic()
        if left <= 0:
            raise self._refusal()
        time.sleep(min(_POLL, left))

    def _open(self) -> None:
        # All of this is one step of Python: at no moment is the descriptor open but not in the list.
        # A fork waits until it is done: the child would keep a descriptor that it does not know of.
        with _OPENING:
            self._files.extend(map(io.FileIO, map(os.open, (self._path,), (_FLAGS,), (0o644,)), ("r+",)))

    def _leave(self, hold: _Hold) -> None:
        with self._state:
            if hold not in self._holds:  # released already, or the parent's
                return
            if len(self._holds) == 1:
                if self._locked:  # else another hold has it
                    with suppress(OSError):
                        self._holder.unlink(missing_ok=True)
                    self._locked = False
                self._close()
            self._holds.remove(hold)

    def _close(self) -> None:
        while self._files:
            self._files[-1].close()  # with the last descriptor the lock goes
            self._files.pop()

    def forget(self) -> None:
        """Leave the lock to the parent. Called in a forked child."""
        self._close()
        self._begin()

    def _write_holder(self) -> None:
        # Only for messages; the lock itself belongs to the operating system and ends with the process.
        with suppress(OSError):
            told = {
                "pid": os.getpid(),
                "command": " ".join(sys.argv)[:200],
                "since": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            }
            # Not overwritten: in a stranger's folder it may be a link to one of our files.
            self._holder.unlink(missing_ok=True)
            with self._holder.open("x", encoding="utf-8", errors="backslashreplace") as file:
                file.write(json.dumps(told))

    def _refused(self, error: OSError | ValueError) -> ArchiveError:
        if isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return ReadOnlyArchive(
                Message("cannot lock {path}: {reason}", path=self._path, reason=error.strerror),
                hint="search works; to write, copy its folder",
            )
        reason = (isinstance(error, OSError) and error.strerror) or str(error)
        return ArchiveError(
            Message("cannot lock {path}: {reason}", path=self._path, reason=reason), hint="is its folder in order?"
        )

    def _refusal(self) -> Locked:
        return Locked(
            Message("the archive is being written to {by}", by=self._described()),
            hint="wait, or searchkit.open(path, wait=SECONDS)",
            code="locked-by-writer",
        )

    def _described(self) -> str:
        try:
            told = json.loads(self._holder.read_text(encoding="utf-8")[:4096])
            return Message(
                "by process {pid} ({command}) since {since}",
                pid=told["pid"],
                command=told["command"],
                since=told["since"],
            )
        except (OSError, ValueError, KeyError, TypeError):
            return Message("by another process")


def _locked_now(descriptor: int) -> bool:
    """Take the lock of an open file without waiting; return False if another has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, 0, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


_ALL: weakref.WeakSet[WriterLock] = weakref.WeakSet()
_OPENING = threading.Lock()


def _forget_all() -> None:
    _OPENING.release()
    for lock in list(_ALL):
        lock.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_OPENING.acquire, after_in_parent=_OPENING.release, after_in_child=_forget_all)
