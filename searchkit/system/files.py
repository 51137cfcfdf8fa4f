"""Files and folders that survive a power cut: on disk when a function returns. And the standard descriptors."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def write_synced(path: Path, data: bytes) -> None:
    """Write a new file and force it to disk, without its entry in the folder; see `sync_folder`.

    An existing file of this name is removed, not overwritten: in a stranger's folder it may be a link to one of our
    files.
    """
    path.unlink(missing_ok=True)
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def make_folder(folder: Path) -> None:
    """Make a folder and its missing parents. Their names are on disk when this returns."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def copy_synced(path: Path, other: Path) -> None:
    """Copy a file and force the copy to disk."""
    shutil.copyfile(path, other)
    sync_file(other)


def sync_file(path: Path) -> None:
    """Force a file to disk, without its entry in the folder; see `sync_folder`."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Force the folder's entries to disk: earlier renames and removals survive a power cut."""
    if os.name == "nt":  # folders cannot be opened there; their entries are journalled
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fill_standard_descriptors() -> None:
    """Occupy the descriptors of standard streams that were closed when this process was started.

    Otherwise a file could get such a number, and the output of a library would be written into it.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) < 3:
        pass
    os.close(descriptor)
