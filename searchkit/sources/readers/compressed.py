"""gz, bz2, xz and zst: one document packed in another, unpacked as it is read."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
from collections.abc import Callable, Iterator
from typing import Any

from searchkit.errors import MissingExtra
from searchkit.language.messages import Message
from searchkit.sources.formats import Item, Reading, read_stream
from searchkit.sources.limits import MIB, Unreadable
from searchkit.sources.streams import Readable, Stream

_MEMORY = 256 * MIB
"""What an xz stream may ask for; `xz -9` asks for 65 MiB."""
_WINDOW = 128 * MIB
"""What a zst stream may ask for; the `zstd` program by itself grants no more."""
_PIECE = 1 << 10
"""Bytes of zst unpacked at once: four of them may stand for 128 KiB, and there is no bound on the output."""


def read_gz(stream: Stream, reading: Reading) -> Iterator[Item]:
    """What is in a gzip file."""
    return _inner(gzip.GzipFile(fileobj=io.BufferedReader(stream, 1 << 16)), reading)


def read_bz2(stream: Stream, reading: Reading) -> Iterator[Item]:
    """What is in a bzip2 file."""
    return _inner(bz2.BZ2File(io.BufferedReader(stream, 1 << 16)), reading)


def read_xz(stream: Stream, reading: Reading) -> Iterator[Item]:
    """What is in an xz file."""
    return _inner(_Xz(stream), reading)


def read_zst(stream: Stream, reading: Reading) -> Iterator[Item]:
    """What is in a Zstandard file.

    Raises:
        MissingExtra: the package of [zstd] is not installed.
    """
    return _inner(unpacked_zst(stream), reading)


def unpacked_zst(stream: Stream) -> Readable:
    """Return a zst stream unpacked.

    Raises:
        MissingExtra: the package of [zstd] is not installed.
    """
    try:
        import zstandard
    except ImportError as error:
        raise MissingExtra(Message("reading what is compressed with zstd"), "zstd") from error
    unpacker = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
    return _Zst(stream, unpacker.decompressobj, zstandard.ZstdError)


def _inner(source: Readable, reading: Reading) -> Iterator[Item]:
    yield from read_stream(Stream(source, count=reading.budget.spend), reading.inside())


class _Xz:
    """An xz file unpacked, with a bound on the memory its dictionary takes, which `lzma.LZMAFile` has not."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._decoder = lzma.LZMADecompressor(memlimit=_MEMORY)
        self._started = False
        self._left = b""

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes; none only at the end."""
        while True:
            if self._decoder.eof:
                self._left = self._decoder.unused_data.lstrip(b"\x00")  # padding between streams
                while not self._left:
                    data = self._stream.read(1 << 16)
                    if not data:
                        return b""
                    self._left = data.lstrip(b"\x00")
                self._decoder = lzma.LZMADecompressor(memlimit=_MEMORY)
            data = self._left
            self._left = b""
            if not data and self._decoder.needs_input:
                data = self._stream.read(1 << 16) or b""
                if not data:
                    raise EOFError
            try:
                out = self._decoder.decompress(data, max_length=size)
            except lzma.LZMAError as error:
                if "Memory usage limit" in str(error):
                    raise Unreadable("asks for more memory than is given to one file") from error
                raise
            if out:
                return out


class _Zst:
    """A zst file unpacked, frame after frame. The stream of `zstandard` takes a file that is cut short for whole."""

    def __init__(self, stream: Stream, frame: Callable[[], Any], fault: type[Exception]) -> None:
        self._input = io.BufferedReader(stream, 1 << 16)
        self._frame = frame
        self._fault = fault
        self._decoder: Any = None
        self._left = b""
        self._out = memoryview(b"")

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes; none only at the end."""
        while not self._out:
            data = self._left or self._input.read(_PIECE)
            self._left = b""
            if not data:
                if self._decoder is not None:
                    raise EOFError
                return b""
            if self._decoder is None:
                self._decoder = self._frame()
            try:
                self._out = memoryview(self._decoder.decompress(data))
            except self._fault as error:
                if "requires too much memory" in str(error):
                    raise Unreadable("asks for more memory than is given to one file") from error
                raise Unreadable(Message("is damaged: {reason}", reason=error)) from error
            if self._decoder.eof:
                self._left = self._decoder.unused_data
                self._decoder = None
        out = self._out if size < 0 else self._out[:size]
        self._out = self._out[len(out) :]
        return bytes(out)


__all__: list[Any] = ["read_bz2", "read_gz", "read_xz", "read_zst"]
