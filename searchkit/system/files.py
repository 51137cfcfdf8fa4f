"""Files and folders that are on disk when a function returns: what survives a power cut. And their descriptors."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def write_synced(path: Path, data: bytes) -> None:
    """Write a new file and force it to disk; its entry in the folder is not, see `sync_folder`.

    What has its name goes first, not over: in a stranger's folder it may be a link to a file of ours.
    """
    path.unlink(missing_ok=True)
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


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
    sync_file(other)


def sync_file(path: Path) -> None:
    """Force a file to disk; its entry in the folder is not, see `sync_folder`."""
    with path.open("rb+") as file:
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


def fill_standard_descriptors() -> None:
    """Let no file get the number of a standard stream that was closed by whoever started this process.

    What a library prints would be written into that file.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) < 3:
        pass
    os.close(descriptor)
