"""Which file was each article read from? So articles whose files are gone can be removed from the archive.

An article that was read from several files is removed when the last of them is gone; one that was ever added without a
file (from standard input, or through the library) stays.
"""

from __future__ import annotations

import os
from pathlib import Path

from searchkit.errors import UsageError
from searchkit.language.messages import Message
from searchkit.model.counts import counted
from searchkit.storage.origins import Origins

MANY = 10
"""If at least this many files and more than half of a folder are gone, the folder is probably not mounted."""


def gone(origins: Origins, folder: Path, *, force: bool) -> list[str]:
    """Return the files that were read from a folder and no longer exist: their paths, ascending by their bytes.

    Raises: UsageError if there is no such folder; without `force` also if so many files are gone that the folder
        probably is not mounted: all, or more than half and at least MANY.
    """
    if not folder.is_dir():
        raise UsageError(
            Message("{folder} is no folder", folder=folder),
            hint="give the folder that articles were read from",
            code="prune-no-folder",
        )
    known = origins.below(_start(folder))
    missing = [path for path in known if is_gone(path)]
    all_gone = bool(missing) and len(missing) == len(known)
    if not force and (all_gone or (len(missing) >= MANY and len(missing) * 2 > len(known))):
        raise UsageError(
            Message(
                _gone_of(len(missing), len(known)),
                count=len(missing),
                files=counted(len(known), "file"),
                folder=folder,
            ),
            hint="is it mounted? If the files were deleted on purpose, repeat with force=True",
            code="prune-most",
        )
    return missing


def _gone_of(gone: int, known: int) -> str:
    """Return the template of the message that so many of the known files are gone."""
    if known == 1:
        return Message("{count:,} of {files} that was read from {folder} is gone; nothing was deleted")
    if gone == 1:
        return Message("{count:,} of {files} that were read from {folder} is gone; nothing was deleted")
    return Message("{count:,} of {files} that were read from {folder} are gone; nothing was deleted")


def is_below(path: str, folder: Path) -> bool:
    """Return whether `gone` looks at a file for this folder."""
    return path.startswith(_start(folder))


def _start(folder: Path) -> str:
    """Return what the paths of the files of a folder begin with."""
    return os.path.abspath(folder).rstrip(os.sep) + os.sep  # noqa: PTH100  # a link in it stays one, as where the articles were read


def is_gone(path: str) -> bool:
    """Return whether a file is gone. A file that cannot be accessed and a dangling link are not: they may come back."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
