"""What lies where in an archive's folder, and making such a folder as a whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from searchkit.errors import UsageError

RECORD = "archive.db"
INDEX = "whoosh"


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """A folder to be filled, which gets the name `target` when all in it is on disk; it is removed if filling fails.

    Raises: UsageError if there is something at `target`, or it cannot be made.
    """
    try:
        if target.is_symlink() or (target.exists() and not (target.is_dir() and not any(target.iterdir()))):
            raise UsageError(f"there is something at {target} already", hint="give a new folder, or move it away")
        make_folder(target.parent)
        made = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".partial", dir=target.parent))
    except OSError as error:
        raise UsageError(f"cannot make {target}: {error.strerror}", hint="give another folder") from error
    try:
        yield made
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


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, if they are missing; their names are on disk when this returns."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def copy_synced(path: Path, other: Path) -> None:
    """Copy a file and force the copy to disk."""
    shutil.copyfile(path, other)
    with other.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Force the folder's entries to disk; what was renamed or removed before stays so after a power cut."""
    if os.name == "nt":  # a folder cannot be opened there; its entries are journalled
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
