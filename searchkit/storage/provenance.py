"""Which file was each article read from? So articles whose files are gone can be removed from the archive.

An article that was read from several files is removed when the last of them is gone; one that was ever added without a
file (from standard input, or through the library) stays.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from searchkit.errors import UsageError
from searchkit.language.messages import Message
from searchkit.model.counts import counted
from searchkit.storage.store import Store

MANY = 10
"""If at least this many files and more than half of a folder are gone, the folder is probably not mounted."""

_PART = 500


class Provenance:
    """The files from which the articles of a store were read."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._numbers: dict[str, int] = {"": 0}

    def note(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Note ids and the absolute path from which each was read; an empty path: not from a file."""
        self._store.execute_many(
            "INSERT OR IGNORE INTO origins VALUES (?, ?)", [(id, self._number(path)) for id, path in pairs]
        )

    def _number(self, path: str) -> int:
        number = self._numbers.get(path)
        if number is None:
            raw = os.fsencode(path)
            self._store.execute("INSERT OR IGNORE INTO files (path) VALUES (?)", raw)
            number = int(self._store.select("SELECT number FROM files WHERE path = ?", raw)[0][0])
            if len(self._numbers) > 10_000:
                self._numbers = {"": 0}
            self._numbers[path] = number
        return number

    def forget(self, ids: Iterable[str]) -> None:
        """Forget articles that were deleted."""
        self._store.execute_many("DELETE FROM origins WHERE id = ?", ((id,) for id in ids))

    def forget_files(self, files: Iterable[int]) -> None:
        """Forget files that are gone and whose articles have been deleted."""
        numbers = [(number,) for number in files]
        self._store.execute_many("DELETE FROM origins WHERE file = ?", numbers)
        self._store.execute_many("DELETE FROM files WHERE number = ?", numbers)
        self._numbers = {"": 0}

    def gone(self, folder: Path, *, force: bool) -> dict[int, str]:
        """Return the files that were read from a folder and no longer exist: number and path.

        Raises: UsageError if there is no such folder; without `force` also if so many files are gone that the folder
            probably is not mounted: all, or more than half and at least MANY.
        """
        top = os.path.abspath(folder)  # noqa: PTH100  # a link in it stays one, as where the articles were read
        if not Path(top).is_dir():
            raise UsageError(
                Message("{folder} is no folder", folder=folder),
                hint="give the folder that articles were read from",
                code="prune-no-folder",
            )
        below = os.fsencode(top.rstrip(os.sep) + os.sep)
        sql = "SELECT number, path FROM files WHERE substr(path, 1, ?) = ? ORDER BY path"
        known = {number: os.fsdecode(path) for number, path in self._store.select(sql, len(below), below)}
        missing = {number: path for number, path in known.items() if _is_gone(path)}
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

    def only_in(self, files: Iterable[int]) -> list[str]:
        """Return the ids of articles that were read from these files and from nowhere else, ascending."""
        numbers = {*files}
        found: set[str] = set()
        for number in numbers:
            found.update(row[0] for row in self._store.select("SELECT id FROM origins WHERE file = ?", number))
        for id, number in self._of(sorted(found)):
            if number not in numbers:
                found.discard(id)
        return sorted(found)

    def files(self, id: str) -> list[str]:
        """Return the absolute paths of the files from which an article was read, ascending."""
        sql = "SELECT path FROM files JOIN origins ON file = number WHERE id = ? AND number != 0 ORDER BY path"
        return [os.fsdecode(path) for (path,) in self._store.select(sql, id)]

    def beside(self, id: str) -> list[str]:
        """Return the ids of all articles that were read from the same files as this article."""
        sql = "SELECT DISTINCT id FROM origins WHERE file IN (SELECT file FROM origins WHERE id = ? AND file != 0)"
        return [row[0] for row in self._store.select(sql, id)]

    def _of(self, ids: Sequence[str]) -> Iterable[tuple[str, int]]:
        for start in range(0, len(ids), _PART):
            part = ids[start : start + _PART]
            marks = ",".join("?" * len(part))
            yield from self._store.select(f"SELECT id, file FROM origins WHERE id IN ({marks})", *part)


def _gone_of(gone: int, known: int) -> str:
    """Return the template of the message that so many of the known files are gone."""
    if known == 1:
        return Message("{count:,} of {files} that was read from {folder} is gone; nothing was deleted")
    if gone == 1:
        return Message("{count:,} of {files} that were read from {folder} is gone; nothing was deleted")
    return Message("{count:,} of {files} that were read from {folder} are gone; nothing was deleted")


def _is_gone(path: str) -> bool:
    """Return whether a file is gone. A file that cannot be accessed and a dangling link are not: they may come back."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
