"""Byte streams: looked at before they are read, counted, and cut into lines without ever holding an endless one."""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any, BinaryIO, Protocol, cast

from searchkit.language.messages import Message
from searchkit.sources.limits import Limits, TooMuch, Unreadable, size_text

HEAD = 256 * 1024
"""Bytes from which format and encoding are decided."""

_CHUNK = 64 * 1024
_BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError, RuntimeError)


class Readable(Protocol):
    """All that is asked of what a Stream reads from."""

    def read(self, size: int = -1, /) -> bytes | None: ...


class Counted(io.RawIOBase):
    """A file that says how many bytes were read from it; seeks if the file does."""

    def __init__(self, file: BinaryIO, count: Callable[[int], object]) -> None:
        super().__init__()
        self._file = file
        self._count = count

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        try:
            return self._file.seekable()
        except (AttributeError, ValueError):
            return False

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: Any) -> int:
        data = self._file.read(len(buffer)) or b""
        if not isinstance(data, bytes):
            raise Unreadable("is opened as text; open it in binary mode")
        buffer[: len(data)] = data
        self._count(len(data))
        return len(data)


class Stream(io.RawIOBase):
    """Bytes to be read once, front to back, whose beginning can be looked at first.

    Whatever goes wrong underneath (a cut gzip, a bad checksum, a disk error) comes out as `Unreadable`.
    """

    def __init__(self, source: Readable, *, count: Callable[[int], object] | None = None, chunk: int = _CHUNK) -> None:
        super().__init__()
        self._source = source
        # `read` of a decompressor gives nothing at all of a piece in which an error comes up; `read1` gives what it has
        self._read = getattr(source, "read1", None) or source.read
        self._count = count
        self._chunk = chunk
        self._pending = b""
        self._ended = False
        self._fault: Unreadable | None = None
        self.position = 0

    def readable(self) -> bool:
        return True

    def peek(self, size: int = HEAD) -> bytes:
        """The next `size` bytes, fewer only at the end or where the stream breaks off; they stay to be read."""
        while len(self._pending) < size and not self._ended and self._fault is None:
            try:
                self._pending += self._more(size - len(self._pending))
            except TooMuch:
                raise
            except Unreadable as error:  # to be raised when reading comes to it: what stands before is good
                self._fault = error
        if self._fault is not None and not self._pending:
            raise self._fault
        return self._pending[:size]

    def readinto(self, buffer: Any) -> int:
        if not self._pending and not self._ended:
            if self._fault is not None:
                raise self._fault
            self._pending = self._more(len(buffer))
        data = self._pending[: len(buffer)]
        self._pending = self._pending[len(data) :]
        buffer[: len(data)] = data
        self.position += len(data)
        return len(data)

    def _more(self, size: int) -> bytes:
        try:
            data = self._read(min(max(size, 1), self._chunk)) or b""
        except Unreadable:
            raise
        except _BROKEN as error:
            raise Unreadable(_why(error)) from error
        except MemoryError as error:
            raise Unreadable("asks for more memory than there is") from error
        self._ended = not data
        if self._count is not None:
            self._count(len(data))
        return bytes(data)

    def whole(self, limit: int) -> bytes:
        """Everything that is left.

        Raises:
            Unreadable: it is more than `limit` bytes, or breaks off.
        """
        parts: list[bytes] = []
        left = limit
        while part := self.read(min(left + 1, 1 << 20)):
            left -= len(part)
            if left < 0:
                raise Unreadable(
                    Message(
                        "is larger than {size_text}, the most that is read as one piece", size_text=size_text(limit)
                    )
                )
            parts.append(part)
        return b"".join(parts)

    def skip(self, size: int) -> None:
        """Read past `size` bytes, or to the end."""
        while size > 0 and (part := self.read(min(size, _CHUNK))):
            size -= len(part)

    @property
    def file(self) -> IO[bytes] | None:
        """What is read from, if it can seek: the whole file, from its start, whatever was read of it already."""
        source = cast(Any, self._source)
        return cast("IO[bytes]", source) if isinstance(source, Counted) and source.seekable() else None


def _why(error: BaseException) -> str:
    """An error from below as the end of a sentence that begins with the name of the document."""
    if isinstance(error, EOFError):
        return Message("breaks off in the middle: the compressed data is cut short")
    if isinstance(error, RuntimeError) and "password" in str(error):
        return Message("is encrypted")
    if isinstance(error, NotImplementedError):
        return Message("is packed in a way that cannot be read here ({reason})", reason=error)
    if isinstance(error, OSError) and error.strerror:
        return Message("cannot be read: {reason}", reason=error.strerror)
    return Message("is damaged: {reason}", reason=error)


@dataclass(frozen=True, slots=True)
class Line:
    """One line, without its end. `number` counts from 1. `cut`: it was longer than the limit, `data` is its start."""

    number: int
    data: bytes
    cut: bool = False


_SHOWN = 1000
"""Bytes kept of a line that is too long."""


def lines(stream: io.RawIOBase, limits: Limits) -> Iterator[Line]:
    """The lines of a stream, empty ones too; of one over `limits.record_bytes` only the start is held.

    Raises:
        Unreadable: the stream breaks off; the lines before were yielded.
    """
    reader = io.BufferedReader(stream, 1 << 18)
    limit = limits.record_bytes
    number = 0
    while data := reader.readline(limit + 2):
        number += 1
        if data.endswith(b"\n"):
            data = data[:-2] if data.endswith(b"\r\n") else data[:-1]
            if len(data) <= limit:
                yield Line(number, data)
                continue
        elif len(data) <= limit:
            yield Line(number, data)
            continue
        else:
            while (rest := reader.readline(1 << 18)) and not rest.endswith(b"\n"):
                pass
        start = data[:_SHOWN]
        data = b""
        yield Line(number, start, cut=True)
