"""The layout of an archive's folder, and making such a folder completely or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from searchkit.errors import UsageError
from searchkit.storage.sqlite_errors import of_system
from searchkit.system.files import make_folder, sync_folder

RECORD = "archive.db"
INDEX = "whoosh"


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
def new_folder(target: Path) -> Iterator[Path]:
    """Make a folder for the caller to fill, and then name it `target`; remove it if filling fails.

    The folder's entries are forced to disk before it is renamed; the contents of its files are up to the caller.

    Raises: UsageError unless `target` is new or an empty folder; also if it cannot be made or written.
    """
    try:
        if target.is_symlink() or (target.exists() and not (target.is_dir() and not any(target.iterdir()))):
            raise UsageError(f"there is something at {target} already", hint="give a new folder, or move it away")
        make_folder(target.parent)
        # With the permissions that the user gives new folders; `mkdtemp` would make it private.
        made = target.parent / f".{target.name[:50]}.{os.urandom(6).hex()}.partial"
        made.mkdir()
    except (OSError, ValueError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or str(error)
        raise UsageError(f"cannot make {str(target)[:200]}: {reason}", hint="give another folder") from error
    try:
        yield made
        sync_folder(made)
        with suppress(FileNotFoundError):
            target.rmdir()
        made.rename(target)
        sync_folder(target.parent)
    except OSError as error:
        raise UsageError(
            f"cannot write {error.filename or target}: {error.strerror}", hint="is the disk full?"
        ) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
