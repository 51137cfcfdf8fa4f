"""A file for libraries that close what they write to, even when it is thrown away."""

from __future__ import annotations

import io
from typing import BinaryIO


class Sink:
    """A file of bytes that is only written to.

    A writer of a library that is thrown away writes the end of its file first, as if all of it were there. After
    `abandon` that goes nowhere, and no reader takes half a file for a whole one.
    """

    closed = False

    def __init__(self, file: BinaryIO) -> None:
        self._file: BinaryIO | None = file
        self._seekable = file.seekable()
        self._position = 0

    def abandon(self) -> None:
        """Ignore all that is written from now on."""
        self._file = None

    def write(self, data: bytes) -> int:
        """Write all of `data`."""
        if self._file is not None:
            self._file.write(data)
        self._position += len(data)
        return len(data)

    def tell(self) -> int:
        """Return the position: that of the file, or in a pipe, which has none, the number of bytes written."""
        return self._file.tell() if self._file is not None and self._seekable else self._position

    def seek(self, position: int, whence: int = 0) -> int:
        """Move to a position. Raises: OSError for a pipe."""
        if not self._seekable:
            raise io.UnsupportedOperation("it is a pipe")
        if self._file is not None:
            self._position = self._file.seek(position, whence)
        return self._position

    def flush(self) -> None:
        """Do nothing: whoever opened the file flushes it."""

    def close(self) -> None:
        """Do nothing: whoever opened the file closes it."""
