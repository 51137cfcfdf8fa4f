"""The layout of an archive's folder, and making such a folder completely or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from searchkit.errors import UsageError
from searchkit.language.messages import Message
from searchkit.storage.sqlite.errors import of_system
from searchkit.system.abandoned import claim, remove_abandoned, temporary_name
from searchkit.system.files import make_folder, sync_folder

RECORD = "archive.db"
INDEX = "whoosh"

_LIMITS = {
    errno.EMFILE: Message("close files of this program, or raise its limit: ulimit -n"),
    errno.ENFILE: Message("close programs that have many files open"),
    errno.EFBIG: Message("raise the limit of a file's size: ulimit -f"),
}
"""What to do about limits that have nothing to do with the disk."""


def record_size(folder: Path) -> int | None:
    """Return the size in bytes of the record in an archive's folder; None if there is none.

    Raises: UsageError if no file can have such a path; ArchiveError if the operating system denies access.
    """
    try:
        return (folder / RECORD).stat().st_size
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise of_system(error, folder) from error


@contextmanager
def new_folder(target: Path, *, like: Path) -> Iterator[Path]:
    """Make a folder for the caller to fill, and then name it `target`; remove it if filling fails.

    It is as open to others as an empty folder that has the name already; else as the user lets new folders be, and no
    more open than the folder `like`, whose content it gets. The folder's entries are forced to disk before it is
    renamed; the contents of its files are up to the caller. Folders that a killed program left half-made are removed.

    Raises: UsageError unless `target` is new or an empty folder; also if it cannot be made or written.
    """
    try:
        if target.is_symlink() or (target.exists() and not (target.is_dir() and not any(target.iterdir()))):
            raise UsageError(
                Message("there is something at {target} already", target=target),
                hint="give a new folder, or move it away",
                code="folder-taken",
            )
        make_folder(target.parent)
        remove_abandoned(target)
        # As open to others as the user lets new folders be; `mkdtemp` makes them private.
        made = temporary_name(target)
        made.mkdir()
    except (OSError, ValueError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or str(error)
        raise UsageError(
            Message("cannot make {target}: {reason}", target=str(target)[:200], reason=reason),
            hint="give another folder",
            code="folder-refused",
        ) from error
    try:
        with _claimed(made):
            mode = _mode(made) & _mode(like)
            yield made
            sync_folder(made)
            with suppress(FileNotFoundError):
                held = target.stat()
                with suppress(PermissionError, AttributeError):
                    os.chown(made, held.st_uid, held.st_gid)
                mode = stat.S_IMODE(held.st_mode)
                target.rmdir()
            made.chmod(mode)
            made.rename(target)
            sync_folder(target.parent)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
        room = Message("make room, or give a folder on another disk") if full else Message("give another folder")
        raise UsageError(
            Message("cannot write {filename}: {reason}", filename=error.filename or target, reason=error.strerror),
            hint=_LIMITS.get(error.errno or 0, room),
        ) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _mode(folder: Path) -> int:
    return stat.S_IMODE(folder.stat().st_mode)


@contextmanager
def _claimed(folder: Path) -> Iterator[None]:
    """Let no other program take the folder for one that was left behind."""
    if os.name == "nt":  # a folder cannot be opened there
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        claim(descriptor)
        yield
    finally:
        os.close(descriptor)
