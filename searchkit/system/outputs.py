"""Where does output go that a user asked for by name? Into what the name stands for, whole or not at all.

A regular file gets its new content by a rename, from a temporary file beside it whose name nobody can guess: an
interrupted program leaves the old content. Whatever else the name stands for is kept: the file that a link leads to is
written, its mode and owner stay, its other names (hard links) get the new content too, and a FIFO, a device or a
descriptor (`/dev/stdout`) is written into.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TextIO

from searchkit.system.abandoned import claim, remove_abandoned, temporary_name
from searchkit.system.files import sync_folder

_BINARY = getattr(os, "O_BINARY", 0)
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_NO_WAIT = getattr(os, "O_NONBLOCK", 0)
_NO_TERMINAL = getattr(os, "O_NOCTTY", 0)
_MOST_LINKS = 40
_DESCRIPTORS = re.compile(r"/dev/fd|/proc/(?:self|\d+)(?:/task/\d+)?/fd")


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """Open `path` for UTF-8 text with the line end `\\n`; what is written is on disk when the body has ended.

    A file that is there keeps its content if the body raises.

    Raises: OSError.
    """
    with replacing_bytes(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="\n")
        yield text
        text.detach()  # flushes it; after an exception nothing more is written


@contextmanager
def replacing_bytes(path: Path) -> Iterator[BinaryIO]:
    """Open `path` for bytes, as `replacing` does for text."""
    target = _followed(path)
    if target is None:
        with _opened(os.open(path, os.O_WRONLY | os.O_APPEND | _BINARY | _NO_TERMINAL)) as file:
            yield file
            file.flush()
            _sync_where_possible(file.fileno())
        return
    held = _stat(target)
    if held is not None and not os.access(target, os.W_OK):
        raise PermissionError(13, os.strerror(13), str(target))
    remove_abandoned(target)
    partial = temporary_name(target)
    mode = 0o666 if held is None else 0o600
    try:
        with ExitStack() as open_files:
            descriptor = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL | _NO_FOLLOW | _BINARY, mode)
            file = open_files.enter_context(_opened(descriptor))
            claim(descriptor)
            if held is not None:
                _take_over(descriptor, held)
            yield file
            file.flush()
            os.fsync(descriptor)
            if held is None or held.st_nlink == 1:
                if os.name == "nt":  # an open file cannot be renamed there
                    open_files.close()
                partial.replace(target)
                sync_folder(target.parent)
            else:
                _copy_into(partial, target)
    finally:
        with suppress(FileNotFoundError):
            partial.unlink()


def _opened(descriptor: int) -> BinaryIO:
    return open(descriptor, "wb")  # a descriptor, not a path


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _followed(path: Path) -> Path | None:
    """Return the regular or missing file that `path` leads to; None where it leads to anything else.

    Raises: OSError where links go round, or it is a folder.
    """
    place = path
    for _ in range(_MOST_LINKS):
        if _DESCRIPTORS.fullmatch(os.path.realpath(place.parent)):
            return None  # a descriptor of this process: its file is written where it stands
        if not place.is_symlink():
            break
        place = place.parent / place.readlink()
    held = _stat(path)  # raises for links that go round
    if held is None or stat.S_ISREG(held.st_mode):
        return Path(os.path.realpath(place.parent)) / place.name
    if stat.S_ISDIR(held.st_mode):
        raise IsADirectoryError(21, os.strerror(21), str(path))
    return None


def _take_over(descriptor: int, held: os.stat_result) -> None:
    """Give a new file the owner and the mode of the one that it replaces."""
    if hasattr(os, "fchown"):
        with suppress(PermissionError):
            os.fchown(descriptor, held.st_uid, held.st_gid)
        os.fchmod(descriptor, stat.S_IMODE(held.st_mode))


def _copy_into(partial: Path, target: Path) -> None:
    """Write over a file that has several names: a rename would leave the others behind."""
    with partial.open("rb") as new, target.open("r+b") as file:
        shutil.copyfileobj(new, file)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())


def _sync_where_possible(descriptor: int) -> None:
    with suppress(OSError):  # a pipe or a device has nothing to force
        os.fsync(descriptor)


def open_new(path: Path, *, keep: bool) -> TextIO:
    """Open a file that a program writes beside its work, and that a stranger's folder may hold something in place of.

    A link is never followed, a FIFO never waited for, and no other name of a file that is there gets what is written.
    What stands in `/dev` and the descriptors of this process are written into.

    Args:
        keep: write behind what the file holds, instead of in its place.

    Raises: OSError; FileExistsError where it is a link, or a file of several names.
    """
    flags = os.O_WRONLY | os.O_APPEND | _NO_TERMINAL | _BINARY
    require_own(path)
    if is_of_system(path):
        return _lenient(os.open(path, flags))
    descriptor = os.open(path, flags | os.O_CREAT | _NO_FOLLOW | _NO_WAIT, 0o666)
    held = os.fstat(descriptor)
    if stat.S_ISREG(held.st_mode) and held.st_nlink > 1:  # since it was looked at
        os.close(descriptor)
        raise FileExistsError(17, "it is one of several names of a file", str(path))
    if stat.S_ISREG(held.st_mode) and not keep:
        os.ftruncate(descriptor, 0)
    with suppress(AttributeError, OSError):
        os.set_blocking(descriptor, True)
    return _lenient(descriptor)


def _lenient(descriptor: int) -> TextIO:
    return open(descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="\n")


def require_own(path: Path) -> None:
    """Raise FileExistsError where `path` is a link, or a file of several names; see `open_new`."""
    if is_of_system(path):
        return
    try:
        held = path.lstat()
    except FileNotFoundError:
        return
    if stat.S_ISLNK(held.st_mode):
        raise FileExistsError(17, "it is a link", str(path))
    if stat.S_ISREG(held.st_mode) and held.st_nlink > 1:
        raise FileExistsError(17, "it is one of several names of a file", str(path))


def is_of_system(path: Path) -> bool:
    """Tell whether `path` names a device or a descriptor of this process, as /dev/null and /dev/stderr do."""
    parent = os.path.realpath(path.parent)
    return parent == "/dev" or bool(_DESCRIPTORS.fullmatch(parent))


def sync_text(file: TextIO, path: Path) -> None:
    """Force to disk what was written to an open file, and its name; nothing to do for what is no regular file."""
    file.flush()
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        os.fsync(file.fileno())
        if not is_of_system(path):
            sync_folder(path.parent)
