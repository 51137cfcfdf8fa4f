"""The file of records that a run sets aside."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from searchkit.errors import UsageError
from searchkit.language.messages import Message
from searchkit.model.rejected import Rejected
from searchkit.model.serialise import json_line
from searchkit.sources import Document
from searchkit.system.outputs import is_of_system, open_new, require_own, sync_text

_HEAD = 64 * 1024


class Rejects:
    """The file of records set aside. It is made for the first such record, and on disk when this is closed.

    Args:
        path: None to write nothing.
        keep: append to what the file holds already.

    Raises: UsageError if something else has the name, such as a link; see `searchkit.system.outputs.open_new`.
    """

    def __init__(self, path: Path | None, keep: bool) -> None:
        self._path = path
        self._keep = keep
        self._file: TextIO | None = None
        self.written_to: Path | None = None
        if path is not None:
            try:
                require_own(path)
            except (OSError, ValueError) as error:
                raise _refused(path, error) from error

    def __enter__(self) -> Rejects:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, rejected: Rejected) -> None:
        """Add what was set aside. Raises: UsageError."""
        if self._path is None:
            return
        line = {"where": rejected.where, "reason": rejected.reason, "record": rejected.record}
        try:
            if self._file is None:
                self._file = open_new(self._path, keep=self._keep)
                self.written_to = self._path
            self._file.write(json_line(line) + "\n")
        except (OSError, ValueError) as error:
            raise _refused(self._path, error) from error

    def close(self) -> None:
        """Force what was written to disk. Safe to call twice. Raises: UsageError."""
        file, self._file = self._file, None
        if file is None:
            return
        assert self._path is not None
        try:
            sync_text(file, self._path)
        except OSError as error:
            raise _refused(self._path, error) from error
        finally:
            with suppress(OSError):  # what could not be flushed
                file.close()


def inputs_beside(found: Sequence[Document | Rejected], path: Path, archive: Path | None) -> list[Document | Rejected]:
    """Return the documents without the file `path` of what is set aside, where an earlier run left it among them.

    Raises: UsageError where `path` is another file that is to be read, or lies in the folder of the archive.
    """
    try:
        if is_of_system(path):
            return list(found)
        if archive is not None and Path(os.path.realpath(path)).is_relative_to(os.path.realpath(archive)):
            raise UsageError(
                Message("{path} lies in the archive", path=path),
                hint="give a file outside of the archive",
                code="rejects-in-archive",
            )
        held = path.stat()
    except (OSError, ValueError):
        return list(found)
    kept: list[Document | Rejected] = []
    for each in found:
        if not isinstance(each, Document) or not _is(each, held):
            kept.append(each)
        elif each.given or not _is_ours(path):
            raise UsageError(
                Message("{path} is to be read; what is set aside would be written over it", path=path),
                hint="give another file for `rejects`",
                code="rejects-is-input",
            )
    return kept


def _is(document: Document, held: os.stat_result) -> bool:
    stats = [document.stat] if document.stat is not None else []
    with suppress(OSError, ValueError, AttributeError):
        if document.stream is not None:
            stats.append(os.fstat(document.stream.fileno()))
    for other in (*document.others, document.beside):
        with suppress(OSError):
            if other is not None:
                stats.append(other.stat())
    return any(os.path.samestat(each, held) for each in stats)


def _is_ours(path: Path) -> bool:
    """Tell whether the file begins as this module writes it."""
    try:
        with path.open("rb") as file:
            first = json.loads(file.readline(_HEAD))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(first, dict) and first.keys() == {"where", "reason", "record"}


def _refused(path: Path, error: OSError | ValueError) -> UsageError:
    reason = (isinstance(error, OSError) and error.strerror) or str(error)
    return UsageError(
        Message("cannot write what is set aside to {path}: {reason}", path=str(path)[:200], reason=reason),
        hint="rejects=PATH, or rejects=None for none",
        code="rejects-file",
    )
