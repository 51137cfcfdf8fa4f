"""The file of records that a run sets aside."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO, cast

from searchkit.errors import UsageError
from searchkit.model.rejected import Rejected
from searchkit.model.serialise import json_line


class Rejects:
    """The file of records set aside. It is made for the first such record."""

    def __init__(self, path: Path | None, keep: bool) -> None:
        self._path = path
        self._mode = "a" if keep else "w"
        self._file: TextIO | None = None
        self.written_to: Path | None = None

    def __enter__(self) -> Rejects:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, rejected: Rejected) -> None:
        if self._path is None:
            return
        if self._file is None:
            try:
                self._file = cast(TextIO, self._path.open(self._mode, encoding="utf-8", errors="backslashreplace"))
            except OSError as error:
                raise UsageError(
                    f"cannot write what is set aside to {self._path}: {error.strerror}",
                    hint="rejects=PATH, or rejects=None for none",
                    code="rejects-file",
                ) from error
            self.written_to = self._path
        line = {"where": rejected.where, "reason": rejected.reason, "record": rejected.record}
        self._file.write(json_line(line) + "\n")
