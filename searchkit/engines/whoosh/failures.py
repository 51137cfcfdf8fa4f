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

_KEPT = "what was acknowledged is kept, and indexed when the archive is opened next"
_HINTS = {
    errno.EMFILE: "close archives that are not needed any more, or raise the limit of open files (ulimit -n)",
    errno.ENFILE: "close programs that have many files open",
    errno.EACCES: "give this user the right to {doing} the folder of the archive and all in it",
    errno.EPERM: "give this user the right to {doing} the folder of the archive and all in it",
    errno.EROFS: "the disk can only be read: copy the archive to another one to write to it",
    errno.ENOSPC: "make room on the disk; " + _KEPT,
    errno.EDQUOT: "make room, or have the quota raised; " + _KEPT,
    errno.EFBIG: "raise the limit of a file's size (ulimit -f); " + _KEPT,
    errno.ENAMETOOLONG: "move the archive to a folder with a shorter path",
    errno.ENOMEM: "give the process more memory, or end other ones",
    errno.EIO: "look at the disk, and copy the archive to another one",
    errno.ESTALE: "open the archive again: the network folder it lies in was changed under it",
}
_UNHARMED = "this is the operating system's reason; nothing was found to be damaged"


def rebuild_hint(directory: Path) -> str:
    """Return the hint that an unreadable index can be rebuilt from the record."""
    return f"archive.rebuild(); on the command line: searchkit rebuild --index {directory.parent}"


def damaged(directory: Path, error: Exception) -> Damaged:
    """Return the error for an index with damaged files."""
    what = f"{error.filename}: missing" if isinstance(error, FileNotFoundError) and error.filename else error
    return Damaged(
        Message("cannot read the index in {directory}: {what}", directory=directory, what=what),
        hint=rebuild_hint(directory),
        code="index-damaged",
        path=directory.parent,
    )


def refused(directory: Path, error: OSError, doing: str = "read") -> ArchiveError:
    """Return the error for an operation that the operating system refused, whatever the files contain."""
    if isinstance(error, (NotADirectoryError, FileExistsError)):
        return ArchiveError(
            Message("cannot {doing} the index: {directory} is not a folder", doing=doing, directory=directory),
            hint=Message("move that file away, then {rebuild_hint}", rebuild_hint=rebuild_hint(directory)),
            code="whoosh-is-a-file",
            path=directory.parent,
        )
    at = f"{error.filename}: " if error.filename and Path(error.filename) != directory else ""
    return ArchiveError(
        Message(
            "cannot {doing} the index in {directory}: {at}{reason}",
            doing=doing,
            directory=directory,
            at=at,
            reason=error.strerror or error,
        ),
        hint=_HINTS.get(error.errno or 0, _KEPT if doing == "write" else _UNHARMED).format(doing=doing),
    )


def linked(directory: Path) -> ArchiveError:
    """Return the error for an index that would be written outside the archive."""
    return ArchiveError(
        Message(
            "cannot write the index: {directory} is a link, and nothing is written outside the archive's folder",
            directory=directory,
        ),
        hint=Message("remove the link, then {rebuild_hint}", rebuild_hint=rebuild_hint(directory)),
        code="whoosh-is-a-link",
        path=directory.parent,
    )


def out_of_memory(directory: Path, doing: str = "read") -> ArchiveError:
    """Return the error for a lack of memory. Even for damaged files, arrays are no larger than the files allow."""
    return ArchiveError(
        Message("not enough memory to {doing} the index in {directory}", doing=doing, directory=directory),
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
