"""One writer at a time: an advisory lock of the operating system on `archive.lock`, and who holds it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from pathlib import Path

from searchkit.errors import Locked


class WriterLock:
    """The lock of the archive in `directory`; may be taken again by the thread that holds it."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "archive.lock"
        self._holder = directory / "archive.lock.json"
        self._lock: object | None = None

    @contextmanager
    def held(self, wait: float) -> Iterator[None]:
        """Hold the lock; wait at most `wait` seconds for it. Raises Locked, naming the holder."""
        from filelock import FileLock, Timeout

        if self._lock is None:
            self._lock = FileLock(self._path)
        lock = self._lock
        assert isinstance(lock, FileLock)
        try:
            lock.acquire(timeout=wait)
        except Timeout:
            raise Locked(
                f"the archive is being written to {self._described()}", hint="wait, or --wait SECONDS"
            ) from None
        try:
            self._write_holder()
            yield
        finally:
            if lock.lock_counter == 1:
                self._holder.unlink(missing_ok=True)
            lock.release()

    def _write_holder(self) -> None:
        # Only told to people; the lock itself is the operating system's and ends with the process.
        with suppress(OSError):
            told = {
                "pid": os.getpid(),
                "command": " ".join(sys.argv)[:200],
                "since": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            }
            self._holder.write_text(json.dumps(told), encoding="utf-8")

    def _described(self) -> str:
        try:
            told = json.loads(self._holder.read_text(encoding="utf-8"))
            return f"by process {told['pid']} ({told['command']}) since {told['since']}"
        except (OSError, ValueError, KeyError, TypeError):
            return "by another process"
