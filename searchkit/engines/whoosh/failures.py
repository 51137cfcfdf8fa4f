"""Failures with the files of an index, as errors for the user: damage is kept apart from other causes."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from searchkit.engines.whoosh.codec.layout import CodecError
from searchkit.engines.whoosh.manifest import ManifestError
from searchkit.errors import ArchiveError, Damaged
from searchkit.language.messages import Message

_KEPT = Message("what was acknowledged is kept, and indexed when the archive is opened next")
_ALLOW = Message("give this user the right to read and write the folder of the archive and all in it")
_HINTS = {
    errno.EMFILE: Message("close archives that are not needed any more, or raise the limit of open files (ulimit -n)"),
    errno.ENFILE: Message("close programs that have many files open"),
    errno.EACCES: _ALLOW,
    errno.EPERM: _ALLOW,
    errno.EROFS: Message("the disk can only be read: copy the archive to another one to write to it"),
    errno.ENOSPC: Message("make room on the disk; {kept}", kept=_KEPT),
    errno.EDQUOT: Message("make room, or have the quota raised; {kept}", kept=_KEPT),
    errno.EFBIG: Message("raise the limit of a file's size (ulimit -f); {kept}", kept=_KEPT),
    errno.ENAMETOOLONG: Message("move the archive to a folder with a shorter path"),
    errno.ENOMEM: Message("give the process more memory, or end other ones"),
    errno.EIO: Message("look at the disk, and copy the archive to another one"),
    errno.ESTALE: Message("open the archive again: the network folder it lies in was changed under it"),
}
_UNHARMED = Message("this is the operating system's reason; nothing was found to be damaged")


def rebuild_hint(directory: Path) -> str:
    """Return the hint that an unreadable index can be rebuilt from the record."""
    return Message("archive.rebuild(); on the command line: searchkit rebuild --index {path}", path=directory.parent)


def damaged(directory: Path, error: Exception) -> Damaged:
    """Return the error for an index with damaged files."""
    reason = str(error)
    if isinstance(error, FileNotFoundError) and error.filename:
        reason = Message("{path}: missing", path=error.filename)
    return Damaged(
        Message("cannot read the index in {directory}: {reason}", directory=directory, reason=reason),
        hint=rebuild_hint(directory),
        code="index-damaged",
        path=directory.parent,
    )


def refused(directory: Path, error: OSError, doing: str = "read") -> ArchiveError:
    """Return the error for an operation that the operating system refused, whatever the files contain."""
    if isinstance(error, (NotADirectoryError, FileExistsError)):
        return ArchiveError(
            Message("cannot read the index: {directory} is not a folder", directory=directory)
            if doing == "read"
            else Message("cannot write the index: {directory} is not a folder", directory=directory),
            hint=Message("move that file away, then {command}", command=rebuild_hint(directory)),
            code="whoosh-is-a-file",
            path=directory.parent,
        )
    at = f"{error.filename}: " if error.filename and Path(error.filename) != directory else ""
    return ArchiveError(
        Message(
            "cannot read the index in {directory}: {at}{reason}"
            if doing == "read"
            else "cannot write the index in {directory}: {at}{reason}",
            directory=directory,
            at=at,
            reason=error.strerror or str(error),
        ),
        hint=_HINTS.get(error.errno or 0, _KEPT if doing == "write" else _UNHARMED),
    )


def linked(directory: Path) -> ArchiveError:
    """Return the error for an index that would be written outside the archive."""
    return ArchiveError(
        Message(
            "cannot write the index: {directory} is a link, and nothing is written outside the archive's folder",
            directory=directory,
        ),
        hint=Message("remove the link, then {command}", command=rebuild_hint(directory)),
        code="whoosh-is-a-link",
        path=directory.parent,
    )


def out_of_memory(directory: Path, doing: str = "read") -> ArchiveError:
    """Return the error for a lack of memory. Even for damaged files, arrays are no larger than the files allow."""
    return ArchiveError(
        Message("not enough memory to read the index in {directory}", directory=directory)
        if doing == "read"
        else Message("not enough memory to write the index in {directory}", directory=directory),
        hint="ask for less at once, or give the process more memory",
    )


def as_ours(directory: Path, error: BaseException) -> ArchiveError | None:
    """Translate a failure with the files into an error of ours. Returns: None for anything else.

    Opening checks headers and sizes only, so a question may be the first to meet a list that is damaged or forged.
    Arrays are bounded, so the result is one of these errors.
    """
    if isinstance(error, (CodecError, ManifestError, FileNotFoundError, IndexError, ValueError, OverflowError)):
        return damaged(directory, error)
    if isinstance(error, OSError):
        return refused(directory, error)
    return out_of_memory(directory) if isinstance(error, MemoryError) else None


@contextmanager
def told(directory: Path) -> Iterator[None]:
    """Raise failures inside as errors of ours."""
    try:
        yield
    except Exception as error:
        ours = as_ours(directory, error)
        if ours is None:
            raise
        raise ours from error
