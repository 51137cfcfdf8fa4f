"""gz, bz2 and xz: one document packed in another, unpacked as it is read."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
from collections.abc import Iterator
from typing import Any

from searchkit.sources.formats import Item, Reading, read_stream
from searchkit.sources.limits import MIB, Unreadable
from searchkit.sources.streams import Readable, Stream

_MEMORY = 256 * MIB
"""What an xz stream may ask for; `xz -9` asks for 65 MiB."""


def read_gz(stream: Stream, reading: Reading) -> Iterator[Item]:
    """What is in a gzip file."""
    return _inner(gzip.GzipFile(fileobj=io.BufferedReader(stream, 1 << 16)), reading)


def read_bz2(stream: Stream, reading: Reading) -> Iterator[Item]:
    """What is in a bzip2 file."""
    return _inner(bz2.BZ2File(io.BufferedReader(stream, 1 << 16)), reading)


def read_xz(stream: Stream, reading: Reading) -> Iterator[Item]:
    """What is in an xz file."""
    return _inner(_Xz(stream), reading)


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


__all__: list[Any] = ["read_bz2", "read_gz", "read_xz"]
