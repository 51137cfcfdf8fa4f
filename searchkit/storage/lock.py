"""One writer at a time: an advisory lock of the operating system on `archive.lock`, and who holds it.

The lock ends with the process that took it, whatever ends that. Its file is never removed: a waiter would then hold the
lock of a file that nobody else sees. A forked child has no part in it, or a worker left behind by `kill -9` would keep
the archive locked; filelock does that too, but only in versions that have left Python 3.10.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from pathlib import Path

from searchkit.errors import ArchiveError, Locked

_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
_POLL = 0.002
"""Seconds between two tries. A writer that takes the lock again and again lets go of it for moments only: who looks
twenty times a second was seen to wait a minute in vain."""


class WriterLock:
    """The lock of the archive in `directory`; may be taken again by the thread that holds it."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "archive.lock"
        self._holder = directory / "archive.lock.json"
        self._thread = threading.RLock()
        self._descriptor = -1
        self._depth = 0
        self._owner = 0
        _ALL.add(self)

    @contextmanager
    def held(self, wait: float) -> Iterator[None]:
        """Hold the lock; wait at most `wait` seconds for it.

        Raises: Locked, naming the holder; ArchiveError where the file cannot be written.
        """
        until = time.monotonic() + max(0.0, wait)
        # One thread at a time, too: the operating system knows processes only.
        if not self._thread.acquire(timeout=max(0.0, wait)):
            raise self._locked()
        try:
            if not self._depth:
                self._acquire(until)
            self._depth += 1
            self._owner = threading.get_ident()
            try:
                yield
            finally:
                self._depth -= 1
                if not self._depth:
                    self._release()
        finally:
            with suppress(RuntimeError):  # forked while it was held: this thread never took the child's new lock
                self._thread.release()

    @property
    def mine(self) -> bool:
        """Is it held by this thread?"""
        return self._depth > 0 and self._owner == threading.get_ident()

    def _acquire(self, until: float) -> None:
        try:
            descriptor = os.open(self._path, _FLAGS, 0o644)
        except OSError as error:
            raise ArchiveError(
                f"cannot lock {self._path}: {error.strerror}", hint="is the archive read-only?"
            ) from error
        try:
            while not _locked_now(descriptor):
                if time.monotonic() >= until:
                    raise self._locked()
                time.sleep(min(_POLL, max(0.0, until - time.monotonic())))
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        self._write_holder()

    def _release(self) -> None:
        if self._descriptor >= 0:
            with suppress(OSError):
                self._holder.unlink(missing_ok=True)
            os.close(self._descriptor)  # with the last descriptor the lock goes
            self._descriptor = -1

    def forget(self) -> None:
        """In a forked child: the lock stays the parent's alone."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._thread, self._descriptor, self._depth = threading.RLock(), -1, 0

    def _write_holder(self) -> None:
        # Only told to people; the lock itself is the operating system's and ends with the process.
        with suppress(OSError):
            told = {
                "pid": os.getpid(),
                "command": " ".join(sys.argv)[:200],
                "since": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            }
            # Not written over: in a stranger's folder it may be a link to a file of ours.
            self._holder.unlink(missing_ok=True)
            with self._holder.open("x", encoding="utf-8", errors="backslashreplace") as file:
                file.write(json.dumps(told))

    def _locked(self) -> Locked:
        return Locked(f"the archive is being written to {self._described()}", hint="wait, or --wait SECONDS")

    def _described(self) -> str:
        try:
            told = json.loads(self._holder.read_text(encoding="utf-8")[:4096])
            return f"by process {told['pid']} ({told['command']}) since {told['since']}"
        except (OSError, ValueError, KeyError, TypeError):
            return "by another process"


def _locked_now(descriptor: int) -> bool:
    """Take the lock of an open file without waiting; False if another has it."""
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


def _forget_all() -> None:
    for lock in list(_ALL):
        lock.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)
