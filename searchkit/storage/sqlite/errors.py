"""What does an error of SQLite mean? Failures of the operating system are kept apart from damage that SQLite finds."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
from contextlib import ExitStack
from pathlib import Path

from searchkit.errors import ArchiveError, Damaged, Locked, ReadOnlyArchive, SearchkitError, UsageError
from searchkit.language.messages import Message

RESTORE = Message(
    "searchkit.restore(backup, path); without a backup, sqlite3 archive.db .recover may save what is left"
)

BUSY, LOCKED = 5, 6
READONLY, INTERRUPT, IOERR, CORRUPT, FULL, CANTOPEN, TOOBIG, NOTADB = 8, 9, 10, 11, 13, 14, 18, 26
"""Primary result codes of SQLite; `sqlite3` has names for them from Python 3.11 on."""

_OF_THE_SYSTEM = {3: "permission denied", 7: "out of memory", IOERR: "", FULL: "", CANTOPEN: "", TOOBIG: "", 22: ""}
_TEXTS = (
    ("locked", BUSY), ("busy", BUSY), ("readonly database", READONLY), ("interrupted", INTERRUPT),
    ("disk I/O error", IOERR), ("malformed", CORRUPT), ("is full", FULL), ("unable to open", CANTOPEN),
    ("too big", TOOBIG), ("not a database", NOTADB),
)  # fmt: skip
_NO_FILE = {errno.ENOENT, errno.ENOTDIR}
_LEAST_ROOM = 1 << 20
"""Bytes; with less, what SQLite could not do is put down to that."""
_DESCRIPTORS = 4
"""Files that SQLite opens at once to read a record: the record, its log with an index, and a folder for a moment."""


def code_of(error: sqlite3.Error) -> int:
    """Return the primary result code, from the message where Python has no code (before 3.11); 0 if unknown."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        return int(code) & 0xFF
    text = message_of(error)
    return next((code for words, code in _TEXTS if words in text), 0)


def message_of(error: sqlite3.Error) -> str:
    """Return the error's message, without the record that Python quotes where it is not UTF-8: it may say anything."""
    return str(error).partition(" with text ")[0]


def told(error: sqlite3.Error, path: Path) -> SearchkitError:
    """Translate an error of SQLite at the record `path` into one of ours.

    Returns:
        Locked if another program holds the record; ReadOnlyArchive if it may not be written; another ArchiveError, with
        the operating system's reason, if the disk or the system prevents access; otherwise Damaged.
    """
    code = code_of(error)
    if code in (BUSY, LOCKED):
        return Locked(
            Message("the record {path} is held by another program: {reason}", path=path, reason=str(error)),
            hint="wait and try again",
        )
    if code == READONLY:
        return ReadOnlyArchive(
            Message("cannot write the record {path}: {reason}", path=path, reason=_reason(path) or str(error)),
            hint=_WRITABLE,
        )
    if code in _OF_THE_SYSTEM:
        if code == FULL:
            return ArchiveError(
                Message("cannot write the record {path}: {reason}", path=path, reason=str(error)),
                hint="make room on the disk",
            )
        reason = _reason(path) or _OF_THE_SYSTEM[code] or str(error)
        return ArchiveError(
            Message("cannot read or write the record {path}: {reason}", path=path, reason=reason), hint=_hint(reason)
        )
    return damaged(path, message_of(error))


def is_damage(error: sqlite3.Error) -> bool:
    """Return whether the error means that the file is damaged."""
    code = code_of(error)
    return code not in (BUSY, LOCKED, READONLY, INTERRUPT) and code not in _OF_THE_SYSTEM


def damaged(path: Path, problem: str) -> Damaged:
    """Return the error for a damaged record."""
    return Damaged(
        Message("the record {path} is damaged: {problem}", path=path, problem=Message(problem)),
        hint=RESTORE,
        code="record-damaged",
    )


def of_system(error: OSError | ValueError, path: Path) -> SearchkitError:
    """Translate an error of the operating system at `path` into one of ours.

    Returns:
        UsageError if no file can have such a path (too long, NUL in it); otherwise ArchiveError.
    """
    if isinstance(error, ValueError):
        return UsageError(
            Message("{path!r} is no path: {reason}", path=str(path)[:200], reason=str(error)),
            hint="give another folder",
            code="path",
        )
    if error.errno in (errno.ENAMETOOLONG, errno.ELOOP):
        return UsageError(
            Message("{path!r} is no path: {reason}", path=str(path)[:200], reason=error.strerror),
            hint="give another folder",
            code="path",
        )
    reason = error.strerror or str(error)
    return ArchiveError(Message("cannot open {path}: {reason}", path=path, reason=reason), hint=_hint(reason))


def require_file(path: Path) -> None:
    """Check that a record can be at `path`.

    Raises: Damaged if the file is missing or empty; UsageError if no file can have such a path; ArchiveError if it is
        not a file, or the operating system denies access.
    """
    try:
        found = path.stat()
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno in _NO_FILE:
            raise _missing(path) from error
        raise of_system(error, path) from error
    if stat.S_ISDIR(found.st_mode):
        raise ArchiveError(
            Message("cannot open {path}: {reason}", path=path, reason=os.strerror(errno.EISDIR)),
            hint="give another folder",
            code="path",
        )
    if not stat.S_ISREG(found.st_mode):
        raise ArchiveError(
            Message("cannot open {path}: not a file", path=path), hint="give another folder", code="path"
        )
    if not found.st_size:
        raise _missing(path)
    _require_files_beside(path)


def _require_files_beside(path: Path) -> None:
    """Check that the files of the log and the journal are files: SQLite would wait for ever at a pipe."""
    if path.is_symlink():
        path = path.resolve()
    for suffix in ("-wal", "-shm", "-journal"):
        try:
            mode = os.lstat(f"{path}{suffix}").st_mode
        except OSError:
            continue
        if not stat.S_ISREG(mode):
            raise damaged(path, Message("{name}{suffix} beside it is not a file", name=path.name, suffix=suffix))


def _missing(path: Path) -> Damaged:
    return Damaged(Message("the record {path} is missing", path=path), hint="restore it from a backup, or ingest again")


_WRITABLE = Message("search works; to write, ask its owner, or copy its folder to where you may write")


def _hint(reason: str) -> str:
    if reason == os.strerror(errno.EMFILE):
        return Message("close files of this program, or raise its limit: ulimit -n")
    if reason.startswith((os.strerror(errno.EACCES), os.strerror(errno.EPERM))):
        return Message("ask the archive's owner for the right to read it")
    if reason == os.strerror(errno.ENOSPC):
        return Message("make room on the disk")
    return Message("is the disk there and in order? searchkit verify checks the archive")


def _reason(path: Path) -> str:
    """Ask the operating system for the reason, which SQLite does not pass on. Returns: empty if all is permitted now.

    The files are not opened: closing one again would drop the locks that SQLite holds on it for the whole process.
    """
    with ExitStack() as stack:
        try:
            for _ in range(_DESCRIPTORS):
                stack.callback(os.close, os.open(os.devnull, os.O_RDONLY))
            path.stat()
        except (OSError, ValueError) as error:
            return (error.strerror if isinstance(error, OSError) else "") or str(error)
    if hasattr(os, "statvfs") and os.statvfs(path).f_flag & os.ST_RDONLY:
        return os.strerror(errno.EROFS)
    if no_room(path):
        return os.strerror(errno.ENOSPC)
    for name in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        if name.exists() and not may(name, os.R_OK | os.W_OK):
            return f"{os.strerror(errno.EACCES)} ({name.name})"
    if not may(path.parent, os.W_OK | os.X_OK):
        return Message("{reason} (no file can be made in its folder)", reason=os.strerror(errno.EACCES))
    return ""


def no_room(path: Path) -> bool:
    """Tell whether the disk that `path` is on has hardly any room left for this user."""
    if not hasattr(os, "statvfs"):
        return False
    try:
        found = os.statvfs(path)
    except OSError:
        return False
    return found.f_bavail * found.f_frsize < _LEAST_ROOM


def may(path: Path, mode: int) -> bool:
    """Return whether the operating system lets this process, with its effective user, open `path` in this `mode`."""
    return os.access(path, mode, effective_ids=os.access in os.supports_effective_ids)
