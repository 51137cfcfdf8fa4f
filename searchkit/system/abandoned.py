"""Temporary files and folders: names that nobody can guess, and what killed programs left under such names.

Whoever makes one holds a lock on it until it has its own name or is removed. So one that nobody holds was left behind
by a program that was killed, and the next that makes the same removes it.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
from contextlib import suppress
from pathlib import Path


def temporary_name(target: Path) -> Path:
    """Return a new name beside `target`, hidden, that tells what it is for: `.NAME.partial-` and 16 hex digits."""
    return target.with_name(f".{_short(target)}.partial-{os.urandom(8).hex()}")


def _short(target: Path) -> str:
    return target.name[:50]  # a name has 255 bytes at most


def claim(descriptor: int) -> bool:
    """Let others know that an open temporary file or folder is in use, until it is closed.

    Returns: False where another program has it, or where there are no such locks (Windows, some network drives).
    """
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (ImportError, OSError):
        return False
    return True


def remove_abandoned(target: Path) -> None:
    """Remove what killed programs of this user left behind that were making `target`. Nothing else is touched."""
    left_behind = re.compile(re.escape(f".{_short(target)}.partial-") + "[0-9a-f]{16}")
    try:
        found = [path for path in target.parent.iterdir() if left_behind.fullmatch(path.name)]
    except OSError:
        return
    for path in found:
        with suppress(OSError):
            _remove_if_abandoned(path)


def _remove_if_abandoned(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    try:
        held = os.fstat(descriptor)
        if not hasattr(os, "geteuid") or held.st_uid != os.geteuid() or not claim(descriptor):
            return
        if stat.S_ISDIR(held.st_mode):
            shutil.rmtree(path)
        elif stat.S_ISREG(held.st_mode):
            path.unlink()
    finally:
        os.close(descriptor)
