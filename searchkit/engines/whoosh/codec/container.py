"""A segment file: named sections of bytes, each with its checksum, behind a directory."""

from __future__ import annotations

import json
import mmap
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from searchkit.engines.whoosh.codec.layout import (
    ALIGNMENT,
    HEADER_STRUCT,
    MAGIC,
    VERSION,
    CodecError,
)

Bytes: TypeAlias = npt.NDArray[np.uint8]


class Writer:
    """A segment file being written, section by section; complete and on disk when `finish` returns."""

    def __init__(self, path: Path, doc_count: int) -> None:
        self.path = path
        self._doc_count = doc_count
        self._file = path.open("wb")
        self._file.write(bytes(HEADER_STRUCT.size))
        self._at = HEADER_STRUCT.size
        self._sections: dict[str, tuple[int, int, int]] = {}

    def section(self, name: str, data: Any) -> None:
        """Write one section from a buffer."""
        self.stream(name, [data])

    def stream(self, name: str, parts: Iterable[Any]) -> None:
        """Write one section from consecutive buffers, each as it becomes available."""
        if name in self._sections:
            raise ValueError(f"section {name} is there already")
        padding = -self._at % ALIGNMENT
        self._file.write(bytes(padding))
        start = self._at = self._at + padding
        checksum = 0
        for part in parts:
            view = memoryview(part)
            if not view.nbytes:
                continue
            view = view.cast("B")
            self._file.write(view)
            checksum = zlib.crc32(view, checksum)
            self._at += view.nbytes
        self._sections[name] = (start, self._at - start, checksum)

    def finish(self, about: Mapping[str, Any]) -> None:
        """Write the directory and the header, and force all of it to disk."""
        directory = json.dumps({"about": about, "sections": self._sections}, sort_keys=True).encode()
        self._file.write(directory)
        fields = (MAGIC, VERSION, self._doc_count, self._at, len(directory), zlib.crc32(directory), 0, 0)
        checksum = zlib.crc32(HEADER_STRUCT.pack(*fields)[:-8])
        self._file.seek(0)
        self._file.write(HEADER_STRUCT.pack(*fields[:-2], checksum, 0))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def abandon(self) -> None:
        """Give up and remove the file."""
        self._file.close()
        self.path.unlink(missing_ok=True)


_LOOKED_AT = 1 << 24
"""Bytes checked at a time; then their memory is released."""


class Container:
    """A segment file open for reading: its sections as arrays over the mapped file.

    Only `verify` checks the sections' own checksums: reading all sections would cost what mapping saves.

    Attributes:
        size: the size of the file in bytes.

    Raises:
        CodecError: the file is truncated, or its header or directory is not as written.
        OSError: the operating system does not open or map it (no such file, no permission, too many open files, no
            memory), whatever it contains.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if path.exists() and not path.is_file():  # opening a pipe would wait for ever
            raise CodecError(f"{path}: not a file")
        with path.open("rb") as file:
            self.size = size = os.fstat(file.fileno()).st_size
            if size < HEADER_STRUCT.size:
                raise CodecError(f"{path}: cut short, {size} bytes")
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._bytes: Bytes = np.frombuffer(self._map, np.uint8)
        header = HEADER_STRUCT.unpack(self._map[: HEADER_STRUCT.size])
        magic, version, doc_count, offset, length, directory_crc, header_crc, _ = header
        self.doc_count: int = doc_count
        if doc_count >= 1 << 31:
            raise CodecError(f"{path}: {doc_count} documents are more than a segment holds")
        if magic != MAGIC:
            raise CodecError(f"{path}: not a segment of this codec")
        if zlib.crc32(self._map[: HEADER_STRUCT.size - 8]) != header_crc:
            raise CodecError(f"{path}: the header is damaged")
        if version != VERSION:
            raise CodecError(f"{path}: version {version}, this codec reads {VERSION}")
        if offset + length != size:
            raise CodecError(f"{path}: {size} bytes, {offset + length} were written")
        directory = self._map[offset : offset + length]
        if zlib.crc32(directory) != directory_crc:
            raise CodecError(f"{path}: the directory is damaged")
        self.about, self._sections = self._directory(directory, offset)

    def _directory(self, raw: bytes, end: int) -> tuple[dict[str, Any], dict[str, tuple[int, int, int]]]:
        """Return the directory, after checking the type of every value and that its sections precede it, in order."""
        try:
            read = json.loads(raw)
            about = read["about"]
            sections = {name: (start, wide, crc) for name, (start, wide, crc) in read["sections"].items()}
            fits = isinstance(about["fields"], dict) and all(
                isinstance(each, dict) and type(each.get("freqs")) is bool and type(each.get("positions")) is bool
                for each in about["fields"].values()
            )
            fits = fits and all(
                isinstance(about[kind], list) and all(isinstance(name, str) for name in about[kind])
                for kind in ("numbers", "keywords")
            )
            fits = fits and all(type(each) is int for section in sections.values() for each in section)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise CodecError(f"{self.path}: the directory is damaged: {error!r}") from error
        if not fits:
            raise CodecError(f"{self.path}: the directory is damaged")
        at = HEADER_STRUCT.size
        for name, (start, wide, _) in sorted(sections.items(), key=lambda each: each[1][:2]):
            if start < at or wide < 0 or start + wide > end:
                raise CodecError(f"{self.path}: section {name} lies outside the file, or in another")
            at = start + wide
        return about, sections

    def __contains__(self, name: str) -> bool:
        return name in self._sections

    def section(self, name: str) -> Bytes:
        """Return the bytes of a section."""
        try:
            start, length, _ = self._sections[name]
        except KeyError:
            raise CodecError(f"{self.path}: there is no section {name}") from None
        return self._bytes[start : start + length]

    def array(self, name: str, dtype: str) -> npt.NDArray[Any]:
        """Return a section as an array of numbers, little-endian."""
        section = self.section(name)
        if len(section) % np.dtype(dtype).itemsize:
            raise CodecError(f"{self.path}: section {name} has a broken length")
        return section.view(dtype)

    def verify(self) -> Iterator[str]:
        """Yield a sentence for each section whose bytes are not as written."""
        view = memoryview(self._map)
        at = HEADER_STRUCT.size
        if any(self._map[at - 4 : at]):
            yield f"{self.path}: the header is damaged"
        # An empty section begins at the offset of the next one, and must come before it.
        for name, (start, length, checksum) in sorted(self._sections.items(), key=lambda each: each[1][:2]):
            if any(self._map[at:start]):
                yield f"{self.path}: bytes between sections are damaged"
            at, found = start, 0
            while at < start + length:
                end = min(at + _LOOKED_AT, start + length)
                found = zlib.crc32(view[at:end], found)
                at = end
                self.forget()
            if found != checksum:
                yield f"{self.path}: section {name} is damaged"
        view.release()

    def forget(self) -> None:
        """Release the memory of the pages read. They can be read again from the operating system's cache."""
        if hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED)

    def close(self) -> None:
        """Release the file, or let the last array over it do so. Safe to call twice."""
        self._bytes = np.empty(0, np.uint8)
        try:
            self._map.close()
        except BufferError:
            pass  # a reader still holds an array; the map is released with it
