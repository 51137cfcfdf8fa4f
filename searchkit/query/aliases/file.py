"""The user's own aliases: the file `aliases.txt` in an archive's folder.

It is read again when it changes. An archive may come from a stranger, so only a regular file of a bounded size is read,
and no fault of it keeps a question from being answered.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from searchkit.errors import UsageError
from searchkit.language.messages import Message
from searchkit.query.aliases.kept import MOST_BYTES, KeptAliases
from searchkit.system.files import sync_folder, write_synced

if TYPE_CHECKING:
    from searchkit.query.aliases.table import Aliases, Own

NAME = "aliases.txt"
_Stamp = tuple[int, int, int]


class AliasesFile(KeptAliases):
    """The aliases of the archive in `folder`: the shipped ones with the user's own. Threads share it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._held: tuple[_Stamp | None, Aliases] | None = None

    def tables(self) -> Aliases:
        """Return the aliases as the file has them now."""
        stamp = self.stamp
        held = self._held
        if held is None or held[0] != stamp:
            from searchkit.query.aliases.table import Aliases, Own

            held = self._held = stamp, Aliases(Own() if stamp is None else self._read())
        return held[1]

    def own(self) -> Own:
        """Return the user's own aliases, with the faults of the file."""
        from searchkit.query.aliases.table import Own

        return Own() if self.stamp is None else self._read()

    def text(self) -> str | None:
        if self.stamp is None:
            return None
        try:
            return read_bounded(self._path).decode("utf-8")
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            reason = (isinstance(error, OSError) and error.strerror) or Message("it is not UTF-8")
            if not isinstance(error, (OSError, UnicodeDecodeError)):
                reason = error.args[0]
            raise UsageError(
                Message("cannot read {path}: {reason}", path=self._path, reason=reason),
                hint="mend the file, or move it away",
                code="aliases-unread",
            ) from error

    def put(self, text: str) -> None:
        made = self._path.with_name(NAME + ".partial")
        try:
            write_synced(made, text.encode("utf-8"))
            made.replace(self._path)
            sync_folder(self._path.parent)
        except OSError as error:
            raise UsageError(
                Message("cannot write {path}: {reason}", path=self._path, reason=error.strerror),
                hint="is the disk full, or the folder read-only?",
                code="aliases-unwritten",
            ) from error

    @property
    def stamp(self) -> _Stamp | None:
        """The state of the file, which changes with it; None if there is none."""
        try:
            found = self._path.lstat()
        except FileNotFoundError:
            return None
        except OSError:
            return (0, 0, 0)
        return (found.st_mtime_ns, found.st_size, found.st_ino)

    def _read(self) -> Own:
        from searchkit.query.aliases.table import Own, own_aliases

        try:
            text = read_bounded(self._path).decode("utf-8")
        except FileNotFoundError:
            return Own()
        except UnicodeDecodeError as error:
            return Own(
                errors=(
                    Message(
                        "{name} is left out: it is not UTF-8 from byte {start:,} on", name=NAME, start=error.start + 1
                    ),
                )
            )
        except (OSError, ValueError) as error:
            reason = (isinstance(error, OSError) and error.strerror) or error.args[0]
            return Own(errors=(Message("{name} is left out: {reason}", name=NAME, reason=reason),))
        return own_aliases(text, NAME)


def is_file(path: Path) -> bool:
    """Tell whether a user's aliases are a file as it is read: regular, and no link."""
    return path.is_file() and not path.is_symlink()


def read_bounded(path: Path) -> bytes:
    """Read a user's aliases. Raises: OSError; ValueError for a file that is not regular, or too large."""
    # Not through a link: it may lead out of a stranger's archive. Not waiting: opening a pipe would.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    if path.is_symlink():
        raise ValueError(Message("it is a link; put the file itself into the archive's folder"))
    descriptor = os.open(path, flags)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError(Message("it is not a file"))
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ValueError(Message("it has more than {bytes:,} bytes", bytes=MOST_BYTES))
    return data
